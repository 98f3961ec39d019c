"""What a form becomes, in the two shapes that forms come in: pyxform's, and by hand."""

# ruff: noqa: E501  a sheet is a table, as wide as its columns

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pyxform.xls2xform import convert

from openrosa.convert import convert as to_form
from openrosa.instance import fill, values_of
from openrosa.question_set import Kind, Media, QuestionSet
from openrosa.xform import QuestionSetRefused, load, read

HAND = Path(__file__).with_name("forms") / "hand.xml"

SHEET = """
| survey |
| | type | name | label::English (en) | label::Cymraeg (cy) | guidance_hint::English (en) | hint::English (en) | audio::English (en) | image::English (en) | relevant | constraint | constraint_message::English (en) | required | default | bind::sayso_private | parameters |
| | note | intro | Hello | Helo | Hello to you | | hello.wav | hand.png | | | | | | | |
| | begin_group | house | Your home | Cartref | | | | | | | | | | | |
| | begin_group | inside | Inside | | | | | | | | | | | | |
| | select_one g | feel | How is it? | Sut mae? | | Take your time | | | | . != 'bad' | Not now | yes | good | yes | |
| | end_group | | | | | | | | | | | | | | |
| | end_group | | | | | | | | | | | | | | |
| | range | stars | How many? | | | | | | ${feel} = 'good' | | | | | | start=0 end=2 step=1 |
| | integer | days | How many days? | | | | | | | . > 0 and 3 >= . | | | | | |
| | audio | message | Say it | | | | | | | | | | | | |
| choices |
| | list_name | name | label::English (en) | label::Cymraeg (cy) | audio::English (en) | image::English (en) | say_en | key |
| | g | good | Good | Da | good.wav | good.png | Yes, happy ,, yes | 1 |
| | g | bad | Bad | Drwg | | | no | red |
| settings |
| | form_title | form_id | version | default_language | attribute::sayso_sensitive |
| | My title | my_id | 7 | Cymraeg (cy) | yes |
"""


@pytest.fixture(scope="module")
def made() -> QuestionSet:
    return load(convert(SHEET, validate=False).xform.encode(), "made.xml")


@pytest.fixture
def by_hand() -> QuestionSet:
    return load(HAND.read_bytes(), "hand.xml")


def test_a_form_keeps_its_id_version_title_and_sensitivity(made):
    assert (made.form_id, made.version, made.title, made.sensitive) == ("my_id", "7", "My title", True)


def test_languages_go_by_their_codes_and_the_default_one_is_the_forms_own(made):
    assert made.languages == ("en", "cy")
    assert made.default_language == "cy"
    assert made.language_names == {"en": "English", "cy": "Cymraeg"}


def test_every_kind_of_question_comes_in_the_forms_order(made):
    kinds = [(question.name, question.kind) for question in made.questions]
    assert kinds == [
        ("intro", Kind.NOTE),
        ("feel", Kind.SELECT_ONE),
        ("stars", Kind.SCALE),
        ("days", Kind.SCALE),
        ("message", Kind.AUDIO),
    ]


def test_a_questions_words_recordings_and_pictures_are_kept_apart(made):
    intro, feel = made.question("intro"), made.question("feel")
    assert intro.labels == {"en": "Hello", "cy": "Helo"}
    assert intro.spoken == {"en": "Hello to you"}
    assert (intro.audio, intro.image) == ({"en": Media("hello.wav")}, {"en": Media("hand.png")})
    assert feel.hints == {"en": "Take your time"}
    assert feel.constraint_messages == {"en": "Not now"}
    assert {media.name for media in made.media} == {"hello.wav", "hand.png", "good.wav", "good.png"}


def test_headings_of_nested_groups_come_before_their_first_question_only(made):
    assert made.question("feel").headings == ({"en": "Your home", "cy": "Cartref"}, {"en": "Inside"})
    assert made.question("stars").headings == ()


