"""The steps of a beam search as a tree: parents, what became of each, and the way to the winner."""

from __future__ import annotations

import pytest

from app.generation.beams.nodes import Considered, beam_nodes, considered, reason_words, texts
from components.views.beam_tree import beam_tree_message
from core.generation import Beam, BeamStep, DroppedBeam, beam_search_steps
from core.models import load_model
from tests.core.conftest import make_model

WORDS = {1: " a", 2: " b", 3: " c", 9: "<end>"}


def beam(*ids, parent=None, score=-1.0, ending=""):
    return Beam(
        token_ids=ids,
        text="".join(WORDS[id_] for id_ in ids),
        parent=parent,
        token_log_probability=-0.5,
        log_probability=score * len(ids),
        score=score,
        ending=ending,
    )


def dropped(one, reason):
    return DroppedBeam(beam=one, reason=reason)


FIRST = BeamStep(
    number=1,
    beams=(beam(1, score=-0.5), beam(9, score=-0.6, ending="end"), beam(2, score=-0.7)),
    dropped=(dropped(beam(3, score=-0.9), "below"),),
)
SECOND = BeamStep(
    number=2,
    beams=(
        beam(2, 3, parent=2, score=-0.4),
        beam(1, 9, parent=0, score=-0.5, ending="end"),
        beam(9, parent=1, score=-0.6, ending="end"),
    ),
    dropped=(dropped(beam(1, 3, parent=0, score=-0.8), "below"),),
)
WINNER = beam(2, 3, 9, parent=0, score=-0.3, ending="end")
THIRD = BeamStep(
    number=3,
    beams=(WINNER, beam(1, 9, parent=1, score=-0.5, ending="end")),
    dropped=(
        dropped(beam(2, 3, 1, parent=0, score=-0.9), "hopeless"),
        dropped(beam(2, 3, 2, parent=0, score=-0.8, ending="end"), "ended below"),
        dropped(beam(9, parent=2, score=-0.6, ending="end"), "displaced"),
    ),
    winner=WINNER,
)
STEPS = (FIRST, SECOND, THIRD)


def by_path(steps):
    return dict(zip(considered(steps), beam_nodes(steps, WORDS), strict=True))


def test_before_the_first_step_there_is_no_node():
    assert beam_nodes((), WORDS) == []


def test_every_continuation_is_one_node_at_the_step_of_its_last_token():
    nodes = by_path(STEPS)
    assert len(nodes) == 10
    assert all(node.step == len(path) for path, node in nodes.items())
    assert all(node.text == WORDS[path[-1]] for path, node in nodes.items())


def test_the_parent_of_a_node_is_the_continuation_without_its_last_token():
    paths = list(considered(STEPS))
    for path, node in by_path(STEPS).items():
        assert node.parent == (paths.index(path[:-1]) if len(path) > 1 else None)


def test_states_are_those_after_the_last_step_that_is_shown():
    after = [by_path(STEPS[:count]) for count in (1, 2, 3)]
    assert [nodes[(9,)].state for nodes in after] == ["finished", "finished", "dropped"]
    assert [nodes[(2,)].state for nodes in after] == ["kept", "kept", "kept"]
    assert [nodes[(1, 9)].state for nodes in after[1:]] == ["finished", "finished"]
    assert after[2][(2, 3, 9)].state == "winner"


def test_a_node_that_was_dropped_says_why():
    nodes = by_path(STEPS)
    assert nodes[(3,)].reason == "enough others scored higher"
    assert nodes[(9,)].reason == "it had ended, and enough better ones have"
    assert nodes[(2, 3, 1)].reason == "the search was over, and it had not ended"
    assert nodes[(2, 3, 2)].reason == "it ended, but was not among the best of its step"


def test_what_is_cut_off_by_the_limit_is_not_said_to_have_ended():
    cut = beam(1, 3, score=-2.0, ending="limit")
    assert reason_words(Considered(cut, "ended below")) == "enough others scored higher"


def test_a_node_that_ended_says_how():
    assert by_path(STEPS)[(1, 9)].reason == "by its end token"
    assert by_path(STEPS)[(2,)].reason == ""


def test_a_node_keeps_its_place_as_the_tree_grows():
    paths = [list(considered(STEPS[:count])) for count in (1, 2, 3)]
    assert paths[1][: len(paths[0])] == paths[0]
    assert paths[2][: len(paths[1])] == paths[1]


def test_the_token_that_completes_a_character_shows_it_and_others_show_a_part():
    labels = {1: "·", 2: "·"}
    made = [
        Beam(
            token_ids=ids,
            text=text,
            parent=None if len(ids) == 1 else 0,
            token_log_probability=-0.5,
            log_probability=-0.5 * len(ids),
            score=-0.5,
        )
        for ids, text in (((1,), ""), ((1, 2), "都"), ((1, 2, 1), "都"))
    ]
    steps = [
        BeamStep(number=place, beams=(one,), dropped=()) for place, one in enumerate(made, start=1)
    ]
    assert [node.text for node in beam_nodes(steps, labels)] == ["·", "都", "·"]
    assert list(texts(considered(steps), labels).values()) == ["·", "都", "都·"]


@pytest.mark.parametrize("family", ["llama", "t5"])
@pytest.mark.parametrize("penalty", [-1.0, 2.0])
def test_a_real_search_is_a_tree_that_can_be_drawn_at_every_step(family, penalty, tmp_path):
    model = load_model(str(make_model(family, tmp_path)))
    text = "The animal didn't cross the street"
    first = beam_search_steps(model, text, beams=3, max_new_tokens=4)
    ends = [one.token_id for step in first for one in step.beams]
    model.network.generation_config.eos_token_id = [ends[2], ends[-1]]
    steps = list(beam_search_steps(model, text, beams=3, max_new_tokens=7, length_penalty=penalty))
    for count in range(len(steps) + 1):
        nodes = beam_nodes(steps[:count], {id_: str(id_) for id_ in range(model.shape.vocab)})
        assert beam_tree_message(nodes, key="tree", label="beams", step=count)
    states = [node.state for node in nodes]
    assert states.count("winner") == 1
    assert max(node.score for node in nodes if node.state == "finished") <= max(
        node.score for node in nodes if node.state == "winner"
    )
