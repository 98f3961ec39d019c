"""Whether an engine's memory stays flat: thousands of recordings through its own process, memory now and then.

    .venv/bin/python benchmarks/hearing_memory.py                                       10,000 by PocketSphinx
    .venv/bin/python benchmarks/hearing_memory.py --engine vosk --language ko --minutes 10
    .venv/bin/python benchmarks/hearing_memory.py --json found.json

What may be said changes as in visits: a question's two to four answers and the commands, another question each time,
of so many questions that an engine can't keep them all. Of each recording the 0.4 s round its loudest are recognised:
about as much as a kiosk cuts out for a word. An hour with PocketSphinx; asserts nothing. The recordings are people's
(SAYSO_SPEECH, else ../shared/speech): in another language than English only speed and memory mean anything.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from house import ROOT
from using import korean_model, memory_mb, processes

from voice.audio import RATE_HZ, load
from voice.engine_process import EngineProcess

SPEECH = Path(os.environ.get("SAYSO_SPEECH") or ROOT.parent / "shared" / "speech")
SHORTEST_S, LONGEST_S = 0.4, 3.0
CLIPS = 800
QUESTIONS = 120
LOADED_WITHIN_S = 120.0
CUT = 4 * RATE_HZ // 10
SEED = 1
WORDS = {
    "en": """yes no happy good okay bad never sometimes often always morning evening kitchen garden alone together music
        walk quiet loud friends family food bed room safe tired busy angry sad""",
    "ko": "좋아요 보통 싫어요 네 아니요 가끔 자주 항상 아침 저녁 음악 산책 친구 가족 음식 방",
}
COMMANDS = {
    "en": ("stop", "again", "skip", "help", "back", "louder", "quieter", "i don't know", "i don't want to say"),
    "ko": ("그만", "다시", "도와주세요", "몰라요"),
}


@dataclass(frozen=True)
class Sample:
    """Memory after so many utterances, in MB, a page that processes share divided among them."""

    utterances: int
    engine_mb: float
    caller_mb: float
    at_s: float


def questions(language: str, chance: random.Random) -> list[dict[str, str]]:
    """What may be said to each, and what it means: itself."""
    words = WORDS[language].split()
    said = ((*chance.sample(words, chance.randint(2, 4)), *COMMANDS[language]) for _ in range(QUESTIONS))
    return [{phrase: phrase for phrase in one} for one in said]


def clips(chance: random.Random) -> list[bytes]:
    """Recordings of people as long as answers are."""
    with (SPEECH / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            row for row in csv.DictReader(file) if SHORTEST_S <= float(row["seconds"]) <= LONGEST_S and row["label"]
        ]
    return [loudest(load(SPEECH / row["path"])) for row in chance.sample(rows, min(CLIPS, len(rows)))]


def loudest(pcm: bytes) -> bytes:
    """The part of it round its loudest sample."""
    samples = np.frombuffer(pcm, dtype="<i2")
    begin = max(0, min(int(np.abs(samples.astype(np.int32)).argmax()) - CUT // 2, len(samples) - CUT))
    return samples[begin : begin + CUT].tobytes()


def measure(engine: EngineProcess, language: str, utterances: int, minutes: float, every: int) -> list[Sample]:
    """Recognise until there were so many, or the time is over."""
    chance = random.Random(SEED)  # noqa: S311  the same ones each time
    asked, sounds = questions(language, chance), clips(chance)
    samples: list[Sample] = []
    began_s = time.monotonic()
    for number in range(1, utterances + 1):
        engine.recognise(number, chance.choice(sounds), chance.choice(asked))
        if number % every == 0:
            pid = engine.pid
            if pid is None:
                sys.exit(f"hearing_memory: the engine was lost at {number}")
            engine_mb = sum(memory_mb(each)[0] for each in processes(pid))
            sample = Sample(number, engine_mb, memory_mb(os.getpid())[0], time.monotonic() - began_s)
            samples.append(sample)
            print(
                f"{sample.utterances:6} {sample.engine_mb:7.1f} MB {sample.caller_mb:7.1f} MB {sample.at_s:6.0f} s",
                flush=True,
            )
            if sample.at_s > minutes * 60:
                break
    return samples


def growth_percent(samples: list[Sample]) -> float:
    """From the first sample to the last."""
    return (samples[-1].engine_mb / samples[0].engine_mb - 1) * 100


def main() -> None:
    """Run it, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", default="pocketsphinx", choices=("pocketsphinx", "vosk"))
    parser.add_argument("--language", default="en", choices=tuple(WORDS))
    parser.add_argument("--models-dir", type=Path, help="where the model is; for Korean the test dependencies' own")
    parser.add_argument("--utterances", type=int, default=10_000)
    parser.add_argument(
        "--every", type=int, default=500, help="look at the memory after so many, and reckon from the first"
    )
    parser.add_argument("--minutes", type=float, default=60.0, help="stop after these")
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    models = arguments.models_dir or (korean_model() if arguments.language == "ko" else None) or ROOT / "models"
    with EngineProcess(arguments.engine, arguments.language, models) as engine:
        engine.wait_until_ready(LOADED_WITHIN_S)
        samples = measure(engine, arguments.language, arguments.utterances, arguments.minutes, arguments.every)
        name = f"{engine.name} {engine.model}"
    if not samples:
        sys.exit(f"hearing_memory: fewer than {arguments.every} utterances")
    print(
        f"{name}: {growth_percent(samples):+.1f} % from {samples[0].utterances} to {samples[-1].utterances} utterances"
    )
    if arguments.json:
        found = {"engine": name, "growth_percent": growth_percent(samples), "samples": [asdict(one) for one in samples]}
        arguments.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
