"""Making a bundle: the tree, its libraries for two kinds of processor, and the speech model if it can be had."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import urllib.error
import urllib.request
import venv
from collections.abc import Iterable
from pathlib import Path

from installing import packages, tree
from installing.bundle_open import MODELS, SUMS, TREE, WHEELS, sha256_of, verify
from installing.errors import InstallError
from installing.telling import Steps, say

MACHINES = ("x86_64", "aarch64")
APPLIANCE = "3.13"
"""Debian 13's Python."""
_OLDEST, _NEWEST_GLIBC = 5, 36
"""Wheels for glibc 2.5 to 2.36: what Debian 12 and later can load."""
_OP = "Cannot make the bundle"
_TIMEOUT_S = 60
_PIECE_BYTES = 1 << 20
_MARKED = re.compile(r"^(?P<what>[A-Za-z0-9._-]+==[^ ;]+) ; (?P<marker>.*) \\$")
_EVALUATE = """
import json, sys
from pip._vendor.packaging.markers import Marker
given = json.load(sys.stdin)
print(json.dumps([Marker(marker).evaluate(given["environment"]) for marker in given["markers"]]))
"""


def make(to: Path | None, pythons: Iterable[str], machines: Iterable[str]) -> Path:
    """Write a bundle; where to.

    Args:
        to: the tar file; None: dist/sayso-VERSION.tar in the tree.
        pythons: such as "3.13".
        machines: of `MACHINES`.

    Raises: InstallError: no network, or a library that there is no wheel of.
    """
    source = tree.this_tree()
    name = f"sayso-{tree.version(source)}"
    target = to or source / "dist" / f"{name}.tar"
    target.parent.mkdir(parents=True, exist_ok=True)
    steps = Steps(total=5)
    with tempfile.TemporaryDirectory(prefix="sayso-bundle-", dir=target.parent) as temporary:
        folder, tool = Path(temporary) / name, Path(temporary) / "tool"
        steps.begin(f"Taking Sayso {tree.version(source)} from {source}")
        tree.copy(source, folder / TREE)
        steps.begin("Fetching the libraries, each checked by its hash")
        _libraries(source, folder / WHEELS, tool, [(p, m) for p in pythons for m in machines], steps)
        steps.begin("Fetching the speech model")
        _models(source, folder / MODELS, steps)
        steps.begin("Listing every file with its SHA-256")
        list_files(folder)
        steps.note(f"{verify(folder)} files")
        steps.begin(f"Writing {target}")
        beside = target.with_name(f".{target.name}.new")
        with tarfile.open(beside, "w") as archive:
            for path in sorted(folder.iterdir()):
                archive.add(path, path.name, filter=_plain)
        beside.replace(target)
    _told(target)
    return target


def _told(target: Path) -> None:
    say()
    say(f"{target}: {target.stat().st_size / 1e6:.0f} MB. Its own SHA-256, to compare after it was carried:")
    say(f"  {sha256_of(target)}")
    say(f"On the machine: tar -xf {target.name} {TREE} && sudo {TREE}/script/install kiosk --bundle {target.name}")
    say("Debian's packages are not in it. Where there is no network at all, take them along from another Debian 13 of")
    say("the same kind, which has them not installed:")
    say("  mkdir -p debs/partial && sudo apt-get update")
    say("  sudo apt-get install --download-only --no-install-recommends \\")
    say(f"    -o Dir::Cache::archives=$PWD/debs {' '.join(packages.needed('kiosk'))}")
    say("and on the machine:")
    say("  sudo apt-get install --no-install-recommends -o APT::Sandbox::User=root ./debs/*.deb")


