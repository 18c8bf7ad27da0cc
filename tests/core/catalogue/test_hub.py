"""Against a hub of our own: a local server that answers the few addresses that are used."""

import contextlib
import hashlib
import http.server
import json
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import pytest

from core.catalogue import ensure_model, find_model, is_fetched, weights_size
from core.errors import (
    BrokenModelError,
    DiskFullError,
    FetchError,
    FetchStopped,
    HashError,
    ModelNotFoundError,
    NetworkError,
    UnsafeModelError,
)

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """``models`` maps a repository to its files; ``asked`` is every path that was asked for."""

    models: dict = field(default_factory=dict)
    gated: set = field(default_factory=set)
    asked: list = field(default_factory=list)
    slow: bool = False
    wrong: bool = False
    down: bool = False

    def answer(self, handler, *, body):
        path = unquote(urlsplit(handler.path).path)
        self.asked.append(path)
        if self.down:
            return _send(handler, 503, b"", body=body)
        if path.startswith("/api/models/"):
            repo = path.removeprefix("/api/models/").split("/revision/")[0]
            return self._list(handler, repo, body=body)
        repo, _resolve, rest = path.removeprefix("/").partition("/resolve/")
        name = rest.partition("/")[2]
        content = self.models.get(repo, {}).get(name)
        if content is None:
            return _send(handler, 404, b"", {"X-Error-Code": "EntryNotFound"}, body=body)
        headers = {
            "ETag": f'"{hashlib.sha256(content).hexdigest()}"',
            "X-Repo-Commit": COMMIT,
            "Content-Type": "application/octet-stream",
        }
        if self.wrong and name.endswith(".safetensors"):
            content = content[:-1] + b"\x01"
        if self.slow and body and name.endswith(".safetensors"):
            time.sleep(5)
        return _send(handler, 200, content, headers, body=body)

    def _list(self, handler, repo, *, body):
        if repo in self.gated:
            return _send(handler, 403, b"", {"X-Error-Code": "GatedRepo"}, body=body)
        if repo not in self.models:
            return _send(handler, 401, b"", {"X-Error-Code": "RepoNotFound"}, body=body)
        files = [
            {"rfilename": name, "size": len(content), "blobId": "b"}
            | (
                {"lfs": {"size": len(content), "sha256": _sha256(content), "pointerSize": 1}}
                if name.endswith((".safetensors", ".bin"))
                else {}
            )
            for name, content in self.models[repo].items()
        ]
        answer = {"id": repo, "modelId": repo, "sha": COMMIT, "siblings": files}
        text = json.dumps(answer).encode()
        return _send(handler, 200, text, {"Content-Type": "application/json"}, body=body)


def _sha256(content):
    return hashlib.sha256(content).hexdigest()


def _send(handler, status, content, headers=None, *, body):
    handler.send_response(status)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    if body:
        handler.wfile.write(content)


@pytest.fixture
def hub(home, monkeypatch, tmp_path):
    found = Hub()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            found.answer(self, body=True)

        def do_HEAD(self):
            found.answer(self, body=False)

        def log_message(self, *_arguments):
            pass

        def handle(self):
            with contextlib.suppress(OSError):  # the other side was ended by a stop
                super().handle()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def files(make_safetensors):
    return {
        "config.json": b'{"architectures": ["BertForMaskedLM"]}',
        "model.safetensors": make_safetensors(),
        "tokenizer.json": b"{}",
        "vocab.txt": b"[PAD]",
        "README.md": b"read me",
        "pytorch_model.bin": b"pickle",
        "modeling_own.py": b"code",
        "onnx/model.json": b"{}",
        "model.fp16.safetensors": b"another",
    }


def test_only_what_is_safe_and_needed_is_fetched(hub, files, home):
    hub.models["owner/name"] = files
    folder = ensure_model("owner/name")
    assert folder == home / "models" / "hub" / "owner--name"
    assert sorted(path.name for path in folder.iterdir()) == [
        *("config.json", "headlight.json", "model.safetensors", "tokenizer.json", "vocab.txt")
    ]
    record = json.loads((folder / "headlight.json").read_text())
    assert (record["id"], record["kind"], record["version"]) == ("owner/name", "masked", COMMIT)
    assert record["weights"] == _sha256(files["model.safetensors"])
    assert not [path for path in hub.asked if path.endswith((".bin", ".py", ".md"))]


