#!/usr/bin/env python3
"""Write voice/words/en.txt anew: the most frequent English words of PocketSphinx's language model, as they are said.

    .venv/bin/python script/common_words.py

Run it when the model changes; nothing else needs it.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path

from pocketsphinx import Decoder, get_model_path

MOST = 5000
TARGET = Path(__file__).parent.parent / "voice" / "words" / "en.txt"
HEAD = f"""\
# The {MOST} most frequent words of the language model in PocketSphinx's en-us model, the most frequent first, with how
# they are said by its copy of the CMU Pronouncing Dictionary (Copyright 1993-2015 Carnegie Mellon University, BSD
# 2-clause; https://github.com/cmusphinx/cmudict). Made by script/common_words.py.
"""


def main() -> None:
    """Write the list."""
    said: dict[str, list[str]] = defaultdict(list)
    dictionary = Path(get_model_path()) / "en-us" / "cmudict-en-us.dict"
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        word, _, phonemes = line.partition(" ")
        plain = re.sub(r"\(\d+\)$", "", word)
        if plain.isalpha():
            said[plain].append(phonemes)
    model = Decoder(loglevel="FATAL").get_lm()
    frequent = sorted(said, key=lambda word: (-model.prob([word]), word))[:MOST]
    lines = [f"{word}: {' | '.join(said[word])}\n" for word in frequent]
    TARGET.write_text(HEAD + "".join(lines), encoding="utf-8")
    sys.stdout.write(f"{len(lines)} words in '{TARGET}'\n")


if __name__ == "__main__":
    main()