def test_a_heading_is_spoken_once_and_never_for_a_later_group():
    sheet = """
| survey |
| | type | name | label |
| | begin_group | empty | Nothing here |
| | hidden | constant | |
| | end_group | | |
| | begin_group | full | Two here |
| | note | first | One |
| | note | second | Two |
| | end_group | | |
"""
    found = load(convert(sheet, validate=False).xform.encode(), "f.xml")
    assert found.question("first").headings == ({"default": "Two here"},)
    assert found.question("second").headings == ()


def test_a_question_keeps_its_path_rules_and_privacy(made):
    feel = made.question("feel")
    assert feel.path == "/data/house/inside/feel"
    assert (feel.required, feel.default, feel.private, feel.constraint) == (True, "good", True, ". != 'bad'")
    assert not made.question("stars").private


def test_choices_keep_their_words_keys_and_what_may_be_said(made):
    good, bad = made.question("feel").choices
    assert (good.name, good.key, good.labels) == ("good", "green", {"en": "Good", "cy": "Da"})
    assert good.say == {"en": ("yes", "happy")}
    assert (good.audio, good.image) == ({"en": Media("good.wav")}, {"en": Media("good.png")})
    assert (bad.key, bad.say) == ("red", {"en": ("no",)})


def test_a_range_and_a_bounded_number_become_the_steps_of_a_scale(made):
    stars = made.question("stars").choices
    assert [(step.name, step.key, step.labels["cy"]) for step in stars] == [
        ("0", "green", "0"),
        ("1", "yellow", "1"),
        ("2", "red", "2"),
    ]
    assert [step.name for step in made.question("days").choices] == ["1", "2", "3"]


def test_likert_choices_lie_on_a_scale_and_others_do_not():
    sheet = """
| survey |
| | type | name | label | appearance |
| | select_one g | feel | How is it? | likert |
| | select_one g | other | And that? | quick |
| choices |
| | list_name | name | label |
| | g | good | Good |
| | g | bad | Bad |
"""
    likert, plain = load(convert(sheet, validate=False).xform.encode(), "made.xml").questions
    assert (likert.kind, plain.kind) == (Kind.SCALE, Kind.SELECT_ONE)
    assert [choice.name for choice in likert.choices] == [choice.name for choice in plain.choices]


def test_words_on_a_ranges_steps_are_spoken_instead_of_its_numbers():
    sheet = """
| survey |
| | type | name | label | parameters |
| | range | stars | How many? | start=1 end=3 step=1 tick_labelset=t |
| choices |
| | list_name | name | label |
| | t | 1 | None at all |
| | t | 3 | A lot |
"""
    steps = load(convert(sheet, validate=False).xform.encode(), "s").question("stars").choices
    assert [(step.name, step.labels["default"]) for step in steps] == [("1", "None at all"), ("2", "2"), ("3", "A lot")]
    assert [step.key for step in steps] == ["green", "yellow", "red"]


def test_a_missing_translation_falls_to_no_language(made):
    assert "cy" not in made.question("message").labels


def test_each_text_that_one_language_lacks_is_advice_with_its_place(tmp_path):
    (tmp_path / "made.md").write_text(
        """
| survey |
| | type | name | label::English (en) | label::Cymraeg (cy) | guidance_hint::English (en) | hint::English (en) |
| | note | intro | Hello | | Hello to you | |
| | select_one g | feel | How is it? | Sut mae? | | Take your time |
| choices |
| | list_name | name | label::English (en) | label::Cymraeg (cy) |
| | g | good | Good | Da |
| | g | bad | Bad | |
| settings |
| | default_language |
| | English (en) |
"""
    )
    converted = to_form(tmp_path / "made.md")
    _, findings = read(converted.xform, "made.md", places=converted.places)
    told = [finding for finding in findings if finding.code == "QS102"]
    assert {finding.level for finding in told} == {"advice"}
    assert [(finding.place.removeprefix("made.md, "), finding.name, finding.met) for finding in told] == [
        ("survey row 2, column label::Cymraeg (cy)", "intro", "no Cymraeg label"),
        ("survey row 2, column guidance_hint::Cymraeg (cy)", "intro", "no Cymraeg guidance_hint"),
        ("survey row 3, column hint::Cymraeg (cy)", "feel", "no Cymraeg hint"),
        ("choices row 3, column label::Cymraeg (cy)", "bad", "no Cymraeg label"),
    ]
    assert told[0].write == "the words; until then English is spoken there"


