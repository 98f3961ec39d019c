"""What goes wrong in this room, as a person can act on it."""

from __future__ import annotations


class VoiceError(Exception):
    """What was tried, on what, and what to do.

    Args:
        op: what failed, as a sentence without its end: "Cannot open microphone".
        subject: on what, with what was met: "'hw:1': it is busy".
        hint: what to do: "Stop the other program, or set voice.microphone in kiosk.toml."
    """

    def __init__(self, op: str, subject: str, hint: str) -> None:
        self.op = op
        self.subject = subject
        self.hint = hint
        super().__init__(f"{op} {subject}. {hint}")


class EngineGone(VoiceError):  # noqa: N818  it names what is so, as EngineLost does among the events
    """There is no engine to recognise with just now: it crashed, does not answer, or is still being loaded."""
