"""The page as a file, and to eyes, ears and hands: nothing from outside, one order, large type, plain contrast."""

from __future__ import annotations

import io
import itertools
import re
from base64 import b64decode, b64encode
from hashlib import sha256
from importlib.resources import files

import pytest
import soundfile
from lxml import html
from made_visits import BY_STAFF, HELPED, visits, wav
from page_read import HEADING, read, words_of, written

from collector.page.bars import MOST_BOXES, PATTERNS, draw
from collector.page.look import page
from collector.page.pictures import Pictures
from collector.page.voices import playable
from collector.visits import How

CSS = (files("collector.page") / "look.css").read_text(encoding="utf-8")
COLOURS = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", CSS))
INK, EMPTY = "#1a1a1a", "#6b6b6b"
TEXT_CONTRAST, SHAPE_CONTRAST = 4.5, 3.0
"""WCAG 2.2: 1.4.3 (AA) for words, 1.4.11 for what has to be seen to understand a drawing."""


@pytest.fixture(scope="module")
def every() -> html.HtmlElement:
    """A page with all that one can have."""
    return read(
        [
            *visits({"home": "good", "trouble": How.NOT_ASKED, "more": "m.wav"}, 8, sound=wav()),
            *visits({"home": "not_good", "trouble": "noise"}, 7, homes=("Oak Lodge",)),
            *visits({"home": "okay"}, 6, group=BY_STAFF, homes=("Elm House", "Oak Lodge")),
            *visits({"home": "okay"}, 2, group=HELPED),
        ]
    )


def test_the_page_fetches_nothing_and_runs_nothing(every: html.HtmlElement) -> None:
    addresses = [str(one) for one in every.xpath("//@src | //@href | //@action | //@poster | //@srcset | //@data")]
    assert addresses
    assert [one[:40] for one in addresses if not one.startswith(("#", "data:image/", "data:audio/"))] == []
    assert not every.xpath("//script | //iframe | //object | //embed | //form | //link | //@style")
    assert not [one for one in every.xpath("//@*") if one.attrname.startswith("on")]
    style = "".join(every.xpath("//style/text()"))
    assert re.findall(r'url\((?!"data:)|@import', style) == []


def test_a_browser_is_told_to_allow_nothing_but_what_lies_inside() -> None:
    parsed = html.document_fromstring(page("A title", "Words", style=".mine { color: #000; }"))
    (policy,) = parsed.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    style = parsed.xpath("string(//style)")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert policy.split("; ")[:2] == ["default-src 'none'", f"style-src 'sha256-{digest}'"]
    assert "unsafe" not in policy
    assert ".mine" in style