def test_a_recording_in_one_language_only_is_advice():
    _, findings = read(convert(SHEET, validate=False).xform.encode(), "made.xml")
    found = [(one.name, one.met) for one in findings if one.met.endswith("audio")]
    assert found == [("intro", "no Cymraeg audio"), ("good", "no Cymraeg audio")]


def test_languages_that_nobody_has_checked_are_known_and_reported():
    sheet = SHEET.replace("sayso_sensitive |", "sayso_unchecked |").replace(
        "Cymraeg (cy) | yes", "Cymraeg (cy) | cy, fr"
    )
    found, findings = read(convert(sheet, validate=False).xform.encode(), "made.xml")
    assert found is not None
    assert found.unchecked == ("cy",)
    told = {finding.code: finding for finding in findings}
    assert told["QS109"].met == "Cymraeg: machine-made words that nobody has checked"
    assert "'fr'" in told["QS105"].met
    assert load(convert(SHEET, validate=False).xform.encode(), "made.xml").unchecked == ()


def test_missing_record_fields_are_one_advice():
    _, findings = read(convert(SHEET, validate=False).xform.encode(), "made.xml")
    assert [finding.level for finding in findings if finding.code == "QS101"] == ["advice"]


def test_a_form_by_hand_gives_inline_choices_relative_paths_and_one_language(by_hand):
    assert by_hand.languages == ("default",)
    assert [question.path for question in by_hand.questions] == [
        "/visit/start_note",
        "/visit/house/feel",
        "/visit/house/why",
    ]
    feel = by_hand.question("feel")
    assert [(choice.name, choice.key) for choice in feel.choices] == [("good", "green"), ("bad", "yellow")]
    assert feel.choices[0].say == {"default": ("yes", "fine")}
    assert feel.labels == {"default": "How is it?"}
    assert feel.headings == ({"default": "The house"},)


def test_a_calculation_that_is_a_plain_text_is_a_constant_as_kobotoolbox_adds_them():
    form = HAND.read_bytes().replace(b"<region>north</region>", b"<formhub><uuid/></formhub><__version__/>")
    binds = b"""<bind nodeset="/visit/formhub/uuid" calculate="'a1b2'"/><bind nodeset="/visit/__version__" calculate="'v3'"/>"""
    found = load(form.replace(b"</model>", binds + b"</model>"), "hand.xml")
    assert found.record_paths == {"/visit/formhub/uuid", "/visit/__version__"}
    sent = values_of(found, fill(found, "uuid:1", {}))
    assert (sent["/visit/formhub/uuid"], sent["/visit/__version__"]) == ("a1b2", "v3")


def test_a_question_with_a_calculation_is_refused_even_if_it_is_a_constant():
    form = HAND.read_bytes().replace(b'type="select1"', b"""type="select1" calculate="'good'\"""")
    _, findings = read(form, "hand.xml")
    assert [finding.code for finding in findings if finding.level == "error"] == ["QS009"]


def test_record_paths_are_what_no_question_fills_without_the_meta_block(by_hand):
    assert by_hand.record_paths == {"/visit/region"}


def test_a_version_with_centrals_suffix_and_its_key_are_taken_from_the_form():
    key = rsa.generate_private_key(65537, 2048).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    submission = f'<submission base64RsaPublicKey="{base64.b64encode(der).decode()}"/></model>'
    found = load(HAND.read_bytes().replace(b"</model>", submission.encode()), "hand.xml")
    assert found.version == "2[encrypted:AbC]"
    assert found.public_key == der


def test_a_refused_form_says_its_first_error_and_how_many_more():
    sheet = "| survey |\n| | type | name | label |\n| | text | a | A |\n| | geopoint | b | B |\n"
    with pytest.raises(QuestionSetRefused) as refused:
        load(convert(sheet, validate=False).xform.encode(), "f.xml")
    assert len(refused.value.findings) == 2
    assert "f.xml" in str(refused.value)
    assert "1 more" in str(refused.value)
