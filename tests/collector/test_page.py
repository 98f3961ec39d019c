"""The page of results: what it says, and what it never says."""

from __future__ import annotations

from pathlib import Path

from made_visits import BY_STAFF, HELPED, SHEET, STAFF, by_chance, converted, small_set, visits, wav
from page_read import figures_of, heading, part, question, read, rows, words_of, written

from collector.page.write import write_page
from collector.visits import How
from openrosa.convert import convert
from openrosa.xform import load

SELF, WITH_HELP = "People who live there, by themselves", "People who live there, with help"
FOR_SOMEBODY = "Staff, for somebody who lives there"
HOME = "How is your home?"


def test_every_choice_stands_in_the_forms_order_with_its_number_also_one_that_nobody_gave() -> None:
    page = read([*visits({"home": "okay"}, 1), *visits({"home": "good"}, 6)])
    assert rows(question(part(page, SELF), HOME)) == ["Good 6 of 7 6", "Okay 1 of 7 1", "Not good 0 of 7 0"]


def test_the_big_number_is_the_choice_that_was_given_most() -> None:
    page = read([*visits({"home": "not_good"}, 4), *visits({"home": "good"}, 2)])
    (big,) = question(page, HOME).xpath(".//p[@class='big']")
    assert words_of(big) == "4 of 6 answers: Not good"


def test_where_two_were_given_most_both_are_named_and_the_big_number_is_all_answers() -> None:
    page = read([*visits({"home": "not_good"}, 3), *visits({"home": "good"}, 3), *visits({"home": "okay"}, 1)])
    said = words_of(question(page, HOME))
    assert "7 answers These were given most: Good, Not good." in said


def test_nothing_is_averaged_and_no_share_is_put_in_hundredths() -> None:
    said = words_of(read([*visits({"home": "good"}, 20), *visits({"home": "not_good"}, 10)])).lower()
    assert not [word for word in ("%", "per cent", "percent", "average", "mean", "score") if word in said]


def test_who_gave_no_answer_is_shown_beside_each_in_its_own_words_and_nought_too() -> None:
    page = read(
        [
            *visits({"home": "good"}, 3),
            *visits({"home": How.DONT_KNOW}, 2),
            *visits({"home": How.RATHER_NOT_SAY}, 1),
            *visits({"more": How.SKIPPED}, 4),
        ]
    )
    beside = question(page, HOME).xpath(".//ul[@class='beside']/li")
    assert [words_of(one) for one in beside] == [
        "2 I don't know",
        "1 I don't want to say",
        "0 Skipped",
        "4 Stopped before",
    ]


def test_a_question_that_did_not_matter_in_some_visits_says_so() -> None:
    page = read([*visits({"trouble": "noise"}, 5), *visits({"trouble": How.NOT_ASKED}, 6)])
    assert "This question was not asked in 6 visits." in words_of(question(page, "What should get better?"))


def test_those_who_answered_for_somebody_have_a_part_of_their_own_that_says_so() -> None:
    page = read([*visits({"home": "good"}, 6), *visits({"home": "not_good"}, 5, group=BY_STAFF)])
    assert rows(question(part(page, SELF), HOME))[0] == "Good 6 of 6 6"
    proxies = part(page, FOR_SOMEBODY)
    assert rows(question(proxies, HOME))[0] == "Good 0 of 5 0"
    assert "These are not the person's own words." in words_of(proxies)


def test_no_number_of_visits_goes_over_two_groups() -> None:
    every = [*visits({"home": "good"}, 61), *visits({"home": "good"}, 22, group=BY_STAFF)]
    assert "83" not in words_of(read(every))


def test_parts_come_in_the_order_of_how_close_they_are_to_the_persons_own_word() -> None:
    every = [visits({"home": "good"}, 5, group=group) for group in (STAFF, BY_STAFF, HELPED)]
    page = read([*visits({"home": "good"}, 5), *(one for group in every for one in group)])
    parts = [heading(one) for one in page.xpath("//main/section")]
    assert parts == [SELF, WITH_HELP, FOR_SOMEBODY, "Staff"]


def test_the_page_says_that_visits_are_not_people() -> None:
    assert "One person can visit more than once." in words_of(read(visits({"home": "good"}, 5)))


def test_a_group_with_too_few_visits_is_named_kindly_and_nothing_of_it_is_told() -> None:
    page = read([*visits({"home": "good"}, 6), *visits({"home": "not_good"}, 4, group=HELPED)])
    hidden = part(page, "What we do not show")
    assert words_of(hidden) == (
        f"What we do not show {WITH_HELP} "
        "Fewer than 5 visits. We do not show them, so that nobody can be known by their answer."
    )
    assert WITH_HELP not in [heading(one) for one in page.xpath("//main/section")]
    assert "10" not in words_of(page), "a total would tell of those who are hidden"


def test_a_question_that_too_few_were_asked_shows_no_number_at_all() -> None:
    page = read(
        [*visits({"home": "good", "trouble": How.NOT_ASKED}, 6), *visits({"home": "not_good", "trouble": "noise"}, 2)]
    )
    asked = question(page, "What should get better?")
    assert "nobody can be known by their answer" in words_of(asked)
    assert not [letter for letter in words_of(asked) if letter.isdigit()]


def test_few_answers_are_said_to_tell_little_and_many_are_not() -> None:
    sentence = "answers. It could be quite different with more."
    few = words_of(question(read([*visits({"home": "good"}, 4), *visits({"home": "okay"}, 3)]), HOME))
    many = words_of(question(read([*visits({"home": "good"}, 80), *visits({"home": "okay"}, 60)]), HOME))
    assert f"Only 7 {sentence}" in few
    assert sentence not in many


