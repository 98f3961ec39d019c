"""What the tests of sending share: a server on loopback."""

from __future__ import annotations

import pytest
from loopback_openrosa import Loopback


@pytest.fixture
def server():
    with Loopback() as running:
        yield running
