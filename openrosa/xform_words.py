"""The words of a form: translations, and what stands at a label or hint, by language.

Source: ODK XForms specification, "Languages" and "Media".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from openrosa.findings import Report, short
from openrosa.question_set import Media, Texts
from openrosa.xform_xml import Element, attribute, child, children, local, text_of

NO_TRANSLATION = "default"
"""The one language of a form that has no translations."""

_ITEXT = re.compile(r"""\s*jr:itext\(\s*(['"])(.+?)\1\s*\)\s*""")
_CODE = re.compile(r"\(([A-Za-z0-9-]+)\)\s*$")
_SAFE_NAME = re.compile(r"[^\s/\\:]([^/\\:]*[^\s/\\:])?")
_MISSING = frozenset({"", "-"})
"""What pyxform writes where a translation is missing."""

_FORMS = {"": "", "long": "", "guidance": "guidance", "audio": "audio", "image": "image"}
_COLUMNS = {"hint": "hint", "jr:constraintMsg": "constraint_message"}
"""What ends a text's id, as pyxform makes it -> the sheet's column; else it is a label."""
LONGEST_WORDS = 2_000
"""Letters: two minutes of speech. More would keep a kiosk rendering, and nobody listening."""
_IGNORED_FORMS = frozenset({"short", "big-image"})
"""A shorter label for small screens, and a larger picture of the same: neither takes anything away."""


@dataclass(frozen=True)
class Words:
    """What stands at one label or hint, by language."""

    plain: Texts = field(default_factory=dict)
    guidance: Texts = field(default_factory=dict)
    audio: dict[str, Media] = field(default_factory=dict)
    image: dict[str, Media] = field(default_factory=dict)


def language_code(name: str) -> str:
    """`English (en)` -> `en`; a name without brackets is its own code."""
    found = _CODE.search(name)
    return found.group(1) if found else name.strip()


@dataclass(frozen=True)
class _Gap:
    """What one language lacks and another one has."""

    code: str
    where: str
    name: str
    column: str


class Translations:
    """The `itext` block of one form.

    Attributes:
        names: the languages' names by code, in the form's order; {"default": ""} where there is no block.
        default: the default language's code.
        media: every file named so far, by name.
    """

    def __init__(self, model: Element, report: Report) -> None:
        self._report = report
        self._texts: dict[str, dict[str, dict[str, str]]] = {}
        self.names: dict[str, str] = {}
        self.default = ""
        self.media: dict[str, Media] = {}
        self._gaps: dict[_Gap, None] = {}
        block = child(model, "itext")
        for translation in () if block is None else children(block, "translation"):
            name = translation.get("lang", "")
            code = language_code(name)
            if not code or code in self.names:
                report.add(
                    "QS021", "", name, f"the language code '{code}' twice or empty", "label::English (en), a code each"
                )
                continue
            self.names[code] = _CODE.sub("", name).strip() or code
            if attribute(translation, "default") in {"true()", "true", ""} and not self.default:
                self.default = code
            self._texts[code] = {text.get("id", ""): self._values(text) for text in children(translation, "text")}
        if not self.names:
            self.names = {NO_TRANSLATION: ""}
        self.default = self.default or next(iter(self.names))

    def _values(self, text: Element) -> dict[str, str]:
        """The forms of one text: "" the plain words, "guidance", "audio", "image"."""
        identity = text.get("id", "")
        values: dict[str, str] = {}
        for value in children(text, "value"):
            form = value.get("form", "")
            self.no_output(value, identity)
            if form in _FORMS:
                values.setdefault(_FORMS[form], text_of(value))
            elif form not in _IGNORED_FORMS:
                self._report.add("QS016", identity, "", f"words as '{short(form)}'", "image or audio")
        return values

    def no_output(self, element: Element, where: str) -> None:
        """Note an answer inside words: what was answered in private could be said aloud."""
        for inner in element.iter():
            if local(inner) == "output":
                path = where.partition(":")[0]
                name = path.rpartition("/")[2]
                met = f"the answer {short(inner.get('value', inner.get('ref', '')).strip())} inside words"
                self._report.add("QS018", path, name, met, "words without ${...}", column="label")
                return

    def of(self, element: Element | None, where: str, name: str, item: Element | None = None) -> Words:
        """What stands at a label or hint.

        Args:
            element: the label or hint, or None.
            where: the question's path, for findings.
            name: the question's or choice's name.
            item: the choice's own element when the label refers to its children (`jr:itext(itextId)`).
        """
        words = self._of(element, where, name, item)
        longest = max((len(text) for texts in (words.plain, words.guidance) for text in texts.values()), default=0)
        if longest > LONGEST_WORDS:
            write = f"at most {LONGEST_WORDS:,}, and better a sentence"
            self._report.add("QS023", where, name, f"words of {longest:,} letters", write, column="label")
        return words

    def _of(self, element: Element | None, where: str, name: str, item: Element | None) -> Words:
        if element is None:
            return Words()
        ref = element.get("ref")
        if ref is None:
            self.no_output(element, where)
            return self.everywhere(text_of(element))
        if item is not None:
            inner = re.fullmatch(r"\s*(jr:itext\()?\s*([\w.-]+)\s*\)?\s*", ref)
            source = child(item, inner.group(2)) if inner else None
            if inner is None or source is None:
                self._report.add(
                    "QS013", where, name, f"the words at {short(ref)}, which are not there", "a label", column="label"
                )
                return Words()
            return self.text(text_of(source), where, name) if inner.group(1) else self.everywhere(text_of(source))
        return self.reference(ref, where, name)

    def reference(self, ref: str, where: str, name: str) -> Words:
        """What `jr:itext('id')` stands for."""
        found = _ITEXT.fullmatch(ref)
        if found is None:
            self._report.add(
                "QS013",
                where,
                name,
                f"words from {short(ref)}",
                "jr:itext('...') or the words themselves",
                column="label",
            )
            return Words()
        return self.text(found.group(2), where, name)

    def everywhere(self, text: str) -> Words:
        """The same words in every language."""
        return Words(plain=dict.fromkeys(self.names, text) if text not in _MISSING else {})

    def text(self, identity: str, where: str, name: str) -> Words:
        """The text of that id in every language that has it."""
        if not any(identity in texts for texts in self._texts.values()):
            met = f"a text '{short(identity)}' that no translation has"
            self._report.add("QS013", where, name, met, "the words in each language", column="label")
            return Words()
        values = {code: self._texts[code].get(identity, {}) for code in self.names}
        words = Words(
            plain=_written(values, ""),
            guidance=_written(values, "guidance"),
            audio=self._files(values, where, name, "audio"),
            image=self._files(values, where, name, "image"),
        )
        column = _COLUMNS.get(identity.rpartition(":")[2], "label")
        for form, there in ((column, words.plain), ("guidance_hint", words.guidance), ("audio", words.audio)):
            for code in self.names if there else ():
                if code not in there:
                    self._gaps.setdefault(_Gap(code, where, name, form))
        return words

    def _files(self, values: dict[str, dict[str, str]], where: str, name: str, form: str) -> dict[str, Media]:
        """The recordings or pictures of one text, by language."""
        found = {code: self.file(uri, where, name, form) for code, uri in _written(values, form).items()}
        return {code: media for code, media in found.items() if media is not None}

    def file(self, uri: str, where: str, name: str, form: str) -> Media | None:
        """The file behind `jr://audio/NAME`, or None where its name is no plain file name."""
        base = re.sub(r"^jr://(audio|images|video|file)/", "", uri.strip())
        if not _SAFE_NAME.fullmatch(base) or base.startswith(".") or not base.isprintable():
            met = f"the file name '{short(uri)}'"
            self._report.add("QS016", where, name, met, "a plain file name such as house.png", column=form)
            return None
        return self.media.setdefault(base, Media(base))

    def tell_missing(self) -> None:
        """One advice for each text or recording that one language has and another one lacks."""
        default = self.names[self.default] or self.default
        for gap in self._gaps:
            language = self.names[gap.code] or gap.code
            column = f"{gap.column}::{language} ({gap.code})" if language != gap.code else f"{gap.column}::{language}"
            if gap.column == "audio":
                write = "a recording; until then a made voice is heard there"
            elif gap.column == "guidance_hint":
                write = "the wording to speak; until then the label is spoken there"
            elif gap.code == self.default:
                write = "the words; until then another language is spoken there"
            else:
                write = f"the words; until then {default} is spoken there"
            self._report.add("QS102", gap.where, gap.name, f"no {language} {gap.column}", write, column=column)


def _written(values: dict[str, dict[str, str]], form: str) -> dict[str, str]:
    """What one form of a text says, in the languages that have it."""
    return {code: forms[form] for code, forms in values.items() if forms.get(form, "") not in _MISSING}
