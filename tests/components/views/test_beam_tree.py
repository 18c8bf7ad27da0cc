from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from components.views.beam_tree import BeamNode, beam_tree, beam_tree_message
from tests.components.views.test_message import decode, unpack

NODES = (
    BeamNode("the", None, 1, -0.5, -0.5, "kept"),
    BeamNode("a", None, 1, -1.0, -1.0, "kept"),
    BeamNode("his", None, 1, -2.0, -2.0, "dropped", "others scored higher"),
    BeamNode("mat", 0, 2, -1.5, -0.75, "kept"),
    BeamNode("bed", 1, 2, -3.0, -1.5, "dropped", "others scored higher"),
    BeamNode(".", 3, 3, -2.25, -0.75, "winner"),
    BeamNode("!", 3, 3, -3.0, -1.0, "finished"),
)


def sent(nodes=NODES, step: int = 3) -> dict:
    return decode(beam_tree_message(nodes, key="tree", label="beams", step=step))[0]


def test_a_node_refuses_a_state_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="state 'lost'"):
        BeamNode("the", None, 1, -0.5, -0.5, "lost")  # type: ignore[arg-type]


def test_steps_count_from_one() -> None:
    with pytest.raises(ValueError, match="step 0"):
        BeamNode("the", None, 0, -0.5, -0.5, "kept")


@pytest.mark.parametrize("number", [float("nan"), float("-inf")])
def test_a_node_refuses_numbers_that_cannot_be_compared(number: float) -> None:
    with pytest.raises(ValueError, match="log_probability is"):
        BeamNode("the", None, 1, number, -0.5, "kept")
    with pytest.raises(ValueError, match="score is"):
        BeamNode("the", None, 1, -0.5, number, "kept")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (replace(NODES[3], parent=9), "node 3: its parent 9 must stand before it"),
        (replace(NODES[3], parent=3), "node 3: its parent 3 must stand before it"),
        (replace(NODES[3], parent=-1), "node 3: its parent -1 must stand before it"),
        (replace(NODES[3], parent=None), "node 3 of step 2 goes on from step 0"),
        (replace(NODES[3], step=3), "node 3 of step 3 goes on from step 1"),
        (replace(NODES[3], parent=2), "goes on from node 2, which was not kept"),
    ],
)
def test_a_node_goes_on_from_a_kept_node_of_the_step_before(changed, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        sent([*NODES[:3], changed])


def test_one_continuation_wins() -> None:
    with pytest.raises(ValueError, match="one node can be the winner"):
        sent([*NODES[:6], replace(NODES[6], state="winner")])


def test_a_tree_too_large_to_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="5001 nodes"):
        sent([NODES[0]] * 5001)


def test_a_step_before_the_start_is_refused() -> None:
    with pytest.raises(ValueError, match="step -1"):
        sent(step=-1)


def test_a_selected_node_is_one_of_the_nodes() -> None:
    with pytest.raises(ValueError, match="selected node 7 of 7"):
        beam_tree(NODES, key="tree", label="beams", step=3, selected=7)


def test_nodes_up_to_the_step_are_sent_with_their_own_numbers() -> None:
    message = beam_tree_message(NODES, key="tree", label="beams", step=2)
    header, payload = decode(message)
    assert header["index"] == [0, 1, 2, 3, 4]
    assert header["parent"] == [None, None, None, 0, 1]
    described = header["arrays"][0]
    sums, scores = unpack(payload, described).reshape(described["shape"])
    assert sums.tolist() == [-0.5, -1.0, -2.0, -1.5, -3.0]
    assert scores.tolist() == [-0.5, -1.0, -2.0, -0.75, -1.5]


def test_parents_are_found_where_nodes_of_later_steps_stand_between() -> None:
    nodes = [NODES[0], NODES[3], NODES[1], replace(NODES[4], parent=2)]
    nodes[1] = replace(NODES[3], parent=0)
    assert sent(nodes, step=1)["index"] == [0, 2]
    assert sent(nodes, step=2)["parent"] == [None, 0, None, 2]


def test_before_the_first_step_only_the_start_is_shown() -> None:
    header, payload = decode(beam_tree_message(NODES, key="tree", label="beams", step=0))
    assert header["index"] == []
    assert payload == b""


def test_what_was_kept_and_led_nowhere_is_given_up() -> None:
    assert sent(step=1)["state"] == ["kept", "kept", "dropped"]
    assert sent(step=2)["state"] == ["kept", "ceased", "dropped", "kept", "dropped"]


def test_the_path_of_the_winner_is_emphasised_once_it_is_shown() -> None:
    assert sent(step=2)["winning"] == [0, 0, 0, 0, 0]
    assert sent(step=3)["winning"] == [1, 0, 0, 1, 0, 1, 0]


def test_the_tree_shows_in_a_page_and_answers_nothing_before_a_click() -> None:
    def page() -> None:
        import streamlit as st

        from components.views.beam_tree import BeamNode, beam_tree

        node = BeamNode("the", None, 1, -0.5, -0.5, "kept")
        st.write(repr(beam_tree([node], key="tree", label="beams", step=1, selected=0)))

    shown = AppTest.from_function(page, default_timeout=20).run()
    assert not shown.exception
    assert shown.markdown[0].value == "None"
