"""An OpenRosa server on 127.0.0.1 that answers as a test tells it to, and keeps what it was sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler

from loopback_server import LoopbackServer

OPENROSA = '<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message>%s</message></OpenRosaResponse>'


@dataclass(frozen=True)
class Answer:
    """What to answer a post; status 0 drops the connection."""

    status: int = 201
    body: str = OPENROSA % "full submission upload was successful!"
    headers: dict[str, str] = field(default_factory=dict)


class Loopback(LoopbackServer):
    """The server. `answer` is asked for each post, with the parts by file name; `received` holds what came."""

    def __init__(self, answer=lambda _: Answer()) -> None:
        self.answer = answer
        self.received: list[dict[str, bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_HEAD(self):
                self.send_response(204)
                self.send_header("X-OpenRosa-Version", "1.0")
                self.send_header("X-OpenRosa-Accept-Content-Length", "1000000")
                self.end_headers()

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
                message = message_from_bytes(head + body, policy=HTTP)
                parts = {part.get_filename() or "": part.get_payload(decode=True) for part in message.iter_parts()}
                answer = outer.answer(parts)
                if answer.status == 0:
                    self.close_connection = True
                    return
                outer.received.append(parts)
                data = answer.body.encode()
                self.send_response(answer.status)
                self.send_header("X-OpenRosa-Version", "1.0")
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(data)))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

        super().__init__(Handler)
