"""A small house for the tests that run the kiosk as a process: keys, a sealed set, a configuration, rendered speech."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pseudo_terminal import PseudoTerminal
from rehearsed import Sheets, saved, yes_no

from collector.folders import PRIVATE_NAME, PUBLIC_NAME, write_key_pair
from kiosk.keeping.store import Counts, Role, Store
from openrosa.convert import convert, write
from openrosa.instance import values_of
from openrosa.sealing import open_submission
from openrosa.xform import load

SAYSO = [sys.executable, "-m", "sayso"]
QUIT = ["--quit-key", "ctrl+q"]
CTRL_Q = "\x11"


@dataclass(frozen=True)
class House:
    """A folder with everything that a kiosk needs."""

    folder: Path

    @property
    def config(self) -> Path:
        """The kiosk's TOML."""
        return self.folder / "kiosk.toml"

    @property
    def data(self) -> Path:
        """Where it keeps."""
        return self.folder / "data"

    @property
    def log(self) -> str:
        """What the kiosk wrote for staff."""
        return (self.data / "kiosk.log").read_text(encoding="utf-8")

    def counts(self) -> Counts:
        """What stands in the store."""
        with Store.open(self.data, Role.READER) as store:
            return store.counts()

    def kept(self) -> list[dict[str, str]]:
        """The visits in the outbox, opened with the office's key, in the order they began: value by path."""
        question_set = load(self.form.read_bytes(), self.form.name)
        key = (self.folder / "office" / PRIVATE_NAME).read_bytes()
        with Store.open(self.data, Role.READER) as store:
            submissions = [store.load(one) for one in store.waiting()]
        opened = [open_submission(one.xml, {a.name: a.data for a in one.attachments}, key) for one in submissions]
        return [values_of(question_set, one.xml) for one in opened]

    @property
    def form(self) -> Path:
        """The set's XForm."""
        return self.folder / "set.xml"

    def write_config(self, more: str = "", *, first: str = "") -> Path:
        """The kiosk's TOML: one set, somebody who lives here, no waiting; `first` and `more` go round it.

        Args:
            more: tables, such as "[voice]\nengine = 'none'".
            first: lines above the tables.
        """
        asking = "[asking]\npreset_who = 'i_live_here'\nchange_s = 0\n"
        if "[store]" not in more:
            asking += "[store]\nallow_volatile = true\n"  # a container's own disk is an overlay
        self.config.write_text(f"sets = ['{self.form}']\nstatus = 'status.json'\n{first}\n{asking}{more}\n")
        return self.config

    @contextmanager
    def running(
        self, environment: Mapping[str, str] | None = None, *, command: Sequence[str] = ()
    ) -> Iterator[PseudoTerminal]:
        """The kiosk in a terminal of its own.

        Args:
            environment: instead of this process's.
            command: what runs it, if not `sayso`.
        """
        words = [*(command or SAYSO), "run", "--config", str(self.config), *QUIT]
        with PseudoTerminal.start(words, environment or os.environ, self.folder) as terminal:
            yield terminal

    def sayso(self, *words: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Another command, to its end; never with a stack trace."""
        done = subprocess.run(
            [*SAYSO, *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=dict(environment or os.environ),
            cwd=self.folder,
        )
        assert "Traceback" not in done.stdout + done.stderr
        return done


def house(folder: Path, speech: Path | None = None, made: Sheets | None = None) -> House:
    """A house with a sealed set; its kiosk takes keys alone until another configuration is written.

    Args:
        folder: of its own.
        speech: rendered prompts to begin with, so that a start takes no time.
        made: the set; one question, yes or no, unless given.
    """
    folder.mkdir(exist_ok=True)
    write_key_pair(folder / "office")
    one = House(folder)
    write(
        convert(saved(folder, made or yes_no("lift")), (folder / "office" / PUBLIC_NAME).read_text("ascii")), one.form
    )
    one.data.mkdir(mode=0o700)
    if speech is not None:
        shutil.copytree(speech, one.data / "speech")
    one.write_config("[voice]\nengine = 'none'\n")
    return one


def answer(terminal: PseudoTerminal, question: str = "Is lift good?") -> None:
    """Start, answer "no" by the red key, keep it, and see the kiosk wait for the next person."""
    place = terminal.wait_for("Press the big key to start")
    terminal.press(" ")
    place = terminal.wait_for(question, since=place)
    terminal.press("3")
    place = terminal.wait_for("Shall I keep what you said?", since=place)
    terminal.press("1")
    place = terminal.wait_for("Goodbye", since=place)
    terminal.press(" ")
    terminal.wait_for("Press the big key to start", since=place)
