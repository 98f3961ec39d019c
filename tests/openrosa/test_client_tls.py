"""Who is believed to be the server: a real TLS server on loopback, with certificates of an authority made here."""

from __future__ import annotations

import logging
import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from tls_server import NOW, YEAR, Authority, serving

from openrosa.client import Client, Verdict
from openrosa.errors import OpenRosaError
from openrosa.submission import Submission

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

TOKEN = "tok$en!Q7w8e9r0t1y2u3i4o5p6"  # noqa: S105 - opens nothing
SUBMISSION = Submission("uuid:1", "home", "1", b"<data/>", (), sealed=False)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def sent(context: ssl.SSLContext | None, ca_file: Path | None, host: str = "127.0.0.1", now: datetime = NOW):
    """What came of a submission, and what the server saw of it."""
    seen: list[str] = []
    with (
        serving(context, seen) as port,
        Client(f"https://{host}:{port}/v1/key/{TOKEN}", 10, ca_file=ca_file, now=lambda: now) as client,
    ):
        return client.submit(SUBMISSION), seen


def test_a_server_of_the_private_authority_that_is_configured_is_believed(authority: Authority) -> None:
    reply, seen = sent(authority.server(), authority.file)
    assert (reply.verdict, reply.status) == (Verdict.DELIVERED, 201)
    assert [each.partition(" ")[0] for each in seen] == ["HEAD", "POST"]


def test_without_that_setting_the_same_server_is_not_believed_and_sees_nothing(authority: Authority) -> None:
    reply, seen = sent(authority.server(), None)
    assert (reply.verdict, reply.status, seen) == (Verdict.WAIT, None, [])
    assert "of nobody that is trusted here" in reply.message
    assert "server.ca_file" in reply.message


def test_another_authoritys_server_is_not_believed_and_sees_nothing(authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path, "Somebody on the Wi-Fi")
    reply, seen = sent(other.server(), authority.file)
    assert (reply.verdict, seen) == (Verdict.WAIT, [])
    assert "of nobody that is trusted here" in reply.message


def test_a_certificate_of_another_name_is_not_believed(authority: Authority) -> None:
    reply, seen = sent(authority.server("collector.example.org"), authority.file)
    assert (reply.verdict, seen) == (Verdict.WAIT, [])
    assert "its certificate is another server's" in reply.message


def test_a_name_in_place_of_an_address_is_checked_too(authority: Authority) -> None:
    assert sent(authority.server("localhost"), authority.file, "localhost")[0].verdict is Verdict.DELIVERED
    assert "another server's" in sent(authority.server(), authority.file, "localhost")[0].message


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "said"),
    [(NOW + YEAR, NOW + 2 * YEAR, "is not valid yet"), (NOW - 2 * YEAR, NOW - YEAR, "has run out")],
)
def test_a_clock_that_stands_wrong_is_named_as_what_to_look_at(
    authority: Authority, valid_from: datetime, valid_to: datetime, said: str
) -> None:
    """A Raspberry Pi without a network since its start stands at 1970: to it every certificate is of the future."""
    clock = datetime(1970, 1, 1, 0, 3, tzinfo=UTC)
    context = authority.server(valid_from=valid_from, valid_to=valid_to)
    reply, seen = sent(context, authority.file, now=clock)
    assert (reply.verdict, seen) == (Verdict.WAIT, [])
    assert said in reply.message
    assert "this machine's clock says 1970-01-01. Set the clock" in reply.message


def test_a_server_that_speaks_no_tls_gets_no_token(authority: Authority) -> None:
    reply, seen = sent(None, authority.file)
    assert (reply.verdict, seen) == (Verdict.WAIT, [])
    assert "does not speak TLS" in reply.message


@pytest.mark.parametrize("to", ["https://portal.invalid/v1/key/x", "http://127.0.0.1:{port}/v1/key/x"])
def test_a_redirection_to_another_host_or_away_from_tls_is_not_followed(authority: Authority, to: str) -> None:
    seen: list[str] = []
    elsewhere: list[str] = []
    with serving(None, elsewhere) as port:
        location = to.format(port=port)
        with (
            serving(authority.server(), seen, location) as own,
            Client(f"https://127.0.0.1:{own}/v1/key/{TOKEN}", 10, ca_file=authority.file) as client,
        ):
            assert client.submit(SUBMISSION).verdict is Verdict.WAIT
            with pytest.raises(OpenRosaError, match=r"which is another server|HTTP 302"):
                client.form_list()
    assert elsewhere == []
    assert all("POST" not in each for each in seen)


@pytest.mark.parametrize("content", [b"", b"no certificate", None])
def test_an_authoritys_file_that_cannot_be_used_is_said_before_anything_is_sent(tmp_path: Path, content) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(OpenRosaError, match=r"certificate file .*ca\.pem.*server\.ca_file"):
        Client(f"https://127.0.0.1:1/key/{TOKEN}", ca_file=path)


def test_a_dead_name_server_is_told_from_a_dead_server(monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", dead)
    with Client(f"https://collector.example.org/key/{TOKEN}", 5) as client:
        reply = client.submit(SUBMISSION)
    assert (reply.verdict, reply.status) == (Verdict.WAIT, None)
    assert "collector.example.org: nobody here knows where that name is" in reply.message


def test_the_token_is_in_no_message_or_log_whatever_is_wrong_with_tls(
    authority: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    other = Authority(tmp_path, "Other")
    servers = (authority.server(), other.server(), authority.server("x.invalid"), None)
    told = [sent(server, authority.file)[0].message for server in servers]
    assert len(set(told)) == len(told), "each says something of its own"
    assert TOKEN not in "".join(told) + caplog.text
