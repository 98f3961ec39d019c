"""The versions that the boot test brings on a stick: one that runs, one that does not come up, one that fails."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from boot_console import BootError

MIGRATION = '''"""Of the boot test: a column more."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("submission", sa.Column("boot_test_{revision}", sa.String))
'''
FALLS = '''

def _falls(*_args: object, **_names: object) -> None:
    """Of the boot test: as a library of C's does that gives up. Store and tables are open, and newer, by then."""
    import os

    os.abort()


prepare = _falls
'''
BREAKS = '\nraise RuntimeError("broken on purpose, by the boot test")\n'


@dataclass(frozen=True)
class Version:
    """A version of the boot test's own.

    Attributes:
        number: what its pyproject.toml says.
        migrations: how many times it brings the tables further than the commit has them.
        added: file of the tree -> what is added at its end.
    """

    number: str
    migrations: int
    added: dict[str, str] = field(default_factory=dict)

    def made(self, source: Path, tree: Path) -> Path:
        """Its tree, made of the commit's. Raises: BootError: that has no such place any more."""
        shutil.copytree(source, tree, symlinks=True)
        _changed(tree / "pyproject.toml", r'(?m)^version = ".*"$', lambda _: f'version = "{self.number}"')
        versions = tree / "kiosk/keeping/migrations/versions"
        schema = tree / "kiosk/keeping/schema.py"
        for _ in range(self.migrations):
            head = _changed(schema, r'(?m)^HEAD = "(\d+)"$', lambda found: f'HEAD = "{int(found[1]) + 1:04}"')
            after = f"{int(head) + 1:04}"
            (versions / f"{after}_boot_test.py").write_text(MIGRATION.format(revision=after, before=head))
        for name, words in self.added.items():
            if not (tree / name).exists():
                raise BootError(f"the boot test breaks {name} on purpose, and there is no such file")
            with (tree / name).open("a") as file:
                file.write(words)
        return tree


GOOD = Version("99.0.0", migrations=1)
FALLING = Version("99.1.0", migrations=2, added={"kiosk/start.py": FALLS})
BROKEN = Version("99.2.0", migrations=1, added={"kiosk/visit.py": BREAKS})
TREES = {"falling": FALLING, "broken": BROKEN}
"""Folder on the stick -> what is in it. The good one is there as a bundle."""
RECIPE = repr((MIGRATION, GOOD, *TREES.values()))


def _changed(path: Path, pattern: str, by: Callable[[re.Match[str]], str]) -> str:
    """Change the one place that looks so; what stood in its first group, if it has one. Raises: BootError."""
    words = path.read_text()
    found = re.search(pattern, words)
    if found is None:
        raise BootError(f"{path.name} has nothing like {pattern}")
    path.write_text(re.sub(pattern, by, words, count=1))
    return str(found[1]) if found.re.groups else ""
