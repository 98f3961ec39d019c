"""A version tried on a copy of the data: it migrates it, checks itself, and rehearses every question set.

Nothing here touches the data itself. What the version before would have said of the same copy is no fault of the new
one: a microphone that is unplugged today keeps nobody from an upgrade.
"""

from __future__ import annotations

import json
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from installing import disk
from installing.data import CONFIG, USERS, Data
from installing.errors import InstallError
from installing.machine import Machine
from installing.telling import Steps

TRIAL_CONFIG = "/etc/sayso/.upgrade.toml"
"""The kiosk's configuration with another data folder; beside it, so that its relative paths lead to the same places."""
KEYS = ("green", "yellow", "red", "green") * 15
"""More than the longest set asks for; what is left over is not pressed."""
SERVER = "server:"
"""Before a form's id, where `sayso questions pull` fetches it."""
_OP = "Cannot upgrade"
_TIMEOUT_S = 900


@dataclass(frozen=True)
class Trial:
    """A new version, the one before it, and the machine that both are on; seen from here."""

    machine: Machine
    new: Path
    old: Path
    steps: Steps

    def on_copy_of(self, data: Data) -> None:
        """Try the new version on copies of that data. Call it within `Data.held`.

        Raises: InstallError: it failed; nothing but the copies was touched.
        """
        before, copy = data.copy("before"), data.copy("trial")
        failing = self._failing(self.old, copy) if data.role == "kiosk" else set[str]()
        if (copy / data.file.name).exists():
            if why := data.open_by(self.new, copy):
                hint = "To go back to the version before: script/install --back. Else report it; nothing was changed."
                raise InstallError(_OP, f"{self.new.name} can't use the data: {why}", hint)
            rows = data.same_rows(self.new, before, copy)
            self.steps.note(
                f"{data.role}: its data was brought up to date in a copy; {rows} rows are the same as before"
            )
        if data.role == "kiosk":
            self._check(copy, failing)
            self._rehearse(copy)

    def clean(self) -> None:
        """Remove the configuration that it was tried with."""
        self.machine.path(TRIAL_CONFIG).unlink(missing_ok=True)

    def _check(self, copy: Path, failing: set[str]) -> None:
        new = self._failing(self.new, copy)
        if more := sorted(new - failing):
            hint = "Put that right, or report it; then run this again. Nothing was changed."
            raise InstallError(_OP, f"`sayso check` of the new version says:\n    {chr(10).join(more)}\n ", hint)
        self.steps.note("sayso check: fit to open" if not new else f"sayso check: no worse than before ({len(new)})")

    def _failing(self, version: Path, copy: Path) -> set[str]:
        """What a version's check finds wrong with the copy; the whole of it in one piece where it says nothing."""
        self._write_config(copy)
        sayso = version / ".venv" / "bin" / "sayso"
        command = [self.machine.inside(sayso), "check", "--config", self._seen_config, "--json"]
        if "--quick" in self._run([self.machine.inside(sayso), "check", "--help"]).stdout:
            command.append("--quick")  # no sound: it may be night
        ended = self._run(command)
        try:
            lines = json.loads(ended.stdout)["lines"]
            wrong = {f"{line['what']}: {line['met']}" for line in lines if line["level"] == "error"}
        except (ValueError, KeyError, TypeError):
            return {(ended.stderr or ended.stdout).strip() or f"it ended with {ended.returncode}"}
        if ended.returncode not in (0, 1) or (ended.returncode == 1 and not wrong):
            return {f"it ended with {ended.returncode}"}
        return wrong

    def _rehearse(self, copy: Path) -> None:
        hint = "Report it; nothing was changed."
        self._write_config(copy)
        python, script = self.new / ".venv" / "bin" / "python", self.new / "script" / "installing" / "sets_of.py"
        asked = self._run([self.machine.inside(python), "-P", self.machine.inside(script), self._seen_config])
        if asked.returncode != 0:
            raise InstallError(_OP, f"the new version can't read {CONFIG}: {asked.stderr.strip()}", hint)
        for name in map(str, json.loads(asked.stdout)):
            there = Path(name) if Path(name).is_relative_to(self.machine.root) else self.machine.path(name)
            if not there.exists():
                self.steps.note(f"{there.name} is not on this kiosk yet, so it is not rehearsed")
                continue
            sayso = self.machine.inside(self.new / ".venv" / "bin" / "sayso")
            ended = self._run([sayso, "rehearse", self.machine.inside(there), "--json", "--keys", *KEYS])
            answers = _answers(ended.stdout)
            if ended.returncode != 0 or not answers:
                said = [line for line in ended.stderr.splitlines() if line.strip()]
                met = said[-1] if said else f"it ended with {ended.returncode} and {answers} answers"
                raise InstallError(_OP, f"`sayso rehearse` of the new version, {there.name}: {met}", hint)
            self.steps.note(f"sayso rehearse {there.name}: {answers} answers went to a collector and were opened")

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return self.machine.try_run(self.machine.as_user(USERS["kiosk"], command), timeout_s=_TIMEOUT_S)

    @property
    def _seen_config(self) -> str:
        return self.machine.inside(self.machine.path(TRIAL_CONFIG))

    def _write_config(self, copy: Path) -> None:
        config = tomllib.loads(self.machine.path(CONFIG).read_text(encoding="utf-8"))
        config["store"] = {**config.get("store", {}), "folder": self.machine.inside(copy)}
        config["status"] = f"{self.machine.inside(copy)}/status.json"
        path = self.machine.path(TRIAL_CONFIG)
        disk.write(path, toml(config), 0o600)
        self.machine.own(path, USERS["kiosk"], USERS["kiosk"])


def _form(config: dict[str, Any], name: str) -> Path:
    """Where a set of the configuration lies; one of the server's, as `kiosk.pulling.shelf` puts it there."""
    here = Path(CONFIG).parent
    form_id = name.removeprefix(SERVER)
    if form_id == name:
        return here / name
    folder = quote(form_id, safe=" ")
    folder = folder.replace(".", "%2E") if folder.startswith(".") else folder
    data = here / str(config.get("store", {}).get("folder", "data"))
    return data / "question_sets" / folder / "newest" / f"{folder}.xml"


def _answers(told: str) -> int:
    try:
        return len(json.loads(told)["answers"])
    except (ValueError, KeyError, TypeError):
        return 0


def toml(values: dict[str, Any]) -> str:
    """A table as TOML: what is no table first, each table under its own heading, tables in those on one line."""
    plain = {key: value for key, value in values.items() if not isinstance(value, dict)}
    headed = {key: value for key, value in values.items() if isinstance(value, dict)}
    lines = [f"{_text(key)} = {_value(value)}" for key, value in plain.items()]
    for name, table in headed.items():
        lines += ["", f"[{_text(name)}]", *(f"{_text(key)} = {_value(value)}" for key, value in table.items())]
    return "\n".join([*lines, ""])


def _text(value: str) -> str:
    # JSON's strings are TOML's basic strings, but for one character that TOML wants escaped too.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case dict():
            return f"{{{', '.join(f'{_text(key)} = {_value(each)}' for key, each in value.items())}}}"
        case _:
            return str(value)  # numbers and dates, as Python writes them
