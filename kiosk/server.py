"""The server of a kiosk's configuration: where visits go, and where question sets come from."""

from __future__ import annotations

import math
from pathlib import Path

from kiosk.settings import Config
from openrosa.client import Client


def client_of(config: Config, longest_s: float = math.inf) -> Client:
    """What talks to it.

    Args:
        config: with `server.url` set.
        longest_s: a request waits at most so long, and never longer than `server.timeout_s`.

    Raises: OpenRosaError: the address is none, or the authority's file no PEM.
    """
    server = config.server
    ca_file = None if server.ca_file == Path() else server.ca_file
    return Client(server.url, min(server.timeout_s, longest_s), ca_file=ca_file)
