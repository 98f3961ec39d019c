"""A root shell on the serial console of the machine that is tested: a command in, what it printed and its code out."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, TypeVar

import pexpect

T = TypeVar("T")
Heard = Callable[[str], None]
PROMPT = "sayso-boot-shell#"
"""What the test image's shell writes when it is ready; see `boot_image.SHELL`."""


class BootError(Exception):
    """Something is not as it has to be: a sentence for the log."""


@dataclass
class Told:
    """What a command said, and its exit code."""

    words: str
    code: int


class Console:
    """The other end of a serial line, as `pexpect` reads it.

    Args:
        child: the process whose terminal is the line: an emulator, or a shell in a test.
        timeout_s: how long a command may take unless it is said otherwise.
    """

    def __init__(self, child: pexpect.spawn[str], timeout_s: float) -> None:
        self._child = child
        self._timeout_s = timeout_s
        self._number = 0

    @classmethod
    def of(cls, command: Sequence[str], log: Path, timeout_s: float) -> Console:
        """Start a program on a terminal of its own; all that it writes there is added to `log`."""
        out: TextIO = log.open("a", encoding="utf-8", buffering=1)
        child = pexpect.spawn(
            command[0],
            [*command[1:]],
            encoding="utf-8",
            codec_errors="replace",
            timeout=timeout_s,
            echo=False,
            dimensions=(50, 4000),
        )
        child.logfile_read = out
        return cls(child, timeout_s)

    @property
    def alive(self) -> bool:
        """Whether the program runs."""
        return bool(self._child.isalive())

    def drain(self) -> None:
        """Read what has come meanwhile, so that nobody at the other end waits for room."""
        while True:
            try:
                self._child.read_nonblocking(65536, timeout=0)
            except (pexpect.TIMEOUT, pexpect.EOF):
                return

    def kill(self, number: int) -> None:
        """End the program with a signal, and wait until it has gone."""
        if self._child.isalive():
            self._child.kill(number)
            self._child.wait()

    def wait_for(self, words: str, timeout_s: float) -> None:
        """Read until the line says those words. Raises: BootError: it does not in that time."""
        try:
            self._child.expect_exact(words, timeout=timeout_s)
        except (pexpect.TIMEOUT, pexpect.EOF) as error:
            last = str(self._child.before or "")[-2000:]
            raise BootError(
                f"'{words}' was not seen at the serial console in {timeout_s:.0f} s. It ends: {last}"
            ) from error

    def wait_for_shell(self, timeout_s: float) -> None:
        """Read until the shell is there, and make it quiet: no echo, no kernel messages between its lines."""
        self.wait_for(PROMPT, timeout_s)
        self._child.sendline("stty -echo; PS1= PS2=; dmesg -n 1")
        self.run("true", timeout_s)

    def type_line(self, words: str) -> None:
        """Type a line, as somebody at the console would; what comes of it stands in the log."""
        self._child.sendline(words)

    def run(self, command: str, timeout_s: float | None = None, heard: Heard | None = None) -> Told:
        """Run a line of shell, to its end; `heard` is told each line as it comes.

        Raises: BootError: it does not end in that time.
        """
        self._number += 1
        begin, end = f"<begin-{self._number}>", f"<end-{self._number}:"
        # The marks are put together by the shell, so a line that is echoed after all is not taken for them.
        self._child.sendline(
            f"printf '\\n<%s-{self._number}>\\n' begin; {{ {command}\n}} 2>&1 </dev/null; "
            f"printf '\\n<%s-{self._number}:%d>\\n' end $?"
        )
        patience_s = timeout_s or self._timeout_s
        ends = time.monotonic() + patience_s
        lines: list[str] = []
        try:
            self._child.expect(re.escape(begin) + r"\r*\n", timeout=patience_s)
            marks = [re.escape(end) + r"(\d+)>", "\n"]
            while self._child.expect(marks, timeout=max(ends - time.monotonic(), 0)):
                lines.append(str(self._child.before or "").replace("\r", ""))
                if heard and lines[-1].strip():
                    heard(lines[-1])
        except (pexpect.TIMEOUT, pexpect.EOF) as error:
            last = "\n".join([*lines, str(self._child.before or "")])[-2000:]
            raise BootError(f"`{command}` did not end in {patience_s:.0f} s. So far: {last}") from error
        match = self._child.match
        if not isinstance(match, re.Match):
            raise BootError(f"`{command}` was not understood by the serial console")
        return Told("\n".join(lines).strip("\n"), int(match[1]))

    def must(self, command: str, timeout_s: float | None = None) -> str:
        """What a command prints. Raises: BootError: it fails."""
        told = self.run(command, timeout_s)
        if told.code:
            raise BootError(f"`{command}` ended with {told.code}: {told.words[-3000:]}")
        return told.words

    def write_file(self, path: str, words: str) -> None:
        """Put a small file there."""
        self.must(f"printf %s {shlex.quote(words)} > {shlex.quote(path)}")

    def until(self, what: str, ask: Callable[[], T | None], timeout_s: float, each_s: float = 1.0) -> T:
        """Ask again and again until there is an answer that counts. Raises: BootError: not in that time."""
        ends = time.monotonic() + timeout_s
        while True:
            answer = ask()
            if answer:
                return answer
            if time.monotonic() > ends:
                raise BootError(f"{what}: not within {timeout_s:.0f} s")
            time.sleep(each_s)
