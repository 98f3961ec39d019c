"""The check's part for question sets: whether each runs, and what of it cannot be said, heard or kept.

What its author can mend has the codes of `sayso questions check`, which tells the rest.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from kiosk.checks.lines import Level, Line, advice, error, fine, refused
from kiosk.checks.machine import speaks
from kiosk.checks.pictures import check_pictures
from kiosk.config import Config
from kiosk.errors import KioskError
from kiosk.interpret import called_like_commands, meanings, meant, shared
from kiosk.keeping.keeper import check_sealable
from kiosk.pulling.shelf import Shelf
from kiosk.saying.prompts import UNNAMED, english_name, language_of, languages_of
from kiosk.saying.sentences import CATALOGUES, catalogue_of, media_name, same_language, to_record, unchecked
from kiosk.saying.voicebox import recordings
from kiosk.sets import LoadedSet, load_set
from openrosa.errors import OpenRosaError
from openrosa.findings import Finding, one_line
from openrosa.question_set import Choice, Kind, Media, Question, QuestionSet
from openrosa.xform import QuestionSetRefused, read
from voice.audio import load
from voice.engine import Engine
from voice.errors import VoiceError

TOLD = ("QS101", "QS109")
"""Advice to the author that whoever runs the kiosk needs: what a server would drop, what nobody has checked."""
GAP = "QS102"
"""A text that one language lacks: told once with how many there are."""


def check_sets(config: Config, engine: Engine | None) -> Iterator[Line]:
    """Every set of the configuration.

    Args:
        config: names them.
        engine: the one that will hear; None: whether words can be heard is not looked at.
    """
    ids: list[str] = []
    for path in config.sets:
        lines = tuple(check_set(path, config, engine, ids.append))
        shelf = Shelf.of_path(path)
        instead = tuple(_of_server(path.name, shelf, config, lines)) if shelf else ()
        if any(line.level is Level.ADVICE for line in instead):  # the kiosk opens with that one
            lines = tuple(replace(line, level=Level.ADVICE) if line.level is Level.ERROR else line for line in lines)
        yield from (*lines, *instead)
    yield from _own_recordings(config)
    for form_id, times in Counter(ids).items():
        if times > 1:
            yield error("sets", f"{times} of them are called '{form_id}'", "Give each its own form_id in its settings.")


def check_set(
    path: Path, config: Config, engine: Engine | None, on_id: Callable[[str], object] = lambda _id: None
) -> Iterator[Line]:
    """One set, in every language.

    Args:
        path: its form.
        config: what it is to be asked with.
        engine: as for `check_sets`.
        on_id: told the id of a form that runs.
    """
    what = f"set {one_line(path.name)}"
    try:
        loaded = load_set(path)
        check_sealable(loaded.question_set, allow_unsealed=config.store.allow_unsealed)
    except QuestionSetRefused as met:
        yield from (_of_author(what, finding) for finding in met.findings if finding.level == "error")
        return
    except (KioskError, OpenRosaError) as met:
        yield refused(what, met)
        return
    on_id(loaded.question_set.form_id)
    yield _runs(what, loaded.question_set)
    yield from _files(what, loaded)
    yield from check_pictures(what, loaded)
    yield from _authors(what, path)
    yield from _languages(what, loaded.question_set, config)
    spoken = language_of(loaded.question_set, config.home.language)
    if same_language(spoken, config.voice.language):
        yield from _heard(what, loaded.question_set, spoken, engine)


def _of_server(name: str, shelf: Shelf, config: Config, lines: tuple[Line, ...]) -> Iterator[Line]:
    """When a set came from the server; or what is asked in its place, where its newest version cannot be used."""
    what = f"set {one_line(name)}"
    if all(line.level is not Level.ERROR for line in lines):
        if (note := shelf.note()) is not None:
            yield fine(what, f"version '{one_line(note.version)}' came from the server on {note.day}")
        return
    for path in shelf.versions()[1:]:
        with contextlib.suppress(KioskError, OpenRosaError):
            older = load_set(path).question_set
            check_sealable(older, allow_unsealed=config.store.allow_unsealed)
            met = f"the version before, '{one_line(older.version)}', is asked in its place"
            yield advice(what, met, "Publish the form anew, and run `sayso questions pull`.")
            return


def _runs(what: str, one: QuestionSet) -> Line:
    questions = sum(question.kind is not Kind.NOTE for question in one.questions)
    many = "1 question" if questions == 1 else f"{questions} questions"
    if one.public_key is None:
        met = f"{many}; it has no public key, so that answers are kept and sent as they are"
        return advice(what, met, "Convert it with --public-key; store.allow_unsealed lets it run as it is.")
    return fine(what, f"{many}; answers are sealed")


def _files(what: str, loaded: LoadedSet) -> Iterator[Line]:
    """Recordings that cannot be played."""
    spoken = {media.name for by_language in _recordings(loaded.question_set) for media in by_language.values()}
    for name in sorted(spoken & loaded.media.keys()):
        try:
            load(loaded.media[name])
        except VoiceError as met:
            yield refused(what, met)


def _own_recordings(config: Config) -> Iterator[Line]:
    """Recordings of the kiosk's own sentences that cannot be played, or that no sentence has."""
    found = recordings(config.voice.recordings)
    known = {media_name(name, code) for code in CATALOGUES for name, _ in to_record(code)}
    for name, path in found.items():
        what = f"recording {one_line(name.removeprefix('sayso/'))}"
        if name not in known:
            yield advice(what, "the kiosk has no such sentence", f"Take {path} away, or give it a sentence's id.")
            continue
        try:
            load(path)
        except VoiceError as met:
            yield refused(what, met)


