"""What is too large, too slow, too often or packed is refused before it is read; what was refused is told."""

from __future__ import annotations

import socket
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from loopback_collector import NOW, Clock, Collector, Where, collecting, instance_id, posted, rows, visit

from collector.audit import lines
from collector.limits import MOST_REMEMBERED, Limits, Rate, sender
from collector.tables import attachments
from openrosa.protocol import parse_response

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SMALL = Limits(most_bytes=100_000, most_xml_bytes=5_000, idle_s=0.3)
HEAD = b"Content-Type: multipart/form-data; boundary=x\r\n"
PART = b'--x\r\nContent-Disposition: form-data; name="m.wav"; filename="m.wav"\r\n\r\n'
MIB = 1 << 20


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Collector]:
    # What is looked at comes before any database.
    with collecting(Where(tmp_path / "collected"), limits=SMALL) as collector:
        yield collector


@contextmanager
def line(collector: Collector, headers: bytes, body: bytes = b"", token: str = "") -> Iterator[socket.socket]:
    """A post that is begun and not ended."""
    url = httpx.URL(collector.url)
    with socket.create_connection((url.host, url.port or 80), timeout=15) as raw:
        path = f"/key/{token or collector.token}/submission"
        raw.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\n".encode() + headers + b"\r\n" + body)
        yield raw


def answer(raw: socket.socket) -> tuple[int, bytes]:
    """The status and the whole reply, as far as it comes before the sender has ended."""
    reply = b""
    while b"</OpenRosaResponse>" not in reply:
        piece = raw.recv(65536)
        assert piece, reply
        reply += piece
    return int(reply.split(b" ", 2)[1]), reply


def test_a_length_over_the_limit_is_413_before_a_byte_of_it_is_sent(small: Collector) -> None:
    with line(small, HEAD + b"Content-Length: 100001\r\n") as raw:
        status, reply = answer(raw)
    assert status == 413
    assert b"X-OpenRosa-Accept-Content-Length: 100000".lower() in reply.lower()


def test_a_body_without_a_length_is_413_no_later_than_a_mebibyte_past_the_limit(small: Collector) -> None:
    size = SMALL.most_bytes + MIB
    sent = PART + bytes(size - len(PART))
    with line(small, HEAD + b"Transfer-Encoding: chunked\r\n", b"%x\r\n" % size + sent) as raw:
        assert answer(raw)[0] == 413
        # Whoever does not listen is cut off.
        with pytest.raises(OSError):
            raw.sendall((b"%x\r\n" % MIB + bytes(MIB) + b"\r\n") * 100)
    assert rows(small) == 0


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "x, gzip"])
def test_a_packed_body_is_415_unread(small: Collector, coding: str) -> None:
    with line(small, HEAD + f"Content-Encoding: {coding}\r\nContent-Length: 1000\r\n".encode()) as raw:
        assert answer(raw)[0] == 415


def test_a_body_that_stops_is_408_and_nothing_of_it_is_kept(small: Collector) -> None:
    with line(small, HEAD + b"Content-Length: 50000\r\n", PART + bytes(1000)) as raw:
        assert answer(raw)[0] == 408
    assert rows(small) == 0


def test_a_body_that_trickles_is_408_in_the_end(tmp_path: Path) -> None:
    trickling = Limits(most_bytes=10_000, idle_s=10, whole_s=0.3)
    with (
        collecting(Where(tmp_path), limits=trickling) as collector,
        line(collector, HEAD + b"Content-Length: 9000\r\n", PART) as raw,
    ):
        raw.settimeout(0.05)
        reply = b""
        for _ in range(200):
            raw.sendall(b"x")
            with suppress(TimeoutError):
                reply = raw.recv(1000)
                break
    assert reply.split(b" ", 2)[1] == b"408"


def test_a_line_that_is_cut_within_a_post_harms_nobody(small: Collector, capfd: pytest.CaptureFixture[str]) -> None:
    for sent in (b"", PART, PART + bytes(30_000)):
        with line(small, HEAD + b"Content-Length: 50000\r\n", sent):
            pass
    assert posted(small, visit()).status_code == 201
    assert capfd.readouterr().err == ""


def test_xml_has_a_limit_of_its_own(small: Collector) -> None:
    reply = posted(small, visit(more=f"<x>{'x' * 6_000}</x>"))
    assert reply.status_code == 413
    assert "XML" in parse_response(reply.content).message


@pytest.mark.parametrize("filename", ['; filename="a"', ""])
def test_a_post_of_too_many_parts_is_400(small: Collector, filename: str) -> None:
    one = f'--x\r\nContent-Disposition: form-data; name="a"{filename}\r\n\r\n1\r\n'
    body = one * 250 + "--x--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert httpx.post(f"{small.kiosk_url}/submission", content=body, headers=kind).status_code == 400


