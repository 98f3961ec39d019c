"""A refusal that is said while the sender still sends.

If the line were cut at once, its system would throw the answer away unread. So the answer goes out first, some more is
read and dropped, and then the line is closed. Source: RFC 9112, section 9.6.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect
from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from collector.limits import Limits

DROP_TIMES = 5
"""So many times the largest post is read and dropped: who sends on after that does not listen."""
DROP_S = 20.0


class RefusalBeforeTheEnd(Response):
    """A reply, and then the rest of the request is dropped.

    Args:
        said: the reply.
        limits: how much may come.
    """

    def __init__(self, said: Response, limits: Limits) -> None:
        super().__init__(said.body, said.status_code, {**said.headers, "Connection": "close"})
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, drop what still comes, close the line."""
        del scope
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        dropped_bytes = 0
        try:
            async with asyncio.timeout(DROP_S):
                while dropped_bytes < DROP_TIMES * self._limits.most_bytes:
                    message = await receive()
                    if message["type"] != "http.request":
                        break
                    dropped_bytes += len(message.get("body", b""))
                    if not message.get("more_body"):
                        break
        except (TimeoutError, ClientDisconnect):
            pass  # it was told, and that is all it gets
        await send({"type": "http.response.body", "body": b"", "more_body": False})
