"""Power loss: on a disk that forgets what was not synced, everything that was named as kept is there.

And that the disk does forget: with synchronous=OFF the same cuts lose answers, or this would prove nothing.
"""

from __future__ import annotations

from functools import partial

from store_bed import ANSWERS, Keeping, answering, lost
from store_power import lazy_disk

from kiosk.errors import KioskError
from kiosk.keeping.database import PRAGMAS
from kiosk.keeping.store import Role, Store

CUTS_IN_A_STORE = 50


def test_no_power_cut_loses_an_answer_that_was_named_as_kept(tmp_path, how_many, dice, report):
    cuts = how_many(8, 1000)
    answers = 0
    in_this_store: dict[str, int] = {}
    with lazy_disk(tmp_path) as disk:
        for cut in report.each(cuts):
            folder = disk.place / str(cut // CUTS_IN_A_STORE)
            named = Keeping.start(partial(answering, folder, cut * 10_000)).killed_after(dice.randint(1, 3 * ANSWERS))
            disk.cut()
            in_this_store |= named
            answers += sum(named.values())
            with Store.open(folder, Role.KIOSK) as store:
                assert lost(store, in_this_store) == [], f"cut {cut}"
                assert store.counts().damaged == 0
                store.close_open()
            disk.cut()  # while nothing is going on: what was closed stays closed
            if cut % CUTS_IN_A_STORE == CUTS_IN_A_STORE - 1:
                in_this_store = {}
    report.note(
        f"{cuts} power cuts on LazyFS, which drops what was not synced", "0 lost", f"0 of {answers} answers lost"
    )


def test_the_same_power_cuts_lose_answers_where_nothing_is_synced(tmp_path, monkeypatch, how_many, dice, report):
    monkeypatch.setitem(PRAGMAS, "synchronous", ("OFF", 0))
    cuts = how_many(3, 100)
    answers = gone = 0
    with lazy_disk(tmp_path) as disk:
        for cut in report.each(cuts):
            folder = disk.place / str(cut)
            named = Keeping.start(partial(answering, folder, 0)).killed_after(dice.randint(1, 3 * ANSWERS))
            disk.cut()
            answers += len(named)
            try:
                with Store.open(folder, Role.KIOSK) as store:
                    gone += len(lost(store, named))
            except KioskError:
                gone += len(named)
    assert gone > 0, "this disk forgets nothing: the test beside it proves nothing"
    report.note(f"{cuts} power cuts on LazyFS with synchronous=OFF", "more than 0 lost", f"{gone} of {answers} visits")
