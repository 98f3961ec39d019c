"""The body of a form: each control becomes a note, a question or a voice message, or is refused by name.

Source: ODK XForms specification, "Body"; docs/question-sets.md says which of it a kiosk asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrosa.findings import Report, short
from openrosa.question_set import Choice, Kind, Question, Texts
from openrosa.xform_choices import Choices
from openrosa.xform_record import ANSWER_FIELDS, Bind, Record
from openrosa.xform_xml import Element, child, children, local, text_of

if TYPE_CHECKING:
    from openrosa.xform_words import Translations, Words

_CHOICE_OR_VOICE = "select_one with 2 to 4 choices, or audio for people's own words"
_REFUSED_CONTROLS = {
    "select": ("select_multiple", "one select_one with 2 to 4 choices for each thing"),
    "rank": ("rank", "select_one with 2 to 4 choices"),
    "trigger": ("acknowledge", "note"),
    "secret": ("a hidden text", _CHOICE_OR_VOICE),
    "textarea": ("free text", _CHOICE_OR_VOICE),
}
_REFUSED_TYPES = {
    "": ("text, free text", _CHOICE_OR_VOICE),
    "string": ("text, free text", _CHOICE_OR_VOICE),
    "date": ("date", "select_one with words such as this week, this month"),
    "time": ("time", "select_one with words such as morning, evening"),
    "datetime": ("dateTime", "select_one with words such as this week, this month"),
    "geopoint": ("geopoint", "select_one with the places by name"),
    "geotrace": ("geotrace", "select_one with the places by name"),
    "geoshape": ("geoshape", "select_one with the places by name"),
    "barcode": ("barcode", "select_one with 2 to 4 choices"),
    "intent": ("an app of its own", _CHOICE_OR_VOICE),
    "binary": ("a file", "audio"),
}
_LIKERT = "likert"
"""ODK's appearance for choices that lie on a scale: they are spoken forwards or backwards, never mixed."""
_NUMBERS = frozenset({"int", "integer", "decimal", "double", "float", "long", "short"})
_BESIDE_QUESTIONS = frozenset({"label", "hint", "help", "alert", "item", "itemset", "value"})


