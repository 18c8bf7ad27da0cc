from __future__ import annotations

import pytest

from components.views.bars import Bar, bars


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_a_bar_refuses_what_has_no_length(value: float) -> None:
    with pytest.raises(ValueError, match="as long as a number"):
        bars([Bar(label="loss", value=value, text="")], key="bars", label="losses")
