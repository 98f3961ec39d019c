"""Draws docs/hearing-*.svg: what is gained and what it costs, at every limit that could have been chosen.

    .venv/bin/python benchmarks/hearing/plots.py FOLD_WEIGHTS_DIR EACH.jsonl ...

FOLD_WEIGHTS_DIR is from `sayso voice fit --fold-weights`, EACH.jsonl from `sayso voice measure --each`. Each listening
is scored by the weights that were fitted without its speaker's fold.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from voice.fit import FOLDS  # noqa: E402  the repository is found first
from voice.measure_corpus import Phrases, fold_of  # noqa: E402
from voice.utterance import Evidence  # noqa: E402
from voice.weights import Weights, features, read  # noqa: E402

Point = tuple[float, float]
WIDTH, HEIGHT, MARGIN = 640, 400, 56
FONT = 'font-family="sans-serif" font-size="13"'
COLOURS = ("#0b3d91", "#b3471d", "#2e6b34", "#6a1b7a")
PHRASES = Phrases(("yes", "no", "happy"), ("stop", "again", "skip", "help"))
MISSING = -1e9
"""The score of what was not heard as speech at all."""


def score(one: dict[str, Any], weights: Sequence[Weights]) -> float:
    """Of one listening, by the weights that have not seen its speaker."""
    if one["evidence"] is None or not one["evidence"]["grammar_text"]:
        return MISSING
    mine = weights[fold_of(one["speaker"], FOLDS) - 1]
    found = features(Evidence(**one["evidence"]), PHRASES.meanings)
    return MISSING if found is None else mine.score(found)


def trade_off(said: Iterable[tuple[float, bool]], others: Iterable[float]) -> list[Point]:
    """For each limit: the share of other words at or above it, and of answers that are there and right."""
    said, others = list(said), sorted(others, reverse=True)
    points = []
    for taken, limit in enumerate(others):
        right = sum(is_right and one > limit for one, is_right in said)
        points.append((taken / len(others), right / len(said)))
    return points


def drawn(title: str, across: str, up: str, most: float, lines: dict[str, list[Point]]) -> str:
    """The plot as SVG; `most` is how far it goes across."""
    wide, high = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN

    def place(point: Point) -> str:
        return f"{MARGIN + min(point[0], most) / most * wide:.1f},{HEIGHT - MARGIN - point[1] * high:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {FONT}>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{MARGIN}" y="28" font-size="16" fill="#111111">{title}</text>',
    ]
    for step in range(6):
        share = step / 5
        x, y = place((share * most, share)).split(",")
        parts.append(f'<path d="M{MARGIN},{y} H{WIDTH - MARGIN}" stroke="#dddddd"/>')
        parts.append(f'<text x="{MARGIN - 8}" y="{y}" text-anchor="end" dominant-baseline="middle">{share:.0%}</text>')
        parts.append(f'<text x="{x}" y="{HEIGHT - MARGIN + 18}" text-anchor="middle">{share * most:.1%}</text>')
    parts.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">{across}</text>')
    parts.append(f'<text transform="translate(14,{HEIGHT / 2}) rotate(-90)" text-anchor="middle">{up}</text>')
    for number, (name, points) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        inside = [point for point in points if point[0] <= most]
        parts.append(
            f'<polyline points="{" ".join(map(place, inside))}" fill="none" stroke="{colour}" stroke-width="2.5"/>'
        )
        parts.append(f'<text x="{WIDTH - MARGIN - 8}" y="{HEIGHT - MARGIN - 14 - 20 * number}" text-anchor="end" ')
        parts.append(f'fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>\n"])


def main() -> None:
    """Draw both."""
    weights = [read(Path(sys.argv[1]) / f"without-{number}.toml") for number in range(1, FOLDS + 1)]
    said: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    others: list[float] = []
    for name in sys.argv[2:]:
        for line in Path(name).read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            found = score(one, weights)
            if one["kind"] == "answers":
                noise = "without noise" if one["snr_db"] is None else f"noise {one['snr_db']:.0f} dB below the speech"
                heard = one["evidence"]["grammar_text"] if one["evidence"] else ""
                said[noise].append((found, heard == one["label"]))
            elif one["kind"] == "other_words" and one["snr_db"] is None:
                others.append(found)
    lines = {noise: trade_off(answers, others) for noise, answers in sorted(said.items(), reverse=True)}
    engine = f"{weights[0].engine} {weights[0].model}"
    for name, title, across, up, most in (
        ("sure", f"Taken as sure ({engine})", "other words taken as sure", "answers sure and right", 0.05),
        ("asked", f"Sure or asked about ({engine})", "other words asked about", "answers proposed right", 0.5),
    ):
        target = ROOT / "docs" / f"hearing-{name}.svg"
        target.write_text(drawn(title, across, up, most, lines), encoding="utf-8")
        sys.stdout.write(f"{target}\n")


if __name__ == "__main__":
    main()