class Body:
    """Reads the controls of one form, in order.

    Attributes:
        questions: what a kiosk asks; only whole ones.
    """

    def __init__(self, record: Record, words: Translations, report: Report) -> None:
        self.questions: list[Question] = []
        self._record = record
        self._words = words
        self._report = report
        self._choices = Choices(record, words, report)
        self._headings: list[Texts] = []
        self._paths: set[str] = set()
        self._names: dict[str, str] = {}

    def read(self, parent: Element, context: str = "") -> None:
        """Everything inside a body or group."""
        for element in children(parent):
            kind = local(element)
            path = self._record.path_of(element, context)
            name = (path or "").rpartition("/")[2]
            match kind:
                case "group":
                    self._group(element, path or context, name)
                case "repeat":
                    self._report.add("QS005", path or context, name, "a repeat", "each question once", column="type")
                case "label" | "hint" | "help":
                    pass  # the group's own, read with it
                case _ if path is None or path not in self._record.nodes:
                    met = f"<{kind}> for {short(path or 'no node')}, which the record lacks"
                    self._report.add("QS019", path or context, name, met, "its node in the record")
                case _:
                    self._control(kind, element, path, name)

    def _group(self, element: Element, path: str, name: str) -> None:
        heading = self._words.of(child(element, "label"), path, name)
        if heading.audio or heading.image:
            write = "a note with it, before the group's first question"
            self._report.add("QS104", path, name, "a recording or picture on a group", write, column="audio")
        if child(element, "hint") is not None:
            self._report.add(
                "QS104", path, name, "a hint on a group", "a note before the group's first question", column="hint"
            )
        if heading.plain:
            self._headings.append(heading.plain)
        self.read(element, path)
        # A group in which nothing is asked leaves no heading for the next one.
        self._headings = [waiting for waiting in self._headings if waiting is not heading.plain]

    def _control(self, kind: str, element: Element, path: str, name: str) -> None:
        bind = self._record.binds.get(path, Bind())
        if path not in self._record.leaves:
            self._report.add("QS019", path, name, "a question whose node holds other nodes", "a node of its own")
            return
        if path in self._paths:
            self._report.add("QS019", path, name, "two questions for one node", "a node for each", column="name")
            return
        self._paths.add(path)
        other = self._names.setdefault(name, path)
        if other != path:
            self._report.add(
                "QS003", path, name, f"a name that {other} has too", "a name used once in the whole set", column="name"
            )
        what = self._what(kind, element, bind)
        if not isinstance(what, Kind):
            met, write = what
            self._report.add("QS004", path, name, met, write, column="type")
            return
        self._question(what, element, path, bind)

    @staticmethod
    def _what(kind: str, element: Element, bind: Bind) -> Kind | tuple[str, str]:
        """What a control asks for, or what was met and what to write instead."""
        plain_type = bind.type.rpartition(":")[2].lower()
        match kind:
            case "select1":
                return Kind.SELECT_ONE
            case "range":
                return Kind.SCALE
            case "upload":
                media = element.get("mediatype", "")
                return (
                    Kind.AUDIO if media.startswith("audio/") else (f"a file of type {short(media) or 'any'}", "audio")
                )
            case "input" if element.get("query"):
                return "choices from a search in a file", "select_one with 2 to 4 choices in the set itself"
            case "input" if bind.readonly in {"true()", "true"}:
                return Kind.NOTE
            case "input" if plain_type in _NUMBERS:
                return Kind.SCALE
            case "input":
                return _REFUSED_TYPES.get(plain_type, (f"a question of type {short(plain_type)}", _CHOICE_OR_VOICE))
            case _:
                return _REFUSED_CONTROLS.get(kind, (f"<{short(kind)}>", _CHOICE_OR_VOICE))

    def _question(self, kind: Kind, element: Element, path: str, bind: Bind) -> None:
        name = path.rpartition("/")[2]
        for part in children(element):
            if local(part) not in _BESIDE_QUESTIONS:
                met = f"<{short(local(part))}> inside a question"
                self._report.add("QS009", path, name, met, "a plain question", column="type")
        label = self._words.of(child(element, "label"), path, name)
        hint = self._words.of(child(element, "hint"), path, name)
        if hint.audio or hint.image:
            write = "it on the question itself"
            self._report.add("QS104", path, name, "a recording or picture on a hint", write, column="hint")
        if not label.plain and not hint.guidance:
            self._report.add("QS013", path, name, "a question without words", "a label", column="label")
        choices: tuple[Choice, ...] = ()
        if kind is Kind.SELECT_ONE:
            choices = self._choices.of(element, path, name)
            if _LIKERT in element.get("appearance", "").split():
                kind = Kind.SCALE
        elif kind is Kind.SCALE:
            choices = self._choices.scale(element, path, name, bind.constraint)
        default = text_of(self._record.leaves[path]) or None
        self._allowed(kind, path, bind)
        if default is not None and choices and default not in {choice.name for choice in choices}:
            self._report.add(
                "QS107", path, name, f"the default '{short(default)}'", "one of the choices' names", column="default"
            )
        above = [group for group in _groups_round(path) if self._record.binds.get(group, Bind()).relevant]
        headings, self._headings = tuple(self._headings), []
        self.questions.append(
            Question(
                name=name,
                path=path,
                kind=kind,
                labels=label.plain,
                spoken=hint.guidance,
                hints=hint.plain,
                headings=headings,
                audio=label.audio,
                image=label.image,
                choices=choices,
                relevant=bind.relevant,
                relevant_groups=tuple(self._record.binds[group].relevant or "" for group in above),
                relevant_group_paths=tuple(above),
                constraint=bind.constraint,
                constraint_messages=self._message(bind, path, name).plain,
                required=bool(bind.required) and bind.required not in {"false()", "false", "no"},
                default=default,
                private=bind.private,
            )
        )

    def _message(self, bind: Bind, path: str, name: str) -> Words:
        """What is said when a constraint is not met."""
        text = bind.constraint_message
        return self._words.reference(text, path, name) if "jr:itext(" in text else self._words.everywhere(text)

    def _allowed(self, kind: Kind, path: str, bind: Bind) -> None:
        """Note what nobody may answer, and conditions that make no difference."""
        name = path.rpartition("/")[2]
        if kind is not Kind.NOTE and bind.readonly not in {"", "false()", "false"}:
            met = f"a question that is read-only ({short(bind.readonly)})"
            self._report.add(
                "QS020", path, name, met, "no read_only, or relevant for when it is asked", column="read_only"
            )
        if bind.calculate is not None:
            self._report.add(
                "QS009", path, name, "a question with a calculation", "no calculation", column="calculation"
            )
        if bind.required not in {"", "true()", "false()", "true", "false", "yes", "no"}:
            write = 'yes: "I don\'t know" and skip always satisfy it, and the kiosk takes it for yes'
            self._report.add("QS104", path, name, f"required when {short(bind.required)}", write, column="required")
        for field in ANSWER_FIELDS:
            if name.endswith(f"_{field}") and path.removesuffix(f"_{field}") in self._record.leaves:
                write = f"another name: a record keeps {name} for the kiosk"
                self._report.add(
                    "QS003", path, name, "a question with the name of a record's own field", write, column="name"
                )


def _groups_round(path: str) -> list[str]:
    """The paths above a node, outermost first, without the root's parent."""
    steps = path.split("/")[1:-1]
    return ["/" + "/".join(steps[: count + 1]) for count in range(len(steps))]
