"""Hearing with PocketSphinx: the trial engine, whose English model comes inside its wheel.

It got 60 % of isolated digits in six accents right: people should not be judged by it. `sayso check` says which engine
is in use. Source: PocketSphinx 5's decoder (`ps_process_raw`, `ps_add_jsgf_string`) and its configuration parameters.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Mapping

from voice.audio import duration_s, level_dbfs
from voice.decoys import decoys
from voice.engine import Found, unknown
from voice.errors import VoiceError
from voice.pocketsphinx_search import NOTHING, Beside, FreePasses, Here, Searches, more_processors
from voice.utterance import Evidence, Utterance
from voice.weights import Weights


class PocketSphinxEngine:
    """PocketSphinx with the English model of its wheel.

    Args:
        language: "en" or one of its kinds.
        beside: two of the four passes at once with the others, in a second process, where there are processors for it.

    Raises:
        VoiceError: another language, or no PocketSphinx.
    """

    name = "pocketsphinx"
    model = "en-us"

    def __init__(self, language: str, *, beside: bool = False) -> None:
        if language.split("-", maxsplit=1)[0].lower() != "en":
            raise VoiceError(
                "Cannot open the speech engine",
                f"'pocketsphinx' for '{language}': its model is English only",
                "Install a Vosk model for the language into the models folder, or take answers by key alone.",
            )
        self._language = language
        self.weights: Weights | None = None
        self._lock = threading.Lock()
        self._searches = Searches()
        self._free: FreePasses = Beside(self._searches) if beside and more_processors() else Here(self._searches)

    def unknown_words(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """Words that have no pronunciation in the model's dictionary."""
        phrases = tuple(phrases)
        with self._lock:
            return unknown(phrases, {word: self._searches.knows(word) for phrase in phrases for word in phrase.split()})

    def recognise(self, turn: int, pcm: bytes, meanings: Mapping[str, str]) -> Utterance:
        """See `Engine`. Four passes over the same sound, each with what fits it best and how well.

        The phrases alone; everything else that could be said in their place (other answers, two in a row, decoys); a
        free string of phonemes; the whole vocabulary.
        """
        search = self._searches
        with self._lock:
            self._free.begin(pcm)
            allowed = {
                p: label for p, label in meanings.items() if p and all(self._searches.knows(w) for w in p.split())
            }
            answer = search.by_grammar(pcm, _phrases(allowed)) if allowed else NOTHING
            phrase = _once(answer.text, allowed)
            over_others = over_sounds = None
            decoy_text = ""
            if phrase:
                others = {p: label for p, label in allowed.items() if label != allowed[phrase]}
                decoyed = tuple(word for word in decoys(self._language, meanings) if self._searches.knows(word))
                rest = search.by_grammar(pcm, _others(allowed, others, decoyed))
                over_others = _better(answer, rest)
                over_sounds = _better(answer, self._free.sounds())
                # Each phrase of a grammar costs the logarithm of how many there are: as if all had been in one.
                among = math.log((len(allowed) + len(others) + len(decoyed)) / len(allowed))
                decoy_text = (
                    phrase if rest == NOTHING or over_others >= among else "" if rest.text in decoyed else rest.text
                )
            opened = self._free.opened()
        evidence = Evidence(
            phrase,
            decoy_text,
            opened.text,
            duration_s(pcm),
            level_dbfs(pcm),
            f"{self.name} {self.model}",
            over_others=over_others,
            over_sounds=over_sounds,
        )
        return Utterance(turn, phrase, evidence)


def _better(answer: Found, rest: Found) -> float:
    """How much better an answer fits, in nats; 0.0 where the other search came to no end: that is no evidence."""
    return 0.0 if rest == NOTHING else answer.nats - rest.nats


def _phrases(allowed: Mapping[str, str]) -> str:
    """Exactly one of the phrases, a single word perhaps twice: people say "yes yes"."""
    return f"public <answer> = {' | '.join(map(_perhaps_twice, allowed))} ;"


def _others(allowed: Mapping[str, str], others: Mapping[str, str], decoyed: tuple[str, ...]) -> str:
    """Another phrase, two of different meanings in a row, or a decoy. A free sequence of all took minutes to search."""
    one = " | ".join(f"( {phrase} )" for phrase in allowed)
    other = " | ".join(f"( {phrase} )" for phrase in others)
    mixed = "<one> <other> | <other> <one> | <other> | " if others else ""
    rules = f"<one> = {one} ; <other> = {other} ; " if others else ""
    return f"{rules}public <answer> = {mixed}{' | '.join(decoyed)} ;"


def _perhaps_twice(phrase: str) -> str:
    return f"( {phrase} )" if " " in phrase else f"( {phrase} [ {phrase} ] )"


def _once(text: str, allowed: Mapping[str, str]) -> str:
    """The phrase, of one that was said twice too; "" for none."""
    first = text.partition(" ")[0]
    return text if text in allowed else first if text == f"{first} {first}" and first in allowed else ""
