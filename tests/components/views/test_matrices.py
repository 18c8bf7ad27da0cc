from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.views.matrices import (
    Applied,
    Block,
    Matrix,
    Product,
    Relation,
    Scene,
    Total,
    holds_cell,
    matrices_message,
)
from tests.components.views.test_message import decode, unpack

LEFT = np.array([[0.5, -2.0], [1.25, 0.0]])
RIGHT = np.array([[1.0, 0.0, -1.0], [0.125, 3.0, 2.0]])


def scene(*relations: Relation, hidden: np.ndarray | None = None) -> Scene:
    return Scene(
        matrices=(
            Matrix(symbol="X", values=LEFT, rows=("it", "was")),
            Matrix(symbol="W^Q", values=RIGHT),
            Matrix(symbol="Q", values=LEFT @ RIGHT, rows=("it", "was"), hidden=hidden),
        ),
        relations=relations or (Product(left=0, right=1, out=2, bias=np.zeros(3)),),
        blocks=(Block(kind="product", matrices=(0, 1, 2)),),
    )


def numbers(message: bytes, index: int) -> np.ndarray:
    """A matrix as the browser reads it."""
    header, payload = decode(message)
    described = header["matrices"][index]
    array = header["arrays"][index]
    packed = unpack(payload, array).reshape(array["shape"])
    if packed.dtype == np.float32:
        return packed
    return (packed.astype(np.float64) - 32768) / 10 ** described["digits"]


def test_numbers_arrive_as_they_are_shown() -> None:
    message = matrices_message(scene(), key="m", label="Q = XW")
    for index, values in enumerate((LEFT, RIGHT, LEFT @ RIGHT)):
        header, _payload = decode(message)
        digits = header["matrices"][index]["digits"]
        assert digits >= 3
        assert np.abs(numbers(message, index) - values).max() <= 0.5 * 10**-digits + 1e-9


@pytest.mark.parametrize(
    ("largest", "digits"), [(0.3, 5), (3.2, 4), (30.0, 3), (100.0, 4), (1e6, 4)]
)
def test_large_numbers_keep_their_decimals_unpacked(largest: float, digits: int) -> None:
    values = np.array([[largest, 0.1234567]])
    own = Scene(matrices=(Matrix(symbol="X", values=values),), relations=(), blocks=())
    message = matrices_message(own, key="m", label="X")
    header, _payload = decode(message)
    assert header["matrices"][0]["digits"] == digits
    assert (header["arrays"][0]["dtype"] == "float32") == (largest > 32)
    assert np.allclose(numbers(message, 0), values, atol=10**-digits, rtol=1e-6)


def test_hidden_cells_travel_beside_and_do_not_count_for_the_colours() -> None:
    hidden = np.array([[False, True, False], [False, False, False]])
    header, payload = decode(matrices_message(scene(hidden=hidden), key="m", label="Q"))
    described = header["matrices"][2]
    assert (unpack(payload, header["arrays"][described["hidden"]]) == hidden.ravel()).all()
    assert described["limit"] < 6


def test_one_large_dimension_does_not_take_the_colours() -> None:
    values = np.full((10, 30), 0.5)
    values[3, 7] = 100
    own = Scene(matrices=(Matrix(symbol="X", values=values),), relations=(), blocks=())
    header, _payload = decode(matrices_message(own, key="m", label="X"))
    assert header["matrices"][0]["limit"] == 0.5


def test_relations_arrive_with_what_they_need() -> None:
    header, _payload = decode(matrices_message(scene(), key="m", label="Q"))
    assert header["relations"] == [
        {"kind": "product", "out": 2, "left": 0, "right": 1, "bias": [0, 0, 0]}
    ]


@pytest.mark.parametrize(
    "relation",
    [
        Product(left=0, right=1, out=3),
        Total(parts=((0, 1.0), (9, 1.0)), out=2),
        Applied(of=0, out=2, name="GELU", times=7),
    ],
)
def test_a_relation_to_a_matrix_that_is_not_there_is_refused(relation: Relation) -> None:
    with pytest.raises(ValueError, match="not among 3"):
        scene(relation)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"values": np.zeros(3)}, "a matrix of 1 to"),
        ({"values": np.zeros((700, 700))}, "a matrix of 1 to"),
        ({"values": np.zeros((2, 2)), "rows": ("a",)}, "1 labels for 2 rows"),
        ({"values": np.zeros((2, 2)), "columns": ("a",)}, "1 labels for 2 columns"),
        ({"values": np.zeros((2, 2)), "hidden": np.zeros((1, 2), bool)}, "hidden cells"),
    ],
)
def test_a_matrix_refuses_what_does_not_fit(arguments: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Matrix(symbol="X", **arguments)


@pytest.mark.parametrize(
    ("cell", "held"),
    [([2, 1, 2], True), ([2, 2, 0], False), ([3, 0, 0], False), ([-1, 0, 0], False), (None, False)],
)
def test_a_cell_is_held_or_not(cell: list[int] | None, held: bool) -> None:
    assert holds_cell(scene(), cell) is held


def test_matrices_show_in_a_page() -> None:
    def page() -> None:
        import numpy as np
        import streamlit as st

        from components.views.matrices import Block, Matrix, Scene, matrices

        own = Scene(
            matrices=(Matrix(symbol="X", values=np.ones((2, 2))),),
            relations=(),
            blocks=(Block(kind="pile", matrices=(0,)),),
            selected=(0, 5, 5),
        )
        st.write(repr(matrices(own, key="m", label="X")))

    shown = AppTest.from_function(page, default_timeout=20).run()
    assert not shown.exception
    assert shown.markdown[0].value == "None"
