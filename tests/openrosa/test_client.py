"""What a server's answer means: only its own words deliver, only its own refusal sets aside, all else waits.

The server here is a real one on loopback that answers what the test says; the collector's own is in tests/collector.
"""

from __future__ import annotations

import itertools
import logging
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from openrosa.client import Client, Verdict
from openrosa.errors import OpenRosaError
from openrosa.protocol import FormEntry, OpenRosaResponse, form_list_xml, response_xml
from openrosa.submission import Attachment, Submission

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "tok$en!Q7w8e9r0t1y2u3i4o5p6"  # noqa: S105 - opens nothing
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
OK = response_xml(OpenRosaResponse("Received.", "submit_success"))
NO = response_xml(OpenRosaResponse("No.", "error"))
PAGE = b"<!DOCTYPE html><html><body>Please sign in</body></html>"
SUBMISSION = Submission("uuid:1", "home", "1", b"<data/>", (), sealed=False)


@dataclass
class Script:
    """What the server answers, and what it was asked: status, headers and body by method, the last one repeated."""

    head: tuple[int, dict[str, str]] = (204, {"X-OpenRosa-Accept-Content-Length": "1000000"})
    get: tuple[int, dict[str, str], bytes] = (200, {}, b"")
    post: list[tuple[int, dict[str, str], bytes]] = field(default_factory=lambda: [(201, {}, OK)])
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)


@contextmanager
def server(script: Script) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            script.asked.append((self.command, self.path, sent))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_HEAD(self) -> None:
            self.answer(*script.head)

        def do_GET(self) -> None:
            self.answer(*script.get)

        def do_POST(self) -> None:
            self.answer(*(script.post.pop(0) if len(script.post) > 1 else script.post[0]))

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}/v1/key/{TOKEN}/projects/1"
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


def sent(script: Script, submission: Submission = SUBMISSION):
    with server(script) as url, Client(url, timeout_s=5, now=lambda: NOW) as client:
        return client.submit(submission)


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (201, OK, Verdict.DELIVERED),
        (202, OK, Verdict.DELIVERED),
        (201, PAGE, Verdict.WAIT),
        (201, b"", Verdict.WAIT),
        (201, NO, Verdict.WAIT),
        (200, OK, Verdict.WAIT),
        (204, b"", Verdict.WAIT),
        (200, PAGE, Verdict.WAIT),
        (302, b"", Verdict.WAIT),
        (400, NO, Verdict.SET_ASIDE),
        (400, b"", Verdict.SET_ASIDE),
        (409, NO, Verdict.SET_ASIDE),
        (413, NO, Verdict.SET_ASIDE),
        (413, PAGE, Verdict.SET_ASIDE),
        (400, PAGE, Verdict.WAIT),
        (409, PAGE, Verdict.WAIT),
        (401, NO, Verdict.WAIT),
        (403, NO, Verdict.WAIT),
        (404, NO, Verdict.WAIT),
        (408, NO, Verdict.WAIT),
        (429, NO, Verdict.WAIT),
        (500, NO, Verdict.WAIT),
        (503, PAGE, Verdict.WAIT),
        (511, PAGE, Verdict.WAIT),
    ],
)
def test_each_answer_has_one_meaning(status: int, body: bytes, verdict: Verdict) -> None:
    reply = sent(Script(post=[(status, {}, body)] if status != 204 else [(204, {}, b"")]))
    assert (reply.verdict, reply.status) == (verdict, status)
    assert f"HTTP {status}" in reply.message


def test_a_form_that_the_office_has_closed_sets_no_visit_aside() -> None:
    """What ODK Central v2026.2.2 answered: one click in the office must not set everything that waits aside."""
    closed = (
        b'\n  <OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0">\n    <message nature="error">This '
        b"form is not currently accepting submissions. Please talk to your program staff if this is unexpected."
        b"</message>\n  </OpenRosaResponse>"
    )
    reply = sent(Script(post=[(409, {}, closed)]))
    assert (reply.verdict, reply.status) == (Verdict.WAIT, 409)
    assert "not currently accepting" in reply.message


