"""What `sayso voice measure` tells: lines for people, an entry for the log, and the machine it ran on."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_UNITS_PER_MB = 1024
"""Linux tells the most memory ever resident in kB."""
_TITLES = {"answers": "Answers", "commands": "Commands", "other_words": "Other words"}
_NAMES = {
    "other_words_sure": "taken as sure",
    "other_words_asked": "asked about",
    "proposed_right": "proposed, and right",
    "sure_right": "sure and right",
    "sure_wrong": "sure and wrong",
    "asked": "asked about",
    "asked_wrong": "asked about, but wrong",
    "no_match": "no match",
    "two_answers": "two answers at once",
    "clipped": "too loud",
    "noisy": "noisy",
    "no_speech": "no speech found",
    "cut_off": "cut off",
    "plain_grammar_right": "plain grammar right",
    "plain_grammar_took": "plain grammar took",
}
_LEFT_OUT_OF_LOG = ("methods",)
_LISTS = ("worst_speakers", "worst_words", "taken_wrongly")


def machine() -> dict[str, Any]:
    """What it runs on, for whoever compares times."""
    try:
        cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        cpuinfo = []
    model = next((line.partition(":")[2].strip() for line in cpuinfo if line.startswith(("model name", "Model"))), "")
    return {
        "cpu": model or platform.machine(),
        "cores": os.cpu_count(),
        "load_1_min": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
    }


def memory_mb() -> float:
    """The most memory that this process ever had resident."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _UNITS_PER_MB, 1)


def log_entry(found: Mapping[str, Any]) -> dict[str, Any]:
    """One run for the log: when, of which commit, and the figures without single recordings."""
    kept = {key: _without_lists(value) for key, value in found.items() if key not in _LEFT_OUT_OF_LOG}
    return {"date": datetime.now(UTC).isoformat(timespec="seconds"), "commit": _commit(), **kept}


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The figures for people."""
    corpus = found["corpus"]
    yield f"{found['engine']} {found['model']}, {corpus['recordings']} recordings of '{corpus['folder']}'"
    if found["interrupted"]:
        yield "Ended by Ctrl-C: these are the figures up to there."
    for condition in found["conditions"]:
        yield ""
        snr_db = condition["snr_db"]
        yield "Without noise added" if snr_db is None else f"Noise {snr_db:g} dB below the speech"
        for kind, title in _TITLES.items():
            if kind in condition:
                yield from _of_words(title, condition[kind])
        if "decision_ms" in condition:
            yield from _times(condition["decision_ms"])
    if "room" in found:
        yield from _of_room(found["room"])
    yield ""
    yield (
        f"Real-time factor {found.get('real_time_factor', 0):.3f}, memory {found['memory_mb']['peak']:.0f} MB at most; "
        f"{found['machine']['cores']} cores of {found['machine']['cpu']}, load {found['machine']['load_1_min']}."
    )
    yield "In brackets: the 95 % interval; by speaker: the same when speakers are drawn; up to: one-sided 95 % bound."


def _of_words(title: str, found: Mapping[str, Any]) -> Iterator[str]:
    yield f"  {title}: {found['recordings']} recordings by {found['speakers']} speakers"
    for name, words in _NAMES.items():
        if name in found:
            yield f"    {words:24} {_share(found[name])}"
    for word, short in found.get("per_word", {}).items():
        yield (
            f"    '{word}': {short['proposed_right']['count']} of {short['recordings']} right, "
            f"{short['sure_right']['count']} sure, {short['sure_wrong']['count']} sure and wrong"
        )
    yield from _worst(found)
    for event in found["taken_wrongly"]:
        yield f"    '{event['label']}' taken for '{event['meaning']}' ({event['outcome']}): {event['path']}"


def _worst(found: Mapping[str, Any]) -> Iterator[str]:
    speakers = {
        who: short
        for who, short in found["worst_speakers"].items()
        if "proposed_right" in short and short["proposed_right"]["count"] < short["recordings"]
    }
    if speakers:
        told = (f"{who} {one['proposed_right']['count']} of {one['recordings']}" for who, one in speakers.items())
        yield f"    understood worst: {', '.join(told)}"


def _share(found: Mapping[str, Any]) -> str:
    low, high = (100 * one for one in found["interval_95"])
    drawn = found["by_speaker_95"]
    speakers = "" if drawn is None else f"; by speaker {100 * drawn[0]:.1f} to {100 * drawn[1]:.1f}"
    return (
        f"{100 * found['share']:5.1f} % ({low:.1f} to {high:.1f}{speakers}; up to {100 * found['upper_95']:.1f})"
        f"  {found['count']} of {found['of']}"
    )


def _times(found: Mapping[str, Any]) -> Iterator[str]:
    for name, words in (("sure", "sure"), ("sure_cpu", "sure, in processor time"), ("all", "all")):
        if found[name]["samples"]:
            p50, p95 = found[name]["p50"], found[name]["p95"]
            yield (
                f"  End of speech to decision, {words}: p50 {p50['ms']:.0f} ms {_between(p50)}, "
                f"p95 {p95['ms']:.0f} ms {_between(p95)}, {found[name]['samples']} of them"
            )


def _between(found: Mapping[str, Any]) -> str:
    low, high = ("?" if one is None else f"{one:.0f}" for one in found["interval_95"])
    return f"({low} to {high})"


def _of_room(found: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield f"The room: {found['recordings']} recordings, {found['hours']:.2f} hours"
    for name, words in (
        ("false_sure", "taken as sure"),
        ("false_asked", "asked about"),
        ("no_match", "not understood"),
        ("noisy", "told that it is noisy"),
    ):
        one = found[f"{name}_per_hour"]
        low, high = one["interval_95"]
        yield (
            f"    {words:24} {one['per_hour']:6.1f} an hour ({low:.1f} to {high:.1f}; up to {one['upper_95']:.1f})"
            f"  {one['events']} times"
        )
    for event in found["taken_wrongly"]:
        yield f"    taken for '{event['meaning']}' ({event['outcome']}): {event['path']} at {event['at_s']:.1f} s"


def _without_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_lists(inner) for key, inner in value.items() if key not in _LISTS}
    if isinstance(value, list):
        return [_without_lists(inner) for inner in value]
    return value


def _commit() -> str:
    """The commit that was measured, "-dirty" where what hears was changed since; "" outside a checkout."""
    root = Path(__file__).parent.parent
    try:
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=root, capture_output=True, text=True, check=True
        )
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--", "voice"], cwd=root, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return commit.stdout.strip() + ("-dirty" if changed.stdout.strip() else "")
