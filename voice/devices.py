"""Microphones and speakers by name or USB identity.

PortAudio is loaded when first asked for: a machine without it can still be used by key alone, and every import of this
room works there.

PortAudio's list of devices is frozen when it starts; looking again means starting it again, which ends every open
stream. So streams are counted, and it starts again only when there are none. Whether there is anything new to see is
told by the kernel's list of sound cards, which costs nothing to read. A sound server's devices come and go behind one
name that stays in the list: whether one of them can be used is seen only by trying.
Source: PortAudio issues 125 and 493; `sounddevice`'s documentation.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from voice.audio import RATE_HZ
from voice.cards import USB, usb_of
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

MOST_CHANNELS = 8
"""A device with more is a sound server's: it has as many as are asked for, and mixes them itself."""
RATES_HZ = (48_000, 44_100, 32_000, 8_000)
"""What devices know that know neither 16,000 Hz nor the rate that PortAudio says is theirs."""

_STDERR = 2

_lock = threading.RLock()
_open_streams: Counter[Direction] = Counter()
_cards: bytes | None = None
_starts = 0


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
        name: "" for the system's default; "usb:1234:5678" for a USB device, with "/" and its port or serial number
            where there are two alike; else a part of its name, in any case. Numbers are not taken: they change when the
            machine starts again.

    Raises:
        VoiceError: no PortAudio, no device, none or several of that name.
    """
    what = direction.value
    devices = available(direction)
    if not devices:
        raise VoiceError(f"Cannot find a {what}", "on this machine: there is none", "Plug one in; keys work without.")
    if not name:
        index = portaudio().default.device[0 if direction is Direction.INPUT else 1]
        return next((device for device in devices if device.index == index), devices[0])
    return choose(direction, name, devices)


def choose(direction: Direction, name: str, devices: tuple[Device, ...]) -> Device:
    """The one of these devices that a setting names; see `find`.

    Raises:
        VoiceError: none of them, or several. It lists them, with their USB identity where they have one.
    """
    what, setting = direction.value, f"voice.{direction.value}"
    exact = [device for device in devices if device.name == name]
    if name.startswith(USB):
        matching = [device for device in devices if (usb := usb_of(device.name)) is not None and usb.fits(name)]
        # A card with several devices of its own is still one card: its first is the one that others choose too.
        if len({usb_of(device.name) for device in matching}) == 1:
            return matching[0]
    else:
        matching = exact or [device for device in devices if name.lower() in device.name.lower()]
    if not matching:
        there = _listed(devices)
        raise VoiceError(f"Cannot find the {what}", f"'{name}': there are {there}", f"Set {setting} to one of them.")
    if len(matching) > 1 and not exact:
        hint = f"Write more of it in {setting}."
        raise VoiceError(f"Cannot choose the {what}", f"'{name}': it fits {_listed(matching)}", hint)
    return matching[0]


def _listed(devices: Iterable[Device]) -> str:
    """For an error: names, and how each USB device is named for good."""
    each = ((device.name, usb_of(device.name)) for device in devices)
    return ", ".join(f"'{name}' or '{usb}'" if usb else f"'{name}'" for name, usb in each)


@contextmanager
def stream_open(direction: Direction) -> Iterator[None]:
    """Round the life of every stream: while one is open, PortAudio is not started again."""
    with _lock:
        _open_streams[direction] += 1
    try:
        yield
    finally:
        with _lock:
            _open_streams[direction] -= 1


def seek(direction: Direction, name: str) -> None:
    """Start PortAudio again if the device is not in its list and no stream is open: it may have been plugged in since.

    Raises:
        VoiceError: PortAudio is not on this machine.
    """
    try:
        find(direction, name)
    except VoiceError:
        look_again()


@contextmanager
def held(direction: Direction, name: str) -> Iterator[Device]:
    """The device to use, for the life of a stream on it: its index stays right meanwhile.

    Raises:
        VoiceError: see `find`.
    """
    seek(direction, name)
    with stream_open(direction):
        yield find(direction, name)


def look_again() -> bool:
    """Start PortAudio again so that a device plugged in since is seen. Does nothing while a stream is open.

    Returns: whether it was done.

    Raises:
        VoiceError: PortAudio is not on this machine.
    """
    global _starts  # noqa: PLW0603 - PortAudio is one per process, and so is this count
    sounddevice = portaudio()
    with _lock:
        if _open_streams.total():
            return False
        # The one way there is; sounddevice's own documentation names these two for it.
        sounddevice._terminate()  # noqa: SLF001
        sounddevice._initialize()  # noqa: SLF001
        _starts += 1
        return True


def starts() -> int:
    """How often PortAudio was started again: where that has grown, the list of devices may be another one."""
    return _starts


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


def ways(device: Device) -> Iterator[tuple[int, int]]:
    """(rate in Hz, channels) to open a microphone with, the likeliest first.

    All of a card's channels: where only one of them is asked for, ALSA gives the first, which may be the silent one.
    """
    own = device.channels if 1 < device.channels <= MOST_CHANNELS else 1
    for rate_hz in dict.fromkeys((RATE_HZ, device.rate_hz, *RATES_HZ)):
        for channels in dict.fromkeys((own, 1, min(2, device.channels))):
            yield rate_hz, channels


def ready(direction: Direction, device: Device) -> bool:
    """Whether it can be opened now: a name may stand in a list while nothing is plugged in. Nothing sounds or records.

    What ALSA and PortAudio say of it on stderr is not wanted in anybody's log: it is asked again and again.
    """
    sounddevice = portaudio()
    check = sounddevice.check_input_settings if direction is Direction.INPUT else sounddevice.check_output_settings
    with _lock, _quiet():
        for rate_hz, channels in ways(device) if direction is Direction.INPUT else ((device.rate_hz, 1),):
            try:
                check(device=device.index, channels=channels, dtype="int16", samplerate=rate_hz)
            except (sounddevice.PortAudioError, ValueError):
                continue
            return True
    return False


def try_out(direction: Direction, name: str) -> Device | None:
    """The device, if it can be opened; None if one of that direction is in use, which is not disturbed.

    Raises:
        VoiceError: it is not there, or can't be opened.
    """
    with _lock:  # nobody opens a stream meanwhile, which would make it look busy
        if _open_streams[direction]:
            return None
        device = find(direction, name)
        if ready(direction, device):
            return device
    what = direction.value
    raise VoiceError(f"Cannot use the {what}", f"'{device.name}'", "Plug it in, and see that no other program uses it.")


@contextmanager
def _quiet() -> Iterator[None]:
    """Stderr goes nowhere, for a moment, under `_lock`. `sounddevice` does the same when PortAudio starts."""
    before = os.dup(_STDERR)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, _STDERR)
        yield
    finally:
        os.dup2(before, _STDERR)
        os.close(before)
        os.close(nowhere)
