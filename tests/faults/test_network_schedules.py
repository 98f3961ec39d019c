"""A bad network between the real uploader and a real collector: whatever it does, each visit arrives once and whole.

The whole numbers: a thousand schedules, and a cut at every single byte of a visit's way.
"""

from __future__ import annotations

import itertools
import socket
from collections import Counter
from datetime import date
from random import Random
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from network_bed import MOST_BYTES, Office, an_office
from network_proxy import Fate, Kind, Proxy, any_fate
from tls_server import Authority, serving

from kiosk.keeping.store import Role, Store
from kiosk.sending.go import Report
from kiosk.sending.uploader import upload_waiting
from kiosk.staff.export import export
from openrosa.client import Client
from openrosa.sealing import seal
from openrosa.submission import Attachment, Submission
from sayso.__main__ import sayso

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.conftest import Report as Notes

TODAY = date(2026, 11, 22)
PATIENCE_S = 0.3
"""How long the kiosk waits here for an answer that never comes; 30 s in a home."""
MOST_GOES = 60
_numbers = itertools.count(1)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path / "collected") as made:
        yield made


def visits_of(dice: Random, count: int, most_files: int = 4) -> list[Submission]:
    """Sealed as a kiosk seals, some of several posts; no two runs of this process share an id."""
    from sealed_visits import PUBLIC  # noqa: PLC0415 - a test's helper

    made = []
    for number in itertools.islice(_numbers, count):
        instance_id = f"uuid:00000000-0000-4000-8000-{number:012}"
        names = [f"message-{each}.wav" for each in range(dice.randrange(most_files + 1))]
        # The form has one leaf for a message; the sealed manifest names every file, and that is what counts.
        xml = (
            f'<data xmlns:orx="http://openrosa.org/xforms" id="home" version="1"><house><feel_home>good</feel_home>'
            f"</house><orx:meta><orx:instanceID>{instance_id}</orx:instanceID></orx:meta></data>"
        ).encode()
        files = [Attachment(name, dice.randbytes(dice.randrange(1, 9_000)), "audio/wav") for name in names]
        made.append(seal(PUBLIC, "home", "1", instance_id, xml, files))
    return made


def test_whatever_the_network_does_each_visit_arrives_once_and_whole(
    office: Office, tmp_path: Path, how_many, dice: Random, report: Notes
) -> None:
    """Seeded schedules: what each connection meets, and what the kiosk tries; then the network is well again.

    What the network itself refused in the server's name (409, 413) goes by stick.
    """
    authority, liar = Authority(tmp_path), Authority(tmp_path, "Somebody on the Wi-Fi")
    met: Counter[str] = Counter()
    wrong: list[str] = []
    aside_at_most = aside = 0
    schedules = how_many(25, 1000)
    with Proxy(office.address) as proxy, serving(liar.server(), []) as liars_port:
        for number in report.each(schedules):
            visits = visits_of(dice, dice.randrange(1, 4))
            folder = tmp_path / f"kiosk-{number}"
            with Store.open(folder, Role.UPLOADER, lambda: TODAY) as store:
                for visit in visits:
                    store.finish(visit)
                proxy.fates.clear()  # what the schedule before had no use for
                proxy.fates.extend(any_fate(dice, 3 * MOST_BYTES) for _ in range(dice.randrange(1, 9)))
                before = len([each for each in proxy.answered if each in (409, 413)])
                goes = _send_until_empty(store, office, proxy, dice, authority, liars_port, met)
                proxy.settle()
                refused = len([each for each in proxy.answered if each in (409, 413)]) - before
                aside_at_most += refused
                counts = store.counts()
                aside += counts.set_aside
                if counts.waiting or goes >= MOST_GOES:
                    wrong.append(f"schedule {number}: {counts.waiting} still wait after {goes} goes")
                if counts.set_aside > refused:
                    wrong.append(f"schedule {number}: {counts.set_aside} set aside, {refused} refused")
                if counts.set_aside:
                    _by_stick(store, office, tmp_path / f"stick-{number}")
            wrong += [f"schedule {number}: {each}" for each in office.has(visits)]
    assert not wrong, wrong
    told = ", ".join(f"{count} {kind}" for kind, count in sorted((met + proxy.met).items()))
    report.note(
        f"{schedules} seeded schedules of a bad network between uploader and collector: {told}",
        "each visit is one row, whole; nothing is set aside but what was refused",
        f"0 lost, 0 doubled; {aside} set aside, {aside_at_most} answers were refusals, and those came by stick",
    )


