"""A stolen card: nothing that was said is on it, in no file, journal or freed block, no log, not in the speech cache.

Visits with every choice and with voice messages are made on a disk of its own, by the kiosk's own runner, store,
sealing and voice; only keys, microphone and speaker are stand-ins. Then the raw image is searched, as a thief can.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import os

import pytest
from rehearsed import sheets
from rig import rig
from store_bed import small_disk, snapshot

from kiosk.errors import KioskError
from kiosk.keeping.store import DATABASE_NAME, Role, Store
from kiosk.saying.voicebox import Voicebox
from kiosk.state import Stage
from openrosa.sealing import unsealed
from voice import events as sound
from voice.speaker import NoSpeaker
from voice.speech import SpeechCache, espeak_missing

CHOICES = {"zebrafinch": "green", "quagmire": "yellow", "oxbowlake": "red", "nightjar": "blue"}
"""Words that stand nowhere else on the disk: the form is not on it. Each with its key."""
SPOKEN = b"a canary that somebody said into the microphone. "
MESSAGE = (SPOKEN * 7000)[:320_000]
"""Ten seconds of sound, which say what they are."""
MADE = sheets(
    "home",
    [
        ["select_one bird", "first", "Which?"],
        ["select_one bird", "second", "And which?"],
        ["audio", "story", "Tell us."],
    ],
    [
        ["list_name", "name", "label::English (en)", "key"],
        *(["bird", name, f"The {name}", key] for name, key in CHOICES.items()),
    ],
)


def needles(words):
    """What would tell an answer, by what it is: in UTF-8, in UTF-16, and each in base64 at its three places."""
    found = {}
    for word in words:
        forms = (
            {"UTF-8": word}
            if isinstance(word, bytes)
            else {
                "UTF-8": word.encode(),
                "UTF-16, little": word.encode("utf-16-le"),
                "UTF-16, big": word.encode("utf-16-be"),
            }
        )
        for name, form in forms.items():
            found[f"{word!r} in {name}"] = form
            for shift in range(3):
                # A letter is six bits: those at both ends depend on what stands beside the word, and are left out.
                coded = base64.b64encode(bytes(shift) + form)
                found[f"{word!r} in {name}, base64 {shift}"] = coded[
                    (shift * 8 + 5) // 6 : (shift + len(form)) * 8 // 6
                ]
    assert all(len(form) >= 5 for form in found.values())
    return found


NEEDLES = needles([*CHOICES, SPOKEN, "<first>", "first_how", "not_reached", "dont_know"])


def hits(data):
    """What tells an answer in there."""
    return sorted(name for name, form in NEEDLES.items() if form in data)


def raw(disk):
    """The whole image, as a thief reads it: what was freed is in it too."""
    os.sync()
    return (disk.parent / "disk.img").read_bytes()


def cached(folder):
    """Every file of the speech cache, by name: what is in it, and when it was changed."""
    return {
        path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) for path in folder.iterdir()
    }


@pytest.fixture
def log_on(request):
    """Everything that any part logs, at every level, into a file on that disk."""
    kept = []

    def begin(path):
        handler = logging.FileHandler(path)
        root = logging.getLogger()
        kept.append((handler, root.level))
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)

    yield begin
    for handler, level in kept:
        logging.getLogger().removeHandler(handler)
        logging.getLogger().setLevel(level)
        handler.close()


def until(one, stage, name=""):
    """Let time go by, or press start, until the visit is there."""
    for _ in range(20):
        if one.visit.stage is stage and (
            not name or (one.visit.question is not None and one.visit.question.name == name)
        ):
            return
        if one.visit.timer is not None:
            one.time()
        else:
            one.key("start")
    raise AssertionError(f"{stage} was not reached: {one.visit.stage}")


def visit(one, dice, number):
    """One visit by keys, with a voice message; every fifth is forgotten. Returns: its id."""
    instance_id = one.visit.instance_id
    one.key("start")
    keys = list(CHOICES.values())
    for place, name in enumerate(("first", "second")):
        until(one, Stage.ASK, name)
        one.key(keys[(number + place) % len(keys)] if dice.random() < 0.9 else "dont_know")
    until(one, Stage.RECORDING)
    one.happen(sound.Recorded(one.visit.turn, MESSAGE))
    for _ in range(40):
        if one.visit.stage is Stage.WAITING:
            return instance_id
        asking = one.visit.asking.value if one.visit.asking else ""
        if one.visit.stage is Stage.ASK:
            one.key("red" if number % 5 == 4 and asking in ("keep_or_forget", "forget_sure") else "green")
        elif one.visit.timer is not None:
            one.time()
        else:
            one.key("start")
    raise AssertionError(one.visit.stage)


def test_a_thief_finds_nothing_of_what_was_said_on_the_raw_card(tmp_path, how_many, dice, report, log_on):
    if espeak_missing():
        pytest.skip("no speech synthesis: espeak-ng is not installed")
    visits = how_many(10, 200)
    with small_disk(tmp_path, size_mb=20 + visits) as disk:
        data = disk / "data"
        data.mkdir(mode=0o700)
        log_on(disk / "data" / "everything.log")
        cache = data / "speech"
        cache.mkdir()

        def mouth(put):
            return Voicebox(NoSpeaker(put), SpeechCache(cache), {}, volume=1, rate_wpm=140, tail_s=0)

        forgotten, kept = {}, []
        with rig(data, MADE, voice=mouth) as one:
            if how_many(0, 1):  # minutes: in short the cache is empty before, and has to be empty after
                one.voice.prepare(one.sets, "en", lambda _done, _of: None)
            before = cached(cache)
            assert len(before) >= how_many(0, 50)
            for number in report.each(visits):
                instance_id = visit(one, dice, number)
                try:
                    kept.append(one.store.load(instance_id))
                except KioskError:
                    forgotten[instance_id] = number
            assert cached(cache) == before, "nothing is rendered during a visit: the cache would tell the answer"
            in_use = raw(disk)
        after = raw(disk)
        files = b"".join(path.read_bytes() for path in data.iterdir() if path.is_file())
    assert hits(in_use) == hits(after) == []
    assert sorted(forgotten.values()) == list(range(4, visits, 5)), "those that were to be forgotten are"
    assert not any(instance_id.encode() + b"<" in files for instance_id in forgotten)
    assert len(kept) == visits - len(forgotten)
    assert all(one.sealed for one in kept)
    report.note(
        f"stolen card: {visits} visits with every choice and a voice message, {len(forgotten)} of them forgotten; "
        f"the raw image ({len(after) / 1e6:.0f} MB) searched for {len(NEEDLES)} forms of what was said",
        "0 found, in UTF-8, UTF-16 and base64",
        f"0 found; {len(before)} files of the speech cache unchanged",
    )


def test_forgetting_takes_every_sealed_byte_out_of_every_file(tmp_path):
    with rig(tmp_path / "data", MADE) as one:
        one.key("start")
        one.key("green")
        one.key("start")
        one.key("red")
        one.key("start")
        one.happen(sound.Recorded(one.visit.turn, MESSAGE))
        sealed = one.store.load(one.visit.instance_id)
        pieces = [sealed.xml, *(file.data for file in sealed.attachments)]
        # SQLite keeps a long value in pages of its own, each behind a number of four bytes.
        looked_for = [piece[at : at + 64] for piece in pieces for at in range(0, len(piece) - 64, 64)]
        looked_for.append(one.visit.instance_id.encode())

        def left():
            files = [path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()]
            return sum(any(piece in data for data in files) for piece in looked_for)

        assert left() > len(looked_for) * 0.9, "the search finds what is there"
        one.keeper.forget(one.visit)
        assert left() == 0


def test_the_same_search_finds_what_is_kept_in_the_clear(tmp_path):
    """Or finding nothing would prove nothing."""
    with small_disk(tmp_path, size_mb=12) as disk:
        with rig(disk / "data", MADE) as one:
            one.key("start")
            one.key("green")
            xml = one.opened(one.visit.instance_id).xml
            one.store.keep(unsealed("home", "1", "uuid:plain", xml, ()))
        (disk / "message.wav").write_bytes(MESSAGE)
        found = hits(raw(disk))
        assert {"'zebrafinch' in UTF-8", "'not_reached' in UTF-8", f"{SPOKEN!r} in UTF-8"} <= set(found)
        for name, words in {
            "le": "the zebrafinch".encode("utf-16-le"),
            "be": "the zebrafinch".encode("utf-16-be"),
        }.items():
            (disk / name).write_bytes(words)
            for shift in range(3):
                (disk / f"{name}{shift}").write_bytes(base64.b64encode(b"x" * shift + words + b"x" * 9))
                (disk / f"plain{shift}").write_bytes(base64.b64encode(b"x" * shift + b"the zebrafinch sings"))
        found = hits(raw(disk))
        wanted = {name for name in NEEDLES if name.startswith("'zebrafinch'")}
        assert wanted <= set(found), wanted - set(found)


def test_a_visit_that_was_forgotten_is_gone_from_what_was_salvaged_too(tmp_path):
    """Salvaging looks at pages, not at the structure: a row that was deleted must not come back by it."""
    with Store.open(tmp_path, Role.KIOSK) as store:
        for number in range(6):
            store.keep(snapshot(f"uuid:{number}", 1, size_bytes=9000))
            store.finish(snapshot(f"uuid:{number}", 2))
        store.forget("uuid:2")
    path = tmp_path / DATABASE_NAME
    data = bytearray(path.read_bytes())
    data[100:108] = bytes(8)  # the header of the first page, without which SQLite finds no table
    path.write_bytes(data)
    with Store.open(tmp_path, Role.KIOSK) as store:
        assert store.waiting() == [f"uuid:{number}" for number in range(6) if number != 2]
        assert store.counts().damaged == 0
