"""Hearing with Vosk: one model, a fresh recogniser for each grammar, and one that is kept for the whole vocabulary.

A recogniser keeps adapting to whoever spoke last (its i-vectors live on past a result), which would make what the next
person says depend on the last. A new one for a grammar costs a millisecond; one for all words searches its graph for a
second each time, so there a reset behind the final result begins with nothing known of anybody's voice.
Source: vosk-api's recognizer.cc and model.cc, version 0.3.45.
"""

from __future__ import annotations

import ctypes
import json
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from voice.audio import RATE_HZ, duration_s, level_dbfs, size_bytes
from voice.decoys import decoys
from voice.engine import Found, unknown
from voice.errors import VoiceError
from voice.utterance import Evidence, Utterance
from voice.weights import Weights

_BLOCK_BYTES = size_bytes(0.1)
_TAIL = bytes(size_bytes(0.2))
"""Silence behind the speech: the decoder's last words come out whole."""
_UNKNOWN = "[unk]"
_OPEN_PASSES = 50
"""A kept recogniser of the whole vocabulary grows with every part of its graph that is walked, by 1.4 MB a word
(the Korean model, 585 MB to 656 MB in 50 words)."""


class VoskEngine:
    """A Vosk model in a folder.

    Args:
        folder: the model; always a path, because vosk looks for a name on the network and may end the program.
        language: decides the decoys.

    Raises:
        VoiceError: vosk can't be loaded, or the folder is no model.
    """

    name = "vosk"

    def __init__(self, folder: Path, language: str) -> None:
        self.model = folder.name if folder.name != "model" else f"{folder.parent.name} model"
        self._language = language
        self.weights: Weights | None = None
        self._lock = threading.Lock()
        self._words: dict[str, bool] = {}
        self._opened: Any = None
        self._opened_passes = 0
        self._libc = ctypes.CDLL(None)
        try:
            import vosk  # noqa: PLC0415 - loads a 25 MB library; a kiosk with the other engine needs none of it
        except (ImportError, OSError) as error:
            raise VoiceError(
                "Cannot load vosk", f"on this machine: {error}", "Install it again, or set the engine to pocketsphinx."
            ) from error
        if not (folder / "am" / "final.mdl").is_file():
            raise VoiceError(
                "Cannot load the Vosk model",
                f"'{folder}': it has no am/final.mdl",
                "Run `sayso models install` again.",
            )
        vosk.SetLogLevel(-1)
        self._vosk: Any = vosk
        try:
            self._model: Any = vosk.Model(str(folder))
        except Exception as error:
            # vosk raises a bare Exception for every fault of a model.
            raise VoiceError(
                "Cannot load the Vosk model", f"'{folder}': it is damaged", "Run `sayso models install` again."
            ) from error

    def unknown_words(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """Words that the model does not know. Vosk itself would drop them with a warning on stderr."""
        phrases = tuple(phrases)
        with self._lock:
            return unknown(phrases, {word: self._knows(word) for phrase in phrases for word in phrase.split()})

    def recognise(self, turn: int, pcm: bytes, meanings: Mapping[str, str]) -> Utterance:
        """See `Engine`. Four passes: the phrases alone; among decoys; what else could be said; the whole vocabulary.

        Vosk's models hold no list of their phonemes: how much better a phrase fits than the best text of the whole
        vocabulary stands for `over_sounds`.
        """
        with self._lock:
            allowed = tuple(p for p in meanings if p and all(self._knows(word) for word in p.split()))
            decoyed = tuple(word for word in decoys(self._language, meanings) if self._knows(word))
            opened = self._pass(pcm, None)
            grammar_text = decoy_text = ""
            over_others = over_sounds = None
            if allowed:
                answer = self._pass(pcm, allowed)
                grammar_text = self._whole(answer.text, allowed)
                decoy_text = self._whole(self._pass(pcm, allowed + decoyed).text, allowed)
            others = tuple(p for p in allowed if meanings[p] != meanings.get(grammar_text)) + decoyed
            if grammar_text in meanings and others:
                over_others = answer.nats - self._pass(pcm, others).nats
                over_sounds = answer.nats - opened.nats
        evidence = Evidence(
            grammar_text,
            decoy_text,
            opened.text,
            duration_s(pcm),
            level_dbfs(pcm),
            f"{self.name} {self.model}",
            over_others=over_others,
            over_sounds=over_sounds,
        )
        return Utterance(turn, grammar_text, evidence)

    def _knows(self, word: str) -> bool:
        if word not in self._words:
            self._words[word] = self._model.vosk_model_find_word(word) >= 0
        return self._words[word]

    def _pass(self, pcm: bytes, grammar: tuple[str, ...] | None) -> Found:
        """What one pass finds; Vosk may end a result by itself in the middle, so all of them are joined.

        Its likelihood is of acoustic and language model together: `NbestResult` in recognizer.cc calls it confidence.
        """
        # Kaldi adds random noise to the sound (dither) from C's rand(): the same sound would give now this, now that.
        self._libc.srand(1)
        if grammar is None:
            recogniser = self._open()
        else:
            # A garbage word exists only in models that have it; elsewhere it would be a warning on stderr.
            words = [*grammar, _UNKNOWN] if self._knows(_UNKNOWN) else list(grammar)
            recogniser = self._vosk.KaldiRecognizer(self._model, RATE_HZ, json.dumps(words, ensure_ascii=False))
        # With alternatives, even one, Vosk tells the likelihood of the whole instead of a confidence that is always 1.
        recogniser.SetMaxAlternatives(1)
        # Only what comes after a final result is begun anew, without what was learnt of the last voice.
        recogniser.Reset()
        found: list[dict[str, Any]] = []
        sound = pcm + _TAIL
        for place in range(0, len(sound), _BLOCK_BYTES):
            if recogniser.AcceptWaveform(sound[place : place + _BLOCK_BYTES]):
                found += json.loads(recogniser.Result())["alternatives"][:1]
        found += json.loads(recogniser.FinalResult())["alternatives"][:1]
        return Found(" ".join(one["text"] for one in found if one["text"]), sum(one["confidence"] for one in found))

    def _open(self) -> Any:
        """The recogniser of the whole vocabulary, kept for a while: what it has searched is quick to search again."""
        if self._opened is None or self._opened_passes >= _OPEN_PASSES:
            self._opened, self._opened_passes = self._vosk.KaldiRecognizer(self._model, RATE_HZ), 0
        self._opened_passes += 1
        return self._opened

    @staticmethod
    def _whole(text: str, allowed: tuple[str, ...]) -> str:
        """The text if it is made of allowed phrases and nothing else, else "".

        A Vosk grammar is a bigram model over the words of the list: words of different phrases combine. Two phrases in
        a row are kept as they are, for the decision to see.
        """
        rest = text
        while rest:
            fits = [p for p in allowed if rest == p or rest.startswith(f"{p} ")]
            if not fits:
                return ""
            rest = rest[len(max(fits, key=len)) :].lstrip()
        return text
