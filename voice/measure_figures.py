"""From single listenings to figures, each with how sure it is. Plain dicts and lists, ready for JSON.

A share has its two-sided 95 % interval (Wilson), its one-sided upper 95 % bound (exact, Clopper and Pearson), and the
two-sided 95 % interval when speakers are drawn instead of recordings (bootstrap). Events an hour have the exact Poisson
interval and upper bound. A percentile has the interval of order statistics.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from voice.decide import Outcome
from voice.measure import ASK, NO_MATCH, NO_SPEECH, NOISY, SURE, Listened, Measured, Plan
from voice.measure_corpus import Clip, Kind
from voice.measure_stats import (
    by_speaker,
    events_interval,
    events_upper,
    percentile,
    percentile_interval,
    share_upper,
    wilson,
)

METHODS = {
    "interval_95": "shares: Wilson, two-sided; an hour: exact Poisson, two-sided; percentiles: order statistics",
    "upper_95": "one-sided, exact: Clopper and Pearson for shares, Poisson for an hour",
    "by_speaker_95": "two-sided percentile bootstrap, speakers being drawn; of no width, and no proof, where all agree",
    "decision_ms": "from the end of the last 32 ms in which the voice detector finds a voice (without the noise) to "
    "the decision; sound counted in its own time, work measured by the wall's clock, cpu: in processor time",
}
_WORST = 10

T = TypeVar("T")
"""What is grouped."""

Is = Callable[[Listened], bool]

_SAID: Mapping[str, Is] = {
    "proposed_right": lambda one: one.meaning == one.clip.label,
    "sure_right": lambda one: one.outcome == SURE and one.meaning == one.clip.label,
    "sure_wrong": lambda one: one.outcome == SURE and one.meaning != one.clip.label,
    "asked": lambda one: one.outcome == ASK,
    "asked_wrong": lambda one: one.outcome == ASK and one.meaning != one.clip.label,
    "no_match": lambda one: one.outcome == NO_MATCH,
    "two_answers": lambda one: one.outcome == Outcome.TWO_ANSWERS.value,
    "clipped": lambda one: one.outcome == Outcome.CLIPPED.value,
    "noisy": lambda one: one.outcome == NOISY,
    "no_speech": lambda one: one.outcome == NO_SPEECH,
    "cut_off": lambda one: one.cut_off,
    "plain_grammar_right": lambda one: one.evidence is not None and one.evidence.grammar_text == one.clip.label,
}
"""Of recordings of something that may be said; sure_right, sure_wrong, asked, no_match, two_answers,
clipped, noisy, no_speech are all: a recording has no prompt of the kiosk's own in it."""

_OTHER: Mapping[str, Is] = {
    "other_words_sure": lambda one: one.outcome == SURE,
    "other_words_asked": lambda one: one.outcome == ASK,
    "no_match": lambda one: one.outcome == NO_MATCH,
    "two_answers": lambda one: one.outcome == Outcome.TWO_ANSWERS.value,
    "clipped": lambda one: one.outcome == Outcome.CLIPPED.value,
    "noisy": lambda one: one.outcome == NOISY,
    "no_speech": lambda one: one.outcome == NO_SPEECH,
    "plain_grammar_took": lambda one: one.evidence is not None and bool(one.evidence.grammar_text),
}


def figures(measured: Measured, plan: Plan) -> dict[str, Any]:
    """Everything that was found, by condition.

    Args:
        measured: what was heard.
        plan: what was to be heard.
    """
    conditions = []
    for snr_db in plan.snrs_db:
        here = [one for one in measured.listened if one.snr_db == snr_db and one.clip.kind is not Kind.ROOM]
        found: dict[str, Any] = {"snr_db": snr_db}
        for kind, what in ((Kind.ANSWER, _SAID), (Kind.COMMAND, _SAID), (Kind.OTHER, _OTHER)):
            if of_kind := [one for one in here if one.clip.kind is kind]:
                found[kind.value] = _of_words(of_kind, what)
        if timed := [one for one in here if one.clip.kind is not Kind.OTHER]:
            found["decision_ms"] = _times(timed)
        conditions.append(found)
    found = {"conditions": conditions}
    if measured.room:
        found["room"] = _of_room(measured.room, [one for one in measured.listened if one.clip.kind is Kind.ROOM])
    if measured.sound_s:
        found["real_time_factor"] = round(measured.work_s / measured.sound_s, 4)
    return found


def each(one: Listened) -> dict[str, Any]:
    """One listening, for whoever wants to see them all."""
    return {
        "path": one.clip.name,
        "kind": one.clip.kind.value,
        "label": one.clip.label,
        "speaker": one.clip.speaker,
        "snr_db": one.snr_db,
        "outcome": one.outcome,
        "meaning": one.meaning,
        "at_s": round(one.at_s, 2),
        "decision_ms": one.decision_ms and round(one.decision_ms, 1),
        "decision_cpu_ms": one.decision_cpu_ms and round(one.decision_cpu_ms, 1),
        "cut_off": one.cut_off,
        "evidence": one.evidence and asdict(one.evidence),
    }


