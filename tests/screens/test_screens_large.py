"""Large letters and shapes: all of a word is drawn, or it is shown plainly; each key has a shape of its own.

Rules: issue 3 item 5 (large words); shared colours are never the only sign (shapes beside them).
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from terminal_sizes import SIZES
from views import COMMANDS, full, question

from kiosk.screens import letters, shapes
from kiosk.screens.colours import BACKGROUND, KEY_COLOURS, WHITE
from kiosk.screens.words import emoji, plain, wrap
from kiosk.view import ANSWER_KEYS, Microphone, ScreenName, Tile, View

sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
CODES = {shapes.sixths([bool(bits >> at & 1) for at in range(6)]): bits.bit_count() for bits in range(64)}


def dots_of(rows):
    return sum(CODES.get(character, 0) for row in rows for character in row)


def dots_in(words):
    return sum(sum(map(sum, letters.letter(c))) for c in words if c != " ")


@sizes
async def test_a_question_in_large_letters_is_whole(start, size):
    async with start(size, question(), fine=True) as kiosk:
        assert dots_of(kiosk.rows("ask")) == dots_in("How do you feel about your home?")


@sizes
async def test_your_turn_is_large_beside_the_meter(start, size):
    async with start(size, question(Microphone.OPEN), fine=True) as kiosk:
        await kiosk.level(-120.0)
        meter = sum(row.count("█") for row in kiosk.rows("voice")) * 6
        assert dots_of(kiosk.rows("voice")) - meter == dots_in("Your turn")
        assert kiosk.white() == ["voice"]


@sizes
async def test_where_large_letters_do_not_fit_every_word_is_there_plainly(start, size):
    async with start(size, fine=True) as kiosk:
        for screen in ScreenName:
            view = full(screen, Microphone.OPEN)
            await kiosk.show(view)
            for part, words in (("ask", view.words), *((tile.key, tile.word) for tile in view.tiles)):
                assert words in kiosk.reads(part) or dots_of(kiosk.rows(part)) >= dots_in(words), screen
            for _, word in view.commands:
                assert word in kiosk.reads("commands"), screen


@pytest.mark.parametrize("fine", [False, True], ids=["plain", "fine"])
@sizes
async def test_long_questions_and_long_answers_take_the_room_of_pictures_and_borders(start, size, fine):
    question_words = " ".join(["When somebody comes to your home to help you, do they ask before they come in?"] * 2)
    tile_words = "Yes, they always ask me first and then they wait until I have said that it is fine"
    tiles = tuple(Tile(key, tile_words, "openmoji:1F642") for key in ANSWER_KEYS)
    view = View(ScreenName.QUESTION, words=question_words, tiles=tiles, steps=5, step=1, commands=COMMANDS[:4])
    async with start(size, view, fine=fine) as kiosk:
        drawn_large = dots_of(kiosk.rows("ask")) == dots_in(question_words)
        assert drawn_large or question_words in kiosk.reads("ask")
        assert all(tile_words in kiosk.reads(key) for key in ANSWER_KEYS)


async def test_tiles_are_all_large_or_all_plain(start):
    tiles = (Tile("green", "Yes"), Tile("yellow", "Sometimes, but not very often"), Tile("red", "No"))
    async with start((120, 40), View(ScreenName.QUESTION, words="Is it?", tiles=tiles), fine=True) as kiosk:
        assert all(tile.word in kiosk.reads(tile.key) for tile in tiles)
        await kiosk.show(View(ScreenName.QUESTION, words="Is it?", tiles=tiles[::2]))
        assert not any(tile.word in kiosk.reads(tile.key) for tile in tiles[::2])


async def test_words_with_a_letter_that_cannot_be_drawn_are_shown_plainly(start):
    async with start((80, 24), View(ScreenName.NOTE, words="집은 어때요?"), fine=True) as kiosk:
        assert "집은 어때요?" in kiosk.words("ask")


def test_every_letter_of_the_command_words_can_be_drawn():
    for words in (*(word for _, word in COMMANDS), "Sut ydych chi'n teimlo am eich tŷ? Dŵr, tân, môr.", "“Ja” – über…"):  # noqa: RUF001  # as people type it
        assert letters.large(words.replace("ü", "u"), 500, 3, (WHITE, BACKGROUND)) is not None


def test_a_letter_keeps_its_accent():
    for plain_letter, accented in zip("weaoiy", "ŵéàöîŷ", strict=True):
        assert letters.letter(accented)[:2] != letters.letter(plain_letter)[:2]
        assert any(map(any, letters.letter(accented)[:2]))
        assert dots_in(accented) > dots_in(plain_letter) - (plain_letter == "i")


@given(st.text(alphabet=st.sampled_from([*sorted(letters._LETTERS), " ", "ŵ", "é"]), min_size=1, max_size=60))
def test_large_letters_lose_no_dot_and_fill_the_rows_evenly(text):
    words = plain(text)
    drawn = letters.large(words, 60, 60, (WHITE, BACKGROUND))
    if words and max(map(letters.cells, words.split())) <= 60:
        rows = ["".join(segment.text for segment in line) for line in drawn]
        assert dots_of(rows) == dots_in(words)
        assert len({cell_len(row) for row in rows}) == 1
        assert cell_len(rows[0]) <= 60


@given(st.text(max_size=200), st.integers(min_value=2, max_value=80))
def test_wrapping_leaves_nothing_out_and_is_never_too_wide(text, width):
    words = plain(text)
    lines = wrap(words, width)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert all(cell_len(line) <= width for line in lines)


def test_wrapping_leaves_no_short_last_line():
    assert wrap("How do you feel about your home?", 28) == ["How do you feel", "about your home?"]


def test_each_key_has_a_shape_of_its_own():
    for fine in (True, False):
        drawn = {
            key: "".join(
                segment.text
                for line in shapes.draw(shapes.KEY_SHAPES[key], None, 10, 5, ("#FFFFFF", "#000000"), fine=fine)
                for segment in line
            )
            for key in ANSWER_KEYS
        }
        assert len(set(drawn.values())) == len(ANSWER_KEYS)
        assert set(shapes.KEY_MARKS) == set(shapes.KEY_SHAPES) == set(KEY_COLOURS) == set(ANSWER_KEYS)


@pytest.mark.parametrize("fine", [True, False])
@pytest.mark.parametrize("shape", shapes.KEY_SHAPES.values())
def test_a_face_is_drawn_only_where_it_differs_from_the_other_faces(fine, shape):
    sizes_with_face = [rows for rows in range(1, 17) if shapes.has_room_for_a_face(shape, rows, fine=fine)]
    assert set(range(6, 17)) <= set(sizes_with_face)
    for rows in sizes_with_face:
        colours = ("#00C18C", "#000000")
        looks = {str(shapes.draw(shape, face, rows * 2, rows, colours, fine=fine)) for face in shapes.Face}
        assert len(looks) == len(shapes.Face)


async def test_where_a_face_has_no_room_its_emoji_stands_in_the_shape(start):
    tile = Tile("red", "A word that takes most of this tile's rows", "openmoji:1F641")
    async with start((64, 20), View(ScreenName.QUESTION, words="Is it?", tiles=(tile,)), fine=True) as kiosk:
        assert "🙁" in kiosk.words("red")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("openmoji:1F3E0", "🏠"),
        ("openmoji-1F3E0.svg", "🏠"),
        ("1F3E0.png", "🏠"),
        ("openmoji:1F9D1-200D-2695-FE0F", "🧑"),
        ("openmoji:25B6", "▶ "),
        ("openmoji:1f3e0", "🏠"),
        ("happy-face.png", ""),
        ("garden.jpg", ""),
        ("openmoji:DEAD", ""),
        ("openmoji:0020", ""),
        (None, ""),
    ],
)
def test_a_picture_is_one_emoji_two_cells_wide_or_nothing(name, shown):
    assert emoji(name) == shown


def test_a_file_may_tell_the_emoji_that_the_name_does_not(tmp_path):
    assert emoji("home", lambda name: tmp_path / f"{name}-1F3E0.svg") == "🏠"
    assert emoji("home", lambda _: None) == ""


@pytest.mark.parametrize(
    ("environ", "fine"),
    [
        ({"TERM": "foot"}, True),
        ({"TERM": "foot-direct"}, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7006"}, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "6003"}, False),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "tmux-256color", "VTE_VERSION": "7006"}, False),
        ({"TERM": "linux"}, False),
        ({}, False),
    ],
)
def test_large_letters_are_drawn_only_where_the_terminal_can(environ, fine):
    assert shapes.draws_sixths(environ) is fine
