"""The rows that the kiosk adds to a sheet, so that servers keep what it records: `sayso`, and three a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrosa.xform_record import ANSWER_FIELDS, RECORD_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Row = dict[str, str]

GROUP = "sayso"
FIELD_TYPE = "hidden"
"""XLSForm's type for a node of the record that nobody is asked."""
UNSHOWN = "body::bodyless"
"""The column that keeps a group out of the form's body: a group there with nothing to show is an error for JavaRosa, so
ODK Central refuses the .xlsx and ODK Collect the form. Source: pyxform's `GroupedSection.xml_control`."""

_ANSWERED = ("select_one", "select one", "range", "integer", "int", "decimal", "audio")


def is_answered(row: Row) -> bool:
    """Whether a row of the survey sheet is a question with an answer that the kiosk can take."""
    kind = str(row.get("type", "")).strip().lower()
    return any(kind == known or kind.startswith(f"{known} ") for known in _ANSWERED)


def scope_of(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """For each row, the names of the groups round it."""
    scopes: list[tuple[str, ...]] = []
    inside: list[str] = []
    for row in rows:
        kind = " ".join(str(row.get("type", "")).lower().replace("_", " ").split())
        if kind.startswith("end ") and inside:
            inside.pop()
        scopes.append(tuple(inside))
        if kind.startswith("begin "):
            inside.append(str(row.get("name", "")))
    return scopes


def with_record_fields(rows: Sequence[Row]) -> list[Row]:
    """The survey sheet with the record's own rows, none of them twice.

    Args:
        rows: by column name, without the header; empty rows may be among them.
    """
    scopes = scope_of(rows)
    there = {(*scope, str(row.get("name", ""))) for row, scope in zip(rows, scopes, strict=True)}
    done: list[Row] = []
    for row, scope in zip(rows, scopes, strict=True):
        done.append(row)
        if is_answered(row):
            name = str(row.get("name", ""))
            done.extend(
                _field(f"{name}_{field}") for field in ANSWER_FIELDS if (*scope, f"{name}_{field}") not in there
            )
    missing = [_field(name) for name in RECORD_FIELDS if (GROUP, name) not in there]
    if (GROUP,) not in there:
        return [*done, {"type": "begin_group", "name": GROUP, UNSHOWN: "true"}, *missing, {"type": "end_group"}]
    return list(_into_group(done, missing))


def _into_group(rows: Sequence[Row], fields: Sequence[Row]) -> Iterator[Row]:
    """The rows with the fields put at the start of the sheet's own group `sayso`."""
    scopes = scope_of(rows)
    kinds = {row.get("type") for row, scope in zip(rows, scopes, strict=True) if scope[:1] == (GROUP,)}
    shown = bool(kinds - {FIELD_TYPE, "", None})
    for row, scope in zip(rows, scopes, strict=True):
        if scope or row.get("name") != GROUP:
            yield row
            continue
        yield row if shown else row | {UNSHOWN: "true"}
        yield from fields


def _field(name: str) -> Row:
    return {"type": FIELD_TYPE, "name": name}
