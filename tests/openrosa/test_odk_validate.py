"""ODK's own reader of forms, which ODK Collect has and which ODK Central asks before it takes an .xlsx.

JavaRosa is stricter than a kiosk: a group with nothing to show is an error for it. Its program lies in pyxform.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import pyxform
from lxml import etree

from openrosa.convert import convert
from openrosa.xform import load

FOLDER = Path(__file__).parents[2] / "question_sets"
SETS = sorted(path.parent for path in FOLDER.glob("*/README.md"))
VALIDATE = Path(pyxform.__file__).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"
XF = {"x": "http://www.w3.org/2002/xforms"}

SHEET = """
| survey |
| | type | name | label::English (en) |
| | select_one yn | lift | Is the lift good? |
{}
| choices |
| | list_name | name | label::English (en) |
| | yn | yes | Yes |
| | yn | no | No |
"""
ITS_OWN = {
    "none": "",
    "hidden": "| | begin_group | sayso | |\n| | hidden | who | |\n| | end_group | |\n",
}


def empty_groups(xform: bytes) -> list[str]:
    body = etree.fromstring(xform).xpath("//*[local-name()='body']")[0]
    return [group.get("ref") for group in body.iterfind(".//x:group", XF) if not group.xpath("*[@ref and *]")]


@pytest.mark.parametrize("rows", ITS_OWN.values(), ids=list(ITS_OWN))
def test_the_record_is_declared_but_no_group_of_it_is_there_to_show(rows, tmp_path):
    sheet = tmp_path / "lift.md"
    sheet.write_text(SHEET.format(rows), encoding="utf-8")
    xform = convert(sheet).xform
    assert empty_groups(xform) == []
    assert load(xform, "lift.xml").record_paths >= {"/data/sayso/who", "/data/sayso/complete", "/data/lift_how"}


def test_a_group_sayso_that_shows_something_is_shown(tmp_path):
    sheet = tmp_path / "lift.md"
    rows = "| | begin_group | sayso | Sayso |\n| | note | thanks | Thank you. |\n| | end_group | |\n"
    sheet.write_text(SHEET.format(rows), encoding="utf-8")
    assert b'<group ref="/data/sayso">' in convert(sheet).xform


def test_odks_own_reader_takes_every_shipped_set(tmp_path):
    if shutil.which("java") is None:
        pytest.skip("no Java: ODK Validate can't run")
    forms = []
    for folder in SETS:
        forms.append(tmp_path / f"{folder.name}.xml")
        forms[-1].write_bytes(convert(folder / f"{folder.name}.md").xform)
    command = ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-jar", VALIDATE, *forms]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Xform parsing completed") == len(forms) > 0