def share(ones: Sequence[Listened], is_so: Is) -> dict[str, Any]:
    """How often it is so, and how sure that is."""
    count, of = sum(map(is_so, ones)), len(ones)
    drawn = by_speaker([(sum(map(is_so, theirs)), len(theirs)) for theirs in _grouped(ones, _speaker).values()])
    return {
        "count": count,
        "of": of,
        "share": round(count / of, 4),
        "interval_95": _rounded(wilson(count, of)),
        "upper_95": round(share_upper(count, of), 4),
        "by_speaker_95": None if drawn is None else _rounded(drawn),
    }


def _of_words(ones: Sequence[Listened], what: Mapping[str, Is]) -> dict[str, Any]:
    """All figures; a word's and a speaker's have the short form, those of other words the worst alone."""
    found: dict[str, Any] = {
        "recordings": len(ones),
        "speakers": len(_grouped(ones, _speaker)),
        **{name: share(ones, is_so) for name, is_so in what.items()},
    }
    words = {word: _short(of_word, what) for word, of_word in sorted(_grouped(ones, _label).items())}
    if what is _OTHER:
        words = dict(sorted(words.items(), key=_how_bad_others)[:_WORST])
        found["worst_words"] = words
        how_bad = _how_bad_others
    else:
        found["per_word"] = words
        how_bad = _how_bad
    speakers = {who: _short(theirs, what) for who, theirs in sorted(_grouped(ones, _speaker).items())}
    found["worst_speakers"] = dict(sorted(speakers.items(), key=how_bad)[:_WORST])
    wrong = [one for one in ones if one.outcome in {SURE, ASK} and one.meaning != one.clip.label]
    found["taken_wrongly"] = [_event(one) for one in wrong]
    return found


def _short(ones: Sequence[Listened], what: Mapping[str, Is]) -> dict[str, Any]:
    """Counts, and the interval of each."""
    found: dict[str, Any] = {"recordings": len(ones)}
    for name, is_so in what.items():
        count = sum(map(is_so, ones))
        found[name] = {"count": count, "share": round(count / len(ones), 4)} | {
            "interval_95": _rounded(wilson(count, len(ones)))
        }
    return found


def _how_bad(named: tuple[str, dict[str, Any]]) -> tuple[float, ...]:
    """Whoever was taken wrongly most often, then whoever is least understood; one bad recording proves little."""
    found = named[1]
    return -found["sure_wrong"]["count"], found["proposed_right"]["interval_95"][1]


def _how_bad_others(named: tuple[str, dict[str, Any]]) -> tuple[float, ...]:
    found = named[1]
    return -found["other_words_sure"]["count"], -found["other_words_asked"]["interval_95"][0]


def _of_room(room: Sequence[Clip], ones: Sequence[Listened]) -> dict[str, Any]:
    """Events an hour, in all and by the folder that a recording is in."""
    by_folder = {
        folder: _an_hour(clips, [one for one in ones if _folder(one.clip) == folder])
        for folder, clips in sorted(_grouped(room, _folder).items())
    }
    taken = [_event(one) for one in ones if one.outcome in {SURE, ASK}]
    return {**_an_hour(room, ones), "by_folder": by_folder, "taken_wrongly": taken}


def _an_hour(clips: Sequence[Clip], ones: Sequence[Listened]) -> dict[str, Any]:
    hours = sum(clip.seconds for clip in clips) / 3600
    found: dict[str, Any] = {"recordings": len(clips), "hours": round(hours, 4)}
    for name, outcome in (("false_sure", SURE), ("false_asked", ASK), ("no_match", NO_MATCH), ("noisy", NOISY)):
        events = sum(one.outcome == outcome for one in ones)
        low, high = events_interval(events)
        found[f"{name}_per_hour"] = {
            "events": events,
            "per_hour": round(events / hours, 3),
            "interval_95": _rounded((low / hours, high / hours)),
            "upper_95": round(events_upper(events) / hours, 3),
        }
    return found


def _times(ones: Sequence[Listened]) -> dict[str, Any]:
    """Milliseconds from the end of speech to the decision, of sure ones and of all."""
    found: dict[str, Any] = {}
    for name, taken in (
        ("sure", [one for one in ones if one.outcome == SURE]),
        ("all", list(ones)),
    ):
        for clock, samples in (
            ("", sorted(one.decision_ms for one in taken if one.decision_ms is not None)),
            ("_cpu", sorted(one.decision_cpu_ms for one in taken if one.decision_cpu_ms is not None)),
        ):
            found[name + clock] = {"samples": len(samples)} | {
                f"p{percent}": {
                    "ms": round(percentile(samples, percent / 100), 1),
                    "interval_95": _rounded(percentile_interval(samples, percent / 100), 1),
                }
                for percent in (50, 95)
                if samples
            }
    return found


def _event(one: Listened) -> dict[str, Any]:
    return {
        "path": one.clip.name,
        "at_s": round(one.at_s, 2),
        "label": one.clip.label,
        "speaker": one.clip.speaker,
        "outcome": one.outcome,
        "meaning": one.meaning,
    }


def _speaker(one: Listened) -> str:
    return one.clip.speaker


def _label(one: Listened) -> str:
    return one.clip.label


def _folder(clip: Clip) -> str:
    return clip.name.rpartition("/")[0].split("/")[0] or "."


def _grouped(ones: Iterable[T], by: Callable[[T], str]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for one in ones:
        groups[by(one)].append(one)
    return groups


def _rounded(pair: tuple[float | None, float | None], digits: int = 4) -> list[float | None]:
    return [None if one is None else round(one, digits) for one in pair]
