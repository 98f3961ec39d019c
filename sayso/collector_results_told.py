"""What `sayso collector results` prints: a short table, or all figures as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from openrosa.findings import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from collector.figures.compared import Compared
    from collector.figures.figures import GroupFigures, HomesFigures, QuestionFigures, SetFigures
    from collector.results_folder import Wanted, Written

NOT_PEOPLE = "Visits are not people: somebody may have come more than once."
_FEW = 3
"""Visits that are each named by id; of more with the same reason only the first are. --json names all."""


def as_text(done: Written, wanted: Wanted, compared: Compared | None) -> str:
    """The table: what was read of each set, what is hidden, and why."""
    lines = []
    for one in done.figures:
        read = done.tallies[one.form_id, one.version].visits
        first, last = one.days or ("", "")
        days = f", {first}" + (f" to {last}" if last != first else "") if one.days else ""
        lines.append(f"{one.form_id} version {one.version or '(none)'}: {read} visits{days}")
        lines += [f"  {_group(group)}" for group in one.homes[0].groups]
        lines += [f"  {name}: hidden, fewer than {one.least_visits} visits" for name in one.hidden_groups]
        lines += [f"  apart: {' + '.join(name or '(no name)' for name in part.names)}" for part in one.homes[1:]]
        if one.sensitive:
            lines.append("  a sensitive form: not split by home, no voice messages on the page")
    if compared is not None:
        lines += _compared(compared)
    if done.outside:
        lines.append(f"{done.outside} visits are of other days, or of no day.")
    lines += [str(path) for path in done.files]
    lines.append(f"{done.visits} visits read, {len(done.unread)} problems. {NOT_PEOPLE}")
    lines.append(f"{wanted.folder} holds what each person said: it is for the office alone. The pages are to be shown.")
    return "\n".join(lines)


def not_read(unread: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What could not be read, a line each; where many have the same reason, one line for all of them.

    Args:
        unread: id and why.
    """
    by_why: dict[str, list[str]] = {}
    for name, why in unread:
        by_why.setdefault(one_line(why), []).append(one_line(name))
    for why, names in by_why.items():
        if len(names) <= _FEW:
            yield from (f"Not read: {name}: {why}" for name in names)
        else:
            yield f"Not read: {len(names)} visits, such as {', '.join(names[:_FEW])}: {why}"


def _group(group: GroupFigures) -> str:
    hidden = sum(one.hidden for one in group.questions)
    more = f"; {hidden} of {len(group.questions)} questions hidden" if hidden else ""
    return f"{group.who}: {group.visits} visits, {group.complete} finished{more}"


def _compared(compared: Compared) -> list[str]:
    lines = [f"{compared.form_id}: version {compared.new} beside version {compared.old}"]
    for group in compared.groups:
        lines.append(f"  {group.who}")
        lines += [f"    {one.sentence}" for one in group.comparisons]
    if not compared.groups:
        lines.append("  We can't tell: no group has enough visits of both.")
    lines += [f"  {name}: not compared, too few visits of one version" for name in compared.left_out]
    return [*lines, *(f"  {one}" for one in compared.cautions if compared.groups)]


def plain(done: Written, compared: Compared | None) -> dict[str, Any]:
    """Everything as JSON's own types; of a voice message its name alone."""
    return {
        "visits": done.visits,
        "outside": done.outside,
        "unread": [{"name": name, "why": why} for name, why in done.unread],
        "notes": done.notes,
        "files": [str(path) for path in done.files],
        "sets": [_set(one) for one in done.figures],
        "compared": msgspec.to_builtins(compared),
    }


def _set(one: SetFigures) -> dict[str, Any]:
    return {
        "form_id": one.form_id,
        "version": one.version,
        "title": one.title,
        "language": one.language,
        "least_visits": one.least_visits,
        "days": [day.isoformat() for day in one.days] if one.days else None,
        "hidden_groups": list(one.hidden_groups),
        "sensitive": one.sensitive,
        "homes": [_homes(part) for part in one.homes],
    }


def _homes(part: HomesFigures) -> dict[str, Any]:
    groups = [
        {
            "who": group.who,
            "code": group.code,
            "visits": group.visits,
            "complete": group.complete,
            "questions": [_question(one) for one in group.questions],
        }
        for group in part.groups
    ]
    return {"names": list(part.names), "groups": groups}


def _question(one: QuestionFigures) -> dict[str, Any]:
    if one.hidden:
        return {"name": one.name, "label": one.label, "kind": one.kind.value, "hidden": True}
    counts = ("asked", "given", "dont_know", "rather_not_say", "skipped", "not_reached", "not_asked", "corrected")
    return {
        "name": one.name,
        "label": one.label,
        "kind": one.kind.value,
        "hidden": False,
        **{name: getattr(one, name) for name in counts},
        "by": dict(one.by),
        "choices": [msgspec.to_builtins(choice) for choice in one.choices],
        "order_effect": msgspec.to_builtins(one.order_effect),
        "messages": [message.name for message in one.messages],
    }
