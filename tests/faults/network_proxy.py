"""A bad network: a TCP proxy on loopback that does to each connection what it is told."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from random import Random

PIECE_BYTES = 65_536
PAGE = "<!DOCTYPE html><html><body>Welcome to the free network. Please sign in.</body></html>"
SAID = '<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message>%s</message></OpenRosaResponse>'


class Kind(Enum):
    WELL = "lets everything through"
    REFUSE = "hangs up at once"
    CUT_UP = "cuts the line after so many bytes to the server"
    CUT_DOWN = "cuts the line after so many bytes to the kiosk"
    LOSE_REPLY = "hangs up when the server has answered a post"
    ANSWER = "answers each post itself; the server sees none"
    ANSWER_AFTER = "answers in the server's place when the server has answered"
    LATE = "hands a post on when the kiosk has given up"
    SLOW = "lets everything through in pieces of so many bytes, both ways"


@dataclass(frozen=True)
class Fate:
    """What becomes of a connection."""

    kind: Kind = Kind.WELL
    size_bytes: int = 0
    status: int = 0
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def reply(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} Whatever", "Connection: close", f"Content-Length: {len(self.body.encode())}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join([*lines, "", self.body]).encode()


def any_fate(dice: Random, most_up_bytes: int) -> Fate:
    """One of all, as the dice fall."""
    kind = dice.choice([*Kind, Kind.CUT_UP, Kind.CUT_DOWN, Kind.ANSWER, Kind.LOSE_REPLY])
    size_bytes = 0
    match kind:
        case Kind.CUT_UP:
            size_bytes = dice.randrange(most_up_bytes)
        case Kind.CUT_DOWN:
            size_bytes = dice.randrange(700)
        case Kind.SLOW:
            size_bytes = dice.choice([1, 7, 1000])
    if kind in (Kind.ANSWER, Kind.ANSWER_AFTER):
        return any_answer(dice, kind)
    return Fate(kind, size_bytes)


def any_answer(dice: Random, kind: Kind) -> Fate:
    """What a server, a proxy before it or a portal may say. After the server's own answer only what is no refusal."""
    status, body, headers = dice.choice(
        [
            (500, SAID % "oh", ()),
            (502, PAGE, ()),
            (503, "", (("Retry-After", "120"),)),
            (429, "", (("Retry-After", "Sun, 22 Nov 2026 10:00:00 GMT"),)),
            (408, "", ()),
            (401, SAID % "Authentication failed", ()),
            (403, PAGE, ()),
            (404, SAID % "no such form", ()),
            (200, PAGE, ()),
            (201, PAGE, ()),
            (400, PAGE, ()),
            (302, "", (("Location", "http://portal.invalid/sign-in"),)),
            (511, PAGE, ()),
            *([(409, SAID % "other bytes", ()), (413, PAGE, ())] * 2 if kind is Kind.ANSWER else []),
        ]
    )
    return Fate(kind, 0, status, body, headers)


@dataclass
class Proxy:
    """Listens on loopback and takes the next fate for each connection; without one left it lets everything through.

    Attributes:
        to: the collector's address.
        fates: of the connections to come.
        seen: bytes of each connection that is over: (to the server, to the kiosk).
        answered: how often it answered in the server's place, by status.
        met: how many connections met which fate.
    """

    to: tuple[str, int]
    fates: deque[Fate] = field(default_factory=deque)
    seen: list[tuple[int, int]] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        # Closing alone does not wake a thread that waits in accept().
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join(30)
        self.settle()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def settle(self) -> None:
        """Wait until every connection is over; what comes late has come then."""
        while self._threads:
            self._threads.pop().join(60)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            fate = self.fates.popleft() if self.fates else Fate()
            self.met[fate.kind.name] += 1
            thread = threading.Thread(target=self._serve, args=(client, fate), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket, fate: Fate) -> None:
        with contextlib.suppress(OSError), client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if fate.kind is Kind.REFUSE:
                return
            with socket.create_connection(self.to, timeout=30) as server:
                server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if fate.kind in (Kind.LOSE_REPLY, Kind.ANSWER, Kind.ANSWER_AFTER, Kind.LATE):
                    self._by_request(client, server, fate)
                else:
                    self._by_byte(client, server, fate)

    def _by_byte(self, client: socket.socket, server: socket.socket, fate: Fate) -> None:
        most_up = fate.size_bytes if fate.kind is Kind.CUT_UP else None
        most_down = fate.size_bytes if fate.kind is Kind.CUT_DOWN else None
        piece = fate.size_bytes if fate.kind is Kind.SLOW else PIECE_BYTES
        up = _Pump(client, server, most_up, piece)
        down = _Pump(server, client, most_down, piece)
        thread = threading.Thread(target=down.run, daemon=True)
        thread.start()
        up.run()
        thread.join(60)
        self.seen.append((up.passed_bytes, down.passed_bytes))

    def _by_request(self, client: socket.socket, server: socket.socket, fate: Fate) -> None:
        while request := _message(client):
            is_post = request.startswith(b"POST")
            if is_post and fate.kind is Kind.ANSWER:
                self.answered.append(fate.status)
                client.sendall(fate.reply)
                return
            if is_post and fate.kind is Kind.LATE:
                client.settimeout(30)
                client.recv(1)  # b"": the kiosk has hung up
            server.sendall(request)
            reply = _message(server, bodyless=request.startswith(b"HEAD"))
            if is_post:
                if fate.kind is Kind.ANSWER_AFTER:
                    self.answered.append(fate.status)
                    client.sendall(fate.reply)
                return
            client.sendall(reply)


@dataclass
class _Pump:
    """One direction of a connection; when it ends, both do."""

    source: socket.socket
    target: socket.socket
    most_bytes: int | None
    piece_bytes: int
    passed_bytes: int = 0

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while data := self.source.recv(PIECE_BYTES):
                if self.most_bytes is not None:
                    data = data[: self.most_bytes - self.passed_bytes]
                for start in range(0, len(data), self.piece_bytes):
                    self.target.sendall(data[start : start + self.piece_bytes])
                self.passed_bytes += len(data)
                if self.passed_bytes == self.most_bytes:
                    break
        for one in (self.source, self.target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def _message(line: socket.socket, *, bodyless: bool = False) -> bytes:
    """One whole request or reply; b"" where the line ends before it does."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = line.recv(PIECE_BYTES)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [each.split(b":")[1] for each in head.split(b"\r\n") if each.lower().startswith(b"content-length:")]
    left = 0 if bodyless or not lengths else int(lengths[0]) - len(body)
    pieces = [data]
    while left > 0:
        piece = line.recv(PIECE_BYTES)
        if not piece:
            return b""
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)