def test_an_unknown_token_is_told_so_before_its_body_is_read(small: Collector) -> None:
    with line(small, HEAD + b"Content-Length: 90000\r\n", token="wrong") as raw:  # noqa: S106 - no secret
        assert answer(raw)[0] == 401


def test_an_attachment_of_many_pieces_comes_back_as_it_was(collector: Collector) -> None:
    data = bytes(range(256)) * 4 * 1024 + b"end"
    assert posted(collector, visit(message="m.wav"), ("m.wav", data), ("stray", data)).status_code == 201
    assert posted(collector, visit(message="m.wav"), ("m.wav", data)).status_code == 201
    assert posted(collector, visit(message="m.wav"), ("m.wav", data[:-1])).status_code == 409
    with collector.database.reading() as connection:
        (kept,) = connection.execute(attachments.select())
    assert kept.size_bytes == len(data)


def test_an_instance_id_that_no_index_holds_is_400(collector: Collector) -> None:
    assert posted(collector, visit().replace(instance_id().encode(), b"u" * 251)).status_code == 400
    assert posted(collector, visit().replace(instance_id().encode(), "é".encode() * 250)).status_code == 201


@pytest.mark.parametrize("kind", ["audio/wav\x00", "a" * 500 + "/b", "nonsense", "é/é"])
def test_a_strange_content_type_of_a_part_is_no_error(collector: Collector, kind: str) -> None:
    part = PART.replace(b"\r\n\r\n", f"\r\nContent-Type: {kind}\r\n\r\n".encode())
    xml = b'--x\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="a"\r\n\r\n'
    body = part + b"voice\r\n" + xml + visit(message="m.wav") + b"\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert httpx.post(f"{collector.kiosk_url}/submission", content=body, headers=headers).status_code in {201, 400}


# --- how often -------------------------------------------------------------------------------------------------


def test_a_rate_lets_so_many_go_at_once_and_then_one_by_one() -> None:
    rate = Rate(per_minute=6)
    assert [rate.wait_s("a", NOW) for _ in range(7)] == [0] * 6 + [10]
    assert rate.wait_s("b", NOW) == 0
    assert rate.wait_s("a", NOW + timedelta(seconds=10)) == 0
    assert rate.wait_s("a", NOW + timedelta(seconds=10)) > 0
    assert [rate.wait_s("a", NOW + timedelta(minutes=3)) for _ in range(6)] == [0] * 6


def test_a_clock_that_is_set_back_by_years_shuts_nobody_out_for_years() -> None:
    rate = Rate(per_minute=6)
    for _ in range(6):
        rate.wait_s("a", NOW)
    assert rate.wait_s("a", NOW - timedelta(days=3650)) <= 60


def test_a_flood_of_senders_fills_no_memory() -> None:
    rate = Rate(per_minute=2)
    for number in range(MOST_REMEMBERED + 500):
        rate.wait_s(number, NOW)
    assert len(rate._due_s) <= MOST_REMEMBERED + 1


def test_a_house_of_ipv6_addresses_is_one_sender() -> None:
    assert sender("2001:db8:1:2::1") == sender("2001:db8:1:2:ffff::9") != sender("2001:db8:1:3::1")
    assert sender("192.0.2.1") != sender("192.0.2.2")


def test_more_requests_than_a_token_may_make_are_429_and_wait_as_long_as_they_are_told(where: Where) -> None:
    clock = Clock()
    with collecting(where, now=clock, limits=Limits(per_minute=3)) as collector:
        statuses = [posted(collector, visit(number)).status_code for number in range(3)]
        refused = posted(collector, visit(3))
        assert (statuses, refused.status_code) == ([201] * 3, 429)
        clock.at += timedelta(seconds=int(refused.headers["Retry-After"]))
        assert posted(collector, visit(3)).status_code == 201
        assert [one.event for one in lines(collector.database)] == ["key_made", "too_many"]


def test_guessing_tokens_is_slowed_down_and_a_known_token_from_the_same_address_is_not(where: Where) -> None:
    clock = Clock()
    with collecting(where, now=clock, limits=Limits(unknown_per_minute=5)) as collector:
        guessed = [httpx.get(f"{collector.url}/key/guess{number}/formList").status_code for number in range(30)]
        assert guessed == [401] * 5 + [429] * 25
        assert posted(collector, visit()).status_code == 201
    with_counts = [(one.event, one.count) for one in logged(where)]
    assert with_counts.count(("token_unknown", 1)) == 5
    # Twenty lines a minute, and what was beyond in one.
    assert with_counts.count(("too_many", 1)) == 20
    assert with_counts[-1] == ("too_many", 5)


def logged(where: Where):
    database = where.open()
    try:
        return list(lines(database))
    finally:
        database.close()
