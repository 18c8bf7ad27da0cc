"""Streamlit's scripts go out compressed, each compressed once."""

from __future__ import annotations

import gzip

import anyio
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from app.compression import CompressStatic

SCRIPT = b"export default () => 1;\n" * 200


class Served:
    """A small app behind the middleware, which counts how often it is asked."""

    def __init__(self):
        self.asked = 0
        routes = [Route("/static/{name}", self.static), Route("/page", self.page)]
        self.app = CompressStatic(Starlette(routes=routes))

    async def static(self, request):
        self.asked += 1
        name = request.path_params["name"]
        if name == "missing.js":
            return Response("no", status_code=404, media_type="text/javascript")
        if name == "image.png":
            return Response(SCRIPT, media_type="image/png")
        return Response(
            SCRIPT, media_type="text/javascript", headers={"cache-control": "immutable"}
        )

    async def page(self, request):
        return Response(SCRIPT, media_type="text/html")

    def get(self, path, **headers):
        """Status, headers and body of the answer."""
        sent = []

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            sent.append(message)

        names = [
            (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
        ]
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "headers": names,
            "query_string": b"",
        }
        anyio.run(self.app, scope, receive, send)
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return sent[0]["status"], dict(sent[0]["headers"]), body


@pytest.fixture
def served():
    return Served()


def test_a_script_is_compressed_once_and_keeps_its_headers(served):
    for _ in range(3):
        status, headers, body = served.get("/static/a.js", accept_encoding="gzip, br")
        assert status == 200
        assert headers[b"content-encoding"] == b"gzip"
        assert headers[b"cache-control"] == b"immutable"
        assert int(headers[b"content-length"]) == len(body) < len(SCRIPT) / 4
        assert gzip.decompress(body) == SCRIPT
    assert served.asked == 1


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/static/a.js", {}),
        ("/static/a.js", {"accept_encoding": "gzip", "range": "bytes=0-9"}),
        ("/static/image.png", {"accept_encoding": "gzip"}),
        ("/page", {"accept_encoding": "gzip"}),
    ],
)
def test_everything_else_goes_out_as_it_is(served, path, headers):
    status, answered, body = served.get(path, **headers)
    assert status == 200
    assert b"content-encoding" not in answered
    assert body == SCRIPT


def test_an_error_is_passed_on_and_not_kept(served):
    for _ in range(2):
        assert served.get("/static/missing.js", accept_encoding="gzip")[0] == 404
    assert served.asked == 2
