"""The office outside: its keys, its form, its collector; and what it is sent."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boot_console import BootError
from boot_machine import OUTSIDE, OUTSIDE_PORT

SAYSO = [sys.executable, "-m", "sayso"]
SHEETS = """Three questions of a home that is not there.

| survey |
| | type | name | label::English (en) |
| | select_one good | food | Is the food good? |
| | select_one good | garden | Is the garden good? |
| | select_one good | music | Is the music good? |

| choices |
| | list_name | name | label::English (en) | say_en | key |
| | good | good | Good | yes | green |
| | good | okay | Okay | so so | yellow |
| | good | not_good | Not good | no | red |

| settings |
| | form_title | form_id | version | default_language |
| | Boot test | boot_test | 1 | English (en) |
"""
FORM = "boot_test"
HEALTH = "kiosk_health"
"""What each kiosk fills in by itself, once a day."""
QUESTIONS = ("food", "garden", "music")
CHOICES = {"1": "good", "2": "okay", "3": "not_good"}
"""Key -> the answer it is."""
CONFIG = """# Made by the boot test.
sets = ["/etc/sayso/boot_test.xml"]

[home]
name = "Boot test"

[store]
folder = "/var/lib/sayso"

[voice]
engine = "none"
# Not ALSA's own "default": its plug aborts the whole process when an emulated processor is late (docs/boot-test.md).
speaker = "HDA Intel"
models_dir = "/opt/sayso/current/models"

[asking]
preset_who = "i_live_here"
change_s = 0
ask_again_s = 600
ask_again_later_s = 600
offer_stop_s = 3600

[help]
request = true

[server]
url = "http://{outside}:{port}{path}"
"""


@dataclass(frozen=True)
class Office:
    """A folder with everything that an office has.

    Attributes:
        folder: of its own.
        source: the tree that its Sayso is of: the commit's too, and not what is being worked on.
    """

    folder: Path
    source: Path

    @classmethod
    def founded(cls, folder: Path, source: Path) -> Office:
        """One with keys, two forms that are published, and an address for one kiosk."""
        folder.mkdir(parents=True)
        office = cls(folder, source)
        sheets = folder / "boot_test.md"
        sheets.write_text(SHEETS)
        office._sayso("collector", "keys", "pair", str(folder / "keys"))
        public = folder / "keys" / "public_key.txt"
        office._sayso("questions", "convert", str(sheets), "--public-key", str(public), "--to", str(folder))
        office._sayso("collector", "publish", str(folder / "boot_test.xml"), "--data", str(office.data))
        office._sayso("health", "--form", str(folder), "--public-key", str(public))
        office._sayso("collector", "publish", str(folder / f"{HEALTH}.xml"), "--data", str(office.data))
        path = office._sayso("collector", "keys", "new", "Boot test", "--data", str(office.data)).strip()
        words = CONFIG.format(outside=OUTSIDE, port=OUTSIDE_PORT, path=path)
        (folder / "sayso.toml").write_text(words)
        return office

    @property
    def data(self) -> Path:
        """The collector's."""
        return self.folder / "collected"

    def copied(self, folder: Path) -> Office:
        """The same office elsewhere: each run of the test has its own."""
        shutil.copytree(self.folder, folder)
        return Office(folder, self.source)

    def furnish(self, root: Path) -> None:
        """Put the form and the configuration into a kiosk's files."""
        place = root / "etc/sayso"
        place.mkdir(parents=True, exist_ok=True)
        for name in ("boot_test.xml", "sayso.toml"):
            (place / name).write_bytes((self.folder / name).read_bytes())
        (place / "sayso.toml").chmod(0o640)

    @contextmanager
    def serving(self, log: Path) -> Iterator[int]:
        """The collector, on a port of this host's loopback."""
        command = [*SAYSO, "collector", "serve", "--data", str(self.data), "--port", "0"]
        with log.open("a") as errors:
            process = subprocess.Popen(command, cwd=self.source, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            if process.stdout is None:
                raise OSError("the collector has no stdout")
            port = process.stdout.readline().strip().rpartition(":")[2]
            if not port:
                raise BootError(f"the office's collector does not start: {log.name}")
            yield int(port)
        finally:
            process.terminate()
            process.wait(30)

    @property
    def address(self) -> str:
        """Where a kiosk sends to, with its token."""
        return str(tomllib.loads((self.folder / "sayso.toml").read_text())["server"]["url"])

    def received(self, form_id: str) -> list[dict[str, Any]]:
        """Every submission of a form that came, opened with the office's key, in the order they came."""
        key = str(self.folder / "keys" / "private.pem")
        told = json.loads(self._sayso("collector", "open", "--data", str(self.data), "--key", key, "--json"))
        visits = [{"id": name, **one} for name, one in told.items() if one["form_id"] == form_id]
        return sorted(visits, key=lambda one: str(one["received_at"]))

    def kiosks(self) -> str:
        """What the office reads of its kiosks, from the forms that they fill in."""
        key = str(self.folder / "keys" / "private.pem")
        done = self._tried("collector", "health", "--data", str(self.data), "--key", key)
        return done.stdout + done.stderr

    def _sayso(self, *words: str) -> str:
        done = self._tried(*words)
        if done.returncode:
            raise BootError(f"sayso {' '.join(words[:2])}, in the office, ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def _tried(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*SAYSO, *words], check=False, capture_output=True, text=True, cwd=self.source)