def _libraries(source: Path, wheels: Path, tool: Path, kinds: list[tuple[str, str]], steps: Steps) -> None:
    """Everything in both locks, for each kind of Python and processor."""
    wheels.mkdir()
    venv.create(tool, with_pip=True)
    python = tool / "bin" / "python"
    tools = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    build = source / "requirements" / "build.txt"
    _pip([str(python), *tools, "-r", str(build)], "the tools that build")
    entries = _entries(source / "requirements" / "build.txt") + _entries(source / "requirements" / "run.txt")
    for version, processor in kinds:
        wanted = _that_apply(python, entries, version, processor)
        lock = tool / "lock.txt"
        lock.write_text("".join(wanted), encoding="utf-8")
        platforms = [f"manylinux_2_{minor}_{processor}" for minor in range(_OLDEST, _NEWEST_GLIBC + 1)]
        platforms += [f"{old}_{processor}" for old in ("manylinux1", "manylinux2010", "manylinux2014", "linux")]
        command = [
            *(str(python), "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"),
            # One of them (srt) comes as source only, and is the same for every machine.
            *("--only-binary", ":all:", "--no-binary", "srt", "--no-build-isolation"),
            *("--require-hashes", "-r", str(lock), "--dest", str(wheels)),
            *("--python-version", version, "--implementation", "cp"),
            *(part for each in platforms for part in ("--platform", each)),
        ]
        _pip(command, f"for Python {version} on {processor}")
        steps.note(f"Python {version} on {processor}: {len(wanted)} libraries")


def _pip(command: list[str], what: str) -> None:
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    if ended.returncode != 0:
        told = "\n    ".join(ended.stderr.strip().splitlines()[-8:])
        raise InstallError(_OP, f"{what}:\n    {told}\n ", "Is the network there?")


def _entries(lock: Path) -> list[str]:
    """Every library of a lock, with its hashes: lines up to one that ends without a backslash."""
    entries, lines = [], []
    for line in lock.read_text(encoding="utf-8").splitlines(keepends=True):
        lines.append(line)
        if not line.rstrip().endswith("\\"):
            entries.append("".join(lines))
            lines = []
    return entries


def _that_apply(python: Path, entries: list[str], version: str, processor: str) -> list[str]:
    """Those for that Python and processor, without the condition: pip would ask it of the machine that it runs on."""
    import json  # noqa: PLC0415  beside its one use

    environment = {
        "python_version": version,
        "python_full_version": f"{version}.0",
        "platform_machine": processor,
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "platform_system": "Linux",
        "sys_platform": "linux",
        "os_name": "posix",
        "extra": "",
    }
    found = []
    for entry in entries:
        first, _, hashes = entry.partition("\n")
        matched = _MARKED.match(first)
        if not matched:
            raise InstallError(_OP, f"a line of the lock is not understood: {first!r}", "Run script/lock again.")
        found.append((matched["what"], matched["marker"], hashes))
    asked = json.dumps({"environment": environment, "markers": [marker for _, marker, _ in found]})
    answer = subprocess.run([str(python), "-c", _EVALUATE], check=True, capture_output=True, text=True, input=asked)
    apply = json.loads(answer.stdout)
    return [f"{what} \\\n{hashes}" for (what, _, hashes), does in zip(found, apply, strict=True) if does]


def _models(source: Path, folder: Path, steps: Steps) -> None:
    """The zip of every model that has a manifest, if it can be had."""
    folder.mkdir()
    for path in sorted((source / "models").glob("*.toml")):
        manifest = tomllib.loads(path.read_text(encoding="utf-8"))
        target = folder / f"{manifest['name']}.zip"
        try:
            _fetch(str(manifest["url"]), target)
        except (OSError, urllib.error.URLError) as error:
            target.unlink(missing_ok=True)
            steps.note(f"{manifest['name']} can't be had ({error}): a kiosk gets the trial engine, which mishears many")
            continue
        if sha256_of(target) != manifest["sha256"]:
            target.unlink()
            raise InstallError(_OP, f"{manifest['url']}: its SHA-256 is not the manifest's", "Try again later.")
        steps.note(f"{manifest['name']}: {target.stat().st_size / 1e6:.0f} MB")


def _fetch(url: str, target: Path) -> None:
    """Raises: OSError."""
    if not url.startswith("https://"):
        raise OSError(f"{url} is not https")
    with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer, target.open("wb") as file:  # noqa: S310  https
        shutil.copyfileobj(answer, file, _PIECE_BYTES)


def list_files(folder: Path) -> None:
    """Write what `bundle_open.verify` looks at."""
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    names = [name for name in names if name != SUMS]
    (folder / SUMS).write_text("".join(f"{sha256_of(folder / name)}  {name}\n" for name in names), encoding="utf-8")


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without who made it."""
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


def running_python() -> str:
    """Such as "3.12"."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def running_machine() -> str:
    """Such as "x86_64"."""
    return platform.machine()
