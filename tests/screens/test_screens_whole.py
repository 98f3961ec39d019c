"""Every screen at every size: all its words are there, in their places, and can be read.

Rules (design, section 4): 2 "each lit on the screen with its key as it is said; keys, colours and places never move";
issue 3 item 5; contrast: WCAG 2.2, 1.4.6.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from terminal_sizes import KEYS, SIZES
from views import COMMANDS, FEELINGS, LONG_TILES, ROWS, full, question

from kiosk.screens import colours
from kiosk.screens.colours import contrast
from kiosk.view import ANSWER_KEYS, Microphone, ScreenName, Tile, View


def drawing(segment, theme) -> bool:
    """Whether it is a part of a shape or its face, which are no words."""
    key_colours = theme.cell_keys.values()
    shapes = {c.lower() for c in (*key_colours, *(colours.dim(one, theme.background) for one in key_colours))}
    return bool({segment.style.color.name, segment.style.bgcolor.name} & shapes)


sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


@sizes
async def test_no_word_is_cut_off_on_any_screen_at_any_size(start, size):
    async with start(size) as kiosk:
        for screen in ScreenName:
            view = full(screen, Microphone.OPEN)
            await kiosk.show(view)
            assert view.words in kiosk.reads("ask"), screen
            for tile in view.tiles:
                assert tile.word in kiosk.reads(tile.key), screen
            for _, word in view.commands:
                assert word in kiosk.reads("commands"), screen
            if view.line:
                assert view.line in kiosk.reads("line"), screen


@sizes
async def test_parts_do_not_cover_one_another(start, size):
    async with start(size, full(ScreenName.QUESTION, Microphone.OPEN)) as kiosk:
        taken = set()
        for part in kiosk.app.screen.children:
            at = part.region
            cells = {(x, y) for x in range(at.x, at.right) for y in range(at.y, at.bottom)}
            assert not cells & taken
            taken |= cells
        assert all(0 <= x < size[0] and 0 <= y < size[1] for x, y in taken)


@sizes
async def test_a_long_caption_is_whole_and_cuts_no_answer_off(start, size):
    words = "You can also say: I don't know. Or: I don't want to say. Or press the key that has a question mark on it."
    async with start(size, question()) as kiosk:
        await kiosk.light(None, words)
        assert words in kiosk.reads("voice")
        assert kiosk.white() == ["voice"]
        for tile in FEELINGS:
            assert tile.word in kiosk.reads(tile.key)


@sizes
async def test_tiles_stay_in_the_places_of_their_keys(start, size):
    async with start(size, question()) as kiosk:
        three = {key: kiosk.place(key) for key in ("green", "yellow", "red")}
        two = View(ScreenName.STOPPING, words="Would you like to stop?", tiles=(FEELINGS[0], FEELINGS[2]))
        await kiosk.show(two)
        assert {key: kiosk.place(key) for key in ("green", "red")} == {key: three[key] for key in ("green", "red")}
        await kiosk.light("red", "Red: Stop.")
        assert kiosk.place("red") == three["red"]


@sizes
async def test_tiles_follow_the_order_of_the_keys(start, size):
    async with start(size, full(ScreenName.WHO, Microphone.OPEN)) as kiosk:
        corners = [(kiosk.place(key).y, kiosk.place(key).x) for key in ANSWER_KEYS]
        assert corners == sorted(corners)
        assert len({kiosk.place(key).size for key in ANSWER_KEYS}) == 1


@pytest.mark.parametrize("fine", [False, True], ids=["plain", "fine"])
@sizes
async def test_what_the_switch_would_take_is_framed_whatever_its_colour(start, size, fine):
    async with start(size, question(), fine=fine) as kiosk:
        for scanned in ("green", "red"):
            await kiosk.show(replace(question(), scanned=scanned))
            framed = [part.id for part in kiosk.app.screen.children if any("▓" in row for row in kiosk.rows(part.id))]
            assert framed == [scanned]
            await kiosk.light(scanned, "Good.")
            assert kiosk.white() == [scanned]
            assert any("▓" in row for row in kiosk.rows(scanned))
        await kiosk.show(replace(question(), scanned="menu", commands=COMMANDS[:1]))
        assert any("▓" in row for row in kiosk.rows("commands"))
        assert not any("▓" in row for row in kiosk.rows("red"))


async def test_the_answer_that_stands_is_marked_otherwise_than_one_that_was_heard(start):
    tiles = (replace(FEELINGS[0], chosen=True), *FEELINGS[1:])
    async with start(view=View(ScreenName.CHANGE, words="How is it?", tiles=tiles)) as kiosk:
        assert "↩" in kiosk.words("green")
        assert "✔" not in kiosk.words("green")


@sizes
async def test_the_tile_being_said_is_white_and_nothing_else_is(start, size):
    async with start(size, question()) as kiosk:
        for tile in FEELINGS:
            await kiosk.light(tile.key, f"{tile.word}.")
            assert kiosk.white() == [tile.key]


async def test_the_question_is_white_while_it_is_said(start):
    async with start(view=question()) as kiosk:
        assert kiosk.white() == []
        await kiosk.light(None, "How do you feel about your home?")
        assert kiosk.white() == ["ask"]
        assert "Listen" in kiosk.words("voice")


async def test_your_turn_is_white_when_the_microphone_is_open(start):
    async with start(view=question(Microphone.OPEN)) as kiosk:
        assert kiosk.white() == ["voice"]
        assert "Your turn" in kiosk.words("voice")


async def test_speech_comes_before_your_turn_until_a_level_arrives(start):
    async with start(view=question(Microphone.OPEN)) as kiosk:
        await kiosk.light("green", "Green: Good.")
        assert kiosk.white() == ["green"]
        assert "Your turn" not in kiosk.words("voice")
        await kiosk.level(-60.0)
        assert kiosk.white() == ["voice"]


async def test_keys_only_asks_for_a_key_and_shows_no_level(start):
    async with start(view=question(Microphone.KEYS_ONLY)) as kiosk:
        await kiosk.level(-20.0)
        assert "Press a key" in kiosk.words("voice")
        assert not set("▂▃▅▆▇") & set(kiosk.words("voice"))


async def test_after_a_prompt_it_is_the_turn_of_the_keys_though_the_view_is_the_same(start):
    async with start(view=question(Microphone.KEYS_ONLY)) as kiosk:
        await kiosk.light("red", "Red: Not good.")
        assert kiosk.white() == ["red"]
        kiosk.app.hush()
        await kiosk.pilot.pause()
        assert kiosk.white() == ["voice"]


@pytest.mark.parametrize("screen", [ScreenName.WAITING, ScreenName.NOTE, ScreenName.SAID_BACK, ScreenName.THANKS])
async def test_a_screen_that_goes_on_by_itself_asks_for_no_key(start, screen):
    async with start(view=View(screen, words="Thank you.", microphone=Microphone.KEYS_ONLY)) as kiosk:
        assert "Press a key" not in kiosk.words()
        assert kiosk.white() == []


async def test_an_open_microphone_is_told_on_every_screen_of_a_visit(start):
    for screen in set(ScreenName) - {ScreenName.STAFF}:
        async with start(view=View(screen, words="Hello", microphone=Microphone.OPEN)) as kiosk:
            told = "🎤" if screen is ScreenName.MESSAGE else "Your turn"  # a message's own words say: I am listening
            assert told in kiosk.words("voice")


async def test_the_meter_rises_with_the_level(start):
    async with start(view=question(Microphone.OPEN)) as kiosk:
        lit = []
        for dbfs in (-120.0, -40.0, -25.0, 0.0):
            await kiosk.level(dbfs)
            at = kiosk.place("voice")
            strips = kiosk.app.screen._compositor.render_strips()
            cells = [s for y in range(at.y, at.bottom) for s in strips[y] if s.style.color.name == "#004ca5"]
            lit.append(sum(len(s.text.strip()) for s in cells))
        assert lit == sorted(set(lit))
        assert (lit[0], lit[-1]) == (0, 11)


@pytest.mark.parametrize("fine", [False, True], ids=["plain", "fine"])
@pytest.mark.parametrize("theme", colours.THEMES)
@pytest.mark.parametrize("size", SIZES[::3], ids=["wide", "upright"])
async def test_words_have_a_contrast_of_seven_to_one_in_every_theme(start, size, theme, fine):
    async with start(size, fine=fine, theme=theme) as kiosk:
        for screen in ScreenName:
            view = full(screen, Microphone.OPEN)
            chosen = tuple(replace(tile, chosen=tile.key == "green") for tile in view.tiles)
            await kiosk.show(replace(view, tiles=chosen, rows=ROWS, scanned="yellow", microphone=Microphone.CLOSED))
            for spoken in (None, "green"):
                await kiosk.light(spoken, "Red: Not good.")
                for strip in kiosk.app.screen._compositor.render_strips():
                    for segment in strip:
                        large = any(ord(c) >= 0x1FB00 for c in segment.text)
                        large = large and not drawing(segment, colours.THEMES[theme])
                        if large or any(c.isalnum() for c in segment.text):
                            front, behind = segment.style.color.name, segment.style.bgcolor.name
                            assert contrast(front, behind) >= colours.WORDS_CONTRAST, (screen, segment)


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("words", ["[b]bold[/b] [@click=app.quit]go[/]", "[red", "$primary [/]", "a]b[c"])
async def test_words_that_look_like_markup_are_shown_as_words(start, words):
    view = View(
        ScreenName.QUESTION, words=words, tiles=(Tile("green", words),), commands=((COMMANDS[0][0], words),), line=words
    )
    async with start((120, 40), view) as kiosk:
        await kiosk.light("green", words + "!")
        for part in ("ask", "green", "voice", "commands", "line"):
            assert words in kiosk.words(part)


async def test_words_with_control_characters_cannot_move_the_cursor(start):
    async with start(view=View(ScreenName.NOTE, words="One\x1b[2Jtwo\x07\r\nthree\u202e\tfour")) as kiosk:
        assert "One [2Jtwo three four" in kiosk.words("ask")


async def test_commands_stand_beside_their_keys(start):
    async with start((120, 40), question()) as kiosk:
        shown = kiosk.words("commands")
        assert " k " in shown
        assert "? 💡 Explain" in shown


async def test_a_command_without_a_key_is_still_shown(start):
    async with start((120, 40), question()) as kiosk:
        kiosk.app._look.caps.clear()
        await kiosk.show(question(turn=8))
        assert "Explain" in kiosk.words("commands")
        assert "?" not in kiosk.words("commands").replace("❓", "")


async def test_the_chosen_tile_has_a_tick(start):
    tiles = (FEELINGS[0], Tile("red", "Not good", "openmoji:1F641", chosen=True))
    async with start(view=View(ScreenName.SAID_BACK, words="You said: Not good.", tiles=tiles)) as kiosk:
        assert "✔" in kiosk.words("red")
        assert "✔" not in kiosk.words("green")


async def test_each_key_has_its_shape_where_there_is_no_room_to_draw(start):
    tiles = tuple(Tile(tile.key, "a word that needs most of the rows that there are here") for tile in LONG_TILES)
    async with start(view=View(ScreenName.QUESTION, words="Which?", tiles=tiles)) as kiosk:
        for key, mark in zip(ANSWER_KEYS, "●■◆▲", strict=True):
            assert mark in kiosk.words(key)


async def test_progress_is_a_dot_for_each_question_or_numbers_where_they_are_too_many(start):
    async with start(view=View(ScreenName.NOTE, words="Hello", step=2, steps=6)) as kiosk:
        assert kiosk.words("progress") == "● ◉ ○ ○ ○ ○"
        await kiosk.show(View(ScreenName.NOTE, words="Hello", step=21, steps=40))
        assert kiosk.words("progress") == "21 / 40"


async def test_a_change_of_size_finds_every_part_its_new_place(start):
    view = full(ScreenName.QUESTION, Microphone.OPEN)
    async with start((120, 40), view) as kiosk:
        for size in SIZES:
            await kiosk.pilot.resize_terminal(*size)
            await kiosk.pilot.pause()
            assert view.words in kiosk.reads("ask")
            assert all(kiosk.place(key).right <= size[0] for key in ANSWER_KEYS)


def test_every_key_name_of_these_tests_is_one_of_the_kiosk():
    from kiosk.view import KEYS as NAMES  # noqa: PLC0415  # its name is taken here

    assert set(KEYS.values()) == set(NAMES)