def test_headings_go_down_one_step_at_a_time(every: html.HtmlElement) -> None:
    levels = [int(one.tag[1]) for one in every.xpath(f"//{HEADING}")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [(one, two) for one, two in itertools.pairwise(levels) if two > one + 1] == []


def test_a_picture_stands_before_its_words_in_the_file_as_to_the_eye(every: html.HtmlElement) -> None:
    for one in every.xpath("//*[contains(@class, 'row') or @class='question']"):
        assert [child.get("class") for child in one] == ["left", "right"]
        assert one[0].xpath(".//svg")
    assert not re.search(r"\border:\s*-?\d|flex-direction|row-reverse|\bfloat:|direction: rtl", CSS)


def test_every_id_is_the_only_one_and_every_reference_finds_its_own(every: html.HtmlElement) -> None:
    ids = every.xpath("//@id")
    assert len(ids) == len(set(ids))
    wanted = [one.removeprefix("#") for one in every.xpath("//use/@href | //a/@href")]
    wanted += [name for one in every.xpath("//@aria-labelledby") for name in one.split()]
    wanted += re.findall(r"url\(#([^)]+)\)", " ".join(every.xpath("//@fill")))
    assert set(wanted) <= set(ids)
    assert every.xpath("//svg[@class='store']"), "what is not displayed at all has no patterns in some browsers"


def test_each_drawing_has_words_or_is_silent_beside_words(every: html.HtmlElement) -> None:
    for one in every.xpath("//main//svg"):
        assert one.get("aria-hidden") == "true" or (one.get("role") == "img" and one.get("aria-label"))


def test_what_is_heard_is_all_that_is_seen_in_the_same_order(every: html.HtmlElement) -> None:
    said = words_of(every.xpath("//main/section[1]")[0])
    wanted = ["themselves", "15 visits", "The house", "How is your home?", "8", "of 15 answers: Good", "Okay 0 of 15 0"]
    places = [said.index(one) for one in wanted]
    assert places == sorted(places)


def test_a_bar_has_as_many_full_boxes_as_answers_and_as_many_boxes_as_all() -> None:
    assert [_boxes(draw(3, 12, "red").shapes)] == [[12, 3]]
    assert [_boxes(draw(0, 5, "red").shapes)] == [[5, 0]]


def test_of_many_answers_the_bar_is_one_box_filled_by_its_share() -> None:
    frame, full = re.findall(r'd="([^"]+)"', draw(30, 2 * MOST_BOXES, "blue").shapes)
    left, right = [[float(x) for x in re.findall(r"[ML] ([\d.]+)", one)] for one in (frame, full)]
    assert (max(right) - 0) / 576 == pytest.approx(30 / (2 * MOST_BOXES))
    assert max(left) > 570


def _boxes(shapes: str) -> list[int]:
    return [len(re.findall("z", one)) for one in re.findall(r'd="([^"]+)"', shapes)]


def test_each_choice_has_a_pattern_of_its_own_that_can_be_seen_on_its_tint_and_without_it() -> None:
    hatches = [one.hatch for one in PATTERNS.values()]
    assert len(set(hatches)) == len(hatches) == 4
    drawn = {key: str(draw(1, 2, key).patterns) for key in PATTERNS}
    assert len(set(drawn.values())) == 4
    assert [key for key, one in PATTERNS.items() if contrast(INK, one.tint) < SHAPE_CONTRAST] == []
    assert contrast(EMPTY, "#ffffff") >= SHAPE_CONTRAST


@pytest.mark.parametrize(
    ("words", "ground"),
    [(words, ground) for words in ("ink", "quiet", "deep", "link") for ground in ("paper", "wash", "ground")],
    ids=lambda name: name,
)
def test_words_stand_out_from_their_ground(words: str, ground: str) -> None:
    assert contrast(COLOURS[words], COLOURS[ground]) >= TEXT_CONTRAST


def test_only_colours_that_are_looked_at_here_are_used() -> None:
    assert set(COLOURS) == {"ink", "paper", "ground", "quiet", "deep", "wash", "link", "focus"}
    rules = CSS.split("}", maxsplit=1)[1]
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", rules)) <= {"#000"}
    assert contrast(COLOURS["focus"], COLOURS["paper"]) >= SHAPE_CONTRAST


def test_no_type_is_smaller_than_16_points() -> None:
    sizes = re.findall(r"font-size: ([\d.]+)(rem|pt|%)", CSS)
    points = [float(size) * {"rem": 12, "pt": 1, "%": 0}[unit] for size, unit in sizes if unit != "%"]
    assert len(points) > 10
    assert min(points) >= 16
    assert "font-size: 100%" in CSS, "a rem is what the reader has set"


def test_on_paper_a_question_is_never_cut_and_a_part_begins_a_page() -> None:
    paper = CSS.split("@media print")[1]
    assert re.search(r"\.question[^{]*\{ break-inside: avoid", paper)
    assert re.search(r"\.group[^{]*\{ break-before: page", paper)
    assert "size: A4" in CSS


def test_a_picture_lies_in_the_page_once_however_often_it_is_shown() -> None:
    few, many = (written(visits({"home": "good"}, number * 5, homes=HOMES[:number])) for number in (1, 6))
    assert few.count("data:image/") == many.count("data:image/") - 1, "one more: that of homes"


HOMES = ("Ash", "Beech", "Cedar", "Elm", "Fir", "Oak")


def test_a_voice_message_is_played_without_the_silence_that_fills_it_up() -> None:
    played = playable(wav(seconds=2, filled_to=10))
    kind, _, sound = played.partition(";base64,")
    samples, rate = soundfile.read(io.BytesIO(b64decode(sound)))
    assert kind == "data:audio/mpeg"
    assert 2 <= len(samples) / rate < 3
    assert len(played) < len(wav(2, 2)) / 3


@pytest.mark.parametrize(
    "sound", [b"", b"RIFF", wav(seconds=0), wav()[:30]], ids=["nothing", "cut-off", "silence", "a-header-alone"]
)
def test_what_holds_no_voice_cannot_be_played(sound: bytes) -> None:
    assert playable(sound) == ""


def test_a_picture_that_is_not_there_is_nothing_and_an_unknown_one_of_our_own_is_an_error() -> None:
    assert Pictures({}).of_set("gone.png") == ""
    with pytest.raises(FileNotFoundError):
        Pictures().openmoji("FFFFF")


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours."""
    low, high = sorted(_luminance(colour) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
