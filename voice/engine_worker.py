"""The process that `voice.engine_process` starts: one engine, asked one thing after the other until the line ends.

It is told the number of its end of the line as its one argument. Over the line come tuples, pickled: both ends are this
program. The first is (engine, language, folder of models), answered with ("ready", name, model, weights); then
("unknown_words", phrases) or ("recognise", turn, pcm, meanings), answered with ("done", result). ("refused", op,
subject, hint) is a VoiceError, ("fault", what, where) the last word of a process that ends for a fault of Sayso's own.

Only what an engine needs is imported here: each megabyte of this process is there twice on a small machine.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from voice.engine import Engine
from voice.engines import open_engine
from voice.errors import EngineGone, VoiceError
from voice.parent import end_with_parent

_TAKEN_FIRST = "500"
"""Of 1000: where memory ends, the kernel should take this process and not the kiosk. Source: proc(5), oom_score_adj."""


def main() -> int:
    """Serve until the line ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the kiosk, which then ends this process
    end_with_parent()
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_TAKEN_FIRST, encoding="ascii")
    with Connection(int(sys.argv[1])) as line:
        try:
            _serve(line)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return 0  # the kiosk has gone
        except Exception as fault:  # noqa: BLE001  told to the kiosk, which starts another process
            # Never the message: it may be what somebody said.
            place = traceback.extract_tb(fault.__traceback__)[-1]
            line.send(("fault", type(fault).__name__, f"{Path(place.filename).name}:{place.lineno}"))
            return 1
    return 0


def _serve(line: Connection) -> None:
    name, language, models_dir = line.recv()
    try:
        engine = open_engine(name, language, models_dir, beside=True)
    except VoiceError as error:
        line.send(_refused(error))
        return
    line.send(("ready", engine.name, engine.model, engine.weights))
    while True:
        asked = line.recv()
        try:
            line.send(("done", _answer(engine, asked)))
        except EngineGone:
            raise  # a part of it has ended: all of it is started anew
        except VoiceError as error:
            line.send(_refused(error))


def _answer(engine: Engine, asked: tuple[Any, ...]) -> Any:
    match asked:
        case ("unknown_words", phrases):
            return engine.unknown_words(phrases)
        case ("recognise", turn, pcm, meanings):
            return engine.recognise(turn, pcm, meanings)
    raise ValueError(asked[0])


def _refused(error: VoiceError) -> tuple[str, str, str, str]:
    return "refused", error.op, error.subject, error.hint


if __name__ == "__main__":
    sys.exit(main())
