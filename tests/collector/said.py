"""A small set and visits of it, filled in and sealed as a kiosk does, for the tests of what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from loopback_collector import VECTORS

from collector.sources.reading import Reading, visit_of
from collector.visits import Gathered, Visit, plain_version
from openrosa.convert import convert
from openrosa.instance import fill, values_of
from openrosa.question_set import QuestionSet
from openrosa.sealing import load_private_key, public_key_to_base64, seal
from openrosa.submission import Attachment, Submission
from openrosa.xform import load
from voice.audio import write_wav

PUBLIC = (VECTORS / "test_key.pub.der").read_bytes()
PRIVATE = load_private_key((VECTORS / "test_key.pem").read_bytes())
PRIVATE_FILE = VECTORS / "test_key.pem"

SHEET = """
| survey |
| | type | name | label::English (en) | label::Cymraeg (cy) | relevant | appearance |
| | note | hello | This is a draft to change together. | Drafft yw hwn. | | |
| | begin_group | house | The house | Y tŷ | | |
| | select_one good | home | Are you happy in your home? | Ydych chi'n hapus? | | likert |
| | select_one trouble | trouble | What should get better? | Beth ddylai wella? | ${home} = 'not_good' | |
| | end_group | | | | | |
| | audio | more | Do you want to say more? | Hoffech chi ddweud mwy? | | |

| choices |
| | list_name | name | label::English (en) | label::Cymraeg (cy) |
| | good | good | Good | Da |
| | good | okay | Okay | Iawn |
| | good | not_good | Not good | Ddim yn dda |
| | trouble | noise | Noise | Sŵn |
| | trouble | broken | Something is broken | Wedi torri |

| settings |
| | form_title | form_id | version | default_language | attribute::sayso_sensitive |
| | My home | my_home | VERSION | English (en) | SENSITIVE |
"""
WHO = {
    "self": ("resident", "self", ""),
    "with_help": ("resident", "with_help", ""),
    "staff_for": ("resident", "proxy", "staff"),
    "family_for": ("resident", "proxy", "family"),
    "staff": ("staff", "self", ""),
}


def _tone() -> bytes:
    made = BytesIO()
    write_wav(made, (b"\x00\x20" * 20 + b"\x00\xe0" * 20) * 200)
    return made.getvalue()


VOICE = _tone()
"""Half a second of a tone, as a kiosk records: WAV, 16-bit mono at 16,000 Hz."""
SCALE = ("good", "okay", "not_good")


@cache
def form(version: str = "1", *, sensitive: bool = False) -> bytes:
    """The set as a form that a kiosk runs, with the office's key in it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "my_home.md"
        text = SHEET.replace("VERSION", version).replace("SENSITIVE", "yes" if sensitive else "")
        path.write_text(text, encoding="utf-8")
        return convert(path, public_key_to_base64(PUBLIC)).xform


@cache
def question_set(version: str = "1", *, sensitive: bool = False) -> QuestionSet:
    return load(form(version, sensitive=sensitive), "my_home")


@dataclass(frozen=True)
class Said:
    """One visit in short: what was said to each question that was reached.

    A value of "dont_know", "rather_not_say" or "skipped" is that; "" has not been reached, None was not asked.
    """

    number: int = 1
    home: str | None = "good"
    trouble: str | None = None
    more: str | None = "skipped"
    who: str = "self"
    at: str = "Elm Road"
    day: date | None = date(2026, 11, 2)
    complete: bool = True
    by: str = "key"
    order: tuple[str, ...] = SCALE
    trouble_order: tuple[str, ...] = ("noise", "broken")
    version: str = "1"
    voice: bytes = field(default=VOICE, repr=False)

    @property
    def instance_id(self) -> str:
        return f"uuid:{UUID(int=self.number)}"

    @property
    def message(self) -> str:
        return f"{UUID(int=self.number)}-1.wav"

    @property
    def speaks(self) -> bool:
        return self.more == "voice"

    def values(self) -> dict[str, str]:
        who, how, by_whom = WHO[self.who]
        found = {
            "sayso/who": who,
            "sayso/how": how,
            "sayso/by_whom": by_whom,
            "sayso/language": "en",
            "sayso/complete": "yes" if self.complete else "no",
            "sayso/day": self.day.isoformat() if self.day else "",
        }
        for path, said in (("house/home", self.home), ("house/trouble", self.trouble), ("more", self.more)):
            given = said not in (None, "", "dont_know", "rather_not_say", "skipped")
            found[f"{path}_how"] = {None: "not_asked", "": "not_reached"}.get(said, "given" if given else said) or ""
            if given:
                found[path] = self.message if path == "more" else str(said)
                found[f"{path}_by"] = self.by
                orders = {"house/home": self.order, "house/trouble": self.trouble_order}
                found[f"{path}_order"] = " ".join(orders.get(path, ()))
        return found

    def instance(self) -> bytes:
        values = {f"/data/{path}": value for path, value in self.values().items()}
        root = f"/{next(iter(question_set(self.version).record_paths)).split('/')[1]}/"
        return fill(
            question_set(self.version), self.instance_id, {root + path[6:]: text for path, text in values.items()}
        )

    def sealed(self) -> Submission:
        """As a kiosk sends it."""
        files = [Attachment(self.message, self.voice, "audio/wav")] if self.speaks else []
        return seal(PUBLIC, "my_home", self.version, self.instance_id, self.instance(), files)

    def visit(self) -> Visit:
        """As it is read again: through the record and its schema."""
        one = question_set(self.version)
        values = {path.split("/", 2)[2]: text for path, text in values_of(one, self.instance()).items()}
        files = {self.message: self.voice} if self.speaks else {}
        return visit_of(Reading(self.instance_id, "my_home", self.version, self.at, None, values, files), one)


def gathered(*said: Said, sensitive: bool = False) -> Gathered:
    """Visits as `collector.sources` gives them."""
    versions = dict.fromkeys(one.version for one in said)
    sets = {("my_home", plain_version(one)): question_set(one, sensitive=sensitive) for one in versions}
    return Gathered(sets, tuple(one.visit() for one in said))
