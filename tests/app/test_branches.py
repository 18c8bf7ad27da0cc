"""Branches of choices, and how a link writes them."""

from __future__ import annotations

import pytest

from app.branches import BRANCH_LIMIT, Branches, read_branches, written_branches
from core.errors import LinkError

START = (0, -1)


def grown(*choices, tree=None, place=START):
    """A tree in which ``choices`` were taken one after another."""
    tree = tree or Branches()
    for choice in choices:
        tree, place = tree.then(place, choice)
    return tree, place


def test_choices_one_after_another_make_one_branch():
    tree, place = grown((3, 5), (1, 7))
    assert len(tree.rows) == 1
    assert tree.path(place) == ((3, 5), (1, 7))
    assert tree.depth(place) == 2


def test_choosing_otherwise_at_an_earlier_step_leaves_a_branch_there():
    tree, end = grown((1,), (2,), (3,))
    tree, other = tree.then((0, 0), (9,))
    assert other == (1, 0)
    assert tree.path(other) == ((1,), (9,))
    assert tree.path(end) == ((1,), (2,), (3,))
    assert tree.before(other) == (0, 0)


def test_choosing_the_same_again_goes_where_that_step_is():
    tree, _end = grown((1,), (2,))
    again, place = tree.then(START, (1,))
    assert again == tree
    assert place == (0, 0)
    tree, other = tree.then((0, 0), (9,))
    assert tree.then((0, 0), (9,)) == (tree, other)


def test_branches_leave_branches_and_the_way_back_crosses_them():
    tree, _end = grown((1,), (2,), (3,))
    tree, other = tree.then((0, 0), (9,))
    tree, other = tree.then(other, (10,))
    tree, third = tree.then((1, 0), (11,))
    assert tree.path(third) == ((1,), (9,), (11,))
    assert tree.before(third) == (1, 0)
    assert tree.before(tree.before(third)) == (0, 0)
    assert tree.before(START) == START


def test_instead_of_a_branchs_first_step_another_hangs_on_its_parent():
    tree, _end = grown((1,), (2,), (3,))
    tree, other = tree.then((0, 0), (9,))
    tree, third = tree.then(tree.before(other), (8,))
    assert (tree.rows[2].parent, tree.rows[2].at) == (0, 1)
    assert tree.path(third) == ((1,), (8,))


def test_a_branch_from_the_start():
    tree, _end = grown((1,), (2,))
    tree, other = tree.then(START, (5,))
    assert tree.path(other) == ((5,),)
    assert tree.before(other) == START


def test_a_pruned_branch_takes_what_left_it_along():
    tree, _end = grown((1,), (2,), (3,))
    tree, other = tree.then((0, 0), (9,))
    tree, _more = tree.then(other, (10,))
    tree, _left = tree.then(other, (12,))
    tree, _last = tree.then((0, 1), (7,))
    pruned = tree.without(1)
    assert [row.choices for row in pruned.rows] == [((1,), (2,), (3,)), ((7,),)]
    assert tree.without(0) == Branches()


def test_a_link_gives_the_branches_back():
    tree, _end = grown((3, 1998), (7, 2103), (11, 4))
    tree, _other = tree.then((0, 0), (7, 5))
    tree = tree.named(1, "left 先")
    written = written_branches(tree)
    assert read_branches(written) == tree
    assert all(sign.isalnum() or sign in "-_.~*" for sign in written)
    assert written_branches(Branches()) == ""
    assert read_branches("") == Branches()


@pytest.mark.parametrize(
    "text",
    [
        *("x", "_a", "_1.-2", "_1~1-0_2", "_1~0-9_2", "_1~0_2", "0-0_1", "_1_*zz", "_99999999999"),
        "~".join(["_1", *["0-0_2"] * BRANCH_LIMIT]),
    ],
)
def test_branches_that_do_not_fit_together_are_refused(text):
    with pytest.raises(LinkError):
        read_branches(text)


def test_there_is_no_step_beyond_the_branches():
    tree, place = grown((1,), (2,))
    assert tree.holds(START)
    assert tree.holds(place)
    assert not tree.holds((0, 2))
    assert not tree.holds((1, 0))
    assert not tree.holds((0, -2))


def test_more_branches_than_are_kept_are_refused():
    tree = Branches()
    for number in range(BRANCH_LIMIT):
        tree, _place = tree.then(START, (number,))
    with pytest.raises(LinkError, match="branches"):
        tree.then(START, (BRANCH_LIMIT,))
