"""What a set is made of: recordings, pictures, its first note, what rule 11 asks, whether it rests on yes and no."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from authoring.lint.texts import column_of, is_english, lists_of, place_of
from kiosk.interpret import phrase_of
from openrosa.findings import short
from openrosa.question_set import Choice, Kind, Question, QuestionSet, text_in
from voice.sound_alikes import code_of

Add = Callable[..., None]
"""`openrosa.findings.Report.add`."""

MOST_CHOICES = 3
"""That people remember when they only hear them. Source: Heal & Sigelman 1995; Sigelman and others 1983: of several
spoken alternatives the last is chosen."""
_WHO = re.compile(r"\b(?:wrote|written|made|make|makes|ask|asks|asked|from|by|we are|i am|our)\b", re.IGNORECASE)
_HURT = re.compile(
    r"\b(?:hurt|hurts|hit|hits|abuse[ds]?|bull(?:y|ied|ies|ying)|afraid|scared|frightened|unsafe|safe|danger|threat\w*)\b",
    re.IGNORECASE,
)
_RULE_11: Mapping[str, re.Pattern[str]] = {
    "what happens with the answer": re.compile(
        r"\b(?:gets?|reads?|hears?|sees?|opens?)\b.{0,30}\b(?:you say|your answers?|them|it)\b"
        r"|\banswers? go(?:es)? to\b",
        re.IGNORECASE,
    ),
    "that it is no emergency line": re.compile(r"\bemergenc|\b(?:9 ?9 ?9|1 ?1 ?2|9 ?1 ?1)\b", re.IGNORECASE),
    "that it may be offline": re.compile(r"\b(?:offline|later|not at once|not straight away)\b", re.IGNORECASE),
}
_NAMES = re.compile(r"[^\W\d][\w.-]*")
_YES: Mapping[str, frozenset[str]] = {"en": frozenset({"yes"}), "cy": frozenset({"ie", "ydw", "ydy", "ydyn", "oes"})}
_NO: Mapping[str, frozenset[str]] = {
    "en": frozenset({"no"}),
    "cy": frozenset({"na", "nage", "nac ydw", "nac ydy", "nac ydyn", "nac oes"}),
}


def structure(question_set: QuestionSet, add: Add) -> None:
    """Tell what is missing, or leans to one side."""
    _recordings(question_set, add)
    _pictures(question_set, add)
    _opening(question_set, add)
    _hurt(question_set, add)
    for question in question_set.questions:
        if len(question.choices) > MOST_CHOICES:
            met = f"{len(question.choices)} choices, to be remembered by who only hears them"
            add("QS206", question.path, question.name, met, f"at most {MOST_CHOICES}, or two questions", column="type")
    _yes_and_no(question_set, add)
    _other_words(question_set, add)
    _overheard(question_set, add)


def _recordings(question_set: QuestionSet, add: Add) -> None:
    """In each language either every text has a recording or none has: people should not hear two voices."""
    lists = lists_of(question_set)
    spoken = {
        where: (question.name if isinstance(part, Question) else part.name, part)
        for question in question_set.questions
        for where, part in _spoken(question, lists)
    }
    for language in question_set.languages:
        without = [(where, name) for where, (name, part) in spoken.items() if language not in part.audio]
        if without and len(without) < len(spoken):
            named = question_set.language_names.get(language) or "one language"
            met = f"{len(spoken) - len(without)} of {len(spoken)} texts with a recording in {named}, not this one"
            write = "recordings for all, by `sayso questions record`, or for none: people would hear two voices"
            add("QS110", *without[0], met, write, column=column_of("audio", language, question_set))


def _spoken(question: Question, lists: Mapping[str, str]) -> Iterator[tuple[str, Question | Choice]]:
    yield question.path, question
    for choice in question.choices:
        yield place_of(choice, question, lists), choice


def _pictures(question_set: QuestionSet, add: Add) -> None:
    """Pictures for all choices of a question or for none, and for questions too."""
    lists = lists_of(question_set)
    told: set[str] = set()
    with_picture = any(one.image or any(choice.image for choice in one.choices) for one in question_set.questions)
    if not with_picture:
        write = "openmoji:1F600 or a file's name in the column image, for each question and choice"
        add("QS112", "", "", "no picture at all", write)
        return
    for question in question_set.questions:
        if not question.image:
            write = "openmoji:1F600 or a file's name"
            add("QS111", question.path, question.name, "no picture, where others have one", write, column="image")
        if any(choice.image for choice in question.choices):
            for choice in question.choices:
                where = place_of(choice, question, lists)
                if not choice.image and where not in told:
                    told.add(where)
                    met = "no picture, where the question's other choices have one"
                    add("QS111", where, choice.name, met, "openmoji:1F600 or a file's name", column="image")


def _opening(question_set: QuestionSet, add: Add) -> None:
    """The first note says who made the questions."""
    first = question_set.questions[0]
    language = _english(question_set)
    if first.kind is not Kind.NOTE or language is None:
        return
    if not _WHO.search(_said(first, language)):
        met = f"a first note that does not say who made the questions: {short(_said(first, language))}"
        write = "who made them, such as: The people who live here wrote these questions"
        add("QS113", first.path, first.name, met, write, column=column_of("label", language, question_set))


def _hurt(question_set: QuestionSet, add: Add) -> None:
    """Rule 11: a set that may hear of somebody being hurt says first what happens then, and is marked."""
    language = _english(question_set)
    if language is None:
        return
    asked = [one for one in question_set.questions if one.kind is not Kind.NOTE]
    if not question_set.sensitive:
        for one in asked:
            words = (one.labels, one.spoken, one.hints, *(choice.labels for choice in one.choices))
            said = next((each[language] for each in words if _HURT.search(each.get(language, ""))), "")
            if hurt := _HURT.search(said):
                met = f"'{hurt[0].lower()}' in a set that is not marked as sensitive: {short(said)}"
                write = "attribute::sayso_sensitive = yes in the settings; or ask it in a set of its own that has it"
                add("QS115", one.path, one.name, met, write, column=column_of("label", language, question_set))
        return
    before = question_set.questions[: question_set.questions.index(asked[0])] if asked else question_set.questions
    told = " ".join(_said(one, language) for one in before)
    missing = [what for what, pattern in _RULE_11.items() if not pattern.search(told)]
    if missing:
        first = question_set.questions[0]
        met = f"a sensitive set that does not say before its first question {', nor '.join(missing)}"
        write = "a note first, as my_support has it: This is no emergency line. I may be offline ..."
        add("QS114", first.path, first.name, met, write, column=column_of("label", language, question_set))


def _yes_and_no(question_set: QuestionSet, add: Add) -> None:
    """Yes and no alone are answered with yes; a third answer or a next question says more."""
    chosen = [one for one in question_set.questions if one.choices]
    lone = [one for one in chosen if _is_lone(one, question_set)]
    depending = _depending(question_set)
    for one in lone:
        if one.name not in depending:
            met = "yes and no alone, to which people say yes"
            write = "a third choice, such as Sometimes, or a next question that depends on it"
            add("QS204", one.path, one.name, met, write, column="type")
    if len(lone) > 1 and len(lone) == len(chosen):
        met = f"a set that rests on yes and no: all of its {len(lone)} questions"
        add("QS204", "", "", met, "some questions with three choices, or What ..., Who ..., How ...")


def _is_lone(question: Question, question_set: QuestionSet) -> bool:
    """Whether its two choices are yes and no, by their names or by what they are called in one language."""
    if len(question.choices) != len(("yes", "no")):
        return False
    if {choice.name.lower() for choice in question.choices} == {"yes", "no"}:
        return True
    for language in question_set.languages:
        code = "en" if is_english(language, question_set) else code_of(language)
        called = {phrase_of(text_in(one.labels, language, question_set.default_language)) for one in question.choices}
        if called & _YES.get(code, frozenset()) and called & _NO.get(code, frozenset()):
            return True
    return False


def _depending(question_set: QuestionSet) -> Mapping[str, tuple[str, ...]]:
    """By a question's name, the questions and notes whose relevance names it."""
    found: dict[str, list[str]] = {}
    for question in question_set.questions:
        expressions = " ".join(_unquoted(one) for one in (question.relevant, *question.relevant_groups) if one)
        for name in dict.fromkeys(_NAMES.findall(expressions)):
            if name != question.name:
                found.setdefault(name, []).append(question.name)
    return {name: tuple(names) for name, names in found.items()}


