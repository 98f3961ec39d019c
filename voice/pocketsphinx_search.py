"""PocketSphinx's decoder, a search at a time: what fits a sound best, and how well.

Two of a kiosk's four passes need no grammar. Where a second processor is free they run beside the others, in a process
that is forked off the loaded model and shares its memory: a sound is decided in a little more than half the time.

Source: PocketSphinx 5's decoder (`ps_process_raw`, `ps_add_jsgf_string`) and its configuration parameters.
"""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import os
import signal
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

from voice.decoder_settings import pocketsphinx_settings
from voice.engine import Found
from voice.errors import EngineGone, VoiceError
from voice.parent import end_with_parent

NOTHING = Found("", -10_000.0)
"""Worse than any sound fits: a search that came to no end."""

_KEPT_GRAMMARS = 8
"""Making a question's two takes 7 ms. With 64 kept the engine grew by 130 MB, with 8 by 22."""
_SCORE_NATS = 1024.0
"""A pass's score is a likelihood with its logarithm divided by this. Source: SENSCR_SHIFT in PocketSphinx's hmm.h."""
_SOUNDS = "sounds"
"""The name of the search for a free string of phonemes, by the bigrams of the model's own `en-us-phone.lm.bin`."""
_OPEN = None
"""PocketSphinx's name for the search it was made with: its own language model."""


class Searches:
    """One decoder and its searches.

    Raises:
        VoiceError: there is no PocketSphinx on this machine, or its model can't be loaded.
    """

    def __init__(self) -> None:
        try:
            from pocketsphinx import Decoder, get_model_path  # noqa: PLC0415 - a kiosk with Vosk needs none of it
        except (ImportError, OSError) as error:
            raise VoiceError(
                "Cannot load pocketsphinx", f"on this machine: {error}", "Install it again, or set the engine to vosk."
            ) from error
        try:
            self._decoder: Any = Decoder(loglevel="FATAL", **pocketsphinx_settings())
            self._decoder.add_allphone_file(_SOUNDS, str(Path(get_model_path()) / "en-us" / "en-us-phone.lm.bin"))
        except (RuntimeError, ValueError) as error:
            raise VoiceError("Cannot load the PocketSphinx model", f"'en-us': {error}", "Install it again.") from error
        self._grammars: dict[str, str] = {}
        self._made = 0
        self._known: dict[str, bool] = {}

    def knows(self, word: str) -> bool:
        """Whether the model's dictionary has a pronunciation for it."""
        # Looked up once: the wheel's lookup_word never frees the pronunciation it was given, 32 bytes for each word.
        if word not in self._known:
            # JSGF's own signs can't stand in a word: such a word is unknown, whatever the dictionary says.
            fits = not set(word) & set('|()[]<>*+;={}/"\\')
            self._known[word] = fits and self._decoder.lookup_word(word) is not None
        return self._known[word]

    def by_grammar(self, pcm: bytes, rules: str) -> Found:
        """What fits best of what the rules of a JSGF grammar allow."""
        return self._pass(pcm, self._grammar(rules))

    def sounds(self, pcm: bytes) -> Found:
        """The free string of phonemes that fits best."""
        return self._pass(pcm, _SOUNDS)

    def opened(self, pcm: bytes) -> Found:
        """What fits best of the whole vocabulary."""
        return self._pass(pcm, _OPEN)

    def _grammar(self, rules: str) -> str:
        """The name of a search, made once and kept; the oldest goes when there are many."""
        if rules not in self._grammars:
            if len(self._grammars) >= _KEPT_GRAMMARS:
                oldest = next(iter(self._grammars))
                # The search in use can't be removed.
                self._decoder.activate_search(_OPEN)
                self._decoder.remove_search(self._grammars.pop(oldest))
            self._made += 1
            name = f"grammar-{self._made}"
            self._decoder.add_jsgf_string(name, f"#JSGF V1.0; grammar sayso; {rules}")
            self._grammars[rules] = name
        return self._grammars[rules]

    def _pass(self, pcm: bytes, search: str | None) -> Found:
        """What one pass finds; its likelihood is over that of the best sound each 10 ms.

        Given the whole utterance at once, PocketSphinx takes its cepstral mean from that alone; its estimate of the
        room's noise goes on from pass to pass unless the features are begun anew (0.03 ms). With both the same sound
        gives the same text, whoever spoke before.
        """
        if not pcm:
            return NOTHING
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
            return NOTHING
        return Found(str(found.hypstr), _SCORE_NATS * math.log(found.score))


class FreePasses(Protocol):
    """The two passes that need no grammar, over one sound after the other."""

    def begin(self, pcm: bytes) -> None:
        """What the next two are about."""

    def sounds(self) -> Found:
        """As `Searches.sounds`."""

    def opened(self) -> Found:
        """As `Searches.opened`."""


class Here:
    """Each pass when it is asked for."""

    def __init__(self, searches: Searches) -> None:
        self._searches = searches
        self._pcm = b""

    def begin(self, pcm: bytes) -> None:
        """See `FreePasses`."""
        self._pcm = pcm

    def sounds(self) -> Found:
        """See `FreePasses`."""
        return self._searches.sounds(self._pcm)

    def opened(self) -> Found:
        """See `FreePasses`."""
        return self._searches.opened(self._pcm)


class Beside:
    """Both passes at once, in a process that shares the loaded model's memory. It ends with this one.

    Call it from a thread that lasts, before the process has others: the kernel ends the child with the thread.
    """

    def __init__(self, searches: Searches) -> None:
        context = multiprocessing.get_context("fork")
        self._line, theirs = context.Pipe()
        self._found: tuple[Found, Found] | None = None
        self._under_way = False
        self._process = context.Process(target=_serve, args=(searches, theirs, self._line), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int | None:
        """The number of its process, for measuring."""
        return self._process.pid

    def begin(self, pcm: bytes) -> None:
        """See `FreePasses`. Raises: EngineGone."""
        with _gone():
            if self._under_way:
                self._line.recv()  # of a sound that somebody gave up on
            self._found, self._under_way = None, True
            self._line.send_bytes(pcm)

    def sounds(self) -> Found:
        """See `FreePasses`. Raises: EngineGone."""
        return self._both()[0]

    def opened(self) -> Found:
        """See `FreePasses`. Raises: EngineGone."""
        return self._both()[1]

    def _both(self) -> tuple[Found, Found]:
        if self._found is None:
            with _gone():
                self._found = self._line.recv()
            self._under_way = False
        return self._found


def more_processors() -> bool:
    """Whether two passes can run at once here."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return usable > 1


@contextlib.contextmanager
def _gone() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError) as error:
        hint = "The engine is started again by itself; until then answer by key."
        raise EngineGone(
            "Cannot recognise speech", "with 'pocketsphinx': its second process has ended", hint
        ) from error


def _serve(searches: Searches, line: Connection, others: Connection) -> None:
    """In the second process: both passes over each sound that comes, until the line ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that uses this one
    end_with_parent()
    others.close()
    with contextlib.suppress(EOFError, OSError):
        while True:
            pcm = line.recv_bytes()
            line.send((searches.sounds(pcm), searches.opened(pcm)))
