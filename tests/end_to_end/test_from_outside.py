"""These tests know the product from outside only, so what they prove holds for the people who use it."""

from __future__ import annotations

import ast
from pathlib import Path

HERE = Path(__file__).parent
ROOMS = {"kiosk", "voice", "openrosa", "collector", "sayso"}


def imported(source: str) -> set[str]:
    """The first words of all modules that a source imports, by name or by text."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names):
                found |= {one.name.split(".")[0] for one in names}
            case ast.ImportFrom(module=str(module)):
                found.add(module.split(".")[0])
            case ast.Call(func=ast.Name("__import__" | "import_module") | ast.Attribute(attr="import_module")):
                found |= {str(one.value).split(".")[0] for one in node.args if isinstance(one, ast.Constant)}
    return found


def test_no_test_from_outside_imports_a_room_of_the_product() -> None:
    sources = [*HERE.glob("**/*.py"), HERE.parent / "sound_card.py"]
    assert len(sources) > 5
    assert {path.name: imported(path.read_text(encoding="utf-8")) & ROOMS for path in sources} == {
        path.name: set() for path in sources
    }