def _unquoted(expression: str) -> str:
    """The expression without its texts: 'home' may be an answer there."""
    return re.sub(r"'[^']*'|\"[^\"]*\"", "''", expression)


def _other_words(question_set: QuestionSet, add: Add) -> None:
    """Each question can be put in other words, when somebody presses "explain"."""
    without = [one for one in question_set.questions if one.kind is not Kind.NOTE and not one.hints]
    if without:
        more = f" and {len(without) - 1} more" if len(without) > 1 else ""
        met = f"no other words for the second asking of '{without[0].name}'{more}"
        add("QS116", without[0].path, without[0].name, met, "the same in other words, with an example", column="hint")


def _overheard(question_set: QuestionSet, add: Add) -> None:
    """What is asked next tells whoever stands near what was answered."""
    depending = _depending(question_set)
    for question in question_set.questions:
        if question.private and (after := depending.get(question.name)):
            met = f"'{after[0]}' is asked only after some answers to it, though it is private: that can be overheard"
            add("QS117", question.path, question.name, met, "a next question that all are asked", column="relevant")


def _english(question_set: QuestionSet) -> str | None:
    return next((one for one in question_set.languages if is_english(one, question_set)), None)


def _said(question: Question, language: str) -> str:
    """All that is shown and said of a note or question in one language."""
    return " ".join(
        texts[language] for texts in (question.labels, question.spoken, question.hints) if language in texts
    )
