"""Microphones and speakers by name.

PortAudio is loaded when first asked for: a machine without it can still be used by key alone, and every import of this
room works there.

PortAudio's list of devices is frozen when it starts; looking again means starting it again, which ends every open
stream. So streams are counted, and it starts again only when there are none. Whether there is anything new to see is
told by the kernel's list of sound cards, which costs nothing to read.
Source: PortAudio issues 125 and 493; `sounddevice`'s documentation.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from voice.errors import VoiceError


class Direction(Enum):
    """Which way the sound goes."""

    INPUT = "microphone"
    OUTPUT = "speaker"


@dataclass(frozen=True)
class Device:
    """One that PortAudio lists.

    Attributes:
        index: PortAudio's number; changes when PortAudio is started again.
        name: as PortAudio has it.
        rate_hz: its own rate.
        channels: the most it has.
    """

    index: int
    name: str
    rate_hz: int
    channels: int


CARDS = Path("/proc/asound/cards")
"""The kernel's list of sound cards: it changes when one is plugged in or pulled out."""

_lock = threading.Lock()
_open_streams = 0
_cards: bytes | None = None


def portaudio() -> Any:
    """The `sounddevice` module.

    Raises:
        VoiceError: PortAudio is not on this machine.
    """
    try:
        import sounddevice  # noqa: PLC0415 - see the top: it raises OSError on import without PortAudio
    except (ImportError, OSError) as error:
        raise VoiceError(
            "Cannot use microphone or speaker", f"'PortAudio': {error}", "Install it: apt-get install libportaudio2."
        ) from error
    return sounddevice


def available(direction: Direction) -> tuple[Device, ...]:
    """Every device of that direction; empty when there is none.

    Raises:
        VoiceError: PortAudio is not on this machine.
    """
    channels = f"max_{direction.name.lower()}_channels"
    sounddevice = portaudio()
    with _lock:  # not while it is being started again
        listed = sounddevice.query_devices()
    return tuple(
        Device(index, str(found["name"]), int(found["default_samplerate"]), int(found[channels]))
        for index, found in enumerate(listed)
        if found[channels] > 0
    )


def find(direction: Direction, name: str) -> Device:
    """The device to use.

    Args:
        direction: which way.
        name: "" for the system's default; else a part of its name, in any case. Numbers are not taken: they change when
            the machine starts again.

    Raises:
        VoiceError: no PortAudio, no device, none or several of that name.
    """
    what, setting = direction.value, f"voice.{direction.value}"
    devices = available(direction)
    if not devices:
        raise VoiceError(f"Cannot find a {what}", "on this machine: there is none", "Plug one in; keys work without.")
    listed = ", ".join(f"'{device.name}'" for device in devices)
    if not name:
        index = portaudio().default.device[0 if direction is Direction.INPUT else 1]
        return next((device for device in devices if device.index == index), devices[0])
    exact = [device for device in devices if device.name == name]
    matching = exact or [device for device in devices if name.lower() in device.name.lower()]
    if not matching:
        raise VoiceError(f"Cannot find the {what}", f"'{name}': there are {listed}", f"Set {setting} to one of them.")
    if len(matching) > 1 and not exact:
        both = ", ".join(f"'{device.name}'" for device in matching)
        raise VoiceError(f"Cannot choose the {what}", f"'{name}': it fits {both}", f"Write more of it in {setting}.")
    return matching[0]


@contextmanager
def stream_open() -> Iterator[None]:
    """Round the life of every stream: while one is open, PortAudio is not started again."""
    global _open_streams  # noqa: PLW0603 - PortAudio is one per process, and so is this count
    with _lock:
        _open_streams += 1
    try:
        yield
    finally:
        with _lock:
            _open_streams -= 1


def look_again() -> bool:
    """Start PortAudio again so that a device plugged in since is seen. Does nothing while a stream is open.

    Returns: whether it was done.

    Raises:
        VoiceError: PortAudio is not on this machine.
    """
    sounddevice = portaudio()
    with _lock:
        if _open_streams:
            return False
        # The one way there is; sounddevice's own documentation names these two for it.
        sounddevice._terminate()  # noqa: SLF001
        sounddevice._initialize()  # noqa: SLF001
        return True


def look_for_new() -> bool:
    """Start PortAudio again if a sound card was plugged in or pulled out since; not while a stream is open.

    Returns: whether it was done. What could not be done now is done at a later call.

    Raises:
        VoiceError: PortAudio is not on this machine.
    """
    global _cards  # noqa: PLW0603 - what PortAudio saw when it was last started
    try:
        now = CARDS.read_bytes()
    except OSError:  # no ALSA in this kernel: nothing can be plugged in that PortAudio would see
        return False
    if now == _cards:
        return False
    first = _cards is None
    if not first and not look_again():
        return False
    _cards = now
    return not first


def ready(device: Device) -> bool:
    """Whether sound can be played there now: a name may stand in a list while nothing is plugged in."""
    sounddevice = portaudio()
    try:
        sounddevice.check_output_settings(device=device.index, channels=1, dtype="int16", samplerate=device.rate_hz)
    except (sounddevice.PortAudioError, ValueError):
        return False
    return True
