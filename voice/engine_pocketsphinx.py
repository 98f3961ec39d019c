"""Hearing with PocketSphinx: the trial engine, whose English model comes inside its wheel.

It got 60 % of isolated digits in six accents right: people should not be judged by it. `sayso check` says which engine
is in use. Source: PocketSphinx 5's decoder (`ps_process_raw`, `ps_add_jsgf_string`) and its configuration parameters.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from voice.audio import duration_s, level_dbfs
from voice.decoder_settings import pocketsphinx_settings
from voice.decoys import decoys
from voice.engine import unknown
from voice.errors import VoiceError
from voice.utterance import Evidence, Utterance

_KEPT_GRAMMARS = 32
_OPEN = None
"""PocketSphinx's name for the search it was made with: its own language model."""


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
            from pocketsphinx import Decoder  # noqa: PLC0415 - a kiosk with Vosk needs none of it
        except (ImportError, OSError) as error:
            raise VoiceError(
                "Cannot load pocketsphinx", f"on this machine: {error}", "Install it again, or set the engine to vosk."
            ) from error
        self._language = language
        self._lock = threading.Lock()
        try:
            self._decoder: Any = Decoder(loglevel="FATAL", **pocketsphinx_settings())
        except (RuntimeError, ValueError) as error:
            raise VoiceError("Cannot load the PocketSphinx model", f"'en-us': {error}", "Install it again.") from error
        self._grammars: dict[tuple[tuple[str, ...], tuple[str, ...]], str] = {}
        self._made = 0

    def unknown_words(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """Words that have no pronunciation in the model's dictionary."""
        phrases = tuple(phrases)
        with self._lock:
            return unknown(phrases, {word: self._knows(word) for phrase in phrases for word in phrase.split()})

    def recognise(self, turn: int, pcm: bytes, phrases: tuple[str, ...]) -> Utterance:
        """See `Engine`. Three passes: the phrases alone, the phrases among decoys, the whole vocabulary."""
        with self._lock:
            allowed = tuple(p for p in phrases if p and all(self._knows(word) for word in p.split()))
            grammar_text = decoy_text = ""
            if allowed:
                grammar_text = self._pass(pcm, self._grammar(allowed))
                others = tuple(word for word in decoys(self._language, phrases) if self._knows(word))
                text = self._pass(pcm, self._grammar(allowed, others))
                decoy_text = "" if text in others else text
            open_text = self._pass(pcm, _OPEN)
        level = level_dbfs(pcm)
        evidence = Evidence(grammar_text, decoy_text, open_text, duration_s(pcm), level, f"{self.name} {self.model}")
        return Utterance(turn, grammar_text, evidence)

    def _knows(self, word: str) -> bool:
        # JSGF's own signs can't stand in a word: such a word is unknown, whatever the dictionary says.
        return not set(word) & set('|()[]<>*+;={}/"\\') and self._decoder.lookup_word(word) is not None

    def _grammar(self, phrases: tuple[str, ...], others: tuple[str, ...] = ()) -> str:
        """The name of a search, made once and kept; the oldest goes when there are many.

        Without `others`: exactly one of the phrases. With them: one phrase, or two in a row (so that "yes no" is seen
        to be two answers), or one of the others. A free sequence of all of them took minutes to search.
        """
        key = (phrases, others)
        if key not in self._grammars:
            if len(self._grammars) >= _KEPT_GRAMMARS:
                oldest = next(iter(self._grammars))
                # The search in use can't be removed.
                self._decoder.activate_search(_OPEN)
                self._decoder.remove_search(self._grammars.pop(oldest))
            self._made += 1
            name = f"grammar-{self._made}"
            one = " | ".join(f"( {phrase} )" for phrase in phrases)
            rules = f"public <answer> = {one} ;"
            if others:
                rules = f"<one> = {one} ; public <answer> = <one> | <one> <one> | {' | '.join(others)} ;"
            self._decoder.add_jsgf_string(name, f"#JSGF V1.0; grammar sayso; {rules}")
            self._grammars[key] = name
        return self._grammars[key]

    def _pass(self, pcm: bytes, search: str | None) -> str:
        """The text of one pass, "" for none.

        Given the whole utterance at once, PocketSphinx takes its cepstral mean from that alone; its estimate of the
        room's noise goes on from pass to pass unless the features are begun anew (0.03 ms). With both the same sound
        gives the same text, whoever spoke before.
        """
        if not pcm:
            return ""
        decoder = self._decoder
        decoder.reinit_feat()
        decoder.activate_search(search)
        decoder.start_utt()
        try:
            decoder.process_raw(pcm, full_utt=True)
        finally:
            decoder.end_utt()
        found = decoder.hyp()
        return str(found.hypstr) if found is not None else ""
