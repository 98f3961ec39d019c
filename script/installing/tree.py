"""A source tree of Sayso: what of it is installed, which version it is, and whether two are the same."""

from __future__ import annotations

import hashlib
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

from installing.errors import InstallError

PARTS = (
    "voice",
    "openrosa",
    "kiosk",
    "authoring",
    "collector",
    "sayso",
    "models",
    "question_sets",
    "systemd",
    "script",
    "requirements",
    "docs",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
)
"""What is installed; tests and benchmarks stay behind."""
PACKAGES = ("voice", "openrosa", "kiosk", "authoring", "collector", "sayso")
_NEEDED = ("sayso", "kiosk", "requirements/run.txt", "requirements/build.txt", "pyproject.toml")
_CACHES = ("__pycache__", ".ruff_cache", ".mypy_cache")
_HERE = Path(__file__).parents[2]
_SHORT = 8


def this_tree() -> Path:
    """The tree that this program is part of. Raises: InstallError: it is not whole."""
    return checked(_HERE)


def checked(tree: Path) -> Path:
    """That tree. Raises: InstallError: something is missing in it."""
    for name in _NEEDED:
        if not (tree / name).exists():
            raise InstallError(
                "Cannot install", f"{tree} has no {name}", "Run script/install of a whole copy of Sayso, or a bundle."
            )
    return tree


def files(tree: Path) -> Iterator[Path]:
    """Every file of it that is installed, relative to it, in a fixed order. Installed speech models are not of it."""
    for part in PARTS:
        top = tree / part
        if top.is_file():
            yield Path(part)
        for path in sorted(top.rglob("*")) if top.is_dir() else ():
            relative = path.relative_to(tree)
            if path.is_file() and not path.is_symlink() and not _left_out(relative):
                yield relative


def _left_out(relative: Path) -> bool:
    if any(part in _CACHES or part.endswith((".pyc", ".part")) for part in relative.parts):
        return True
    return relative.parts[:2] == ("docs", "screens") or _of_a_model(relative)


def _of_a_model(relative: Path) -> bool:
    return relative.parts[0] == "models" and len(relative.parts) > 2 and relative.parts[1].startswith("vosk-model")  # noqa: PLR2004  models/NAME/FILE


def digest(tree: Path) -> str:
    """SHA-256 over the names and contents of all files: two trees with the same are the same."""
    whole = hashlib.sha256()
    for relative in files(tree):
        content = hashlib.sha256((tree / relative).read_bytes()).hexdigest()
        whole.update(f"{content}  {relative}\n".encode())
    return whole.hexdigest()


def version(tree: Path) -> str:
    """What pyproject.toml says. Raises: InstallError: nothing that can be a folder's name."""
    found = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    if not isinstance(found, str) or not found or set(found) & set("/\\\0") or found.startswith("."):
        raise InstallError("Cannot install", f"{tree}/pyproject.toml: version is {found!r}", "Write one like 1.2.3.")
    return found


def name_of(tree: Path, other: str | None) -> str:
    """What the version's folder is called.

    Args:
        tree: to be installed.
        other: the digest of what is installed under that version's plain name, if anything is.

    Returns: the version; where another tree of the same version has that name already, with a piece of its digest.
    """
    mine = digest(tree)
    return version(tree) if other in (None, mine) else f"{version(tree)}+{mine[:_SHORT]}"


def copy(tree: Path, to: Path) -> None:
    """Copy what is installed of a tree into a new folder, readable for everybody."""
    for relative in files(tree):
        target = to / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(tree / relative, target)
        target.chmod(0o755 if (tree / relative).stat().st_mode & 0o100 else 0o644)
