"""A new version of a set takes its place between two visits, when all it can say is rendered; nobody waits for it."""

from __future__ import annotations

import pytest
from pull_bed import Bed, bed, made, served, write_toml
from rig import CIRCUMSTANCES, ListeningEar

from kiosk import events
from kiosk.answer import Who
from kiosk.house import read_house
from kiosk.inbox import RehearsalInbox, SetsChanged
from kiosk.keeping.keeper import Keeper
from kiosk.keeping.store import Role, Store
from kiosk.ports import Ports
from kiosk.pulling.shelf import Shelf
from kiosk.pulling.taking import AskedSets
from kiosk.pulling.told import sets_told
from kiosk.rehearsal import NoScreen, SilentVoice
from kiosk.runner import Runner
from kiosk.saying.voicebox import BATCH, Voicebox
from kiosk.state import Rules, Stage, Visit
from kiosk.view import ScreenName
from voice.errors import VoiceError
from voice.speaker import NoSpeaker
from voice.speech import SpeechCache, Wording


class Kiosk:
    """What is asked, rendered with espeak-ng, and whether somebody is there as a test says it."""

    def __init__(self, one: Bed) -> None:
        self.one = one
        self.idle = True
        self.ready = 0
        self.rendered: list[str] = []
        self.breaks: Exception | None = None
        self.asked = AskedSets(read_house(one.config), self.render, lambda: self.idle, self.tell)

    def tell(self) -> None:
        self.ready += 1

    def render(self, house, on_step) -> None:
        """The sets' own words only: all that the kiosk says takes a quarter of a minute."""
        if self.breaks is not None:
            raise self.breaks
        words = [label for each in house.question_sets[0].questions for label in each.labels.values()]
        SpeechCache(self.one.folder / "speech").render_all(Wording(each, "en") for each in words)
        on_step(len(words), len(words))
        self.rendered.append(house.question_sets[0].version)

    @property
    def version(self) -> str:
        return self.asked.question_sets[0].version


@pytest.fixture
def one(tmp_path):
    with bed(tmp_path / "house", served()) as made_bed:
        made_bed.pull()
        yield made_bed


@pytest.fixture
def kiosk(one):
    return Kiosk(one)


def publish(one: Bed, version: str, **others) -> None:
    one.server.forms = [served(version, **others)]
    assert one.pull().version == version


def test_a_new_version_is_asked_when_it_can_be_said_and_not_before_the_kiosk_takes_it_up(one, kiosk):
    other = {**made().media, "hello.wav": made().media["hello.wav"] + b"\0\0"}
    publish(one, "2", media=other)
    kiosk.asked.look()
    assert (kiosk.rendered, kiosk.ready, kiosk.version) == (["2"], 1, "1")
    kiosk.asked.take_up()
    assert kiosk.version == "2"
    assert kiosk.asked.media["hello.wav"].read_bytes() == other["hello.wav"]
    kiosk.asked.look()
    assert (kiosk.rendered, kiosk.ready) == (["2"], 1), "it is not done twice"


def test_files_of_the_old_version_that_the_new_one_has_not_are_forgotten(one, kiosk):
    media = kiosk.asked.media
    xform = served("2").xform.replace(b"hello.wav", b"welcome.wav")
    publish(one, "2", xform=xform, media={**made().media, "welcome.wav": made().media["hello.wav"]})
    kiosk.asked.look()
    kiosk.asked.take_up()
    assert media is kiosk.asked.media, "screen and voice hold the same"
    assert sorted(media) == ["lift.png", "welcome.wav"]


def test_while_somebody_is_there_nothing_is_read_or_rendered(one, kiosk):
    publish(one, "2")
    kiosk.idle = False
    kiosk.asked.look()
    assert (kiosk.rendered, kiosk.ready) == ([], 0)
    kiosk.idle = True
    kiosk.asked.look()
    assert kiosk.ready == 1


def test_rendering_ends_when_somebody_comes_and_what_is_rendered_stays(one, kiosk):
    publish(one, "2")
    cache = one.folder / "speech"

    def render(house, on_step) -> None:
        voice = Voicebox(
            NoSpeaker(lambda _event: None), SpeechCache(cache), house.media, volume=1, rate_wpm=140, tail_s=0
        )

        def step(done, of_how_many) -> None:
            kiosk.idle = False
            on_step(done, of_how_many)

        voice.prepare(house.question_sets, "en", step)

    kiosk.asked._render = render
    kiosk.asked.look()
    assert (kiosk.ready, kiosk.version, len(list(cache.glob("*.wav")))) == (0, "1", BATCH)
    kiosk.asked._render = kiosk.render
    kiosk.idle = True
    kiosk.asked.look()
    assert (kiosk.rendered, kiosk.ready) == (["2"], 1)


