import json
import os
import signal
import subprocess
import sys

import pytest

from core.catalogue.__main__ import main

pytestmark = pytest.mark.usefixtures("home")


def test_list_shows_every_entry_on_one_line(capsys):
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum("minilm-l6 " in line and "84 MB" in line for line in lines) == 1
    assert any("wordnet" in line for line in lines)


def test_list_as_json_says_what_is_here(capsys):
    assert main(["list", "--json"]) == 0
    found = {each["id"]: each for each in json.loads(capsys.readouterr().out)}
    assert found["minilm-l6"]["fetched"] is False
    assert found["minilm-l6"]["licence"] == "Apache-2.0"
    assert found["tweets"]["rows"] == 4200


def test_an_unknown_id_is_one_sentence_and_status_1(capsys):
    assert main(["fetch", "nothing"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert "There is no model" in captured.err


def test_a_terminal_that_knows_only_ascii_gets_question_marks():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "core.catalogue", "list"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert "minilm-l6" in done.stdout


def test_a_reader_who_has_seen_enough_of_the_list_gets_no_complaint():
    command = [sys.executable, "-m", "core.catalogue", "list"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        child.stdout.close()
        assert child.wait(30) == 0
        assert child.stderr.read() == b""


def test_a_home_that_cannot_be_used_is_one_sentence_for_the_list_too(monkeypatch, tmp_path, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("HEADLIGHT_HOME", str(tmp_path / "file"))
    assert main(["list"]) == 1
    assert "set HEADLIGHT_HOME to a folder of your own" in capsys.readouterr().err


def test_fetch_without_an_id_says_how_to_use_it(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["fetch"])
    assert ended.value.code == 2
    assert "--built-in" in capsys.readouterr().err


def test_a_local_folder_is_named_when_it_can_be_used(make_model, capsys):
    folder = make_model()
    assert main(["fetch", str(folder)]) == 0
    assert capsys.readouterr().out.strip() == str(folder)


def test_what_is_logged_is_not_written_beside_the_sentence():
    command = [sys.executable, "-m", "core.catalogue", "fetch", "owner/name"]
    environment = {**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9", "HF_HUB_OFFLINE": "0"}
    quiet = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert quiet.returncode == 1
    assert "cannot be reached" in quiet.stderr.splitlines()[-1]
    assert "ConnectError" not in quiet.stderr
    command.append("--verbose")
    loud = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert "ConnectError" in loud.stderr


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_nothing(index, home, sign):
    index.folder.joinpath("note").touch()
    mute = "import socket,sys; s=socket.create_server(('127.0.0.1',0)); "
    mute += "print(s.getsockname()[1],flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", mute], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        address = f"http://127.0.0.1:{server.stdout.readline().strip()}/simple"
        environment = {**os.environ, "PIP_INDEX_URL": address}
        del environment["PIP_NO_INDEX"]
        with subprocess.Popen(
            [sys.executable, "-m", "core.catalogue", "fetch", "minilm-l6"],
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        ) as child:
            assert "Fetching" in child.stderr.readline()
            child.send_signal(sign)
            rest = child.stderr.read()
            assert child.wait(10) == 130
        server.stdin.close()
    assert "Stopped" in rest
    assert "Traceback" not in rest
    assert [path.name for path in (home / "models").iterdir()] == [".minilm-l6.lock"]
