"""Whatever is posted, the collector refuses or takes: no error of its own, no memory, nothing looked up.

Bytes are mutated by hypothesis: of the multipart, of the XML in it, of the headers. schemathesis makes requests out of
/openapi.json. atheris, which has wheels for x86-64 alone, has a file of its own: test_collector_fuzz.py.
"""

from __future__ import annotations

import socket
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import httpx
import hypothesis
import pytest
import schemathesis
from collector_process import Served, at, set_up
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loopback_collector import VECTORS, instance_id, new_place, posted, visit
from postgres_server import running_server

from openrosa.protocol import parse_response
from openrosa.sealing import seal
from openrosa.submission import Attachment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from postgres_server import Server

GROWTH_MB = 50
REFUSED = frozenset({400, 401, 404, 405, 408, 409, 413, 415})
EXPECTED = REFUSED | {200, 201, 204}
PUBLIC = (VECTORS / "test_key.pub.der").read_bytes()
BOUNDARY = b"x-boundary"
LARGE = 15_000_000

WORDS = [
    b"\r\n",
    b"\r\n\r\n",
    b"--" + BOUNDARY,
    b"--" + BOUNDARY + b"--",
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b'"',
    b"Content-Disposition: form-data",
    b'name="xml_submission_file"; filename="x"',
    b"filename*=utf-8''%00",
    b"Content-Type: multipart/mixed; boundary=y",
    b"<!DOCTYPE d>",
    b"<!DOCTYPE d [<!ENTITY e SYSTEM 'file:///etc/hostname'>]>",
    b"&e;",
    b"<![CDATA[",
    b"]]>",
    b"<?xml version='1.1' encoding='UTF-16'?>",
    b"xmlns:x='",
    b"<a>" * 300,
    b"A" * 70_000,
    b'encrypted="yes"',
    b"<base64EncryptedKey>x</base64EncryptedKey>",
    b"../../../etc/passwd",
    instance_id(1).encode(),
]

MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "double", "insert", "end"]),
        st.floats(0, 1),
        st.one_of(st.sampled_from(WORDS), st.binary(min_size=1, max_size=40)),
    ),
    max_size=6,
)


def mutated(data: bytes, changes: list[tuple[str, float, bytes]]) -> bytes:
    for what, share, word in changes:
        place = int(share * len(data))
        before, after = data[:place], data[place:]
        match what:
            case "flip":
                data = before + bytes(one ^ word[0] for one in after[:1]) + after[1:]
            case "cut":
                data = before + after[len(word) :]
            case "double":
                data = before + after[:200] + after
            case "insert":
                data = before + word + after
            case _:
                data = before
    return data


def multipart(xml: bytes, *files: tuple[str, bytes]) -> bytes:
    parts = [("xml_submission_file", xml), *files]
    return (
        b"".join(
            b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: text/xml\r\n\r\n%s\r\n'
            % (BOUNDARY, name.encode(), name.encode(), data)
            for name, data in parts
        )
        + b"--%s--\r\n" % BOUNDARY
    )


def a_visit(number: int, *, sealed: bool) -> tuple[bytes, list[tuple[str, bytes]]]:
    xml = visit(number, message="m.wav")
    if not sealed:
        return xml, [("m.wav", b"voice" * 20)]
    one = seal(PUBLIC, "home", "1", instance_id(number), xml, [Attachment("m.wav", b"voice", "audio/wav")])
    return one.xml, [(file.name, file.data) for file in one.attachments]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    with running_server() as server:
        yield server


HEAD_BYTES = 60_000
"""h11 reads 64 KiB of a request's head, with what else is in it."""


