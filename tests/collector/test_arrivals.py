"""A real collector on loopback takes each visit once, and says of everything else what was wrong."""

from __future__ import annotations

import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from threading import Barrier

import httpx
import pytest
from loopback_collector import NOW, VECTORS, Collector, Where, instance_id, posted, rows, visit, xform
from sqlalchemy import select

from collector.app import make_app
from collector.errors import CollectorError
from collector.forms import add_form
from collector.keys import all_keys, new_key
from collector.results import stored_submissions
from collector.serve import running
from collector.tables import attachments, metadata
from openrosa.protocol import parse_response
from openrosa.sealing import seal
from openrosa.submission import Attachment

FULL = {
    "sqlite": ("CREATE TRIGGER full BEFORE INSERT ON submissions BEGIN SELECT load_extension('x'); END",),
    "postgresql": (
        """CREATE FUNCTION is_full() RETURNS trigger AS
           $$ BEGIN RAISE 'the disk is full' USING ERRCODE = 'disk_full'; END $$ LANGUAGE plpgsql""",
        "CREATE TRIGGER is_full BEFORE INSERT ON submissions EXECUTE FUNCTION is_full()",
    ),
}
"""Two databases that take nothing more."""
PUBLIC = (VECTORS / "test_key.pub.der").read_bytes()


def test_a_visit_is_taken_with_201_and_an_openrosa_response(collector: Collector) -> None:
    answer = posted(collector, visit())
    assert answer.status_code == 201
    assert parse_response(answer.content).nature == "submit_success"
    assert answer.headers["X-OpenRosa-Version"] == "1.0"
    assert answer.headers["Date"] == "Sun, 22 Nov 2026 09:30:15 GMT"


def test_the_same_bytes_again_are_taken_once(collector: Collector) -> None:
    assert [posted(collector, visit()).status_code for _ in range(3)] == [201, 201, 201]
    assert rows(collector) == 1


def test_other_bytes_under_the_same_id_are_refused_and_the_first_stay(collector: Collector) -> None:
    posted(collector, visit(said="good"))
    assert posted(collector, visit(said="bad")).status_code == 409
    (kept,) = stored_submissions(collector.database)
    assert kept.xml == visit(said="good")


def test_two_identical_visits_at_once_are_both_taken_as_one_row(collector: Collector) -> None:
    at_once = 8
    barrier = Barrier(at_once)

    def send(number: int) -> int:
        barrier.wait()
        return posted(collector, visit(number // 4, message="m.wav"), ("m.wav", b"voice" * 1000)).status_code

    with ThreadPoolExecutor(at_once) as pool:
        assert list(pool.map(send, range(at_once))) == [201] * at_once
    assert (rows(collector), rows(collector, attachments)) == (2, 2)


def test_two_different_visits_of_one_id_at_once_are_one_taken_and_one_refused(collector: Collector) -> None:
    barrier = Barrier(2)

    def send(said: str) -> int:
        barrier.wait()
        return posted(collector, visit(said=said)).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, ["good", "bad"])) == [201, 409]
    assert rows(collector) == 1


def test_attachments_may_come_over_several_posts(collector: Collector) -> None:
    submission = seal(PUBLIC, "home", "1", instance_id(), visit(), [Attachment("m.wav", b"voice", "audio/wav")])
    for one in submission.attachments:
        assert posted(collector, submission.xml, (one.name, one.data)).status_code == 201
    (kept,) = stored_submissions(collector.database)
    assert dict(kept.files) == {one.name: one.data for one in submission.attachments}
    assert kept.sealed


def test_another_file_under_the_same_name_is_refused_with_all_of_its_post(collector: Collector) -> None:
    xml = visit(message="m.wav")
    assert posted(collector, xml, ("m.wav", b"one")).status_code == 201
    assert posted(collector, xml, ("m.wav", b"one")).status_code == 201
    assert posted(collector, xml, ("m.wav", b"two")).status_code == 409
    (kept,) = stored_submissions(collector.database)
    assert dict(kept.files) == {"m.wav": b"one"}


def test_a_file_that_the_visit_does_not_name_is_not_kept(collector: Collector) -> None:
    assert posted(collector, visit(), ("stray.wav", b"x")).status_code == 201
    assert rows(collector, attachments) == 0


@pytest.mark.parametrize("name", ["../../evil", "a/b.wav", "a\\b.wav", ".hidden", "c:evil", "x" * 300])
def test_an_attachment_whose_name_is_a_path_is_refused(collector: Collector, name: str) -> None:
    assert posted(collector, visit(message=name), (name, b"x")).status_code == 400
    assert rows(collector) == 0


@pytest.mark.parametrize(
    ("xml", "status"),
    [
        (b"", 400),
        (b"not xml", 400),
        (b'<!DOCTYPE data [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + visit(said="&e;"), 400),
        (b"<data/>", 400),
        (b'<data id="home" version="1"/>', 400),
        (b"<a>" * 10_000, 400),
        (visit().replace(b'id="home"', b'id="unknown"'), 404),
        (visit(version="2"), 404),
        (visit(version=""), 404),
    ],
)
def test_what_is_no_visit_of_a_known_form_is_refused_in_openrosas_words(
    collector: Collector, xml: bytes, status: int
) -> None:
    answer = posted(collector, xml)
    assert answer.status_code == status
    said = parse_response(answer.content)
    assert (said.nature, bool(said.message)) == ("error", True)
    assert "root:" not in said.message
    assert rows(collector) == 0


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"<data/>", "text/xml"),
        (b"", "multipart/form-data"),
        (b"junk", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n', "multipart/form-data; boundary=x"),
    ],
)
def test_what_is_no_post_of_a_visit_is_refused_in_openrosas_words(
    collector: Collector, content: bytes, content_type: str
) -> None:
    url = f"{collector.kiosk_url}/submission"
    answer = httpx.post(url, content=content, headers={"Content-Type": content_type})
    assert answer.status_code == 400
    assert parse_response(answer.content).nature == "error"


