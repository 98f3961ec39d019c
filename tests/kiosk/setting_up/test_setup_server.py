"""The server by pasting: the content of ODK Central's QR code, an address, and everything that is neither.

The format is the one of https://docs.getodk.org/collect-import-export/: base64 of zlib-compressed JSON.
"""

from __future__ import annotations

import json
import threading
import zlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tls_server import Authority, serving
from walked import central, code

from kiosk.errors import KioskError
from kiosk.setting_up.server import address_in, hidden, tried

TOKEN = "aSSbxnNuqQ8$gSUtCsHr1YVNCCU7q"  # noqa: S105 - made up, to look for it in what is shown
URL = f"https://central.example.org/v1/key/{TOKEN}/projects/149"
DOCUMENTED = {
    "general": {"server_url": "https://demo.getodk.org", "constraint_behavior": "on_finalize"},
    "admin": {"edit_saved": False},
    "project": {"name": "QR code project", "icon": "Q", "color": "#ff0000"},
}


@pytest.mark.parametrize(
    ("pasted", "url"),
    [
        pytest.param(central(URL), URL, id="a QR code of Central's app user"),
        pytest.param(code(DOCUMENTED), "https://demo.getodk.org", id="the documentation's example"),
        pytest.param(f"  {central(URL)[:70]}\n{central(URL)[70:]}\n", URL, id="with line breaks"),
        pytest.param(json.dumps({"general": {"server_url": URL}, "admin": {}}), URL, id="the settings, unpacked"),
        pytest.param(f" {URL}/ \n", URL, id="the address"),
        pytest.param("http://127.0.0.1:8080/key/abc", "http://127.0.0.1:8080/key/abc", id="a collector's address"),
    ],
)
def test_the_servers_address_is_found_in_what_is_pasted(pasted, url):
    assert address_in(pasted) == url


@pytest.mark.parametrize(
    ("pasted", "met"),
    [
        pytest.param("", "empty", id="nothing"),
        pytest.param("hello there, this is no code!", "no address and no QR code", id="words"),
        pytest.param("aGVsbG8=", "damaged", id="base64 of something else"),
        pytest.param(central(URL)[:80], "cut off", id="a code that is cut off"),
        pytest.param(b64encode(zlib.compress(b"[" * 400_000)).decode(), "far too large", id="one that unpacks to much"),
        pytest.param(code([1, 2]), "name no server", id="no settings"),
        pytest.param(code({"general": {}, "admin": {}}), "name no server", id="settings without a server"),
        pytest.param(b64encode(zlib.compress(b"\xff\xfe")).decode(), "something else than settings", id="no JSON"),
        pytest.param("ftp://example.org/key/x", "none of http", id="another protocol"),
        pytest.param("https://:99999/x", "none of http", id="an address that is none"),
        pytest.param(
            code({"general": {"server_url": URL, "username": "me", "password": TOKEN}}), "user name", id="Kobo's"
        ),
    ],
)
def test_what_is_no_server_is_refused_with_words_and_without_the_token(pasted, met):
    with pytest.raises(KioskError) as caught:
        address_in(pasted)
    assert met in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_an_address_is_shown_without_its_token():
    assert hidden(URL) == "https://central.example.org (token hidden)"


def test_a_real_collector_is_asked_at_once_and_says_which_forms_it_has(served):
    outcome = tried(served.url())
    assert outcome.fine
    assert "offers 1 form: My home" in outcome.sentence
    assert [one.form_id for one in outcome.forms] == ["my_home"]


def test_a_wrong_token_is_said_and_not_repeated(served):
    outcome = tried(f"{served.address}/key/{TOKEN}")
    assert not outcome.fine
    assert "Check the token" in outcome.sentence
    assert TOKEN not in outcome.sentence


@contextmanager
def answering(body: bytes, kind: str) -> Iterator[str]:
    """A server that says the same to everything."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/key/{TOKEN}/projects/1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    "page",
    [b"<!DOCTYPE html><html><body>Sign in<br></body></html>", b"<html><p>Sign in<p>to the guest network</html>"],
    ids=["with a document type", "without"],
)
def test_a_sign_in_page_is_told_from_a_server(page):
    with answering(page, "text/html") as url:
        outcome = tried(url)
    assert not outcome.fine
    assert "a web page and no form list" in outcome.sentence


def test_a_server_without_a_form_for_this_kiosk_can_be_used_and_says_so():
    with answering(b'<xforms xmlns="http://openrosa.org/xforms/xformsList"/>', "text/xml") as url:
        outcome = tried(url)
    assert outcome.fine
    assert "offers no form to this kiosk" in outcome.sentence


def test_a_server_that_is_not_there_is_said_in_words():
    with answering(b"", "text/plain") as url:
        pass
    outcome = tried(url, timeout_s=5)
    assert not outcome.fine
    assert "Cannot reach 127.0.0.1" in outcome.sentence


def test_a_server_with_an_authority_of_its_own_is_believed_by_that_authoritys_certificate_alone(tmp_path):
    authority, seen = Authority(tmp_path), []
    with serving(authority.server(), seen) as port:
        url = f"https://127.0.0.1:{port}/key/x"
        distrusted = tried(url)
        assert not seen, "no token goes to a server that is not believed"
        believed = tried(url, authority.file)
    assert "certificate" in distrusted.sentence
    assert "web page" in believed.sentence, "it was asked: what it is shows in what it answers"
    assert seen