def test_a_question_to_which_nobody_chose_an_answer_says_so() -> None:
    said = words_of(question(read(visits({"home": How.DONT_KNOW}, 5)), HOME))
    assert "0 answers Nobody chose an answer." in said
    assert "Only 0" not in said


def test_where_nobody_came_often_enough_the_page_asks_for_more_people() -> None:
    said = words_of(read(visits({"home": "good"}, 2)))
    assert "There is nothing to show yet." in said
    assert HOME not in said


def test_voice_messages_can_be_pressed_and_each_has_a_name() -> None:
    page = read(visits({"more": "message.wav"}, 5, sound=wav()))
    players = question(page, "What else?").xpath(".//audio")
    labels = [page.get_element_by_id(one.get("aria-labelledby")).text for one in players]
    assert labels == [f"Message {number} of 5" for number in range(1, 6)]
    assert all(one.get("controls") is not None and one.get("src").startswith("data:audio/") for one in players)


def test_the_voice_of_a_private_question_is_not_played() -> None:
    sheet = SHEET.replace("| relevant |\n", "| relevant | bind::sayso_private |\n").replace(
        "| Beth arall? | | |", "| Beth arall? | | | yes |"
    )
    asked = small_set(sheet)
    assert asked.question("more").private
    page = read(visits({"more": "message.wav"}, 5, sound=wav(), asked=asked), asked=asked)
    assert not page.xpath("//audio")
    assert "5 voice messages We do not play voice messages here." in words_of(question(page, "What else?"))


def test_a_message_that_cannot_be_played_says_so_and_is_still_counted() -> None:
    said = words_of(question(read(visits({"more": "message.wav"}, 5, sound=b"RIFF, cut off")), "What else?"))
    assert "5 voice messages" in said
    assert said.count("This page cannot play this message.") == 5


def test_homes_are_by_themselves_behind_a_key_press_and_merged_where_they_are_small() -> None:
    every = [
        *visits({"home": "good"}, 10, homes=("Elm House", "Oak Lodge")),
        *visits({"home": "okay"}, 3, homes=("Ash Road",)),
    ]
    page = read([*every, *visits({"home": "okay"}, 2, homes=("",))])
    homes = page.xpath("//details")
    assert {heading(one) for one in homes} == {"Elm House", "Oak Lodge", "a home without a name, Ash Road"}
    assert not any(one.get("open") for one in homes)
    (merged,) = [one for one in homes if "Ash Road" in heading(one)]
    assert "These homes are shown together." in words_of(merged)


def test_a_welsh_page_is_welsh_and_says_that_a_machine_made_its_words() -> None:
    page = read(visits({"home": "good"}, 5), "cy")
    assert page.get("lang") == "cy"
    said = words_of(page)
    assert "Peiriant wnaeth gyfieithu" in said
    assert rows(question(page, "Sut mae eich cartref?"))[0] == "Da 5 o 5 5"


def test_a_set_in_a_language_that_the_page_has_not_is_marked_for_who_listens() -> None:
    asked = small_set(SHEET.replace("Cymraeg (cy)", "Polski (pl)"))
    page = read(visits({"home": "good"}, 5, asked=asked), "pl", asked)
    assert page.get("lang") == "en"
    assert page.xpath("//h3/span/@lang") == ["pl"] * 3


def test_markup_in_a_set_stays_words() -> None:
    evil = '<img src=x onerror=alert(1)><script>1</script>"&{{ 7*7 }}'
    asked = small_set(SHEET.replace("How is your home?", evil).replace("| Good |", f"| {evil} |"))
    page = read(visits({"home": "good"}, 5, asked=asked, homes=(evil,)), asked=asked)
    assert not page.xpath("//img | //script | //*[@onerror]")
    assert heading(page.xpath("//section[@class='question']")[0]) == evil
    assert evil in words_of(page)


def test_pictures_are_the_sets_own_and_one_that_is_missing_leaves_the_words() -> None:
    every = visits({"home": "good"}, 5)
    with_pictures, without = written(every), written(every, media={})
    assert with_pictures.count("data:image/png;base64,") == len(converted().media)
    assert "data:image/png" not in without
    assert ">Good</span>" in without


def test_a_file_that_is_no_picture_is_left_out() -> None:
    every = visits({"home": "good"}, 5)
    assert "PGh0bWw" not in written(every, media=dict.fromkeys(converted().media, b"<html>no picture</html>"))


def test_the_page_is_the_offices_to_give_away_and_the_same_figures_are_the_same_bytes(tmp_path: Path) -> None:
    found = figures_of(visits({"home": "good"}, 5))
    one, two = tmp_path / "one.html", tmp_path / "two.html"
    for target in (one, two):
        write_page(found, small_set(), converted().media, target)
    assert one.read_bytes() == two.read_bytes()
    assert one.stat().st_mode & 0o777 == 0o600


def test_a_shipped_set_from_many_homes_makes_a_page_that_can_be_sent_by_post(tmp_path: Path) -> None:
    sheet = Path(__file__).parents[2] / "question_sets" / "my_home" / "my_home.md"
    made = convert(sheet)
    asked = load(made.xform, "my_home")
    target = tmp_path / "my_home.html"
    write_page(
        figures_of(by_chance(asked, ("resident", "self", ""), [f"Home {n}" for n in range(20)], 200), asked=asked),
        asked,
        made.media,
        target,
    )
    assert target.stat().st_size < 2_000_000
