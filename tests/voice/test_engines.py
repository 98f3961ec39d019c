"""Both engines pass the same tests: Vosk with its Korean model, PocketSphinx with its English one."""

import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from voice.audio import size_bytes
from voice.decide import Outcome, decide
from voice.engine import Engine
from voice.engines import open_engine
from voice.errors import VoiceError


@dataclass(frozen=True)
class Case:
    engine: Engine
    phrases: tuple[str, ...]
    unknown: str


def meant(phrases: tuple[str, ...]) -> dict[str, str]:
    """Each phrase means itself."""
    return {phrase: phrase for phrase in phrases}


@pytest.fixture(params=["vosk", "pocketsphinx"])
def case(request: pytest.FixtureRequest) -> Case:
    if request.param == "vosk":
        return Case(request.getfixturevalue("vosk_ko"), ("좋아요", "보통", "싫어요", "아니요 몰라요"), "블로프트")
    return Case(request.getfixturevalue("pocketsphinx_en"), ("good", "okay", "bad", "i don't know"), "blorft")


def test_every_word_of_the_phrases_is_known(case: Case):
    assert case.engine.unknown_words(case.phrases) == ()


def test_unknown_words_are_named_once_each(case: Case):
    assert case.engine.unknown_words((*case.phrases, case.unknown, f"{case.unknown} {case.phrases[0]}")) == (
        case.unknown,
    )


def test_silence_is_nothing(case: Case):
    heard = case.engine.recognise(3, bytes(32_000), meant(case.phrases))
    meanings = meant(case.phrases)
    assert heard.turn == 3
    assert decide(heard.evidence, meanings).outcome is Outcome.NO_MATCH


def test_no_sound_at_all_is_nothing(case: Case):
    assert case.engine.recognise(1, b"", meant(case.phrases)).text == ""


def test_no_phrases_at_all_leave_the_open_pass(case: Case, cards: list[bytes]):
    heard = case.engine.recognise(1, cards[0], meant(()))
    assert heard.text == heard.evidence.decoy_text == ""
    assert heard.evidence.open_text != ""


def test_a_phrase_with_an_unknown_word_is_left_out_and_the_rest_is_heard(case: Case, cards: list[bytes]):
    with_it = case.engine.recognise(1, cards[0], meant((*case.phrases, case.unknown)))
    without = case.engine.recognise(1, cards[0], meant(case.phrases))
    assert with_it == without


def test_the_grammar_proposes_only_what_is_allowed(case: Case, cards: list[bytes]):
    for sound in cards[:3]:
        evidence = case.engine.recognise(1, sound, meant(case.phrases)).evidence
        allowed = {word for phrase in case.phrases for word in phrase.split()}
        assert set(evidence.grammar_text.split()) <= allowed
        assert set(evidence.decoy_text.split()) <= allowed


def test_other_words_are_never_taken_for_a_sure_answer(case: Case, cards: list[bytes]):
    meanings = meant(case.phrases)
    for sound in cards[:4]:
        assert (
            decide(case.engine.recognise(1, sound, meant(case.phrases)).evidence, meanings).outcome is not Outcome.SURE
        )


def test_the_same_sound_gives_the_same_evidence_whoever_spoke_before(case: Case, cards: list[bytes]):
    before = case.engine.recognise(1, cards[0], meant(case.phrases))
    for sound in cards[1:3]:
        case.engine.recognise(1, sound, meant(case.phrases))
    assert case.engine.recognise(1, cards[0], meant(case.phrases)) == before