def test_too_much_at_once_is_413_however_it_comes(where: Where) -> None:
    with closing(where.open()) as database:
        add_form(database, xform(), {}, NOW)
        token = new_key(database, "Elm Road", NOW)
        with running(database, lambda: NOW, most_bytes=10_000) as url:
            small = Collector(url, token, database, where)
            answer = posted(small, visit(message="m.wav"), ("m.wav", bytes(20_000)))
            assert answer.status_code == 413
            assert parse_response(answer.content).nature == "error"
            start = b'--x\r\nContent-Disposition: form-data; name="a.wav"; filename="a.wav"\r\n\r\n'
            chunks = (start if number == 0 else bytes(5_000) for number in range(5))
            kind = {"Content-Type": "multipart/form-data; boundary=x"}
            assert httpx.post(f"{small.kiosk_url}/submission", content=chunks, headers=kind).status_code == 413
            assert rows(small) == 0
            assert httpx.head(f"{small.kiosk_url}/submission").headers["X-OpenRosa-Accept-Content-Length"] == "10000"


def test_head_says_where_to_send_and_how_much(collector: Collector) -> None:
    answer = httpx.head(f"{collector.kiosk_url}/submission")
    assert answer.status_code == 204
    assert int(answer.headers["X-OpenRosa-Accept-Content-Length"]) > 1_000_000


@pytest.mark.parametrize(
    "path", ["formList", "forms/home.xml", "forms/unknown.xml", "submission", "forms/home/manifest"]
)
def test_a_wrong_token_is_told_nothing_more(collector: Collector, path: str) -> None:
    wrong = httpx.get(f"{collector.url}/key/wrong/{path}")
    other = httpx.get(f"{collector.url}/key/{collector.token[:-1]}/{path}")
    assert (wrong.status_code, wrong.content) == (401, other.content)
    assert posted(collector, visit(), token="wrong").status_code == 401  # noqa: S106 - no secret


def test_a_token_is_kept_only_as_its_hash(collector: Collector) -> None:
    with collector.database.reading() as connection:
        stored = repr([tuple(row) for table in metadata.sorted_tables for row in connection.execute(select(table))])
    assert collector.token not in stored
    assert "Elm Road" in stored
    assert [key.name for key in all_keys(collector.database)] == ["Elm Road"]


def test_a_token_is_in_no_log(collector: Collector, caplog: pytest.LogCaptureFixture, capfd) -> None:
    caplog.set_level(logging.DEBUG)
    for logger in ("httpx", "httpcore"):
        logging.getLogger(logger).setLevel(logging.CRITICAL)  # the test's own client
    posted(collector, visit())
    posted(collector, b"junk")
    with socket.create_connection(httpx.URL(collector.url).netloc.decode().split(":")) as raw:  # type: ignore[arg-type]
        raw.sendall(f"GET /key/{collector.token}/formList NONSENSE\r\n\r\n".encode())
        raw.recv(1000)
    written = capfd.readouterr()
    assert collector.token not in caplog.text + written.out + written.err


def test_a_restart_keeps_what_was_taken(where: Where) -> None:
    with closing(where.open()) as database:
        add_form(database, xform(), {}, NOW)
        token = new_key(database, "Elm Road", NOW)
        with running(database, lambda: NOW) as url:
            assert posted(Collector(url, token, database, where), visit()).status_code == 201
    with closing(where.open()) as database, running(database, lambda: NOW) as url:
        again = Collector(url, token, database, where)
        assert posted(again, visit(said="bad")).status_code == 409
        assert posted(again, visit()).status_code == 201
        assert rows(again) == 1


def test_a_database_that_cannot_be_written_keeps_the_sender_waiting(collector: Collector) -> None:
    with collector.database.writing() as connection:
        for statement in FULL["postgresql" if collector.database.on_postgresql else "sqlite"]:
            connection.exec_driver_sql(statement)
    answer = posted(collector, visit())
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert parse_response(answer.content).nature == "error"


def test_a_name_has_one_key(collector: Collector) -> None:
    with pytest.raises(CollectorError, match="there is one"):
        new_key(collector.database, "Elm Road", datetime.now(UTC))


def test_an_app_needs_no_more_than_its_database(collector: Collector) -> None:
    assert {route.path for route in make_app(collector.database).routes} == {  # type: ignore[attr-defined]
        "/health",
        "/openapi.json",
        "/key/{token}/formList",
        "/key/{token}/forms/{form_id:path}.xml",
        "/key/{token}/forms/{form_id:path}/manifest",
        "/key/{token}/forms/{form_id:path}/media/{name}",
        "/key/{token}/submission",
    }
