"""Words that sound like the answers compete with them; words that sound the same do not."""

import pytest

from voice.decoys import decoys
from voice.sound_alikes import distance, same_sound, sound_alikes


def test_what_sounds_nearly_like_an_answer_competes_with_it():
    assert {"so", "go", "now"} <= set(sound_alikes("en", ["no"]))
    assert "top" in sound_alikes("en", ["stop"])


def test_what_sounds_just_like_an_answer_does_not_compete():
    assert "know" in same_sound("en", ["no"])
    for phrase, same in (("no", "know"), ("right", "write"), ("two", "too")):
        assert same not in decoys("en", [phrase])


def test_no_answer_competes_with_another_answer_of_the_question():
    found = decoys("en", ["no", "go", "not so good"])
    assert not {"no", "go", "not", "so", "good"} & set(found)


def test_common_words_compete_too_and_none_twice():
    found = decoys("en", ["yes", "no"])
    assert "kitchen" in found
    assert len(found) == len(set(found))


def test_the_more_answers_the_fewer_words_for_each():
    many = ["yes", "no", "happy", "sad", "stop", "again", "skip", "help", "back", "more", "good", "bad", "home", "work"]
    assert len(sound_alikes("en", many)) <= len(many) * 120 // len(many)
    assert len(sound_alikes("en", many * 3)) == len(sound_alikes("en", many))


@pytest.mark.parametrize("language", ["ko", "xx"])
def test_a_language_without_a_list_has_no_sound_alikes(language):
    assert sound_alikes(language, ["yes"]) == ()


def test_distance_counts_changed_left_out_and_added_phonemes():
    assert distance(("N", "OW"), ("N", "OW")) == 0
    assert distance(("N", "OW"), ("S", "OW")) == 1
    assert distance(("S", "T", "AA", "P"), ("T", "AA", "P")) == 1
    assert distance((), ("N", "OW")) == 2