@pytest.mark.parametrize("status", [401, 403, 429, 500, 302, 200])
def test_nothing_is_posted_where_the_server_does_not_offer_it(status: int) -> None:
    script = Script(head=(status, {}))
    assert sent(script).verdict is Verdict.WAIT
    assert [method for method, _, _ in script.asked] == ["HEAD"]


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_server_without_head_is_posted_to(status: int) -> None:
    assert sent(Script(head=(status, {}))).verdict is Verdict.DELIVERED


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120.0), ("Sun, 22 Nov 2026 09:01:00 GMT", 60.0), ("soon", None), ("", None), ("9" * 400, 86_400.0)],
)
def test_the_server_says_when_to_come_again(value: str, seconds: float | None) -> None:
    assert sent(Script(post=[(503, {"Retry-After": value}, b"")])).retry_after_s == seconds


def test_a_redirection_to_another_host_is_refused_before_anything_is_sent() -> None:
    script = Script(head=(204, {"Location": "http://portal.invalid/submission"}))
    reply = sent(script)
    assert (reply.verdict, reply.status) == (Verdict.WAIT, None)
    assert "portal.invalid" in reply.message
    assert [method for method, _, _ in script.asked] == ["HEAD"]


def test_the_server_may_name_another_place_of_its_own() -> None:
    script = Script(head=(204, {"Location": "/elsewhere/submission"}))
    assert sent(script).verdict is Verdict.DELIVERED
    assert script.asked[1][1] == "/elsewhere/submission"


def test_a_download_from_another_host_is_refused() -> None:
    entry = FormEntry("home", "1", "Home", "", "http://elsewhere.invalid/form.xml")
    with server(Script()) as url, Client(url) as client, pytest.raises(OpenRosaError, match=r"elsewhere\.invalid"):
        client.form(entry)


def test_a_redirected_download_on_the_same_host_is_followed_but_not_without_end() -> None:
    script = Script(get=(302, {"Location": "again"}, b""))
    with server(script) as url, Client(url) as client, pytest.raises(OpenRosaError, match="HTTP 302"):
        client.form_list()
    assert len(script.asked) < 10


def test_attachments_above_the_servers_limit_go_in_several_posts_with_the_same_xml() -> None:
    files = tuple(Attachment(f"m{number}.wav", bytes([65 + number]) * 3000, "audio/wav") for number in range(4))
    script = Script(head=(204, {"X-OpenRosa-Accept-Content-Length": "10500"}))
    assert sent(script, Submission("uuid:1", "home", "1", b"<data>same</data>", files, sealed=True)).verdict is (
        Verdict.DELIVERED
    )
    posts = [body for method, _, body in script.asked if method == "POST"]
    assert len(posts) == 2
    assert all(b"<data>same</data>" in body and len(body) <= 10_500 for body in posts)
    assert [b"*isIncomplete*" in body for body in posts] == [True, False]
    for file in files:
        assert sum(file.data in body for body in posts) == 1


def test_a_post_too_large_for_what_stands_before_the_server_is_halved_until_it_fits() -> None:
    """A proxy's own limit, which nobody has announced: 413 for all, and for the first half."""
    files = tuple(Attachment(f"m{number}.wav", bytes([65 + number]) * 3000, "audio/wav") for number in range(4))
    answers = [(413, {}, PAGE), (413, {}, PAGE), (201, {}, OK)]
    script = Script(post=answers)
    whole = Submission("uuid:1", "home", "1", b"<data>same</data>", files, sealed=True)
    assert sent(script, whole).verdict is Verdict.DELIVERED
    posts = [body for method, _, body in script.asked if method == "POST"]
    assert [[file.data in body for file in files].count(True) for body in posts] == [4, 2, 1, 1, 2]
    assert [b"*isIncomplete*" in body for body in posts] == [False, True, True, True, False]


def test_a_file_that_is_too_large_alone_is_refused_for_good() -> None:
    files = tuple(Attachment(f"m{number}.wav", bytes(3000), "audio/wav") for number in range(4))
    reply = sent(Script(post=[(413, {}, PAGE)]), Submission("uuid:1", "home", "1", b"<data/>", files, sealed=True))
    assert (reply.verdict, reply.status) == (Verdict.SET_ASIDE, 413)


def test_after_a_failure_place_and_limit_are_asked_anew() -> None:
    script = Script(post=[(503, {}, b""), (201, {}, OK)])
    with server(script) as url, Client(url, timeout_s=5) as client:
        assert [client.submit(SUBMISSION).verdict for _ in range(3)] == [
            Verdict.WAIT,
            Verdict.DELIVERED,
            Verdict.DELIVERED,
        ]
    assert [method for method, _, _ in script.asked] == ["HEAD", "POST", "HEAD", "POST", "POST"]


