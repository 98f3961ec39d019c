"""A sound card that PortAudio in this very process uses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sound_card import SoundCard, missing

from voice.devices import look_again


@contextmanager
def sound_card_here(patch: pytest.MonkeyPatch) -> Iterator[SoundCard]:
    """It, for as long as the block lasts; skips where there can be none.

    Args:
        patch: of the test, which puts the environment back.
    """
    if reason := missing():
        pytest.skip(reason)
    with SoundCard.start() as card:
        for key, value in card.settings.items():
            patch.setenv(key, value)
        look_again()
        yield card
