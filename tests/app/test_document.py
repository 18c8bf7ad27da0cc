"""The document that every page is opened with."""

from __future__ import annotations

import gzip

import anyio
import pytest

from app.document import Document
from app.identity import is_identity

PAGE = b"<html><head><title>Streamlit</title></head><body></body></html>"


def answer(
    *,
    kind=b"text/html; charset=utf-8",
    status=200,
    headers=(),
    method="GET",
    path="/attention",
    page=PAGE,
    more=(),
):
    """Headers and body of an answer of content type ``kind`` after the middleware."""
    sent = []

    async def inner(scope, receive, send):
        start = [(b"content-type", kind), (b"content-length", b"63"), (b"etag", b"old"), *more]
        await send({"type": "http.response.start", "status": status, "headers": start})
        await send({"type": "http.response.body", "body": page[:20], "more_body": True})
        await send({"type": "http.response.body", "body": page[20:]})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    anyio.run(Document(inner), scope, None, send)
    return sent[0]["headers"], b"".join(message.get("body", b"") for message in sent[1:])


def cookies(headers):
    return [value.decode() for name, value in headers if name == b"set-cookie"]


def test_a_new_browser_gets_a_cookie_that_no_script_can_read():
    (cookie,) = cookies(answer()[0])
    name, _, rest = cookie.partition("=")
    assert name == "headlight_id"
    assert is_identity(rest.split(";")[0])
    assert "HttpOnly" in rest
    assert "SameSite=Lax" in rest


def test_two_browsers_get_two_identities():
    assert cookies(answer()[0]) != cookies(answer()[0])


def test_a_known_browser_keeps_its_cookie():
    assert cookies(answer(headers=[(b"cookie", b"a=b; headlight_id=" + b"ab" * 16)])[0]) == []


@pytest.mark.parametrize(
    "before", ['prefs={"a":1}', "flag", "x=a b", "a[0]=1", "name=é", "a/b=1"], ids=str
)
def test_what_other_apps_of_the_same_host_keep_makes_nobody_a_stranger(before):
    cookie = f"{before}; headlight_id={'ab' * 16}; after=2".encode("latin-1")
    assert cookies(answer(headers=[(b"cookie", cookie)])[0]) == []


@pytest.mark.parametrize("forged", [b"headlight_id=x", b"headlight_id=", b"=;;=", b"\xff\xfe"])
def test_a_forged_cookie_is_replaced(forged):
    assert len(cookies(answer(headers=[(b"cookie", forged)])[0])) == 1


def test_the_document_names_the_app_and_the_server():
    headers, body = answer()
    assert b"<title>Headlight</title>" in body
    assert b"BACKEND_BASE_URL" in body
    assert int(dict(headers)[b"content-length"]) == len(body)
    assert b"etag" not in dict(headers)


def test_a_compressed_document_is_completed_too():
    headers, body = answer(page=gzip.compress(PAGE), more=[(b"content-encoding", b"gzip")])
    assert b"BACKEND_BASE_URL" in gzip.decompress(body)
    assert int(dict(headers)[b"content-length"]) == len(body)


@pytest.mark.parametrize(
    "other",
    [
        {"kind": b"text/javascript"},
        {"status": 404},
        {"method": "HEAD"},
        {"path": "/media/0a1b.html"},  # all heads as one HTML file, taken away
        {"path": "/below/a/proxy/media/0a1b.html"},
    ],
    ids=str,
)
def test_everything_else_passes_as_it_is(other):
    headers, body = answer(**other)
    assert body == PAGE
    assert cookies(headers) == []
