"""Every set that comes with Sayso: it can be asked to its end in each language, and keeps to what its README promises.

No engine, sound, screen or disk: the sheets, what is made of them, and the visit itself.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from drive import Driver

from authoring.lint.lint import Linted, lint
from authoring.lint.wording_list import wording_for
from kiosk.answer import Who
from kiosk.asks import Asking
from kiosk.interpret import called_like_commands, shared
from kiosk.saying.prompts import sentences_of
from kiosk.screens.shapes import face_of
from kiosk.state import Rules, Stage, Visit
from openrosa.convert import convert
from openrosa.findings import Finding
from openrosa.question_set import Kind, Question, QuestionSet
from openrosa.xform import read
from voice.engine import Engine
from voice.engines import open_engine

FOLDER = Path(__file__).parents[2] / "question_sets"
NAMES = (
    *("being_part_of_it", "family_and_friends", "forum", "good_news", "interview_panel", "my_home", "my_ideas"),
    *("my_skills", "my_support", "quality_check_staff", "quality_check_visit", "taking_part", "what_i_am_like"),
    "you_said_we_did",
)
SENSITIVE = {"family_and_friends", "my_ideas", "my_support", "quality_check_staff", "quality_check_visit"}
"""Those that may hear of somebody being hurt."""
LANGUAGES = ("en", "cy")
DRAFT = {"en": "This is a draft to change together.", "cy": "Drafft yw hwn i'w newid gyda'n gilydd."}
UNCHECKED = "QS109"
"""Said of the Welsh until somebody who speaks it has read it."""
SCALED = {"good", "okay", "not_good", "yes", "sometimes", "no"}
MOST_WORDS = 15
MOST_CHOICES = 3
README_PARTS = (
    *("**For whom.**", "**Whose questions these are.** The makers of Sayso wrote them as a draft."),
    *("**Who should make them their own.**", "## How to use it", "## Whose voice", "**Asking.**", "**Answering.**"),
    *("## What to know", "**The Welsh was made by a machine, and nobody who speaks Welsh has checked it.**"),
)
UNWANTED = re.compile(
    r"\b(service users?|clients?|patients?|placements?|units?|non-verbal|challenging behaviour|compliance|how often)\b",
    re.IGNORECASE,
)
NEGATIVE = re.compile(r"\b(not|no|never|without|\w+n't)\b", re.IGNORECASE)
MOST_STEPS = 500
"""Of one visit: far more than any needs, so that one that goes in a circle fails."""


@dataclass(frozen=True)
class Shipped:
    """One set, read as a kiosk reads it."""

    name: str
    readme: str
    question_set: QuestionSet
    findings: tuple[Finding, ...]
    media: Mapping[str, bytes]
    linted: Linted

    @property
    def asked(self) -> tuple[Question, ...]:
        """Its questions and voice messages."""
        return tuple(one for one in self.question_set.questions if one.kind is not Kind.NOTE)

    @property
    def controlling(self) -> frozenset[str]:
        """Questions on whose answers others depend."""
        conditions = [
            condition for one in self.question_set.questions for condition in (one.relevant, *one.relevant_groups)
        ]
        paths = "\n".join(condition or "" for condition in conditions)
        return frozenset(one.name for one in self.asked if re.search(rf"/{one.name}\b", paths))


@pytest.fixture(scope="module")
def trial() -> Engine:
    return open_engine("pocketsphinx", "en", FOLDER)


@pytest.fixture(scope="module", params=NAMES)
def shipped(request: pytest.FixtureRequest, trial: Engine) -> Shipped:
    path = FOLDER / request.param / f"{request.param}.md"
    made = convert(path)
    question_set, findings = read(made.xform, path.name, places=made.places)
    assert question_set is not None, [str(finding) for finding in findings]
    assert made.warnings == ()
    readme = (path.parent / "README.md").read_text(encoding="utf-8")
    linted = lint(question_set, path.name, wording_for(path), places=made.places, hear={"en": trial}.get)
    return Shipped(request.param, readme, question_set, tuple(findings), made.media, linted)


def words_of(one: Shipped, language: str) -> Iterator[tuple[str, str]]:
    """Every text that is shown or said in a language, with where it stands."""
    for question in one.question_set.questions:
        texts = (question.labels, question.spoken, question.hints, *question.headings)
        yield from ((question.name, each[language]) for each in texts if each)
        yield from ((f"{question.name}: {choice.name}", choice.labels[language]) for choice in question.choices)


def test_these_are_all_the_sets_that_are_shipped_and_the_overview_lists_them():
    assert sorted(path.name for path in FOLDER.iterdir() if path.is_dir()) == sorted(NAMES)
    overview = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| \[(\w+)\]\(\1\) \|", overview, re.MULTILINE)) == sorted(NAMES)


def test_it_can_be_asked_and_the_only_advice_is_that_nobody_has_read_its_welsh(shipped):
    assert [finding.code for finding in shipped.findings] == [UNCHECKED], [str(one) for one in shipped.findings]
    one = shipped.question_set
    assert (one.form_id, one.languages, one.default_language) == (shipped.name, LANGUAGES, "en")
    assert one.unchecked == ("cy",)
    assert one.title


def test_the_lint_finds_nothing_that_is_not_accepted_with_a_reason_and_no_acceptance_is_left_over(shipped):
    assert shipped.linted.findings == (), [str(one) for one in shipped.linted.findings]
    assert shipped.linted.not_looked_at == ()
    assert shipped.linted.unused == ()


def test_its_readme_says_for_whom_whose_it_should_become_how_to_use_it_and_whose_voice_it_needs(shipped):
    unbroken = " ".join(shipped.readme.split())
    for part in README_PARTS:
        assert part in unbroken, part


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_thing_that_it_says_is_that_it_is_a_draft_to_change_together(shipped, language):
    first = shipped.question_set.questions[0]
    assert first.kind is Kind.NOTE
    assert first.labels[language] == DRAFT[language]
    assert DRAFT[language] in sentences_of(first.spoken[language])
    assert "Sayso" in first.spoken[language]  # who wrote it, truthfully


def test_every_note_question_and_choice_has_a_picture_that_goes_with_the_form(shipped):
    for question in shipped.question_set.questions:
        for part in (question, *question.choices):
            for language in LANGUAGES:
                assert shipped.media[part.image[language].name].startswith(b"\x89PNG"), (question.name, part.name)


def test_choices_of_one_question_have_pictures_of_their_own_and_its_own_picture_hints_at_none(shipped):
    for question in shipped.asked:
        pictures = [one.image["en"].name for one in (question, *question.choices)]
        assert len(set(pictures)) == len(pictures), question.name


def test_a_face_that_the_kiosk_draws_as_glad_or_sad_stands_for_good_or_bad_alone(shipped):
    for question in shipped.asked:
        for choice in question.choices:
            code = choice.image["en"].name.removeprefix("openmoji-").removesuffix(".png")
            drawn = face_of(chr(int(code.split("-")[0], 16)))
            assert drawn is None or choice.name in SCALED, f"{question.name}: {choice.name}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_can_be_explained_in_other_words(shipped, language):
    for question in shipped.asked:
        hint = question.hints.get(language, "")
        assert len(sentences_of(hint)) > 1, f"{question.name}: other words and an example"
        assert question.labels[language] not in hint, question.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_has_more_than_fifteen_words_and_none_a_word_that_people_do_not_want(shipped, language):
    for place, text in words_of(shipped, language):
        for sentence in sentences_of(text):
            assert len(sentence.split()) <= MOST_WORDS, f"{place}: {sentence}"
        assert not UNWANTED.search(text), f"{place}: {text}"


def test_no_question_is_a_negative_or_asks_two_things(shipped):
    for question in shipped.asked:
        label = question.labels["en"]
        assert not NEGATIVE.search(label), f"{question.name}: {label}"
        assert not re.search(r"\b(and|or)\b", label), f"{question.name}: {label}"
        assert label.count("?") == 1, f"{question.name}: {label}"


def test_a_question_has_two_or_three_answers_that_no_other_and_no_command_is_said_with(shipped):
    for question in shipped.asked:
        if question.kind is Kind.AUDIO:
            continue
        assert 2 <= len(question.choices) <= MOST_CHOICES, question.name
        for language in LANGUAGES:
            assert shared(question, language, "en") == (), question.name
            assert called_like_commands(question, language, "en") == (), question.name
            assert all(choice.say[language] for choice in question.choices), question.name


def test_it_does_not_rest_on_yes_and_no(shipped):
    chosen = [{choice.name for choice in one.choices} for one in shipped.asked if one.choices]
    assert {"yes", "no"} not in chosen
    assert any(not {"yes", "no"} & names for names in chosen)


def test_what_is_asked_next_never_depends_on_a_private_answer_for_whoever_stands_near_would_hear_it(shipped):
    assert not [one.name for one in shipped.asked if one.private and one.name in shipped.controlling]


def test_one_that_may_hear_of_somebody_being_hurt_says_before_its_first_question_what_happens_then(shipped):
    assert shipped.question_set.sensitive == (shipped.name in SENSITIVE)
    if shipped.question_set.sensitive:
        first = shipped.question_set.questions.index(shipped.asked[0])
        told = " ".join(note.spoken["en"] for note in shipped.question_set.questions[:first])
        for said in ("If somebody is being hurt, ", "must act", "This is no emergency line.", "I may be offline."):
            assert said in told
        messages = [one for one in shipped.asked if one.kind is Kind.AUDIO]
        assert all(one.private for one in messages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_visit_by_keys_reaches_every_question_and_the_end(shipped, language):
    met: set[str] = set()
    tried = {frozenset[tuple[str, str]]()}
    waiting = deque([dict[str, str]()])
    while waiting:
        choices = waiting.popleft()
        seen = rehearsed(shipped.question_set, language, choices)
        for name in seen - met:
            if name in shipped.controlling:
                for choice in shipped.question_set.question(name).choices:
                    other = {**choices, name: choice.key}
                    if frozenset(other.items()) not in tried:
                        tried.add(frozenset(other.items()))
                        waiting.append(other)
        met |= seen
    assert met == {one.name for one in shipped.question_set.questions}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["dont_know", "rather_not_say", "skip"])
def test_who_answers_nothing_reaches_the_end_too(shipped, language, key):
    every = {one.name: key for one in shipped.asked}
    assert rehearsed(shipped.question_set, language, every)


def rehearsed(one: QuestionSet, language: str, keys: Mapping[str, str]) -> set[str]:
    """Make a visit to its end; a voice message is spoken and kept.

    Args:
        one: the set.
        language: code of the visit's language.
        keys: by question, the key to press; the first choice's where none is named.

    Returns: the names of all notes and questions that were put.
    """
    rules = Rules(preset_who=Who(who="resident", how="self"), languages=(language,))
    person = Driver(Visit(sets=(one,), instance_id="uuid:1", language=language, rules=rules))
    person.key("start")
    met: set[str] = set()
    complete = False
    for _ in range(MOST_STEPS):
        visit = person.visit
        assert visit.language == language
        if visit.stage is Stage.THANKS:
            break
        if visit.stage in {Stage.NOTE, Stage.ASK} and visit.asking is Asking.QUESTION and visit.question:
            met.add(visit.question.name)
        complete = complete or visit.complete
        _go_on(person, keys)
    assert person.visit.stage is Stage.THANKS
    assert complete
    return met


def _go_on(person: Driver, keys: Mapping[str, str]) -> None:
    """What somebody does next, or the end of what is being said."""
    visit, question = person.visit, person.visit.question
    match visit.stage:
        case Stage.ASK if visit.asking is Asking.QUESTION and question is not None:
            key = keys.get(question.name)
            if question.kind is Kind.AUDIO and key is None:
                person.finish().record()
            else:
                person.key(key or question.choices[0].key)
        case Stage.ASK if visit.asking is Asking.ANOTHER:
            person.key("red")
        case Stage.ASK:
            person.key("green")
        case Stage.SAID_BACK:
            person.finish().time()
        case _:
            person.finish()
