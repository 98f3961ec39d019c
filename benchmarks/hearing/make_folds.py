"""Write the folds of speakers: `python benchmarks/hearing/make_folds.py DIR > benchmarks/hearing/folds.json`.

A speaker's fold follows from the name alone, so that nobody can choose it. The file was committed before anything was
fitted to the recordings, and is not made again.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

from voice.measure_corpus import MANIFEST, digest, fold_of

FOLDS = 5


def main(folder: Path) -> None:
    """Print the folds as JSON."""
    with (folder / MANIFEST).open(encoding="utf-8", newline="") as file:
        speakers = {row["speaker"] for row in csv.DictReader(file)}
    folds = [sorted(one for one in speakers if fold_of(one, FOLDS) == fold) for fold in range(1, FOLDS + 1)]
    rule = f"SHA-256 of the speaker's name, its first 8 bytes as a big-endian number, modulo {FOLDS}"
    json.dump(
        {"rule": rule, "manifest_sha256": digest(folder), "folds": folds}, sys.stdout, ensure_ascii=False, indent=0
    )
    print()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
