"""The scripts of the Guide: each runs and prints what the Guide says."""

from __future__ import annotations

import runpy

import pytest

from app.guide.code import FOLDER, PAGES, printed, script, titles
from app.guide.state import EXAMPLES

pytestmark = pytest.mark.slow


def test_every_script_of_the_folder_is_in_the_guide_with_a_title_and_a_page():
    assert set(EXAMPLES) == {path.stem for path in FOLDER.glob("*.py")}
    assert set(EXAMPLES) == titles().keys() == PAGES.keys()
    assert all(script(name).startswith('"""') for name in EXAMPLES)


@pytest.mark.models
@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning")
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_script_prints_what_the_guide_says(name, capsys):
    runpy.run_path(str(FOLDER / f"{name}.py"))
    assert capsys.readouterr().out == printed(name)
