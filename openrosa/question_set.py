"""What a kiosk runs: an XForm, read once into these values. Everything that asks, shows or records looks here.

Nothing in this file reads a file or knows XML: `openrosa.xform` fills it in.
Source: the question-set profile, docs/question-sets.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

Texts = Mapping[str, str]
"""Words by language code (`en`, `cy`); the code is what stands in brackets in XLSForm's `label::English (en)`."""


class Kind(Enum):
    """What a question asks for."""

    NOTE = "note"
    SELECT_ONE = "select_one"
    SCALE = "scale"
    AUDIO = "audio"


@dataclass(frozen=True)
class Media:
    """A recording or a picture that goes with the form, by the name in its manifest (`jr://audio/NAME`)."""

    name: str


@dataclass(frozen=True)
class Choice:
    """One thing that may be answered.

    Attributes:
        name: what is recorded.
        labels: shown, and spoken when there is no recording.
        say: by language, what people may say for it besides its label; lower-case phrases.
        key: which big key: "green", "yellow", "red" or "blue". Always set: by the form, or by position.
        audio: by language, a recorded human voice.
        image: by language, its picture.
    """

    name: str
    labels: Texts
    say: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    key: str = "green"
    audio: Mapping[str, Media] = field(default_factory=dict)
    image: Mapping[str, Media] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """One note, question or voice message.

    Attributes:
        name: the last part of its path; unique within the set.
        path: its node in the instance, such as `/data/house/feel_home`.
        labels: shown; also spoken where `spoken` has nothing for the language.
        spoken: `guidance_hint`, the wording to speak when it differs from the label.
        hints: said on the second asking and on "explain".
        headings: labels of the groups that begin with this question, outermost first; each is spoken once.
        choices: 2 to 4, in the form's order; empty for a note and a voice message.
        relevant, constraint: XPath as written in the form, or None.
        relevant_groups: the `relevant` of each group round it, outermost first.
        relevant_group_paths: the group of each of them, such as `/data/house`: what a relative path starts from.
        default: the form's own value, never sent unless confirmed.
        private: never spoken back nor lit.
    """

    name: str
    path: str
    kind: Kind
    labels: Texts
    spoken: Texts = field(default_factory=dict)
    hints: Texts = field(default_factory=dict)
    headings: tuple[Texts, ...] = ()
    audio: Mapping[str, Media] = field(default_factory=dict)
    image: Mapping[str, Media] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    relevant: str | None = None
    relevant_groups: tuple[str, ...] = ()
    relevant_group_paths: tuple[str, ...] = ()
    constraint: str | None = None
    constraint_messages: Texts = field(default_factory=dict)
    required: bool = False
    default: str | None = None
    private: bool = False

    def choice(self, name: str) -> Choice:
        """The choice of that name. Raises: KeyError."""
        for choice in self.choices:
            if choice.name == name:
                return choice
        raise KeyError(name)


@dataclass(frozen=True)
class QuestionSet:
    """One form as the kiosk runs it.

    Attributes:
        form_id, version: as the form declares them. ODK Central's managed encryption puts a suffix on the version.
        title: by language where the form has it, else under the default language.
        languages: codes in the form's order; at least one. A form without translations has ("default",).
        default_language: one of `languages`.
        language_names: by code, what the form calls the language: "English", "Cymraeg".
        questions: notes and questions in the form's order.
        template: the primary instance's model element as UTF-8 XML: what `openrosa.instance.fill` starts from.
        record_paths: every leaf of the primary instance that no question fills (`/data/sayso/who`,
            `/data/feel_home_how`), without the meta block, which `openrosa.instance.fill` writes.
        public_key: DER of the RSA public key (`base64RsaPublicKey`), or None: the form is not encrypted.
        sensitive: rule 11's form: sent at once.
        unchecked: codes of languages whose words nobody who speaks them has checked.
        media: every file that the form names.
        xform: the whole form as it was read, UTF-8 bytes.
    """

    form_id: str
    version: str
    title: str
    languages: tuple[str, ...]
    default_language: str
    questions: tuple[Question, ...]
    template: bytes
    record_paths: frozenset[str] = frozenset()
    public_key: bytes | None = None
    sensitive: bool = False
    unchecked: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    xform: bytes = b""
    language_names: Texts = field(default_factory=dict)

    def __hash__(self) -> int:
        """By what the form calls itself and its model, so that what is worked out of a set can be cached."""
        return hash((self.form_id, self.version, self.template))

    def question(self, name: str) -> Question:
        """The question of that name. Raises: KeyError."""
        for question in self.questions:
            if question.name == name:
                return question
        raise KeyError(name)


def text_in(texts: Texts, language: str, default_language: str) -> str:
    """The words in that language, else in the default one, else any, else ""."""
    return texts.get(language) or texts.get(default_language) or next(iter(texts.values()), "")