def test_two_threads_get_what_one_gets(case: Case, cards: list[bytes]):
    alone = [case.engine.recognise(1, sound, meant(case.phrases)) for sound in cards[:2]]
    got: dict[int, object] = {}

    def run(number: int) -> None:
        got[number] = case.engine.recognise(1, cards[number], meant(case.phrases))

    threads = [threading.Thread(target=run, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [got[0], got[1]] == alone


def test_the_evidence_says_which_engine_and_how_long_and_loud(case: Case, cards: list[bytes]):
    evidence = case.engine.recognise(1, cards[0], meant(case.phrases)).evidence
    assert evidence.engine == f"{case.engine.name} {case.engine.model}"
    assert evidence.duration_s == pytest.approx(len(cards[0]) / 32_000)
    assert -40 < evidence.level_dbfs < 0


def test_pocketsphinx_hears_a_whole_phrase_of_a_real_person(pocketsphinx_en: Engine, cards: list[bytes]):
    evidence = pocketsphinx_en.recognise(
        1, cards[2], meant(("seven of clubs", "ten of hearts", "queen of spades"))
    ).evidence
    assert evidence.grammar_text == evidence.decoy_text == "seven of clubs"


def test_each_engine_tells_how_much_better_a_phrase_fits_than_what_else_could_be_said(case: Case, cards: list[bytes]):
    words = [sound[: size_bytes(length_s)] for sound in cards for length_s in (0.5, 0.9)]
    found = [case.engine.recognise(1, sound, meant(case.phrases)).evidence for sound in words]
    told = [evidence for evidence in found if evidence.grammar_text in case.phrases]
    assert told
    assert all(evidence.over_others is not None and evidence.over_sounds is not None for evidence in told)
    assert len({evidence.over_others for evidence in told}) > 1


def test_the_same_answer_twice_is_that_answer(pocketsphinx_en: Engine, cards: list[bytes]):
    evidence = pocketsphinx_en.recognise(1, cards[3], meant(("five", "four", "nine"))).evidence
    assert evidence.grammar_text == evidence.decoy_text == "five"


def test_two_different_answers_fit_better_than_one_of_them(pocketsphinx_en: Engine, cards: list[bytes]):
    phrases = ("seven of clubs", "ten of hearts", "queen of spades")
    alone = pocketsphinx_en.recognise(1, cards[3], meant(("five", "four", "nine"))).evidence
    both = pocketsphinx_en.recognise(1, cards[2] + cards[2], {**meant(phrases), "of clubs": "clubs"}).evidence
    assert alone.over_others is not None
    assert both.over_others is not None
    assert alone.over_others > 0 > both.over_others


def test_many_grammars_do_not_pile_up(pocketsphinx_en: Engine):
    for number in range(40):
        pocketsphinx_en.recognise(1, bytes(3_200), meant(("good", "bad")[: 1 + number % 2] + ("one",) * (number + 1)))
    assert len(pocketsphinx_en._searches._grammars) <= 32  # type: ignore[attr-defined]  # what is looked at is behind the door


def test_auto_is_vosk_where_its_model_is_installed(vosk_ko: Engine, pocketsphinx_en: Engine):
    assert vosk_ko.name == "vosk"
    assert pocketsphinx_en.name == "pocketsphinx"


def test_auto_without_a_model_is_pocketsphinx_for_english(tmp_path: Path):
    assert open_engine("auto", "en-GB", tmp_path).name == "pocketsphinx"


@pytest.mark.parametrize(
    ("name", "language", "says"),
    [
        ("vosk", "en", "no model for it in.*sayso models install en"),
        ("auto", "cy", "its model is English only"),
        ("dragon", "en", "there is none of that name.*Set voice.engine"),
    ],
)
def test_an_engine_that_cannot_be_had_says_what_to_do(tmp_path: Path, name, language, says):
    with pytest.raises(VoiceError, match=says):
        open_engine(name, language, tmp_path)


def test_a_damaged_vosk_model_is_one_sentence(tmp_path: Path):
    (tmp_path / "vosk-model-small-en-us-0.15" / "am").mkdir(parents=True)
    (tmp_path / "vosk-model-small-en-us-0.15" / "am" / "final.mdl").write_bytes(b"not a model")
    with pytest.raises(VoiceError, match="Cannot load the Vosk model"):
        open_engine("vosk", "en", tmp_path)


def test_vosk_writes_no_warning_about_words_it_does_not_know(vosk_ko: Engine, capfd: pytest.CaptureFixture[str]):
    vosk_ko.recognise(1, bytes(16_000), meant(("좋아요", "블로프트")))
    assert capfd.readouterr().err == ""


def test_importing_this_room_loads_neither_engine_nor_portaudio():
    code = (
        "import sys, voice.listener, voice.speaker, voice.microphone, voice.engine;"
        "print({'vosk', 'pocketsphinx', 'sounddevice'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
