"""A sound card of a test's own: a private PulseAudio with a speaker and a microphone that nobody else hears.

What is played into the microphone is what PortAudio's default input records; what PortAudio plays can be recorded.
Works as root and not as root, several at once, and leaves nothing behind. Imports nothing of the project.

    with SoundCard.start() as card:
        subprocess.Popen(kiosk, env=card.environment)
        card.play_into_microphone(path)
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = ("pulseaudio", "pactl", "paplay", "parec")
RECORDED_RATE_HZ = 16_000
_STARTS_WITHIN_S = 20.0


def missing() -> str:
    """Why there can be no sound card here, or ""."""
    gone = [program for program in PROGRAMS if shutil.which(program) is None]
    if gone:
        return f"no virtual sound card: {', '.join(gone)} not installed"
    plugins = (*Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so"),)
    return "" if plugins else "no virtual sound card: libasound2-plugins not installed"


def no_sound(folder: Path) -> dict[str, str]:
    """An environment in which there is neither microphone nor speaker, whatever this machine has.

    Args:
        folder: for a configuration of ALSA that names no device.
    """
    silent = folder / "no-sound.conf"
    # PortAudio aborts where it finds no list of devices at all; this one cannot be opened, and so does not count.
    silent.write_text("pcm.nothing { type hw card 31 }\n")
    settings = {"ALSA_CONFIG_PATH": str(silent), "PULSE_SERVER": f"unix:{folder / 'nobody'}"}
    return {**os.environ, **settings}


@dataclass
class SpeakerRecording:
    """What the speaker has played since it was begun, growing. 16-bit mono at `RECORDED_RATE_HZ`."""

    path: Path
    process: subprocess.Popen[bytes]

    def pcm(self) -> bytes:
        """All there is so far."""
        return self.path.read_bytes()

    def end(self) -> bytes:
        """Stop recording; all there is."""
        _end(self.process)
        return self.path.read_bytes()


_ENDS_WITH_US = ("setpriv", "--pdeathsig", "TERM") if shutil.which("setpriv") else ()
"""A test run that is killed can't clean up; the sound card ends with it all the same."""


_MODULES = (
    "module-null-sink sink_name=speaker rate=48000 norewinds=1",
    "module-null-sink sink_name=mic rate=16000 channels=1 norewinds=1",
    "module-remap-source master=mic.monitor source_name=microphone",
)


