"""kill -9 of a process that only keeps answers: what it named is there."""

from __future__ import annotations

from functools import partial

from store_bed import ANSWERS, Keeping, answering, lost

from kiosk.keeping.store import Role, Store

KILLS_IN_A_STORE = 250
"""A store of a year's size, then a new one: otherwise the last kills would mostly measure how long a file is read."""


def test_no_kill_of_a_process_that_only_keeps_loses_an_answer(tmp_path, how_many, dice, report):
    kills = how_many(300, 10_000)
    answers = missing = unnamed = 0
    in_this_store: dict[str, int] = {}
    for kill in report.each(kills):
        folder = tmp_path / str(kill // KILLS_IN_A_STORE)
        child = Keeping.start(partial(answering, folder, kill * 10_000))
        named = child.killed_after(dice.randint(1, 3 * ANSWERS))
        in_this_store |= named
        last_of_this = kill % KILLS_IN_A_STORE == KILLS_IN_A_STORE - 1 or kill == kills - 1
        with Store.open(folder, Role.KIOSK) as store:
            assert store.counts().open <= 1
            unnamed += store.close_open()
            gone = lost(store, in_this_store if last_of_this else named)
            waiting = store.waiting()
        assert gone == [], f"kill {kill}"
        assert len(waiting) == len(set(waiting)) >= len(in_this_store)
        answers += sum(named.values())
        missing += len(gone)
        if last_of_this:
            in_this_store = {}
    assert unnamed > kills // 10, "kills fell within visits"
    report.note(
        f"{kills} x kill -9 of a process that only keeps answers",
        "0 lost",
        f"{missing} of {answers} answers lost; {unnamed} kills fell within a visit, which was closed at the next start",
    )