def _authors(what: str, path: Path) -> Iterator[Line]:
    """What the author should know, the most important of it in full."""
    _, findings = read(path.read_bytes(), path.name)
    others = 0
    gaps = [finding for finding in findings if finding.code == GAP]
    for finding in findings:
        if finding.code in TOLD:
            yield _of_author(what, finding)
        elif finding.code != GAP:
            others += 1
    if gaps:
        many = "1 translation is missing" if len(gaps) == 1 else f"{len(gaps)} translations are missing, the first"
        first = one_line(f"{gaps[0].met} for '{gaps[0].name}'")
        yield advice(what, f"{GAP} {many}: {first}", f"`sayso questions check {path}` gives each with its place.")
    if others:
        met = "1 more piece of advice" if others == 1 else f"{others} more pieces of advice"
        yield advice(what, f"{met} for its author", f"`sayso questions check {path}` gives it.")


def _languages(what: str, one: QuestionSet, config: Config) -> Iterator[Line]:
    """Whether it is asked, spoken and heard in the language of the home, and in the others that people may choose."""
    language = config.home.language
    spoken = language_of(one, language)
    if spoken != language:
        met = f"it has no words in '{language}', so that it is asked in '{spoken}'"
        yield advice(what, met, "Translate it, or set home.language to one that it has.")
    for code in offered(one, config):
        if code != language:
            said = speaks(code, config.voice.rate_wpm)
            if said.level is not Level.FINE:
                yield said
        yield from _own_words(what, code)
        if config.voice.engine != "none" and not same_language(code, config.voice.language):
            met = f"in '{code}' it is answered by key alone, for the kiosk listens for '{config.voice.language}'"
            yield advice(
                what, met, "Leave it so where there is no recogniser for it; else set voice.language, with its model."
            )
        recorded = [code in by_language or UNNAMED in by_language for by_language in _recordings(one)]
        if any(recorded) and not all(recorded):
            met = f"{sum(recorded)} of {len(recorded)} texts have a recorded voice in '{code}'"
            yield advice(what, met, "`sayso questions record` records the others too, or people hear two voices.")


def offered(one: QuestionSet, config: Config) -> tuple[str, ...]:
    """The languages in which a visit may ask this set."""
    first = language_of(one, config.home.language)
    wanted = config.home.languages
    others = (code for code in languages_of((one,)) if not wanted or code in wanted)
    return tuple(dict.fromkeys((first, *others)))


def _own_words(what: str, code: str) -> Iterator[Line]:
    """Whether the kiosk's own sentences are there in a language, and whether anybody has checked them."""
    if not catalogue_of(code):
        met = f"what the kiosk itself says is not translated into '{code}' yet"
        yield advice(what, met, "It says that in English; docs/languages.md tells how to translate it.")
    elif many := unchecked(code):
        met = f"{english_name(code)}: {many} of the kiosk's own sentences are machine-made and unchecked"
        yield advice(what, met, "Have them read by people who speak it; docs/languages.md tells how.")


def _heard(what: str, one: QuestionSet, language: str, engine: Engine | None) -> Iterator[Line]:
    """Phrases that nobody can be heard with, or that mean two things."""
    for question in one.questions:
        for phrase in shared(question, language, one.default_language):
            met = f"'{phrase}' is said for two choices of '{question.name}', so that it counts for neither"
            yield advice(what, met, "Give each choice words of its own.")
        for phrase, command in called_like_commands(question, language, one.default_language):
            met = f"'{phrase}' answers '{question.name}', so that nobody can say it for '{command.value}' there"
            yield advice(what, met, "Leave it so if that is meant; the key does the other.")
        if engine is not None:
            yield from _unhearable(what, question, meanings(question, language, one.default_language), engine)


def _unhearable(what: str, question: Question, phrases: tuple[tuple[str, str], ...], engine: Engine) -> Iterator[Line]:
    """Words of a question's choices that the model does not know, and choices that no phrase is left for."""
    of_choice: dict[str, list[str]] = {}
    for phrase, meaning in phrases:
        choice, _ = meant(meaning)
        if choice is not None:
            of_choice.setdefault(choice, []).append(phrase)
    for choice, said in of_choice.items():
        unknown = engine.unknown_words(said)
        if not unknown:
            continue
        words = ", ".join(f"'{word}'" for word in unknown)
        met = f"the model does not know {words}, said for '{choice}' of '{question.name}'"
        if all(engine.unknown_words((phrase,)) for phrase in said):
            yield advice(what, f"{met}: it cannot be said at all", "Add other words; its key works.")
        else:
            yield advice(what, met, "Other words for it are heard; add some that people use.")


def _recordings(one: QuestionSet) -> Iterator[Mapping[str, Media]]:
    """For each text that is spoken, its recordings by language."""
    for question in one.questions:
        spoken: tuple[Question | Choice, ...] = (question, *question.choices)
        yield from (text.audio for text in spoken)


def _of_author(what: str, finding: Finding) -> Line:
    """A finding of `sayso questions check` as a line."""
    name = f"'{finding.name}': " if finding.name else ""
    line = error if finding.level == "error" else advice
    return line(what, one_line(f"{finding.code} {name}{finding.met}"), one_line(f"Write {finding.write}."))
