"""A server of forms on 127.0.0.1 that answers as a test tells it to, hostile or not."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from xml.sax.saxutils import escape

from loopback_server import LoopbackServer

PAGE = b"<!DOCTYPE html><html><body>Sign in to the hotel's network</body></html>"


def md5(data: bytes) -> str:
    return "md5:" + hashlib.md5(data, usedforsecurity=False).hexdigest()


@dataclass
class Served:
    """A form as this server offers it; `hash` and `media_hash` lie where a test says so."""

    form_id: str
    version: str
    xform: bytes
    media: dict[str, bytes] = field(default_factory=dict)
    hash: str | None = None
    media_hash: str | None = None


class FormsServer(LoopbackServer):
    """The server. `broken[path]` is answered in place of what would be right: bytes, a status, or a function."""

    def __init__(self, *forms: Served) -> None:
        self.forms = list(forms)
        self.broken: dict[str, object] = {}
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65536  # head and body in one piece: the client need not wait for an acknowledgement

            def log_message(self, *_):
                pass

            def do_GET(self):
                path = self.path.removeprefix(f"/v1/key/{outer.token}/projects/1/")
                outer.asked.append(path)
                found = outer.broken.get(path, outer.answer(path))
                if callable(found):
                    found(self)
                    return
                status, body = (found, b"") if isinstance(found, int) else (200, found)
                self.send_response(status)
                self.send_header("X-OpenRosa-Version", "1.0")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        super().__init__(Handler)

    def answer(self, path: str) -> bytes | int:
        if path == "formList":
            forms = "".join(
                f"<xform><formID>{escape(one.form_id)}</formID><name>x</name><version>{one.version}</version>"
                f"<hash>{md5(one.xform) if one.hash is None else one.hash}</hash>"
                f"<downloadUrl>{self.url}/{place}.xml</downloadUrl>"
                f"<manifestUrl>{self.url}/{place}/manifest</manifestUrl></xform>"
                for place, one in enumerate(self.forms)
            )
            return f'<xforms xmlns="http://openrosa.org/xforms/xformsList">{forms}</xforms>'.encode()
        for place, one in enumerate(self.forms):
            if path == f"{place}.xml":
                return one.xform
            if path == f"{place}/manifest":
                files = "".join(
                    f"<mediaFile><filename>{escape(name)}</filename>"
                    f"<hash>{md5(data) if one.media_hash is None else one.media_hash}</hash>"
                    f"<downloadUrl>{self.url}/{place}/media/{number}</downloadUrl></mediaFile>"
                    for number, (name, data) in enumerate(one.media.items())
                )
                return f'<manifest xmlns="http://openrosa.org/xforms/xformsManifest">{files}</manifest>'.encode()
            for number, data in enumerate(one.media.values()):
                if path == f"{place}/media/{number}":
                    return data
        return 404
