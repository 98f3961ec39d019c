"""Microphone and speaker by trying them: which there are, how each is named for good, a sentence said and one heard."""

from __future__ import annotations

import queue
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voice.audio import RATE_HZ, active_dbfs, level_dbfs
from voice.cards import USB, usb_of
from voice.devices import Device, Direction, available, choose, look_for_new, ready
from voice.errors import VoiceError
from voice.events import PromptFinished, SpeakerLost, SpeakingEvent
from voice.microphone import Microphone
from voice.recorder import listen
from voice.segment import Limits
from voice.sound import Sound
from voice.speaker import Speaker
from voice.speech import SpeechCache

ASK = "Hello. This is Sayso. Do you hear me?"
SYSTEMS_OWN = "The system's own choice"
TRIAL = Limits(silence_s=8.0, look_s=0.0, endpoint_s=1.5, longest_s=10.0)
"""Ends 1.5 s after the last word; 8 s without any, or 10 s in all, end it too."""
SILENT_DBFS, SOFT_DBFS = -60.0, -40.0
_FULL = 32_700
_CLIPPED_SAMPLES = 4
_LONGEST_PLAY_S = 30.0


@dataclass(frozen=True)
class Found:
    """A device that can be chosen.

    Attributes:
        setting: what `voice.microphone` or `voice.speaker` says for it; "" for the system's own choice.
        title: for whoever chooses.
    """

    setting: str
    title: str


@dataclass(frozen=True)
class Heard:
    """What a microphone heard.

    Attributes:
        pcm: 16-bit mono at 16,000 Hz.
        sentence: how loud it was, and what to do.
        fine: it can be used as it is.
    """

    pcm: bytes
    sentence: str
    fine: bool


def devices(direction: Direction) -> tuple[Found, ...]:
    """Those that can be opened now, the system's own choice first.

    Raises: VoiceError: PortAudio is not on this machine.
    """
    look_for_new()
    found = available(direction)
    usable = [device for device in found if ready(direction, device)]
    named = (Found(setting_for(direction, device, found), _title(device)) for device in usable)
    own = (Found("", SYSTEMS_OWN),) if usable else ()
    return (*own, *{one.setting: one for one in named}.values())


def setting_for(direction: Direction, device: Device, among: tuple[Device, ...]) -> str:
    """How a setting names it for good: cards are numbered anew at every start, a USB identity stays."""
    usb = usb_of(device.name)
    shorter = (
        (f"{USB}{usb.product}", str(usb)) if usb else (device.name.partition(" (hw:")[0].partition(":")[0], device.name)
    )
    for name in shorter:
        try:
            if choose(direction, name, among) == device:
                return name
        except VoiceError:  # it fits several: more has to be written
            continue
    return device.name


def _title(device: Device) -> str:
    usb = usb_of(device.name)
    return f"{device.name.partition(' (hw:')[0]}{f', USB {usb.product}' if usb else ''}"


def question(language: str, folder: Path) -> Path:
    """`ASK` as a sound, by espeak-ng. Raises: VoiceError."""
    return SpeechCache(folder).render(ASK, language if language.startswith("en") else "en")


def play(setting: str, sound: Path | bytes) -> None:
    """Play it to its end. Raises: VoiceError: there is no such speaker, or it takes no sound."""
    told: queue.SimpleQueue[SpeakingEvent] = queue.SimpleQueue()
    speaker = Speaker(setting, told.put)
    try:
        speaker.play(1, [Sound(sound, rate_hz=RATE_HZ)])
        while True:
            match told.get(timeout=_LONGEST_PLAY_S):
                case PromptFinished():
                    return
                case SpeakerLost(_, why):
                    raise VoiceError("Cannot play", f"there: {why}", "Choose another one.")
    except queue.Empty:
        raise VoiceError("Cannot play", "there: it takes no sound", "Choose another one.") from None
    finally:
        speaker.close()


def hear(setting: str, on_level: Callable[[float], None], ended: Callable[[], bool], limits: Limits = TRIAL) -> Heard:
    """Record until somebody has spoken, or ends it.

    Args:
        setting: of the microphone.
        on_level: told how loud each piece is, in dBFS.
        ended: asked for each piece: whether to end now.
        limits: what ends it by itself.

    Raises: VoiceError: it can't be opened, or went away.
    """
    pcm = listen(Microphone(setting), ended, on_level, limits)
    loud_dbfs = active_dbfs(pcm)
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.int32)
    if int(np.count_nonzero(np.abs(samples) >= _FULL)) >= _CLIPPED_SAMPLES:
        return Heard(pcm, "Too loud: it is cut off. Turn the microphone down (alsamixer), or move it away.", fine=False)
    if level_dbfs(pcm) <= SILENT_DBFS:
        return Heard(pcm, "Nothing was heard. Is it plugged in, switched on, turned up (alsamixer)?", fine=False)
    if loud_dbfs <= SOFT_DBFS:
        met = f"Very soft ({loud_dbfs:.0f} dB). Turn the microphone up (alsamixer), or come closer."
        return Heard(pcm, met, fine=False)
    return Heard(pcm, f"Heard well ({loud_dbfs:.0f} dB).", fine=True)
