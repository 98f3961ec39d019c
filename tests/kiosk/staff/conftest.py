"""What the tests of staff's side share."""

from __future__ import annotations

import pytest


class Clock:
    """Seconds on a clock that a test moves."""

    now_s = 0.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()