def test_a_version_that_cannot_be_used_is_left_and_not_tried_again_and_again(one, kiosk, caplog):
    publish(one, "2")
    one.shelf.path.write_bytes(b"lost")
    for _ in range(3):
        kiosk.asked.look()
    assert (kiosk.ready, kiosk.version) == (0, "1")
    assert len(caplog.records) == 1
    publish(one, "3")
    kiosk.asked.look()
    kiosk.asked.take_up()
    assert kiosk.version == "3"


def test_a_version_that_cannot_be_said_is_not_taken_up(one, kiosk):
    publish(one, "2")
    kiosk.breaks = VoiceError("Cannot make speech", "with 'espeak-ng'", "Install it.")
    kiosk.asked.look()
    assert (kiosk.ready, kiosk.version) == (0, "1")


def test_what_is_asked_stays_on_the_shelf_however_many_are_pulled(one, kiosk):
    kiosk.asked.look()
    for version in ("2", "3", "4"):
        publish(one, version)
    assert kiosk.asked.house.sets[0].path.is_file()
    assert kiosk.asked.media["hello.wav"].is_file()
    assert Shelf.of_path(one.config.sets[0]).note("running").version == "1"


def test_a_kiosk_whose_sets_are_files_of_its_own_looks_for_nothing(one, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "home.xml").write_bytes(made().xform)
    (own / "home-media").mkdir()
    for name, data in made().media.items():
        (own / "home-media" / name).write_bytes(data)
    write_toml(own, one.server.url, "['home.xml']")
    kiosk = Kiosk(Bed(own, one.server))
    (own / "home.xml").write_bytes(served("2").xform)
    kiosk.asked.look()
    assert (kiosk.ready, kiosk.version) == (0, "1")


def test_staff_are_told_version_hash_and_day_of_a_set_from_the_server(one):
    told = sets_told(read_house(one.config))
    assert told.startswith("home 1 (en), md5:")
    assert told.endswith(", from the server on 2026-11-23")


# --- with the runner -------------------------------------------------------------------------------------------------


@pytest.fixture
def running(one, kiosk, tmp_path):
    """A kiosk at its waiting screen, that answers to `SetsChanged`."""
    inbox, numbers = RehearsalInbox(), iter(range(100))
    rules = Rules(preset_who=Who("resident", "self"))
    with Store.open(tmp_path / "kept", Role.KIOSK, allow_volatile=True) as store:
        keeper = Keeper(store, lambda: CIRCUMSTANCES, allow_unsealed=False)

        def new_visit() -> Visit:
            kiosk.asked.take_up()
            sets = kiosk.asked.question_sets
            return Visit(sets=sets, instance_id=f"uuid:{next(numbers)}", seed=0, language="en", rules=rules)

        ports = Ports(NoScreen(), SilentVoice(inbox.put), ListeningEar(), keeper)
        yield Runner(ports, inbox, new_visit)


def happen(runner: Runner, happened) -> None:
    runner.take(happened)
    while runner._inbox._happened:
        runner.take(runner._inbox.take(None))


def test_at_the_waiting_screen_a_new_version_is_taken_up_at_once(one, kiosk, running):
    publish(one, "2")
    kiosk.asked.look()
    assert running.idle
    happen(running, SetsChanged())
    assert [each.version for each in running.visit.sets] == ["2"]
    assert running.visit.stage is Stage.WAITING


def test_a_visit_that_has_begun_goes_on_with_its_questions_and_the_next_one_has_the_new(one, kiosk, running):
    happen(running, events.KeyPressed("start", running.visit.turn))
    assert not running.idle
    publish(one, "2")
    kiosk.asked.look()
    happen(running, SetsChanged())
    assert running.visit.question_set.version == "1"
    assert kiosk.asked.media["hello.wav"].is_file()
    while running.visit.stage is not Stage.WAITING:
        happen(running, events.KeyPressed("stop" if running.visit.stage is Stage.ASK else "start", running.visit.turn))
        if running.visit.timer is not None and running.visit.stage is not Stage.WAITING:
            happen(running, events.TimePassed(running.visit.turn, running.visit.timer.number))
    assert [each.version for each in running.visit.sets] == ["2"]
    assert running._ports.screen.views[-1].screen is ScreenName.WAITING
