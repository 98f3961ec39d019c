"""The choices of a question: from a list of the form, or written in the body; and the steps of a spoken scale."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from openrosa.findings import Report, short
from openrosa.question_set import Choice
from openrosa.xform_expressions import Token, tokens_of
from openrosa.xform_words import NO_TRANSLATION
from openrosa.xform_xml import Element, attribute, child, children, local, text_of

if TYPE_CHECKING:
    from openrosa.xform_record import Record
    from openrosa.xform_words import Translations

KEYS = ("green", "yellow", "red", "blue")
"""The big keys in their places, left to right."""
FEWEST, MOST = 2, len(KEYS)

_LIST = re.compile(r"""(randomize\()?\s*instance\(\s*(['"])(.+?)\2\s*\)/root/item\s*(,[^)]*)?(\))?""")


class Choices:
    """Reads the choices of one form's questions."""

    def __init__(self, record: Record, words: Translations, report: Report) -> None:
        self._record = record
        self._words = words
        self._report = report

    def of(self, control: Element, where: str, name: str) -> tuple[Choice, ...]:
        """2 to 4 choices of a select; anything else is noted."""
        read = self._items(control, where, name)
        if read is None:
            return ()
        if not FEWEST <= len(read) <= MOST:
            met = f"{len(read)} choices" if len(read) != 1 else "1 choice"
            write = f"{FEWEST} to {MOST}: there are four big keys; ask in two steps if there are more"
            self._report.add("QS006", where, name, met, write, column="type")
            return ()
        return self._with_keys(read)

    def _items(self, control: Element, where: str, name: str) -> list[tuple[Choice, str, str]] | None:
        """Each choice with its key as written and the place to name in a finding; None where refused."""
        if "search(" in control.get("appearance", "") or control.get("query"):
            self._report.add(
                "QS008",
                where,
                name,
                "choices from a search",
                "the 2 to 4 choices in the set itself",
                column="appearance",
            )
            return None
        itemset = child(control, "itemset")
        if itemset is None:
            return [
                self._choice(item, item, f"{where}:{number}", name)
                for number, item in enumerate(children(control, "item"), 1)
            ]
        nodeset = itemset.get("nodeset", "")
        found = _LIST.fullmatch(nodeset.strip())
        if found is None or bool(found.group(1)) != bool(found.group(5)):
            met = f"choices from {short(nodeset)}"
            self._report.add(
                "QS008",
                where,
                name,
                met,
                "the 2 to 4 choices in a list of their own, no filter",
                column="choice_filter",
            )
            return None
        if found.group(1):
            write = "nothing here: the kiosk varies the spoken order itself, and keys keep their places"
            self._report.add("QS104", where, name, "randomize", write, column="parameters")
        listed = self._record.lists.get(found.group(3))
        root = child(listed, "root")
        if root is None:
            self._report.add(
                "QS008",
                where,
                name,
                f"a list '{short(found.group(3))}' that is not in the form",
                "the list",
                column="type",
            )
            return None
        return [
            self._choice(itemset, item, f"{found.group(3)}/{self._value(itemset, item)}", name)
            for item in children(root, "item")
        ]

    def _value(self, pattern: Element, item: Element) -> str:
        """The choice's recorded name: a child of the item whose name the pattern gives, or the item's own value."""
        value = child(pattern, "value")
        if value is None:
            return ""
        return text_of(value) if pattern is item else text_of(child(item, value.get("ref", "name")))

    def _choice(self, pattern: Element, item: Element, place: str, question: str) -> tuple[Choice, str, str]:
        name = self._value(pattern, item)
        if not name or len(name.split()) != 1:
            self._report.add(
                "QS013", place, question, f"a choice named '{short(name)}'", "a name without blanks", column="name"
            )
        words = self._words.of(child(pattern, "label"), place, name, None if pattern is item else item)
        if not words.plain:
            self._report.add("QS013", place, name, "a choice without words", "a label", column="label")
        say: dict[str, tuple[str, ...]] = {}
        for part in children(item):
            column = local(part)
            if not column.startswith("say_"):
                continue
            code = column.removeprefix("say_")
            known = next((known for known in self._words.names if known.lower() == code.lower()), None)
            if known is None and tuple(self._words.names) == (NO_TRANSLATION,):
                known = code  # the form does not name the language of its labels, but here it does
            if known is None:
                met = f"the column {column}; the form's languages are {', '.join(self._words.names)}"
                self._report.add(
                    "QS105",
                    place,
                    name,
                    met,
                    "say_ and one of these, or label::English (en) to name the language",
                    column=column,
                )
                continue
            phrases = (" ".join(phrase.lower().split()) for phrase in text_of(part).split(","))
            say[known] = tuple(dict.fromkeys(phrase for phrase in phrases if phrase))
        key = text_of(child(item, "key"))
        return Choice(name, words.plain, say, "", words.audio, words.image), key, place

    def _with_keys(self, read: list[tuple[Choice, str, str]]) -> tuple[Choice, ...]:
        """The choices, each with its big key: as written, else by position."""
        done: list[Choice] = []
        names: set[str] = set()
        by_key: dict[str, str] = {}
        said: dict[tuple[str, str], str] = {}
        for position, (choice, written, place) in enumerate(read):
            key = KEYS[position] if not written else _key(written)
            if key is None:
                self._report.add(
                    "QS014",
                    place,
                    choice.name,
                    f"the key '{short(written)}'",
                    f"one of {', '.join(KEYS)}, or 1 to 4",
                    column="key",
                )
                continue
            if key in by_key:
                met = f"the key {key}, which '{by_key[key]}' has too"
                self._report.add(
                    "QS014", place, choice.name, met, "a key of its own, on every choice of the list", column="key"
                )
            if choice.name in names:
                self._report.add(
                    "QS003",
                    place,
                    choice.name,
                    "two choices of this name in one list",
                    "a name used once",
                    column="name",
                )
            names.add(choice.name)
            by_key[key] = choice.name
            for code in dict.fromkeys((*self._words.names, *choice.say)):
                label = choice.labels.get(code) or choice.labels.get(NO_TRANSLATION, "")
                for phrase in {label.lower(), *choice.say.get(code, ())} - {""}:
                    other = said.setdefault((code, phrase), choice.name)
                    if other != choice.name:
                        met = f"'{short(phrase)}', which is said for '{other}' too"
                        column = f"say_{code}" if phrase in choice.say.get(code, ()) else "label"
                        self._report.add(
                            "QS015", place, choice.name, met, "words that only one choice has", column=column
                        )
            done.append(Choice(choice.name, choice.labels, choice.say, key, choice.audio, choice.image))
        return tuple(done)

    def scale(self, control: Element, where: str, name: str, constraint: str | None) -> tuple[Choice, ...]:
        """The steps of a number: a range's own, or those that a constraint such as `. >= 1 and . <= 4` leaves."""
        steps = _range_steps(control) if local(control) == "range" else _constraint_steps(constraint or "")
        if steps is None:
            write = (
                f"range with start, end and step, {FEWEST} to {MOST} steps, or a constraint such as . >= 1 and . <= 4"
            )
            self._report.add("QS007", where, name, "a number without first and last step", write, column="type")
            return ()
        if not FEWEST <= len(steps) <= MOST:
            many = f"more than {MOST}" if len(steps) > MOST else str(len(steps))
            self._report.add(
                "QS007", where, name, f"a scale of {many} steps", f"{FEWEST} to {MOST} steps", column="parameters"
            )
            return ()
        named = {choice.name: (choice, key, place) for choice, key, place in self._items(control, where, name) or ()}
        for unknown in named.keys() - set(steps):
            self._report.add(
                "QS006",
                where,
                unknown,
                f"words for {short(unknown)}, which is no step",
                "the steps' own values",
                column="parameters",
            )
        plain = [(Choice(step, self._words.everywhere(step).plain), "", where) for step in steps]
        worded = [named.get(choice.name, (choice, key, place)) for choice, key, place in plain]
        if len(named) < len(steps):  # a scale with words at its ends only: the keys of the list do not fit all steps
            worded = [(choice, "", place) for choice, _, place in worded]
        return self._with_keys(worded)


def _key(written: str) -> str | None:
    """`green` or `1` -> `green`; None where it is no key. Spreadsheets write 1 as 1.0."""
    text = written.strip().lower().removesuffix(".0")
    if text in KEYS:
        return text
    return KEYS[int(text) - 1] if text in {"1", "2", "3", "4"} else None


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 9 else None


def _steps(first: Decimal, last: Decimal, step: Decimal) -> list[str]:
    """The values from first to last, at most one more than there are keys: enough to know that there are too many."""
    if step <= 0:
        return []
    values = [first + step * count for count in range(MOST + 1)]
    return [f"{value.normalize():f}" for value in values if value <= last]


def _range_steps(control: Element) -> list[str] | None:
    first, last, step = (_number(attribute(control, part)) for part in ("start", "end", "step"))
    if first is None or last is None or step is None:
        return None
    if first > last:
        first, last = last, first
    return _steps(first, last, abs(step))


def _constraint_steps(constraint: str) -> list[str] | None:
    """The whole numbers between two bounds joined by `and`, in either order, each inclusive or not."""
    parts: list[list[Token]] = [[]]
    for token in tokens_of(constraint):
        if token.text == "and":
            parts.append([])
        elif token.text not in {"(", ")"}:
            parts[-1].append(token)
    first = last = None
    for part in parts:
        joined = "".join(token.text for token in part)
        found = re.fullmatch(r"\.(>=|>|<=|<)(-?[\d.]+)", joined)
        turned = re.fullmatch(r"(-?[\d.]+)(>=|>|<=|<)\.", joined)
        if found is None and turned is None:
            return None
        sign, number = (found.group(1), found.group(2)) if found else ("", "")
        if turned is not None:
            sign, number = turned.group(2).translate(str.maketrans("<>", "><")), turned.group(1)
        bound = _number(number)
        if bound is None or bound != bound.to_integral_value():
            return None
        if sign.startswith(">"):
            first = bound + (sign == ">")
        else:
            last = bound - (sign == "<")
    return None if first is None or last is None else _steps(first, last, Decimal(1))