class Bench:
    """A collector that is told nonsense, with what it may take."""

    def __init__(self, served: Served, token: str, client: httpx.Client) -> None:
        self.served = served
        self.url = f"{served.url}/key/{token}/submission"
        self.token = token
        self.client = client
        self.tries = 0
        self.growth_mb = 0.0

    def post(self, body: bytes, content_type: bytes = b"multipart/form-data; boundary=" + BOUNDARY) -> httpx.Response:
        self.tries += 1
        try:
            return self.client.post(self.url, content=body, headers={b"Content-Type": content_type})
        except httpx.RemoteProtocolError as error:
            # A header that HTTP does not allow: h11 has refused it on one of the two ends.
            return httpx.Response(400, text=str(error))
        except httpx.ReadError as error:
            # One that is longer than h11 reads is refused by the server below the collector, which then cuts the line
            # at once: the reply can be lost with it. Of anything that the collector itself refuses a reply comes.
            assert len(content_type) > HEAD_BYTES, f"no reply to {content_type!r}"
            return httpx.Response(400, text=str(error))


@contextmanager
def bench(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Checks at the end that nothing went wrong in the collector, and what it remembers."""
    where = new_place(kind, folder / "collected", lambda: request.getfixturevalue("postgres"))
    (token,) = set_up(where, 1)
    with Served(where, folder / "log") as served, httpx.Client(timeout=60) as client:
        found = Bench(served, token, client)
        for number in range(20):  # what it loads once is no growth
            xml, files = a_visit(number, sealed=bool(number % 2))
            assert posted(at(served, token, where), xml, *files).status_code == 201
        posted(at(served, token, where), visit(message="m.wav"), ("m.wav", bytes(LARGE)))
        before_mb = served.memory_mb()
        yield found
        growth_mb = served.memory_mb() - before_mb
        assert growth_mb < GROWTH_MB, f"{growth_mb} MB more"
        assert posted(at(served, token, where), visit(500)).status_code == 201
        assert "Traceback" not in served.said()
        found.growth_mb = growth_mb


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_mutated_posts_are_refused_or_taken_and_never_an_error(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, how_many: Callable[[int, int], int], seed: int, report
) -> None:
    tries = how_many(80, 20_000)
    with bench(kind, tmp_path, request) as its:

        @hypothesis.seed(seed)
        @settings(max_examples=tries, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(
            number=st.integers(0, 40),
            sealed=st.booleans(),
            inside=MUTATIONS,
            outside=MUTATIONS,
            header=st.one_of(st.just([]), MUTATIONS),
        )
        def send(number: int, *, sealed: bool, inside: Any, outside: Any, header: Any) -> None:
            xml, files = a_visit(number, sealed=sealed)
            body = mutated(multipart(mutated(xml, inside), *files), outside)
            kind_of_body = mutated(b"multipart/form-data; boundary=" + BOUNDARY, header)
            answer = its.post(body, kind_of_body.translate(None, NOT_SENT).strip())
            assert answer.status_code in EXPECTED, answer.text

        send()
    report.note(
        f"mutated multipart, XML and headers, {kind}: {its.tries} posts",
        f"no 500, memory growth under {GROWTH_MB} MB",
        f"0 errors, {its.growth_mb:.1f} MB",
    )


NOT_SENT = bytes({*range(32), 127} - {ord("\t")})
"""The client refuses to send a header with these."""


def bombs(port: int) -> dict[str, bytes]:
    """XML that fills memory, reads files or calls home."""
    plain = visit(1).decode()
    call = f"http://127.0.0.1:{port}/"
    ten = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return {
        "a billion laughs": f'<!DOCTYPE d [<!ENTITY l0 "lol">{ten}]>{plain.replace("good", "&l9;")}'.encode(),
        "quadratic": f'<!DOCTYPE d [<!ENTITY a "{"a" * 60_000}">]>{plain.replace("good", "&a;" * 20_000)}'.encode(),
        "a file": f'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>{plain.replace("good", "&a;")}'.encode(),
        "a call": f'<!DOCTYPE d [<!ENTITY a SYSTEM "{call}">]>{plain.replace("good", "&a;")}'.encode(),
        "a DTD": f'<!DOCTYPE d SYSTEM "{call}d.dtd">{plain}'.encode(),
        "a parameter": f'<!DOCTYPE d [<!ENTITY % a SYSTEM "{call}"> %a;]>{plain}'.encode(),
        "a bomb in UTF-16": f'<!DOCTYPE d [<!ENTITY l0 "lol">{ten}]>{plain.replace("good", "&l9;")}'.encode("utf-16"),
        "depth": b"<a>" * 300_000,
        "attributes": b"<a " + b" ".join(b'a%d="x"' % n for n in range(100_000)) + b"/>",
        "one name": b"<" + b"a" * 1_900_000 + b"/>",
        "namespaces": b"<a " + b" ".join(b'xmlns:a%d="u%d"' % (n, n) for n in range(60_000)) + b"/>",
        "an include": plain.replace(
            "good", f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{call}"/>'
        ).encode(),
    }


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_xml_bombs_and_external_entities_are_refused_and_looked_up_nowhere(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, how_many: Callable[[int, int], int], report
) -> None:
    rounds = how_many(1, 100)
    with bench(kind, tmp_path, request) as its, socket.create_server(("127.0.0.1", 0)) as home:
        home.setblocking(False)
        names = bombs(home.getsockname()[1])
        for name, xml in list(names.items()) * rounds:
            answer = its.post(multipart(xml))
            if name == "an include":  # an element like any other, which nothing follows
                assert answer.status_code in {201, 409}
            else:
                assert answer.status_code in {400, 413}, name
                assert parse_response(answer.content).nature == "error"
            assert b"root:" not in answer.content
        with pytest.raises(BlockingIOError):
            home.accept()
        assert its.served.memory_mb("VmHWM") < 500
    report.note(
        f"XML bombs and external entities, {kind}: {len(names)} kinds, {rounds} times",
        f"refused, looked up nowhere, memory growth under {GROWTH_MB} MB",
        f"all refused, {its.growth_mb:.1f} MB",
    )


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_requests_made_out_of_openapi_are_answered_as_it_says(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, how_many: Callable[[int, int], int], seed: int, report
) -> None:
    tries = how_many(8, 1000)
    count = 0
    with bench(kind, tmp_path, request) as its:
        schema = schemathesis.openapi.from_url(f"{its.served.url}/openapi.json")
        for operation in schema.get_all_operations():

            @hypothesis.seed(seed)
            @settings(max_examples=tries, deadline=None, database=None, suppress_health_check=list(HealthCheck))
            @given(case=operation.ok().as_strategy(), known=st.integers(0, 3))
            def call(case: Any, known: int) -> None:
                nonlocal count
                if known and "token" in case.path_parameters:
                    case.path_parameters["token"] = its.token
                if known > 1 and "form_id" in case.path_parameters:
                    case.path_parameters["form_id"] = "home"
                count += 1
                with suppress(UnicodeError):
                    answer = case.call(base_url=its.served.url)
                    assert answer.status_code in EXPECTED
                    assert str(answer.status_code) in case.operation.definition.raw["responses"]

            call()
    report.note(
        f"requests made by schemathesis out of /openapi.json, {kind}: {count}",
        f"no 500, no undescribed status, memory growth under {GROWTH_MB} MB",
        f"0 errors, {its.growth_mb:.1f} MB",
    )


def test_lines_that_are_no_http_harm_nobody(
    tmp_path: Path, request: pytest.FixtureRequest, how_many: Callable[[int, int], int], dice, report
) -> None:
    tries = how_many(100, 5000)
    with bench("sqlite", tmp_path, request) as its:
        host, port = its.served.url.removeprefix("http://").split(":")
        body = multipart(*a_visit(1, sealed=False)[:1])
        head = (
            f"POST {its.url.removeprefix(its.served.url)} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}\r\n\r\n"
        ).encode()
        for _ in range(tries):
            changes = [
                (dice.choice(["flip", "cut", "double", "insert", "end"]), dice.random(), dice.choice(WORDS))
                for _ in range(dice.randrange(1, 4))
            ]
            with socket.create_connection((host, int(port)), timeout=10) as raw, suppress(OSError):
                raw.sendall(mutated(head, changes) + body)
                raw.shutdown(socket.SHUT_WR)
                answer = raw.recv(65536)
                assert not answer or int(answer.split(b" ", 2)[1]) in EXPECTED | {100, 505}, answer
    report.note(
        f"lines that are no HTTP: {tries}",
        f"no 500, memory growth under {GROWTH_MB} MB",
        f"0 errors, {its.growth_mb:.1f} MB",
    )