def test_a_part_that_is_refused_decides_for_the_whole() -> None:
    files = tuple(Attachment(f"m{number}.wav", bytes(3000), "audio/wav") for number in range(4))
    script = Script(head=(204, {"X-OpenRosa-Accept-Content-Length": "10000"}), post=[(201, {}, OK), (503, {}, b"")])
    assert sent(script, Submission("uuid:1", "home", "1", b"<data/>", files, sealed=True)).verdict is Verdict.WAIT


def test_the_protocols_headers_go_with_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    original = BaseHTTPRequestHandler.parse_request

    def parse_request(self) -> bool:
        done = original(self)
        seen.append((self.headers["X-OpenRosa-Version"], self.headers["Date"]))
        return done

    monkeypatch.setattr(BaseHTTPRequestHandler, "parse_request", parse_request)
    sent(Script())
    assert seen == [("1.0", "Sun, 22 Nov 2026 09:00:00 GMT")] * 2


def test_nobody_listening_means_wait() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Client(f"http://127.0.0.1:{port}/key/{TOKEN}") as client:
        reply = client.submit(SUBMISSION)
    assert (reply.verdict, reply.status) == (Verdict.WAIT, None)
    assert f"127.0.0.1:{port}" in reply.message


def test_a_line_cut_in_the_middle_means_wait() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def cut() -> None:
            connection, _ = listener.accept()
            connection.recv(100)
            connection.close()

        thread = threading.Thread(target=cut)
        thread.start()
        with Client(f"http://127.0.0.1:{listener.getsockname()[1]}/key/{TOKEN}") as client:
            assert client.submit(SUBMISSION).verdict is Verdict.WAIT
        thread.join()


def test_a_page_instead_of_a_form_list_is_said_so() -> None:
    raises = pytest.raises(OpenRosaError, match="the form list")
    with server(Script(get=(200, {}, PAGE))) as url, Client(url) as client, raises:
        client.form_list()


def test_an_answer_without_end_is_cut() -> None:
    raises = pytest.raises(OpenRosaError, match="larger than")
    with server(Script(get=(200, {}, b"x" * 9_000_000))) as url, Client(url) as client, raises:
        client.form_list()


def test_an_answer_that_drips_for_ever_is_given_up() -> None:
    # The clock moves by a thousand seconds whenever it is looked at.
    clock = itertools.count(step=1000)
    script = Script(get=(200, {}, b"x" * 1_000_000))
    raises = pytest.raises(OpenRosaError, match="takes more than")
    with server(script) as url, Client(url, monotonic_s=lambda: next(clock)) as client, raises:
        client.form_list()


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_refused_form_list_says_status_and_what_to_do(status: int) -> None:
    raises = pytest.raises(OpenRosaError, match=f"HTTP {status}")
    with server(Script(get=(status, {}, NO))) as url, Client(url) as client, raises as refused:
        client.form_list()
    assert TOKEN not in str(refused.value)


def test_a_form_list_is_read() -> None:
    entries = (FormEntry("home", "1", "Home", "", "forms/home.xml"),)
    with server(Script(get=(200, {}, form_list_xml(entries)))) as url, Client(url) as client:
        assert client.form_list() == entries


def test_the_token_is_in_no_error_repr_or_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = response_xml(OpenRosaResponse(f"No project for {TOKEN}.", "error"))
    scripts = (Script(), Script(post=[(403, {}, echo)]), Script(head=(302, {"Location": f"/{TOKEN}"})))
    told = [str(sent(script)) for script in scripts]
    with Client(f"http://127.0.0.1:1/v1/key/{TOKEN}/projects/1") as client:
        told += [repr(client), str(client.submit(SUBMISSION))]
        with pytest.raises(OpenRosaError) as refused:
            client.form_list()
        told.append(str(refused.value))
        assert refused.value.__cause__ is None
    assert TOKEN not in "".join(told) + caplog.text
    assert "No project for ..." in told[1]


@pytest.mark.parametrize(
    "address", ["", "host/key/x", "ftp://host/key/x", "http://", "http://host:port/key/x", "file:///etc"]
)
def test_an_address_that_is_none_is_said_so(address: str) -> None:
    with pytest.raises(OpenRosaError, match="the server's address"):
        Client(address)