def test_what_is_there_is_returned_without_asking_the_hub(hub, files):
    hub.models["openai-community/gpt2"] = files
    ensure_model("gpt2")
    assert is_fetched(find_model("gpt2"))
    hub.asked.clear()
    ensure_model("openai-community/gpt2")
    assert hub.asked == []


@pytest.mark.parametrize("way", ["model-{n}-of-00002", "model.safetensors-{n}-of-00002"])
def test_a_model_in_several_files_comes_whole(hub, files, make_safetensors, way):
    del files["model.safetensors"]
    names = [way.format(n=f"0000{n}") + ".safetensors" for n in (1, 2)]
    files |= {
        name: make_safetensors({f"w{place}": ("F32", [1], bytes(4))})
        for place, name in enumerate(names)
    }
    index = {"weight_map": dict(zip("ab", names, strict=True))}
    files["model.safetensors.index.json"] = json.dumps(index).encode()
    hub.models["owner/name"] = files
    assert weights_size(ensure_model("owner/name")).parameters == 2


def test_pickled_weights_only_are_refused_before_anything_is_fetched(hub, files):
    del files["model.safetensors"]
    hub.models["owner/name"] = files
    with pytest.raises(UnsafeModelError, match=r"pytorch_model\.bin: pickled weights can run code"):
        ensure_model("owner/name")
    assert not [path for path in hub.asked if "resolve" in path]


def test_code_that_comes_with_a_model_is_refused_before_its_weights(hub, files, home):
    files["config.json"] = b'{"auto_map": {"AutoModel": "modeling_own.Own"}}'
    hub.models["owner/name"] = files
    with pytest.raises(UnsafeModelError, match="its own code"):
        ensure_model("owner/name")
    assert not [path for path in hub.asked if path.endswith(".safetensors")]
    assert _left(home) == []


def test_a_model_that_the_hub_lacks_is_one_sentence(hub):
    with pytest.raises(ModelNotFoundError, match="The hub has no model owner/none"):
        ensure_model("owner/none")


def test_a_gated_model_says_how_to_get_it(hub):
    hub.gated.add("owner/gated")
    with pytest.raises(FetchError, match=r"accept them .* HF_TOKEN"):
        ensure_model("owner/gated")


def test_other_bytes_than_the_hub_lists_are_thrown_away(hub, files, home):
    hub.models["owner/name"] = files
    hub.wrong = True
    with pytest.raises(HashError, match=r"model\.safetensors of owner/name"):
        ensure_model("owner/name")
    assert _left(home) == []


def test_damaged_weights_are_thrown_away(hub, files, home):
    hub.models["owner/name"] = files | {"model.safetensors": b"nonsense, really"}
    with pytest.raises(BrokenModelError, match="cannot be used"):
        ensure_model("owner/name")
    assert _left(home) == []


def test_a_stop_is_noticed_within_a_second_and_leaves_nothing(hub, files, home):
    hub.models["owner/name"] = files
    hub.slow = True
    since = []

    def stop(_fraction, _message):
        if any(path.endswith(".safetensors") for path in hub.asked):
            since.append(time.monotonic())
            raise FetchStopped("stopped")

    with pytest.raises(FetchStopped):
        ensure_model("owner/name", stop)
    assert time.monotonic() - since[0] < 1.0
    assert _left(home) == []


def test_no_room_is_said_when_the_size_is_known(hub, files, monkeypatch):
    import shutil

    hub.models["owner/name"] = files
    usage = shutil.disk_usage("/")._replace(free=10)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(DiskFullError, match="owner/name needs 1 MB"):
        ensure_model("owner/name")


def test_no_network_is_said_within_seconds_and_names_the_mirror(hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    started = time.monotonic()
    with pytest.raises(NetworkError, match=r"mirror http://127\.0\.0\.1:9 .* cannot be reached"):
        ensure_model("owner/name")
    assert time.monotonic() - started < 10


def test_a_hub_that_is_down_is_said(hub):
    hub.down = True
    with pytest.raises(NetworkError, match="cannot be reached"):
        ensure_model("owner/name")


def test_offline_by_choice_is_said(hub, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(NetworkError, match="HF_HUB_OFFLINE is set"):
        ensure_model("owner/name")


def _left(home):
    return [path.name for path in (home / "models" / "hub").iterdir() if path.suffix != ".lock"]
