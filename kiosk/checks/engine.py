"""The check's part for the speech engine: whether its model loads, and what it makes of a phrase.

The phrase is made by espeak-ng, for no recording of a person is on a fresh machine. So it is the engine, its model and
this computer's speed that are tried, and not how well it hears people: made speech is no test of that.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from kiosk.checks.lines import Line, advice, fine, refused
from kiosk.config import Config
from kiosk.errors import KioskError
from kiosk.interpret import meanings, meant
from kiosk.saying.prompts import language_of
from kiosk.saying.sentences import same_language
from kiosk.sets import load_usable
from openrosa.errors import OpenRosaError
from openrosa.question_set import QuestionSet
from voice.audio import RATE_HZ, from_float, load, to_float
from voice.engine import Engine
from voice.engines import open_engine
from voice.errors import VoiceError
from voice.models import installed_model
from voice.speech import SpeechCache

WHAT = "speech engine"
TRIED = "hearing"
TRIAL_ENGINE = "pocketsphinx"
SLOW_S = 2.0
"""Nobody waits for so long after a word."""
_EDGE_S = 0.3


def open_ear(config: Config) -> tuple[Engine | None, Line]:
    """The engine that the kiosk would hear with, and what to know of it."""
    voice = config.voice
    if voice.engine == "none":
        return None, _none()
    try:
        engine = open_engine(voice.engine, voice.language, voice.models_dir)
    except VoiceError as unusable:
        return None, refused(WHAT, unusable)
    name = f"{engine.name}, model {engine.model}"
    if engine.name == TRIAL_ENGINE:
        return engine, _trial(name, voice.language)
    if engine.weights is None:
        met = (
            f"{name}, without weights of its own: an answer is taken at once only when all its passes agree, and how "
            "often it is right, wrong or asks is not known"
        )
        return engine, advice(WHAT, met, "With recordings, run `sayso voice fit` and `sayso voice measure`.")
    return engine, fine(WHAT, f"{name}, weights of {engine.weights.date} from {engine.weights.data}")


def model_there(config: Config) -> Line:
    """Which engine and model the kiosk would take, without loading either."""
    voice = config.voice
    if voice.engine == "none":
        return _none()
    folder = installed_model(voice.language, voice.models_dir)
    if folder is not None and voice.engine != TRIAL_ENGINE:
        return fine(WHAT, f"vosk, model {folder.name} is installed; it was not loaded")
    if voice.engine == "vosk":
        met = f"vosk has no model for '{voice.language}' in {voice.models_dir}"
        return refused(WHAT, VoiceError("Cannot use", met, f"Run `sayso models install {_short(voice.language)}`."))
    return _trial(TRIAL_ENGINE, voice.language)


def tried(config: Config, engine: Engine, now_s: Callable[[], float] = time.monotonic) -> Line | None:
    """What it makes of one answer of the sets; None where there is none that it could hear.

    Args:
        config: names the sets.
        engine: loaded.
        now_s: a clock that never goes back.
    """
    found = _phrase(_sets(config), config, engine)
    if found is None:
        return None
    phrase, known = found
    try:
        with tempfile.TemporaryDirectory(prefix="sayso-check-") as folder:
            made = SpeechCache(Path(folder)).render(phrase, config.voice.language, config.voice.rate_wpm)
            quiet = bytes(2 * round(_EDGE_S * RATE_HZ))
            pcm = quiet + from_float(to_float(load(made))) + quiet
        engine.recognise(0, pcm, known)  # the first time it makes its grammar, which a visit does beforehand
        begun_s = now_s()
        heard = engine.recognise(0, pcm, known).text
        took_s = now_s() - begun_s
    except VoiceError as met:
        return refused(TRIED, met)
    made_words = f"a made voice said '{phrase}'"
    told = f"it heard '{heard}'" if heard else "it heard no answer"
    only = "the engine is tried by that, not how well it hears people"
    if took_s > SLOW_S:
        met_words = f"{made_words}, {told} and took {took_s:.1f} s"
        return advice(TRIED, met_words, "See what else this computer does, or take a faster one.")
    if heard != phrase:
        todo = "Made speech is often misheard; try it with a person's recording: `sayso voice hear`."
        return advice(TRIED, f"{made_words}, and {told} in {took_s:.1f} s: {only}", todo)
    return fine(TRIED, f"{made_words}, and {told} in {took_s:.1f} s: {only}")


def _sets(config: Config) -> Iterable[QuestionSet]:
    for path in config.sets:
        try:
            yield load_usable(path).question_set
        except (KioskError, OpenRosaError):  # the sets' own lines say so
            continue


def _phrase(sets: Iterable[QuestionSet], config: Config, engine: Engine) -> tuple[str, dict[str, str]] | None:
    """The longest answer to the first question that has one it knows, and what else may be said there."""
    for one in sets:
        language = language_of(one, config.home.language)
        if not same_language(language, config.voice.language):
            continue
        for question in one.questions:
            known = dict(meanings(question, language, one.default_language))
            answers = [phrase for phrase, meaning in known.items() if meant(meaning)[0] is not None]
            answers = [phrase for phrase in answers if not engine.unknown_words((phrase,))]
            if answers:
                return max(answers, key=len), known
    return None


def _none() -> Line:
    return fine(WHAT, "none: answers are taken by key alone, as configured")


def _trial(name: str, language: str) -> Line:
    met = f"{name}, the trial engine: it mishears many people, and nobody should be judged by it"
    return advice(WHAT, met, f"Install the better one: `sayso models install {_short(language)}`.")


def _short(language: str) -> str:
    return language.split("-", maxsplit=1)[0].lower()