class SoundCard:
    """A running private PulseAudio; made by `SoundCard.start`."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.process = process
        self.server = f"unix:{folder / 'socket'}"
        self._children: list[subprocess.Popen[bytes]] = []
        self._recordings = 0

    @classmethod
    @contextmanager
    def start(cls) -> Iterator[SoundCard]:
        """A sound card for as long as the block lasts."""
        # Not pytest's folder: a socket's path may have 107 characters only.
        with tempfile.TemporaryDirectory(prefix="sound-card-") as name:
            folder = Path(name)
            (folder / "asound.conf").write_text(_ASOUND)
            (folder / "home").mkdir()
            with (folder / "log").open("wb") as log:
                process = subprocess.Popen(
                    [
                        *_ENDS_WITH_US,
                        "pulseaudio",
                        "-n",
                        "--daemonize=no",
                        "--exit-idle-time=-1",
                        "--use-pid-file=no",
                        "--disable-shm=yes",
                        "--realtime=no",
                        "--high-priority=no",
                        "--log-target=stderr",
                        f"--load=module-native-protocol-unix auth-anonymous=1 socket={folder / 'socket'}",
                        *(f"--load={module}" for module in _MODULES),
                    ],
                    env=_private(folder),
                    stdout=log,
                    stderr=log,
                )
            card = cls(folder, process)
            try:
                card._wait_until_ready()
                yield card
            finally:
                for child in card._children:
                    _end(child)
                _end(process)

    @property
    def environment(self) -> dict[str, str]:
        """For a process that should use this card: PulseAudio's clients, and ALSA's (so PortAudio's) default device."""
        return {**os.environ, **self.settings}

    @property
    def settings(self) -> dict[str, str]:
        """Only what has to be set for it."""
        return {
            "PULSE_SERVER": self.server,
            "ALSA_CONFIG_PATH": str(self.folder / "asound.conf"),
            "PULSE_CONFIG_PATH": str(self.folder / "home"),
        }

    def play_into_microphone(self, path: Path, *, wait: bool = True) -> subprocess.Popen[bytes]:
        """Play a WAV or FLAC file into the microphone; once, in real time.

        Args:
            path: the file.
            wait: return when it has been played.
        """
        process = self._run(["paplay", "--device=mic", "--latency-msec=50", str(path)])
        if wait and process.wait(timeout=120) != 0:
            raise RuntimeError(f"paplay could not play {path}")
        return process

    def record_speaker(self) -> SpeakerRecording:
        """Begin to record what the speaker plays."""
        return self._record("speaker.monitor")

    def record_microphone(self) -> SpeakerRecording:
        """Begin to record what the microphone hears: to see that a test plays what it means to."""
        return self._record("microphone")

    def wait_until_recording(self, recorders: int = 1, timeout_s: float = 20.0) -> None:
        """Wait until that many programs record from the microphone: what is played before that is lost."""
        deadline = time.monotonic() + timeout_s
        while self.recorders() != recorders:
            _pause(deadline, f"{self.recorders()} programs record and not {recorders}", self.folder)

    def recorders(self) -> int:
        """How many programs record from the microphone now."""
        lines = self._pactl("list", "short", "source-outputs").splitlines()
        # The microphone's own connection within PulseAudio belongs to no client.
        return sum(line.split("\t")[2] != "-" for line in lines)

    def unplug(self) -> None:
        """Take microphone and speaker away under whoever uses them, as a USB card that is pulled out.

        Both: PulseAudio would connect who recorded from the microphone with the speaker's own sound instead.
        """
        # The last one first: the microphone stands on a sink, and would go with it.
        for module in reversed(self._pactl("list", "short", "modules").splitlines()):
            number, name = module.split("\t")[:2]
            if name in {"module-remap-source", "module-null-sink"}:
                self._pactl("unload-module", number)

    def plug_in(self) -> None:
        """Put microphone and speaker back."""
        for module in _MODULES:
            self._pactl("load-module", *module.split())
        self._choose()

    def stop_server(self) -> None:
        """End the whole sound card, as a USB one that was pulled out."""
        _end(self.process)

    def _record(self, source: str) -> SpeakerRecording:
        self._recordings += 1
        path = self.folder / f"recording-{self._recordings}.raw"
        with path.open("wb") as out:
            process = self._run(
                [
                    "parec",
                    f"--device={source}",
                    "--raw",
                    "--format=s16le",
                    f"--rate={RECORDED_RATE_HZ}",
                    "--channels=1",
                    "--latency-msec=10",
                ],
                out.fileno(),
            )
        deadline = time.monotonic() + 10
        while not path.stat().st_size:
            _pause(deadline, "nothing is recorded", self.folder)
        return SpeakerRecording(path, process)

    def _run(self, command: list[str], out: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(command, env=self.environment, stdout=out, stderr=subprocess.DEVNULL)
        self._children.append(process)
        return process

    def _pactl(self, *words: str) -> str:
        done = subprocess.run(
            ["pactl", *words], env=self.environment, capture_output=True, text=True, check=True, timeout=20
        )
        return done.stdout

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _STARTS_WITHIN_S
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"pulseaudio ended: {(self.folder / 'log').read_text(errors='replace')[-2000:]}")
            asked = subprocess.run(
                ["pactl", "list", "short", "sources"], env=self.environment, capture_output=True, text=True, check=False
            )
            if "microphone" in asked.stdout:
                break
            _pause(deadline, "pulseaudio does not answer", self.folder)
        self._choose()

    def _choose(self) -> None:
        """The system's own speaker and microphone."""
        self._pactl("set-default-sink", "speaker")
        self._pactl("set-default-source", "microphone")


_ASOUND = """
pcm_type.pulse { lib "libasound_module_pcm_pulse.so" }
ctl_type.pulse { lib "libasound_module_ctl_pulse.so" }
pcm.!default { type pulse }
ctl.!default { type pulse }
"""


def _private(folder: Path) -> dict[str, str]:
    """An environment in which a PulseAudio of this user's own, if there is one, is neither seen nor touched."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PULSE_", "XDG_", "DBUS_"))}
    return {**kept, "HOME": str(folder / "home"), "XDG_RUNTIME_DIR": str(folder)}


def _pause(deadline: float, met: str, folder: Path) -> None:
    """Wait a moment for another process; there is nothing to be woken by."""
    if time.monotonic() > deadline:
        log = folder / "log"
        raise TimeoutError(f"{met}: {log.read_text(errors='replace')[-2000:] if log.exists() else ''}")
    time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=5)
