"""Hearing with PocketSphinx: the trial engine, whose English model comes inside its wheel.

It got 60 % of isolated digits in six accents right: people should not be judged by it. `sayso check` says which engine
is in use. Source: PocketSphinx 5's decoder (`ps_process_raw`, `ps_add_jsgf_string`) and its configuration parameters.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from voice.audio import duration_s, level_dbfs
from voice.decoder_settings import pocketsphinx_settings
from voice.decoys import decoys
from voice.engine import Found, unknown
from voice.errors import VoiceError
from voice.utterance import Evidence, Utterance
from voice.weights import Weights

_KEPT_GRAMMARS = 8
"""Making a question's two takes 7 ms. With 64 kept the engine grew by 130 MB, with 8 by 22."""
_SCORE_NATS = 1024.0
"""A pass's score is a likelihood with its logarithm divided by this. Source: SENSCR_SHIFT in PocketSphinx's hmm.h."""
_SOUNDS = "sounds"
"""The name of the search for a free string of phonemes, by the bigrams of the model's own `en-us-phone.lm.bin`."""
_OPEN = None
"""PocketSphinx's name for the search it was made with: its own language model."""


_NOTHING = Found("", -10_000.0)
"""Worse than any sound fits: a search that came to no end."""


class PocketSphinxEngine:
    """PocketSphinx with the English model of its wheel.

    Args:
        language: "en" or one of its kinds.

    Raises:
        VoiceError: another language, or no PocketSphinx.
    """

    name = "pocketsphinx"
    model = "en-us"

    def __init__(self, language: str) -> None:
        if language.split("-", maxsplit=1)[0].lower() != "en":
            raise VoiceError(
                "Cannot open the speech engine",
                f"'pocketsphinx' for '{language}': its model is English only",
                "Install a Vosk model for the language into the models folder, or take answers by key alone.",
            )
        try:
            from pocketsphinx import Decoder, get_model_path  # noqa: PLC0415 - a kiosk with Vosk needs none of it
        except (ImportError, OSError) as error:
            raise VoiceError(
                "Cannot load pocketsphinx", f"on this machine: {error}", "Install it again, or set the engine to vosk."
            ) from error
        self._language = language
        self.weights: Weights | None = None
        self._lock = threading.Lock()
        try:
            self._decoder: Any = Decoder(loglevel="FATAL", **pocketsphinx_settings())
            self._decoder.add_allphone_file(_SOUNDS, str(Path(get_model_path()) / "en-us" / "en-us-phone.lm.bin"))
        except (RuntimeError, ValueError) as error:
            raise VoiceError("Cannot load the PocketSphinx model", f"'en-us': {error}", "Install it again.") from error
        self._grammars: dict[str, str] = {}
        self._made = 0
        self._known: dict[str, bool] = {}

    def unknown_words(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """Words that have no pronunciation in the model's dictionary."""
        phrases = tuple(phrases)
        with self._lock:
            return unknown(phrases, {word: self._knows(word) for phrase in phrases for word in phrase.split()})

    def recognise(self, turn: int, pcm: bytes, meanings: Mapping[str, str]) -> Utterance:
        """See `Engine`. Four passes over the same sound, each with what fits it best and how well.

        The phrases alone; everything else that could be said in their place (other answers, two in a row, decoys); a
        free string of phonemes; the whole vocabulary.
        """
        with self._lock:
            allowed = {p: label for p, label in meanings.items() if p and all(self._knows(w) for w in p.split())}
            answer = self._pass(pcm, self._grammar("answers", _phrases(allowed))) if allowed else _NOTHING
            phrase = _once(answer.text, allowed)
            over_others = over_sounds = None
            decoy_text = ""
            if phrase:
                others = {p: label for p, label in allowed.items() if label != allowed[phrase]}
                decoyed = tuple(word for word in decoys(self._language, meanings) if self._knows(word))
                rest = self._pass(pcm, self._grammar("others", _others(allowed, others, decoyed)))
                over_others = _better(answer, rest)
                over_sounds = _better(answer, self._pass(pcm, _SOUNDS))
                # Each phrase of a grammar costs the logarithm of how many there are: as if all had been in one.
                among = math.log((len(allowed) + len(others) + len(decoyed)) / len(allowed))
                decoy_text = (
                    phrase if rest is _NOTHING or over_others >= among else "" if rest.text in decoyed else rest.text
                )
            opened = self._pass(pcm, _OPEN)
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

    def _knows(self, word: str) -> bool:
        # Looked up once: the wheel's lookup_word never frees the pronunciation it was given, 32 bytes for each word.
        if word not in self._known:
            # JSGF's own signs can't stand in a word: such a word is unknown, whatever the dictionary says.
            fits = not set(word) & set('|()[]<>*+;={}/"\\')
            self._known[word] = fits and self._decoder.lookup_word(word) is not None
        return self._known[word]

    def _grammar(self, kind: str, rules: str) -> str:
        """The name of a search, made once and kept; the oldest goes when there are many."""
        key = f"{kind} {rules}"
        if key not in self._grammars:
            if len(self._grammars) >= _KEPT_GRAMMARS:
                oldest = next(iter(self._grammars))
                # The search in use can't be removed.
                self._decoder.activate_search(_OPEN)
                self._decoder.remove_search(self._grammars.pop(oldest))
            self._made += 1
            name = f"grammar-{self._made}"
            self._decoder.add_jsgf_string(name, f"#JSGF V1.0; grammar sayso; {rules}")
            self._grammars[key] = name
        return self._grammars[key]

    def _pass(self, pcm: bytes, search: str | None) -> Found:
        """What one pass finds; its likelihood is over that of the best sound each 10 ms.

        Given the whole utterance at once, PocketSphinx takes its cepstral mean from that alone; its estimate of the
        room's noise goes on from pass to pass unless the features are begun anew (0.03 ms). With both the same sound
        gives the same text, whoever spoke before.
        """
        if not pcm:
            return _NOTHING
        decoder = self._decoder
        decoder.reinit_feat()
        decoder.activate_search(search)
        decoder.start_utt()
        try:
            decoder.process_raw(pcm, full_utt=True)
        finally:
            decoder.end_utt()
        found = decoder.hyp()
        if found is None or found.score <= 0:
            return _NOTHING
        return Found(str(found.hypstr), _SCORE_NATS * math.log(found.score))


def _better(answer: Found, rest: Found) -> float:
    """How much better an answer fits, in nats; 0.0 where the other search came to no end: that is no evidence."""
    return 0.0 if rest is _NOTHING else answer.nats - rest.nats


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
