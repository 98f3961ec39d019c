"""The machine that is installed on: this one, or a folder that holds another one's files."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from installing.errors import InstallError

_LAST_LINES = 15
SYSTEM_PYTHON = "/usr/bin/python3"


@dataclass(frozen=True)
class Machine:
    """Where everything goes.

    Attributes:
        root: "/" is this machine; any other folder holds the files of one that does not run now.
    """

    root: Path = Path("/")

    @property
    def is_this(self) -> bool:
        """Whether it is the machine that this runs on."""
        return self.root == Path("/")

    @property
    def is_whole(self) -> bool:
        """Whether it is a folder with a whole Debian in it: commands are run in there."""
        return not self.is_this and (self.root / "usr/bin/dpkg").exists()

    @property
    def is_running(self) -> bool:
        """Whether its services can be started and stopped."""
        return self.is_this and Path("/run/systemd/system").is_dir()

    def path(self, inside: str | Path) -> Path:
        """Where a path of that machine is from here."""
        return self.root / str(inside).lstrip("/")

    def inside(self, path: Path) -> str:
        """A path from here, as a command that runs there has to name it."""
        return f"/{path.relative_to(self.root)}" if self.is_whole else str(path)

    @property
    def python(self) -> str:
        """The Python that the virtual environment is made of."""
        return SYSTEM_PYTHON if self.is_whole else os.environ.get("SAYSO_PYTHON") or SYSTEM_PYTHON

    def run(
        self,
        command: Sequence[str],
        op: str,
        hint: str,
        *,
        timeout_s: float = 3600,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        given: str | None = None,
    ) -> str:
        """Run a command there; what it wrote to stdout.

        Args:
            command: the program and its arguments, paths as `inside` gives them.
            op: what it is for, as an error begins: "Cannot install the libraries".
            hint: what to do where it fails.
            timeout_s: longest wait.
            cwd: its folder, seen from here.
            env: more for its environment.
            given: what it reads from stdin.

        Raises: InstallError: it ended with another code than 0; its last lines are in the sentence.
        """
        ended = self.try_run(command, timeout_s=timeout_s, cwd=cwd, env=env, given=given)
        if ended.returncode != 0:
            said = [line for line in (ended.stdout + ended.stderr).splitlines() if line.strip()]
            told = "\n    ".join(said[-_LAST_LINES:]) or "it said nothing"
            met = f"'{' '.join(command[:3])} ...' ended with {ended.returncode}:\n    {told}\n "
            raise InstallError(op, met, hint)
        return ended.stdout

    def try_run(
        self,
        command: Sequence[str],
        *,
        timeout_s: float = 3600,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        given: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command there, however it ends. One that is not there, or takes too long, ends with 127 or 124."""
        whole = list(command)
        if self.is_whole:
            where = self.inside(cwd) if cwd else "/"
            whole = ["chroot", str(self.root), "/usr/bin/env", "-C", where, *whole]
        # PYTHONPATH is ours: a virtual environment must not see it.
        mine = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        whole_env = {**mine, "LC_ALL": "C.UTF-8", **(env or {})}
        try:
            return subprocess.run(
                whole,
                check=False,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=timeout_s,
                cwd=None if self.is_whole else cwd,
                env=whole_env,
                input=given or "",
            )
        except FileNotFoundError as error:
            return subprocess.CompletedProcess(whole, 127, "", f"{error.filename}: there is no such program")
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(whole, 124, "", f"it took longer than {timeout_s:.0f} s")

    def number_of(self, file: str, name: str) -> int | None:
        """The number of a user ("passwd") or a group ("group") of that machine; None if there is none."""
        try:
            lines = self.path(f"/etc/{file}").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return None
        return next((int(line.split(":")[2]) for line in lines if line.startswith(f"{name}:")), None)

    def as_user(self, user: str, command: Sequence[str]) -> list[str]:
        """The command, run as that user of this machine; as whoever runs this where that is not root."""
        if os.geteuid() != 0 or self.number_of("passwd", user) is None or not self.is_this:
            return list(command)
        return ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--", *command]

    def folder(self, inside: str, mode: int, user: str = "root", group: str = "root") -> bool:
        """Have a folder there with that mode and owner; whether anything had to be changed."""
        path = self.path(inside)
        changed = not path.is_dir()
        path.mkdir(parents=True, exist_ok=True)
        if path.stat().st_mode & 0o7777 != mode:
            path.chmod(mode)
            changed = True
        return self.own(path, user, group) or changed

    def own(self, path: Path, user: str, group: str) -> bool:
        """Give a path to a user and group; whether they had to be changed. Who is not root owns what they make."""
        if os.geteuid() != 0:
            return False
        wanted = (self.number_of("passwd", user) or 0, self.number_of("group", group) or 0)
        found = path.stat()
        if (found.st_uid, found.st_gid) == wanted:
            return False
        os.chown(path, *wanted)
        return True


def free_bytes(path: Path) -> int:
    """Free room on the disk of a path that may not be there yet."""
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free
