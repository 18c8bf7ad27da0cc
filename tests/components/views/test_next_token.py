from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from components.views.next_token import NextToken, next_token, next_token_message
from tests.components.views.test_message import decode, unpack

KEPT = (NextToken("mat", 11, 0.5, 0.625), NextToken(" floor", 12, 0.25, 0.375))
CUT = (NextToken("bed", 13, 0.125, 0.0, "top-k"),)
SETTINGS = {"kept_count": 2, "vocab": 49_152, "entropy_before": 2.5, "entropy_after": 0.66}


def header(tokens=(*KEPT, *CUT), **changed) -> dict:
    options = {"label": "next", "mass_cut": 0.25, **SETTINGS, **changed}
    return decode(next_token_message(tokens, **options))[0]


@pytest.mark.parametrize("share", [-0.1, 1.2, float("nan")])
def test_a_token_refuses_what_is_no_probability(share: float) -> None:
    with pytest.raises(ValueError, match="token 11: probability before"):
        NextToken("mat", 11, share, 0.5)
    with pytest.raises(ValueError, match="token 11: probability after"):
        NextToken("mat", 11, 0.5, share)


def test_a_token_that_was_cut_off_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match=r"token 11 was cut off and has probability 0\.5"):
        NextToken("mat", 11, 0.5, 0.5, "top-k")


def test_tokens_that_were_kept_stand_first() -> None:
    with pytest.raises(ValueError, match="stands after one that was cut off"):
        header((*CUT, *KEPT))


def test_a_token_stands_once_among_the_candidates() -> None:
    with pytest.raises(ValueError, match="stands twice"):
        header((KEPT[0], replace(KEPT[1], token_id=11)))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"tokens": ()}, "0 candidates"),
        ({"tokens": [NextToken("a", i, 0.0, 0.0) for i in range(201)]}, "201 candidates"),
        ({"kept_count": 1}, "1 of 49152 tokens cannot be kept where 2 of 3"),
        ({"kept_count": 3, "vocab": 3}, "3 of 3 tokens cannot be kept where 2 of 3"),
        ({"mass_cut": 1.5}, "mass_cut is 1.5"),
        ({"entropy_after": -1.0}, "-1.0 nats"),
        ({"entropy_before": float("nan")}, "nan nats"),
        ({"drawn": 3}, "drawn token 3 of 3"),
        ({"selected": -1}, "selected token -1 of 3"),
        ({"tokens": (KEPT[0], NextToken("b", 12, 0.6, 0.3))}, "before the settings add up"),
    ],
)
def test_what_does_not_fit_together_is_refused(changed: dict, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        header(**changed)


def test_probabilities_arrive_before_and_after() -> None:
    head, payload = decode(next_token_message([*KEPT, *CUT], label="next", **SETTINGS))
    described = head["arrays"][0]
    before, after = unpack(payload, described).reshape(described["shape"])
    assert before.tolist() == [0.5, 0.25, 0.125]
    assert after.tolist() == [0.625, 0.375, 0.0]


def test_the_line_stands_between_what_was_kept_and_what_was_cut() -> None:
    cut = header()["cut"]
    assert cut == {"at": 2, "text": "cut here: 25.0 % of the probability cut"}


def test_a_cut_below_the_candidates_is_told_under_the_others() -> None:
    sent = header(KEPT, kept_count=300)
    assert sent["cut"]["at"] == 3
    assert sent["cut"]["text"].startswith("cut among the others")
    assert sent["others"]["note"] == "298 kept"


def test_a_cut_at_the_end_of_the_candidates_stands_above_the_others() -> None:
    sent = header(KEPT)
    assert sent["cut"]["at"] == 2
    assert sent["others"]["note"] == "cut"


def test_where_nothing_is_cut_there_is_no_line() -> None:
    sent = header(KEPT, kept_count=49_152, mass_cut=0.0)
    assert sent["cut"] is None
    assert sent["others"]["note"] == ""


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0.0 %"), (1e-6, "<0.1 %"), (0.123, "12.3 %"), (0.9999, ">99.9 %"), (1.0, "100.0 %")],
)
def test_the_share_that_was_cut_is_never_rounded_to_none_or_all(share: float, said: str) -> None:
    assert header(mass_cut=share)["cut"]["text"].startswith(f"cut here: {said} of")


def test_the_others_have_the_rest_of_the_probability() -> None:
    others = header()["others"]
    assert others["text"] == "… 49,149 others"
    assert others["before"] == pytest.approx(0.125)
    assert others["after"] == 0


def test_others_that_were_kept_have_what_is_left_after_the_settings() -> None:
    kept = [replace(KEPT[0], after=0.5), replace(KEPT[1], after=0.25)]
    assert header(kept, kept_count=4)["others"]["after"] == pytest.approx(0.25)


def test_a_vocabulary_shown_whole_has_no_others() -> None:
    assert header(vocab=3)["others"] is None
    assert header(vocab=4)["others"]["text"] == "… 1 other"


def test_the_summary_tells_how_many_are_kept_and_both_entropies() -> None:
    assert header()["summary"] == "2 of 49,152 tokens kept · entropy 2.50 → 0.66 nats"


def test_the_arguments_are_checked_when_it_is_shown() -> None:
    with pytest.raises(ValueError, match="0 candidates"):
        next_token([], key="next", label="next", **SETTINGS)


def test_the_tokens_show_in_a_page_and_answer_nothing_before_a_click() -> None:
    def page() -> None:
        import streamlit as st

        from components.views.next_token import NextToken, next_token

        settings = {"kept_count": 1, "vocab": 9, "entropy_before": 1.0, "entropy_after": 0.0}
        token = NextToken("mat", 11, 0.5, 1.0)
        st.write(repr(next_token([token], key="next", label="next", **settings)))

    shown = AppTest.from_function(page, default_timeout=20).run()
    assert not shown.exception
    assert shown.markdown[0].value == "None"
