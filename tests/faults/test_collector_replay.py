"""Replays, other kiosks' tokens, revoked tokens and other bytes: refused or without effect, and in the audit log."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from collector_process import FORM, sent
from loopback_collector import NOW, Collector, new_place, posted
from postgres_server import running_server
from sqlalchemy import select

from collector.audit import lines
from collector.forms import add_form
from collector.keys import new_key, revoke_key
from collector.limits import Limits
from collector.serve import running
from collector.tables import attachments, pieces, submissions

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from postgres_server import Server

    from collector.database import Database

VISITS = 6


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    with running_server() as server:
        yield server


def kept(database: Database) -> list[tuple[object, ...]]:
    """Everything that was taken, to the byte."""
    with database.reading() as connection:
        tables = (submissions, attachments, pieces)
        return [
            tuple(row) for table in tables for row in connection.execute(select(table).order_by(*table.primary_key))
        ]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_that_is_sent_again_or_by_others_changes_what_was_taken_and_all_of_it_is_in_the_log(
    kind: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    how_many: Callable[[int, int], int],
    dice: random.Random,
    report,
) -> None:
    tries = how_many(60, 3000)
    where = new_place(kind, tmp_path / "collected", lambda: request.getfixturevalue("postgres"))
    expected: Counter[str] = Counter()
    found: Counter[str] = Counter()
    limits = Limits(per_minute=1_000_000, unknown_per_minute=1_000_000)
    with closing(where.open()) as database:
        add_form(database, FORM, {}, NOW)
        tokens = {name: new_key(database, name, NOW) for name in ("own", "other", "stolen")}
        revoke_key(database, "stolen", NOW)
        with running(database, lambda: NOW, limits=limits) as url:
            own = Collector(url, tokens["own"], database, where)
            for number in range(VISITS):
                xml, files = sent(number)
                assert posted(own, xml, *files.items()).status_code == 201
            before = kept(database)
            for _ in report.each(tries):
                number = dice.randrange(VISITS)
                xml, files = sent(number)
                attack = dice.choice(list(ATTACKS))
                token, event, status, change = ATTACKS[attack]
                xml, files = change(xml, files, dice)
                answer = posted(own, xml, *files.items(), token=tokens.get(token, token))
                assert answer.status_code == status, attack
                expected.update([event] if event else [])
            assert kept(database) == before
        for line in lines(database):
            assert not any(token in repr(line) for token in tokens.values())
            found[line.event] += line.count
    assert found - Counter(key_made=3, key_revoked=1) == expected
    report.note(
        f"replay, another kiosk's token, revoked and unknown tokens, other bytes under the same id, {kind}: {tries}",
        "refused or without effect, in the audit log",
        f"0 changes; all {expected.total()} in the audit log",
    )


def _as_it_was(xml: bytes, files: dict[str, bytes], _: random.Random) -> tuple[bytes, dict[str, bytes]]:
    return xml, files


def _other_answer(xml: bytes, files: dict[str, bytes], _: random.Random) -> tuple[bytes, dict[str, bytes]]:
    return xml.replace(b"good", b"bad"), files


def _one_byte(xml: bytes, files: dict[str, bytes], dice: random.Random) -> tuple[bytes, dict[str, bytes]]:
    at = xml.index(b">good") + dice.randrange(1, 5)
    return xml[:at] + bytes([xml[at] ^ 1]) + xml[at + 1 :], files


def _other_files(xml: bytes, files: dict[str, bytes], _: random.Random) -> tuple[bytes, dict[str, bytes]]:
    """Undeclared ones, which are dropped."""
    return xml, {**files, "stray.wav": b"x"}


ATTACKS = {
    "the same again": ("own", "", 201, _as_it_was),
    "a file that was not named": ("own", "", 201, _other_files),
    "another answer": ("own", "conflict", 409, _other_answer),
    "one other bit": ("own", "conflict", 409, _one_byte),
    "the same from another kiosk": ("other", "other_kiosk", 201, _as_it_was),
    "another answer from another kiosk": ("other", "conflict", 409, _other_answer),
    "with a revoked token": ("stolen", "token_revoked", 401, _as_it_was),
    "with a token that nobody has": ("guessed", "token_unknown", 401, _as_it_was),
}
"""Whose token, what stands in the log, the answer, and what is changed."""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_file_that_did_not_come_yet_can_not_be_given_by_another_kiosk(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    where = new_place(kind, tmp_path / "collected", lambda: request.getfixturevalue("postgres"))
    number = next(one for one in range(100) if len(sent(one)[1]) == 2)
    xml, files = sent(number)
    with closing(where.open()) as database:
        add_form(database, FORM, {}, NOW)
        tokens = [new_key(database, name, NOW) for name in ("own", "other")]
        with running(database, lambda: NOW) as url:
            own, other = (Collector(url, token, database, where) for token in tokens)
            assert posted(own, xml, ("a.wav", files["a.wav"])).status_code == 201
            assert posted(other, xml, ("b.wav", b"forged")).status_code == 409
            # A kiosk that was given a new token goes on where it was.
            assert [line.event for line in lines(database)][-1] == "conflict"
            revoke_key(database, "own", NOW)
            assert posted(other, xml, *files.items()).status_code == 201
        assert [line.event for line in lines(database)][-1] == "other_kiosk"
