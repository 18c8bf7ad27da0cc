import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.views.lens_grid import lens_grid, lens_message
from tests.components.views.test_message import decode, unpack

LAYERS = ("embedding", "layer 0", "layer 1")
PLACES = ("mask 1", "mask 2")
TEXTS = [
    [["a", "b"], ["c", "a"]],
    [["b", "a"], ["c", "b"]],
    [["b", "c"], ["a", "b"]],
]
SHARES = np.linspace(0.9, 0.1, 12, dtype=np.float32).reshape(3, 2, 2)
ANSWERS = {
    "answers": ("b", "a"),
    "answer_probabilities": np.full((3, 2), 0.25, np.float32),
    "answer_ranks": np.array([[2, 30_000], [1, 7], [1, 1]]),
}


def show(layers=LAYERS, places=PLACES, texts=TEXTS, shares=SHARES, **more: object) -> None:
    lens_grid(layers, places, texts, shares, key="lens", label="layers", **more)


def test_a_grid_refuses_layers_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match=r"\(3, 2, 2\) for 2 layers and 2 places"):
        show(LAYERS[:2])


def test_a_grid_refuses_to_show_nothing() -> None:
    with pytest.raises(ValueError, match="0 places"):
        show(places=(), shares=SHARES[:, :0])


@pytest.mark.parametrize(
    "texts",
    [
        TEXTS[:2],
        [*TEXTS[:2], TEXTS[2][:1]],
        [*TEXTS[:2], [["b"], ["a", "b"]]],
    ],
)
def test_a_grid_refuses_words_that_do_not_fit(texts) -> None:
    with pytest.raises(ValueError, match="the words are not one for each"):
        show(texts=texts)


@pytest.mark.parametrize("share", [-0.1, 1.1, np.nan])
def test_a_grid_refuses_what_is_no_probability(share: float) -> None:
    shares = SHARES.copy()
    shares[1, 1, 1] = share
    with pytest.raises(ValueError, match=r"probabilities outside 0\.\.1"):
        show(shares=shares)


def test_a_grid_refuses_answers_without_their_numbers() -> None:
    with pytest.raises(ValueError, match="need their probabilities and their ranks"):
        show(answers=("b", "a"))


def test_a_grid_refuses_numbers_of_answers_it_does_not_have() -> None:
    with pytest.raises(ValueError, match="not given"):
        show(answer_ranks=ANSWERS["answer_ranks"])


def test_a_grid_refuses_answers_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="1 answers"):
        show(**(ANSWERS | {"answers": ("b",)}))


def test_ranks_count_from_one() -> None:
    with pytest.raises(ValueError, match="count from 1"):
        show(**(ANSWERS | {"answer_ranks": np.zeros((3, 2), int)}))


def test_a_grid_refuses_a_selected_cell_it_does_not_have() -> None:
    with pytest.raises(ValueError, match=r"selected cell \(3, 0\)"):
        show(selected=(3, 0))


def test_words_probabilities_and_answers_arrive() -> None:
    header, payload = decode(
        lens_message(LAYERS, PLACES, TEXTS, SHARES, key="lens", label="layers", **ANSWERS)
    )
    arrays = [unpack(payload, each).reshape(each["shape"]) for each in header["arrays"]]
    indices, shares, answer_shares, ranks = arrays
    assert [[[header["words"][i] for i in top] for top in row] for row in indices] == TEXTS
    assert (shares == SHARES).all()
    assert (answer_shares == 0.25).all()
    assert ranks.tolist() == ANSWERS["answer_ranks"].tolist()
    assert header["answers"] == ["b", "a"]
    assert header["selectable"] is False


def test_a_word_that_stands_often_travels_once() -> None:
    header, _ = decode(lens_message(LAYERS, PLACES, TEXTS, SHARES, key="lens", label="layers"))
    assert sorted(header["words"]) == ["a", "b", "c"]
    assert header["answers"] is None


def test_thirty_layers_of_forty_tokens_take_at_most_100_kilobytes() -> None:
    rng = np.random.default_rng(0)
    shape = (31, 40, 10)
    logits = rng.normal(0, 3, (31, 40, 200))
    shares = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    words = rng.zipf(1.3, shape) % 5000
    texts = [[[f" word{i}" for i in top] for top in layer] for layer in words.tolist()]
    message = lens_message(
        [f"layer {i}" for i in range(31)],
        [f"token{i}" for i in range(40)],
        texts,
        -np.sort(-shares, axis=-1)[..., :10],
        key="lens",
        label="layers",
    )
    assert len(message) < 100_000


def test_the_grid_shows_in_a_page_and_answers_nothing_before_a_click() -> None:
    def page() -> None:
        import numpy as np
        import streamlit as st

        from components.views.lens_grid import lens_grid

        answer = lens_grid(
            ["embedding", "layer 0"],
            ["mask 1"],
            [[["a"]], [["b"]]],
            np.full((2, 1, 1), 0.5, np.float32),
            key="lens",
            label="layers",
            selected=(1, 0),
            on_select=lambda place: None,
        )
        st.write(repr(answer))

    shown = AppTest.from_function(page, default_timeout=20).run()
    assert not shown.exception
    assert shown.markdown[0].value == "None"
