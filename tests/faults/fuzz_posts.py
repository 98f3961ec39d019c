"""Posts that atheris makes up, through the whole collector in this process: `script/fuzz` runs it.

Half of the inputs are a whole body, the others the XML in a well-formed one, plain or sealed, or the type of the body.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import atheris

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "collector"), str(ROOT / "tests" / "faults")]

with atheris.instrument_imports(include=["collector", "openrosa", "starlette", "python_multipart"]):
    from collector.app import make_app
    from collector.database import open_data
    from collector.forms import add_form
    from collector.keys import new_key
    from collector.limits import Limits

from loopback_collector import VECTORS, instance_id, visit, xform  # noqa: E402  the folders are found first

from openrosa.sealing import seal  # noqa: E402
from openrosa.submission import Attachment  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import MutableMapping

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
EXPECTED = frozenset({200, 201, 204, 400, 401, 404, 405, 408, 409, 413, 415})
TYPE = b"multipart/form-data; boundary=x"
WHOLE, XML, HEADER = range(3)


def body(xml: bytes) -> bytes:
    """A post of that XML and one message."""
    head = b'--x\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: text/xml\r\n\r\n%s\r\n'
    named = ((b"xml_submission_file", xml), (b"m.wav", b"voice"))
    return b"".join(head % (name, name, data) for name, data in named) + b"--x--\r\n"


class Collector:
    """The application, on SQLite in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        database = open_data(folder)
        add_form(database, xform(), {}, NOW)
        self._path = f"/key/{new_key(database, 'Elm Road', NOW)}/submission"
        limits = Limits(per_minute=10**9, unknown_per_minute=10**9)
        self._app = make_app(database, now=lambda: NOW, limits=limits)
        self._loop = asyncio.new_event_loop()

    def post(self, data: bytes, kind: bytes) -> int:
        """The status of the answer."""
        return self._loop.run_until_complete(self._posted(data, kind))

    async def _posted(self, data: bytes, kind: bytes) -> int:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": self._path,
            "raw_path": self._path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"localhost"), (b"content-type", kind)],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        pieces = [data[place : place + 4096] for place in range(0, len(data), 4096)] or [b""]
        status = 0

        async def receive() -> dict[str, Any]:
            if not pieces:
                return {"type": "http.disconnect"}
            piece = pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

        async def send(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            status = message.get("status", status)

        await self._app(scope, receive, send)
        return status


def main() -> None:
    """Until the time or the number of runs is over, which libFuzzer's own options say."""
    logging.getLogger("python_multipart").setLevel(logging.ERROR)  # it warns of each of these posts
    folder = Path(tempfile.mkdtemp(prefix="sayso-fuzz-"))
    its = Collector(folder / "collected")
    sealed = seal(
        (VECTORS / "test_key.pub.der").read_bytes(),
        "home",
        "1",
        instance_id(2),
        visit(2, message="m.wav"),
        [Attachment("m.wav", b"voice", "audio/wav")],
    )
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, xml in enumerate((visit(1, message="m.wav"), sealed.xml)):
        (corpus / f"whole-{number}").write_bytes(bytes([WHOLE]) + body(xml))
        (corpus / f"xml-{number}").write_bytes(bytes([XML]) + xml)
    (corpus / "type").write_bytes(bytes([HEADER]) + TYPE)

    # For the test that this can fail.
    right = EXPECTED if "--every-answer-is-wrong" not in sys.argv else frozenset[int]()
    arguments = [each for each in sys.argv if not each.startswith("--")]

    def one(data: bytes) -> None:
        way, rest = data[:1] or b"\0", data[1:]
        match way[0] % 3:
            case 0:
                status = its.post(rest, TYPE)
            case 1:
                status = its.post(body(rest), TYPE)
            case _:
                status = its.post(body(visit(1, message="m.wav")), rest)
        if status not in right:
            raise AssertionError(status)

    again = any(Path(each).is_file() for each in arguments[1:])
    atheris.Setup(arguments if again else [*arguments, str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
