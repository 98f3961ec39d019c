"""The screen as pictures: no word is lost at any size, one part is white at most, and colours arrive as designed.

Rules (design, section 4): 2 "each lit on the screen with its key as it is said; keys, colours and places never move";
issue 4 items 1 and 2 (nothing cut off; contrast 7:1; without sixel emoji and words).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from sixel_reader import read
from views import FEELINGS, LONG_TILES, full, question

from kiosk.asks import OWN
from kiosk.saying.prompts import Tongue
from kiosk.saying.sentences import CATALOGUES, sentence
from kiosk.screens import colours
from kiosk.screens.cells import Look, Signs
from kiosk.screens.colours import WORDS_CONTRAST, contrast
from kiosk.screens.layout import Spoken
from kiosk.screens.pictures.asking import AskPicture
from kiosk.screens.pictures.bottom import State, StatePicture
from kiosk.screens.pictures.canvas import Canvas
from kiosk.screens.pictures.emblems import draw_command
from kiosk.screens.pictures.gallery import Gallery, sixel_of
from kiosk.screens.pictures.scanning import inside
from kiosk.screens.pictures.sixel import paletted
from kiosk.screens.pictures.sources import picture_and_mark
from kiosk.screens.pictures.wording import can_write, fit
from kiosk.screens.words import plain
from kiosk.view import ANSWER_KEYS, Command, Microphone, ScreenName, Tile, View
from openrosa.convert import convert
from openrosa.question_set import Kind, Question
from openrosa.xform import load

SETS = sorted(
    path
    for path in (Path(__file__).parent.parent.parent / "question_sets").glob("*/*.md")
    if path.stem == path.parent.name
)
SIZES = {
    "800x480": ((80, 24), (10, 20)),
    "1024x600": ((64, 20), (16, 30)),
    "1280x800": ((80, 25), (16, 32)),
    "1920x1080": ((80, 24), (24, 45)),
    "720x1280": ((48, 40), (15, 32)),
}
CAPS = {"green": "1", "yellow": "2", "red": "3", "blue": "4", "again": "a", "dont_know": "d", "stop": "x", "start": "⏎"}
LEAST_AT_600_PX = 18
"""The smallest letters of the shipped set on a screen whose shorter side is 600 px."""
QUIET_DBFS = -120.0
sizes = pytest.mark.parametrize("size", SIZES)
SMALLEST = ("800x480",)
"""Where words find least room: the sets but the first are looked at there alone, because drawing takes its time."""
each_set = pytest.mark.parametrize(
    ("shipped", "size"),
    [
        pytest.param(path, size, id=f"{path.stem}-{size}")
        for path in SETS
        for size in (SIZES if path.stem == "my_home" else SMALLEST)
    ],
    indirect=["shipped"],
)
screens = pytest.mark.parametrize("screen", list(ScreenName), ids=lambda screen: screen.value)
ASKED = (
    *(Command.AGAIN, Command.DONT_KNOW, Command.RATHER_NOT_SAY),
    *(Command.SKIP, Command.BACK, Command.STOP),
)
ANSWERS = {Command.DONT_KNOW, Command.RATHER_NOT_SAY}


@pytest.fixture(scope="module")
def shipped(request):
    converted = convert(request.param)
    return load(converted.xform, request.param.name), converted.media


@pytest.fixture
def media(shipped, tmp_path):
    for name, content in shipped[1].items():
        (tmp_path / name).write_bytes(content)
    return lambda name: tmp_path / name


def gallery(size, file_of=None):
    return Gallery(SIZES[size][1], Look(CAPS, Signs(), fine=True, file_of=file_of))


def parts(size, view, spoken=None, dbfs=QUIET_DBFS, file_of=None):
    return gallery(size, file_of).parts(view, spoken, dbfs, SIZES[size][0])


def written(shown):
    """All words by part, as the painters account for them."""
    return {name: [one.words for one in part.draw().written] for name, (_, part) in shown.items()}


def all_words(shown):
    return [one for words in written(shown).values() for one in words]


def view_of(asked: Question, language="en") -> View:
    tongue = Tongue(language, "en")
    tiles = tuple(Tile(choice.key, tongue.text(choice.labels), tongue.media(choice.image)) for choice in asked.choices)
    return View(
        ScreenName.NOTE if asked.kind is Kind.NOTE else ScreenName.QUESTION,
        words=tongue.text(asked.labels),
        picture=tongue.media(asked.image),
        tiles=tiles,
        step=1,
        steps=6,
        microphone=Microphone.OPEN,
        commands=tuple((command, tongue.own(command.value)) for command in ASKED),
    )


def check(shown, size):
    """Every word is in its part, large enough, and stands out."""
    unit = min(a * b for a, b in zip(*SIZES[size], strict=True)) / 600
    for place, part in shown.values():
        assert part.size == (place.width * SIZES[size][1][0], place.height * SIZES[size][1][1])
        canvas = part.draw()
        assert canvas.image.size == part.size
        for one in canvas.written:
            assert contrast(one.ink, one.behind) >= WORDS_CONTRAST
            assert one.box.left >= 0
            assert one.box.right <= part.size[0]
            assert one.box.top >= -1
            assert one.box.bottom <= part.size[1] + 1
            if len(one.words) > 1:
                assert one.size_px >= int(LEAST_AT_600_PX * unit), one


@each_set
def test_every_question_of_every_shipped_set_is_whole_in_every_language_at_every_size(size, shipped, media):
    asked_in = [(asked, language) for asked in shipped[0].questions for language in shipped[0].languages]
    if shipped[0].form_id == "my_home":
        asked_in += [(asked, language) for asked in OWN.values() for language in CATALOGUES]
    for asked, language in asked_in:
        view = view_of(asked, language)
        shown = parts(size, view, file_of=media)
        assert shown is not None, "the font has every letter"
        words = written(shown)
        assert plain(view.words) in words["ask"], "no word is cut off, nor folded"
        for tile in view.tiles:
            assert plain(tile.word) in words[tile.key]
        for command, word in view.commands:
            assert word in words["commands"] or (command is Command.DONT_KNOW and word in words["blue"])
        assert Signs().your_turn in words["voice"]
        check(shown, size)


@each_set
def test_all_that_is_said_about_a_question_is_on_the_screen_while_it_is_said(size, shipped, media):
    for asked in shipped[0].questions:
        for language in shipped[0].languages:
            tongue = Tongue(language, "en")
            view = view_of(asked, language)
            hints = (tongue.text(asked.hints), tongue.text(asked.spoken), sentence("also", language))
            for said in filter(None, map(plain, hints)):
                shown = parts(size, view, Spoken(None, said), file_of=media)
                assert said in all_words(shown), said
                check(shown, size)


@pytest.mark.parametrize("theme", colours.THEMES)
@pytest.mark.parametrize("size", ["800x480", "720x1280"])
def test_every_word_of_every_screen_stands_out_in_every_theme(size, theme):
    grid, cell = SIZES[size]
    painter = Gallery(cell, Look(CAPS, Signs(), fine=True, theme=colours.THEMES[theme]))
    for screen in ScreenName:
        view = full(screen, Microphone.OPEN)
        tiles = tuple(replace(tile, chosen=tile.key == "red") for tile in view.tiles)
        for scanned, spoken in (
            ("", None),
            ("green", Spoken("green", "Green: yes.")),
            ("menu", Spoken(None, view.words)),
        ):
            shown = painter.parts(replace(view, tiles=tiles, scanned=scanned), spoken, QUIET_DBFS, grid)
            for _, part in shown.values():
                for one in part.draw().written:
                    assert contrast(one.ink, one.behind) >= WORDS_CONTRAST, (screen, one)


@pytest.mark.parametrize("theme", colours.THEMES)
def test_what_the_switch_would_take_is_framed_in_every_theme_lit_or_not(theme):
    grid, cell = SIZES["1024x600"]
    look = Look(CAPS, Signs(), fine=True, theme=colours.THEMES[theme])
    for spoken in (None, Spoken("yellow", "Yellow: OK.")):
        shown = Gallery(cell, look).parts(replace(question(), scanned="yellow"), spoken, QUIET_DBFS, grid)
        for key in ("green", "yellow", "red"):
            image = shown[key][1].draw().image
            edge = [image.getpixel((2, y)) for y in range(image.height // 3, image.height * 2 // 3)]
            assert (set(edge) == {rgb(look.theme.scan)}) is (key == "yellow")
    shown = Gallery(cell, look).parts(replace(question(), scanned="menu"), None, QUIET_DBFS, grid)
    image = shown["commands"][1].draw().image
    assert image.getpixel((image.width // 2, 2)) == rgb(look.theme.scan)


def test_every_screen_without_a_question_of_its_own_is_known_by_its_picture():
    shown = {}
    for screen in set(ScreenName) - {ScreenName.WAITING, ScreenName.STAFF, ScreenName.SAID_BACK}:
        view = replace(full(screen, Microphone.CLOSED), picture=None, words="Words.")
        shown[screen] = picture_and_mark(view, Look())
    asked = {ScreenName.QUESTION, ScreenName.CHANGE}
    pictures = [its for screen, its in shown.items() if screen not in asked]
    assert len(set(pictures)) == len(pictures)
    assert all(source for source, _ in pictures)
    home = [picture_and_mark(View(screen, picture="openmoji:1F3E0"), Look()) for screen in ScreenName]
    assert len({its for its in home if its[0] == "openmoji:1F3E0"}) >= 4  # plain, heard, noisy, to be changed


def test_every_command_has_a_sign_of_its_own():
    signs = set()
    for command in Command:
        canvas = Canvas((120, 120), "#FFFFFF")
        draw_command(canvas, command, canvas.box)
        assert len(canvas.image.getcolors(99999)) > 1, command
        signs.add(canvas.image.tobytes())
    assert len(signs) == len(Command)


@sizes
@screens
def test_the_longest_screens_lose_no_word_either(size, screen):
    view = full(screen, Microphone.OPEN)
    words = all_words(parts(size, view))
    said = "" if screen is ScreenName.STAFF else view.words  # in the terminal's own letters
    for one in (said, view.line, *(tile.word for tile in view.tiles), *(word for _, word in view.commands)):
        assert not one or plain(one) in words


def test_words_too_long_for_any_letters_are_folded_and_not_left_out():
    words = "Donaudampfschifffahrtsgesellschaftskapitaen " * 4
    fitted = fit(plain(words), (200, 80), 60, 20)
    assert "".join(fitted.lines).replace(" ", "") == plain(words).replace(" ", "")


@sizes
def test_parts_stand_beside_one_another_within_the_screen(size):
    (columns, rows), _ = SIZES[size]
    for screen in ScreenName:
        taken = set()
        for place, _ in parts(size, full(screen, Microphone.OPEN)).values():
            cells = {
                (x, y) for x in range(place.x, place.x + place.width) for y in range(place.y, place.y + place.height)
            }
            assert not cells & taken
            taken |= cells
        assert all(0 <= x < columns and 0 <= y < rows for x, y in taken)


@sizes
def test_a_tile_never_moves_whatever_is_said_and_however_many_there_are(size):
    four = parts(size, replace(question(), tiles=LONG_TILES))
    for view, spoken in ((question(), None), (question(), Spoken("red", "Red: Not good."))):
        shown = parts(size, view, spoken)
        assert all(shown[key][0] == four[key][0] for key in ("green", "yellow", "red"))


def rgb(colour):
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def pixels_of(part):
    """How many pixels have each colour."""
    image = part.draw().image
    return {colour: count for count, colour in image.getcolors(image.width * image.height)}


def white_share(part):
    return pixels_of(part).get((255, 255, 255), 0) / (part.size[0] * part.size[1])


@sizes
@pytest.mark.parametrize(
    ("view", "spoken", "white"),
    [
        (question(), None, []),
        (question(), Spoken(None, "How do you feel about your home?"), ["ask"]),
        (question(), Spoken("yellow", "Yellow: OK."), ["yellow"]),
        (question(), Spoken(None, "Sorry."), ["voice"]),
        (question(Microphone.OPEN), None, ["voice"]),
        (question(Microphone.OPEN), Spoken("red", "Red: Not good."), ["red"]),
        (question(Microphone.KEYS_ONLY), None, ["voice"]),
    ],
    ids=["nothing", "the question", "a tile", "a sentence", "your turn", "speech first", "a key"],
)
def test_white_is_what_is_being_said_or_your_turn_and_nothing_else(size, view, spoken, white):
    shown = parts(size, view, spoken)
    assert [name for name, (_, part) in shown.items() if white_share(part) > 0.3] == white


def test_i_dont_know_takes_the_place_that_no_answer_has_and_is_a_command_where_there_is_none():
    three = written(parts("1024x600", question()))
    assert three["blue"][-2:] == ["I don't know", "d"] or "I don't know" in three["blue"]
    assert "I don't know" not in three["commands"]
    four = written(parts("1024x600", replace(question(), tiles=LONG_TILES)))
    assert "I don't know" in four["commands"]


@sizes
def test_of_a_note_the_sentence_being_said_stands_alone_and_larger_than_all_of_them(size):
    first, second = "Hello.", "These questions are about your home and about the people who help you there."
    view = View(ScreenName.NOTE, words=" ".join([first, second] * 3), picture="openmoji:1F3E0")
    whole = parts(size, view)["ask"][1].draw().written
    for said in (first, second):
        shown = parts(size, view, Spoken(None, said))
        assert all_words(shown).count(said) == 1, "no caption twice"
        assert view.words not in all_words(shown)
        assert shown["ask"][1].draw().written[0].size_px > whole[0].size_px
        assert white_share(shown["ask"][1]) > 0.2
    assert [one.words for one in whole] == [view.words]


@sizes
@pytest.mark.parametrize("tiles", [FEELINGS, LONG_TILES], ids=["faces", "pictures"])
def test_the_switchs_arrow_covers_neither_shape_nor_word_and_no_word_moves(size, tiles):
    view = replace(question(), tiles=tiles)
    word_boxes = {}
    for scanned in (tiles[0].key, tiles[-1].key, "menu"):
        for key, (_, tile) in parts(size, replace(view, scanned=scanned)).items():
            if key not in {one.key for one in tiles}:
                continue
            canvas = tile.draw()
            word_boxes.setdefault(key, set()).update(one.box for one in canvas.written if len(one.words) > 1)
            if key == scanned:
                shape, word = tile.rooms()
                plate = inside(canvas.box, tile.unit, row=tile.row)
                for room in (shape, word):
                    assert plate.left <= room.left
                    assert room.right <= plate.right
                    assert plate.top <= room.top
    assert all(len(boxes) == 1 for boxes in word_boxes.values() if len(boxes))


def test_i_dont_know_stays_where_it_was_while_an_unsure_answer_is_confirmed():
    asked = written(parts("1024x600", question()))["blue"]
    confirmed = written(parts("1024x600", replace(question(), screen=ScreenName.CONFIRM)))
    assert confirmed["blue"] == asked
    assert "I don't know" not in confirmed["commands"]


def test_what_is_said_back_stands_in_the_middle_of_its_tile():
    tile = parts("1920x1080", View(ScreenName.SAID_BACK, words="You said.", tiles=(replace(FEELINGS[0], chosen=True),)))
    shape, word = tile["green"][1].rooms()
    left, right = shape.left, tile["green"][1].size[0] - word.right
    assert abs(left - right) < tile["green"][1].size[0] // 20


@sizes
def test_a_languages_name_is_larger_than_an_answers_word_and_in_the_place_of_its_key(size):
    tiles = (Tile("green", "English"), Tile("yellow", "Cymraeg"))
    names = parts(size, View(ScreenName.LANGUAGE, words="Which language?", tiles=tiles))
    answers = parts(size, View(ScreenName.QUESTION, words="Which language?", tiles=tiles, steps=0))
    for key in ("green", "yellow"):
        assert names[key][0] == answers[key][0]
        assert names[key][1].fitted().size_px > answers[key][1].fitted().size_px
        shape, word = names[key][1].rooms()
        assert word.bottom <= shape.top or shape.right <= word.left


@sizes
def test_while_a_message_is_recorded_a_large_microphone_and_its_level_say_so_and_no_second_sentence_does(size):
    words = "I am listening. Press green when you have finished."
    finished = Tile("green", "Finished", "openmoji:2705")
    view = replace(question(Microphone.OPEN), screen=ScreenName.MESSAGE, words=words, tiles=(finished,))
    loud, quiet = (parts(size, view, dbfs=dbfs) for dbfs in (-20.0, QUIET_DBFS))
    assert Signs().your_turn not in all_words(loud)
    assert words in all_words(loud)
    assert loud["green"][0] == parts(size, question())["green"][0], "the key's place"
    assert loud["voice"][1].size[1] >= loud["green"][1].size[1]
    assert loud["voice"][1].size[0] >= parts(size, question(Microphone.OPEN))["voice"][1].size[0]
    red, bars = rgb(colours.RED), rgb(colours.DEEP_BLUE)
    assert pixels_of(quiet["voice"][1])[red] > loud["voice"][1].size[1] ** 2 // 30
    assert pixels_of(loud["voice"][1])[bars] > pixels_of(quiet["voice"][1]).get(bars, 0)
    assert white_share(loud["voice"][1]) > 0.3
    said = parts(size, view, Spoken(None, words))
    assert white_share(said["voice"][1]) == 0
    assert Signs().listen not in all_words(said)


def test_the_edges_of_tiles_can_be_seen_on_light_ground():
    grid, cell = SIZES["1024x600"]
    painter = Gallery(cell, Look(CAPS, Signs(), theme=colours.LIGHT))
    for key, (_, tile) in painter.parts(question(), None, QUIET_DBFS, grid).items():
        if key in ANSWER_KEYS:
            canvas = tile.draw()
            edge = canvas.colour_at(canvas.box.right - round(12 * tile.unit), canvas.box.height // 2)
            assert contrast(edge, colours.LIGHT.background) >= 3
            assert contrast(edge, colours.LIGHT.panel) >= 3


@sizes
@pytest.mark.parametrize("language", CATALOGUES)
@pytest.mark.parametrize("tiles", [FEELINGS, LONG_TILES], ids=["three", "four"])
def test_commands_that_answer_have_the_largest_words_of_all_commands_and_no_word_is_folded(size, language, tiles):
    commands = tuple((command, sentence(command.value, language)) for command in ASKED)
    part = parts(size, replace(question(), tiles=tiles, commands=commands))["commands"][1]
    sizes_px = {one.words: one.size_px for one in part.draw().written}
    answers = {sizes_px.pop(word) for command, word in commands if command in ANSWERS and word in sizes_px}
    steering = [sizes_px[word] for command, word in commands if command not in ANSWERS]
    assert len(answers) == 1
    assert min(answers) >= max(steering)
    assert min(answers) >= int((26 if language == "en" else LEAST_AT_600_PX) * part.unit)


def test_a_chosen_answer_has_a_tick_and_the_others_stand_back():
    tiles = (FEELINGS[0], replace(FEELINGS[1], chosen=True), FEELINGS[2])
    shown = parts("1024x600", View(ScreenName.CONFIRM, words="I heard: OK.", tiles=tiles))
    assert [shown[key][1].chosen for key in ("green", "yellow", "red")] == [False, True, False]
    assert [shown[key][1].dimmed for key in ("green", "yellow", "red")] == [True, False, True]
    assert rgb(colours.KEY_COLOURS["green"]) not in pixels_of(shown["green"][1])


def test_the_meter_rises_with_the_level():
    inked = []
    for dbfs in (-120.0, -40.0, -25.0, 0.0):
        state = parts("1024x600", question(Microphone.OPEN), dbfs=dbfs)["voice"][1]
        inked.append(pixels_of(state).get(rgb(colours.DEEP_BLUE), 0))
    assert inked == sorted(set(inked))


def test_a_picture_that_cannot_be_read_leaves_words_and_the_keys_shape(tmp_path, caplog):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    tiles = (Tile("green", "Yes", "broken.png"), Tile("red", "No", "missing.png"))
    view = View(ScreenName.QUESTION, words="Is it?", picture="broken.png", tiles=tiles)
    shown = parts("1024x600", view, file_of=lambda name: tmp_path / name)
    assert "Yes" in written(shown)["green"]
    assert pixels_of(shown["green"][1])[rgb(colours.KEY_COLOURS["green"])] > 5000
    assert "Cannot show picture" in caplog.text


def test_a_photograph_beside_the_question_is_shown(tmp_path):
    Image.linear_gradient("L").convert("RGB").save(tmp_path / "photo.jpg")
    view = replace(question(), picture="photo.jpg")
    shown = parts("1024x600", view, file_of=lambda name: tmp_path / name)
    image = shown["ask"][1].draw().image
    assert len(image.getcolors(999999)) > 60
    assert len(paletted(image).getcolors()) <= 128


# --- what the terminal gets ----------


def per_cent(colour):
    return tuple(round(int(colour[at : at + 2], 16) / 2.55) for at in (1, 3, 5))


@pytest.mark.parametrize("size", ["800x480", "720x1280"])
def test_a_sixel_holds_every_pixel_in_colours_that_are_defined_before_the_first(size):
    for place, part in parts(size, question(Microphone.OPEN), dbfs=-30.0).values():
        pixels, wrong = read(sixel_of(part))
        assert wrong == []
        assert (len(pixels[0]), len(pixels)) == part.size
        assert all(colour is not None for row in pixels for colour in row), place


def test_the_colours_of_the_design_arrive_exactly():
    seen = set()
    for spoken in (None, Spoken("green", "Green: Good.")):
        for _, part in parts("800x480", question(Microphone.OPEN), spoken, dbfs=-30.0).values():
            seen |= {colour for row in read(sixel_of(part))[0] for colour in row}
    key_colours = [colours.KEY_COLOURS[key] for key in ("green", "yellow", "red")]
    grounds = (colours.BACKGROUND, colours.PANEL, colours.WHITE, colours.BLACK, colours.GREY, colours.DEEP_BLUE)
    for one in (*grounds, *key_colours):
        assert per_cent(one) in seen, one


def test_each_flat_colour_stays_where_it_was():
    image = parts("800x480", question())["green"][1].draw().image
    before, after = image.load(), paletted(image).convert("RGB").load()
    flat = [rgb(colour) for colour in (colours.BACKGROUND, colours.PANEL, colours.WHITE)]
    for x in range(image.width):
        for y in range(image.height):
            if before[x, y] in flat:
                assert after[x, y] == before[x, y]


# --- where pictures are not for this terminal ----------


def test_words_with_letters_that_the_font_lacks_are_left_to_the_terminal():
    assert can_write("Sut ydych chi'n teimlo am eich tŷ? Dŵr, “iawn” é ü ß?")
    assert not can_write("집은 어때요?")
    assert parts("1024x600", View(ScreenName.NOTE, words="집은 어때요?")) is None


def test_welsh_letters_that_the_font_lacks_are_put_together_with_their_accents():
    def drawn(words):
        return pixels_of(AskPicture((600, 200), 1.0, words))[(255, 255, 255)]

    for plain_words, accented in (("ty", "tŷ"), ("dwr", "dŵr"), ("Wy", "Ŵy")):
        assert can_write(accented)
        assert drawn(accented) > drawn(plain_words)


def test_a_small_window_is_left_to_the_terminals_own_letters():
    assert Gallery((5, 10), Look()).parts(question(), None, QUIET_DBFS, (64, 20)) is None


async def test_with_sixel_every_part_is_a_picture_and_keys_go_out_as_ever(start):
    async with start((64, 20), question(Microphone.OPEN), cell=(16, 30)) as kiosk:
        shown = [part.id for part in kiosk.app.screen.children if part.picture is not None]
        assert shown == ["progress", "ask", "green", "yellow", "red", "blue", "voice", "commands"]
        drawn = "".join(strip.render(kiosk.app.console) for strip in kiosk.app.screen._compositor.render_strips())
        for part in kiosk.app.screen.children:
            assert part.picture is None or sixel_of(part.picture) in drawn
        await kiosk.pilot.press("1")
        assert kiosk.pressed == [("green", 7)]


async def test_the_rows_below_a_picture_keep_their_length(start):
    async with start((64, 20), question(), cell=(16, 30)) as kiosk:
        strips = kiosk.app.screen._compositor.render_strips()
        assert [strip.cell_length for strip in strips] == [64] * 20


async def test_a_level_changes_the_state_alone(start):
    async with start((64, 20), question(Microphone.OPEN), cell=(16, 30)) as kiosk:
        before = {part.id: part.picture for part in kiosk.app.screen.children}
        await kiosk.level(-20.0)
        after = {part.id: part.picture for part in kiosk.app.screen.children}
        assert [name for name in before if before[name] != after[name]] == ["voice"]


async def test_a_question_that_the_font_cannot_write_is_shown_in_cells_and_the_next_as_a_picture_again(start):
    async with start((64, 20), question(), cell=(16, 30)) as kiosk:
        await kiosk.show(View(ScreenName.NOTE, words="집은 어때요?"))
        assert not any(part.picture for part in kiosk.app.screen.children)
        assert "집은 어때요?" in kiosk.words("ask")
        await kiosk.show(question())
        assert kiosk.app.screen.get_child_by_id("ask").picture == AskPicture(
            (1024, 180), 1.0, "How do you feel about your home?", "openmoji:1F3E0"
        )


async def test_without_sixel_no_part_is_a_picture(start):
    async with start((64, 20), question()) as kiosk:
        assert not any(part.picture for part in kiosk.app.screen.children)


def test_a_state_that_cannot_hold_a_sentence_says_so():
    panel = StatePicture((400, 120), 1.0, State.LISTEN)
    assert panel.holds("Green: Good.")
    assert not panel.holds("Think of the people who share this home with you. " * 4)


def test_every_answer_key_has_a_place_on_every_size():
    for size in SIZES:
        assert set(ANSWER_KEYS) <= set(parts(size, replace(question(), tiles=LONG_TILES)))
