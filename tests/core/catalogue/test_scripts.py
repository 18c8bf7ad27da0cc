import dataclasses

import pytest

from core.catalogue import models, scripts
from core.catalogue.__main__ import main
from core.catalogue.scripts import ensure_scripts, read_scripts
from core.errors import HashError

pytestmark = [pytest.mark.usefixtures("home"), pytest.mark.slow]


@pytest.fixture
def packages(index, monkeypatch):
    """Two tiny packages in place of the real ones."""
    made = []
    for script, text in ((scripts.JQUERY, "jquery"), (scripts.D3, "d3")):
        name = script.file.package.lower().replace("-", "_")
        path, sha256 = index.wheel(name, {script.member: text.encode()})
        size = path.stat().st_size
        file = dataclasses.replace(
            script.file, version="1.0", filename=path.name, sha256=sha256, size=size
        )
        made.append(dataclasses.replace(script, file=file))
    monkeypatch.setattr(scripts, "_ALL", tuple(made))
    return made


def test_both_scripts_are_fetched_once_and_not_installed(packages, index):
    folder = ensure_scripts()
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["d3.v5.min.js", "headlight.json", "jquery.slim.min.js"]
    for path in index.folder.iterdir():
        path.unlink()
    assert ensure_scripts() == folder
    assert read_scripts() == ("jquery", "d3")


def test_a_damaged_script_is_fetched_again(packages):
    (ensure_scripts() / "d3.v5.min.js").write_text("half")
    (ensure_scripts() / "d3.v5.min.js").unlink()
    assert read_scripts()[1] == "d3"


def test_another_file_than_the_one_named_is_refused(packages, monkeypatch):
    wrong = dataclasses.replace(packages[1].file, sha256="0" * 64)
    monkeypatch.setattr(
        scripts, "_ALL", (packages[0], dataclasses.replace(packages[1], file=wrong))
    )
    with pytest.raises(HashError):
        ensure_scripts()
    assert not (scripts.home() / "scripts").exists()


def test_the_command_line_fetches_them_by_name(packages, capsys):
    assert main(["fetch", scripts.SCRIPTS_ID]) == 0
    assert capsys.readouterr().out.strip().endswith("scripts")


def test_they_are_fetched_with_the_built_in_models(monkeypatch):
    asked = []
    monkeypatch.setattr("core.catalogue.__main__._fetch", lambda ids: asked.extend(ids) or 0)
    main(["fetch", "--built-in"])
    built_in = [entry.id for entry in models() if entry.built_in]
    assert asked == [*built_in, scripts.SCRIPTS_ID]