def _send_until_empty(
    store: Store,
    office: Office,
    proxy: Proxy,
    dice: Random,
    authority: Authority,
    liars_port: int,
    met: Counter[str],
) -> int:
    """Goes of the uploader, each with a client of its own, as `sayso upload` is started anew. How many."""
    for go in range(1, MOST_GOES + 1):
        trouble = dice.choice(["", "", "", "", "", "certificate", "name", "nobody"]) if proxy.fates else ""
        url = office.url(proxy.port)
        match trouble:
            case "certificate":
                url = office.url(liars_port, scheme="https")
            case "name":
                url = office.url(host="a name that is none.invalid".replace(" ", "-"))
            case "nobody":
                with socket.socket() as free:
                    free.bind(("127.0.0.1", 0))
                    url = office.url(free.getsockname()[1])
        met.update([f"GO_{trouble.upper()}"] if trouble else [])
        # One authority in place of all the world's: reading those takes longer than all the rest.
        # Once the network is well again nothing has to be given up, however busy this machine is.
        with Client(url, PATIENCE_S if proxy.fates else 60, ca_file=authority.file) as client:
            report = upload_waiting(store, client, TODAY, dice)
        assert office.token not in report.message
        if trouble:
            assert report.retry
            assert (report.delivered, report.set_aside) == (0, 0)
        if not store.waiting():
            return go
    return MOST_GOES


def _by_stick(store: Store, office: Office, stick: Path) -> None:
    stick.mkdir()
    export(store, stick)
    words = ["collector", "import", str(stick), "--data", str(office.data), "--trust", "--json"]
    done = CliRunner().invoke(sayso, words)
    assert done.exit_code == 0, done.output


LOOK_EVERY = 100
"""After so many the server's rows are read: all of them, each time."""


def test_a_line_cut_at_any_byte_loses_nothing_and_doubles_nothing(
    office: Office, tmp_path: Path, how_many, dice: Random, report: Notes
) -> None:
    """Each byte of a visit's way to the server, and each of the answers', is the last one that passes."""
    visit = _small(dice)
    authority = Authority(tmp_path)
    with Proxy(office.address) as proxy, Store.open(tmp_path / "first", Role.UPLOADER, lambda: TODAY) as store:
        store.finish(visit)
        assert _go(store, office, proxy, authority).delivered == 1
        proxy.settle()
        ((up_bytes, down_bytes),) = proxy.seen
        ways = [Fate(Kind.CUT_UP, at) for at in range(up_bytes)] + [Fate(Kind.CUT_DOWN, at) for at in range(down_bytes)]
        tried = how_many(50, len(ways))
        chosen = [ways[number * len(ways) // tried] for number in range(tried)]
        sent: list[Submission] = []
        for number in report.each(tried):
            one = _small(dice)
            store.finish(one)
            sent.append(one)
            proxy.fates.append(chosen[number])
            first = _go(store, office, proxy, authority)
            second = _go(store, office, proxy, authority)
            proxy.settle()
            came = (first.delivered + second.delivered, first.set_aside + second.set_aside)
            assert came == (1, 0), f"{chosen[number]}: {first} {second}"
            if len(sent) == LOOK_EVERY:
                assert office.has(sent) == [], f"up to {chosen[number]}"
                sent.clear()
        assert office.has(sent) == []
    report.note(
        f"the line cut at {tried} of the {len(ways)} bytes of a visit's way and its answers', then sent again",
        "one row each, whole; nothing set aside",
        "0 lost, 0 doubled, 0 set aside",
    )


def _small(dice: Random) -> Submission:
    """Of the same length each time."""
    from sealed_visits import PUBLIC  # noqa: PLC0415 - a test's helper

    instance_id = f"uuid:00000000-0000-4000-8000-{next(_numbers):012}"
    xml = (
        f'<data xmlns:orx="http://openrosa.org/xforms" id="home" version="1"><orx:meta><orx:instanceID>{instance_id}'
        f"</orx:instanceID></orx:meta></data>"
    ).encode()
    return seal(PUBLIC, "home", "1", instance_id, xml, [Attachment("m.wav", dice.randbytes(500), "audio/wav")])


def _go(store: Store, office: Office, proxy: Proxy, authority: Authority) -> Report:
    # One authority in place of all the world's: reading those takes longer than all the rest.
    # A line that is cut is seen at once: no answer has to be given up, however busy this machine is.
    with Client(office.url(proxy.port), 60, ca_file=authority.file) as client:
        return upload_waiting(store, client, TODAY, Random(1))  # noqa: S311 - there is one visit
