"""What a question set's author is told: a code, a place, a name, what was met there and what to write instead.

The codes are stable: an author can look one up in docs/question-sets.md, which lists exactly these.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Level = Literal["error", "advice"]

FIRST_ADVICE = "QS100"
"""Codes from here on are advice: the set runs all the same."""

MOST_FINDINGS = 200
"""Nobody reads more at once, and a form of 4 MB can hold a hundred thousand. The first error is always told."""

CODES: Mapping[str, str] = {
    "QS001": "The file is not XML that can be read safely.",
    "QS002": "A part that every form has is missing.",
    "QS003": "Two things have the same name.",
    "QS004": "A kind of question that nobody can answer at the kiosk.",
    "QS005": "A repeat.",
    "QS006": "Fewer than 2 or more than 4 choices.",
    "QS007": "A number without a scale of 2 to 4 steps.",
    "QS008": "Choices that come from a file, a search or a filter.",
    "QS009": "A value that a program makes: a calculation, a preload, an action.",
    "QS010": "An expression that is not XPath, or is too long.",
    "QS011": "A function that the kiosk does not have.",
    "QS012": "An expression that names what is not in the form, or goes round in a circle.",
    "QS013": "Words that are missing.",
    "QS014": "A big key that is doubled or unknown.",
    "QS015": "Two choices that are said with the same words.",
    "QS016": "A recording or picture that the kiosk cannot use.",
    "QS017": "A public key that cannot be read.",
    "QS018": "An answer inside another question's words.",
    "QS019": "A question with no place of its own in the record.",
    "QS020": "A question that nobody may answer.",
    "QS021": "Languages that cannot be told apart.",
    "QS022": "A sheet that is no XLSForm.",
    "QS023": "Words that are too long to be said.",
    "QS101": "The record's own fields are missing.",
    "QS102": "A translation is missing.",
    "QS103": "The set does not begin with a note.",
    "QS104": "Something that has no effect here.",
    "QS105": "A column or attribute that is not known.",
    "QS106": "A file that the form names is not beside it.",
    "QS107": "A default that is not one of the choices.",
    "QS108": "What the sheet's converter (pyxform) remarks.",
    "QS109": "Words that nobody has checked.",
    "QS110": "Recordings for some of a language's texts only.",
    "QS111": "A picture that is missing where others have one.",
    "QS112": "No picture at all.",
    "QS113": "A first note that does not say who made the questions.",
    "QS114": "A sensitive set that does not say first what happens with the answers.",
    "QS115": "Words about being hurt in a set that is not marked as sensitive.",
    "QS116": "No other words for the second asking.",
    "QS117": "A next question that tells a private answer.",
    "QS200": "A sentence of more than 15 words.",
    "QS201": "More than one idea in a question.",
    "QS202": "A negative in a question.",
    "QS203": "A judgment of how often, how long, how many or how much.",
    "QS204": "Yes and no alone.",
    "QS205": "Leading words.",
    "QS206": "More than 3 spoken choices.",
    "QS207": "A word on the organisation's list.",
    "QS208": "A long word, or one that is hard to picture.",
    "QS209": "A passive question: nobody does it.",
    "QS210": "A comparison.",
    "QS211": "Two answers in one choice.",
    "QS212": "A reading age of more than 9 years.",
    "QS300": "Choices that sound alike.",
    "QS301": "Words that the speech model does not know.",
    "QS302": "A choice that is called like a command.",
    "QS303": "A choice that sounds like a command.",
}
"""Every code and its one sentence."""


@dataclass(frozen=True)
class Finding:
    """One thing to tell the author.

    Attributes:
        code: one of `CODES`.
        level: "error": the set is refused; "advice": it runs.
        place: source and where in it: `my_home.md, survey row 7, column relevant`, or `f.xml, /data/feel`.
        name: the question's, choice's or part's name, or "".
        met: what stands there.
        write: what to write instead.
    """

    code: str
    level: Level
    place: str
    name: str
    met: str
    write: str

    def __str__(self) -> str:
        name = f', "{self.name}"' if self.name else ""
        return one_line(f"{self.code} {self.place}{name}: met {self.met}, write {self.write}")


def one_line(text: str) -> str:
    """The text on one line, without control characters: a form's words must not steer somebody's terminal."""
    return "".join(character if character.isprintable() else " " for character in " ".join(text.split()))


def short(text: str, limit: int = 60) -> str:
    """At most `limit` characters of what was met."""
    text = one_line(text)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


@dataclass
class Report:
    """Gathers findings while one source is read.

    Attributes:
        source: the file's name, as the author knows it.
        places: where a sheet has what the form calls `/data/house/feel` or `list/choice`: "survey row 7".
        findings: in the order met.
    """

    source: str
    places: Mapping[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, code: str, where: str, name: str, met: str, write: str, *, column: str = "") -> None:
        """Note one thing; `where` is a path or a list's choice, `column` the sheet's column it would stand in."""
        level: Level = "advice" if code >= FIRST_ADVICE else "error"
        if len(self.findings) >= MOST_FINDINGS and (level == "advice" or self.refused):
            return
        spot = self.places.get(where)
        if spot is not None:
            where = f"{spot}, column {column}" if column else spot
        place = f"{self.source}, {where}" if where else self.source
        self.findings.append(Finding(code, level, place, name, met, write))

    @property
    def refused(self) -> bool:
        """Whether anything met is an error."""
        return any(finding.level == "error" for finding in self.findings)
