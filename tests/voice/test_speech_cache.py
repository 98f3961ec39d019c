"""Speech synthesis by espeak-ng, for real, into a cache."""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from voice import synthesis
from voice.audio import duration_s, level_dbfs, load
from voice.errors import VoiceError
from voice.speech import SpeechCache, Wording, espeak_missing


@pytest.fixture
def cache(tmp_path: Path) -> SpeechCache:
    if espeak_missing():
        pytest.skip("no speech synthesis: espeak-ng is not installed")
    return SpeechCache(tmp_path / "speech")


def test_a_wording_becomes_sound(cache: SpeechCache):
    pcm = load(cache.render("How do you feel about your home?", "en"))
    assert 1 < duration_s(pcm) < 5
    assert level_dbfs(pcm) > -40


def test_a_wording_is_rendered_once(cache: SpeechCache):
    first = cache.render("Good morning.", "en")
    made_at = first.stat().st_mtime_ns
    assert cache.render("Good morning.", "en") == first
    assert first.stat().st_mtime_ns == made_at


def test_words_voice_and_speed_each_make_another_file(cache: SpeechCache):
    made = cache.render_all(
        [
            Wording("Good morning.", "en"),
            Wording("Good night.", "en"),
            Wording("Good morning.", "cy"),
            Wording("Good morning.", "en", 90),
        ]
    )
    assert len(set(made)) == 4
    assert duration_s(load(made[3])) > 1.3 * duration_s(load(made[0]))


def test_no_word_of_a_prompt_is_in_a_files_name_and_nothing_else_is_left(cache: SpeechCache):
    made = cache.render_all([Wording("Lighthouse", "en"), Wording("keeper", "en")])
    names = {path.name for path in made[0].parent.iterdir()}
    assert names == {path.name for path in made}
    assert not any(word in name.lower() for name in names for word in ("light", "keeper", "en."))


def test_a_wording_without_words_is_a_moment_of_silence(cache: SpeechCache):
    assert duration_s(load(cache.render("  ", "en"))) == pytest.approx(0.1, abs=0.01)


def test_signs_and_marks_are_words_like_others(cache: SpeechCache):
    made = cache.render_all([Wording(text, "en") for text in ("?!", "<b>it's</b> 3 & 4", "-v", '"; ls', "café 🙂")])
    assert all(duration_s(load(path)) > 0 for path in made)


def test_a_kind_of_a_language_has_its_voice(cache: SpeechCache):
    british, american = (load(cache.render("I can't dance after half past.", kind)) for kind in ("en-GB", "en-US"))
    assert british != american
    assert load(cache.render("Good.", "en-XX")) == load(cache.render("Good.", "en"))


def test_during_a_visit_only_what_is_there_is_given(cache: SpeechCache):
    wording = Wording("Good morning.", "en")
    assert cache.path(wording) is None
    assert cache.render_all([wording])[0] == cache.path(wording)


def test_a_language_that_espeak_does_not_speak_is_named(cache: SpeechCache):
    with pytest.raises(VoiceError, match=r"no voice for 'tlh-x'.*recorded voices"):
        cache.render("Hello.", "tlh-x")


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path: Path):
    (tmp_path / "speech").write_text("")
    with pytest.raises(VoiceError, match="Cannot keep rendered speech"):
        SpeechCache(tmp_path / "speech").render("Hello.", "en")


def test_rendering_prints_nothing_where_the_kiosk_prints(cache: SpeechCache, capfd: pytest.CaptureFixture[str]):
    cache.render("Hello.", "en")
    assert capfd.readouterr() == ("", "")


def test_without_espeak_the_error_says_what_to_install(tmp_path: Path):
    """A pyttsx3 whose library can't be loaded, as on a machine without espeak-ng."""
    (tmp_path / "pyttsx3").mkdir()
    (tmp_path / "pyttsx3" / "__init__.py").write_text(
        "def init(name): raise RuntimeError('This means you probably do not have eSpeak or eSpeak-ng installed!')"
    )
    code = (
        "from voice.speech import SpeechCache; from pathlib import Path;"
        f"SpeechCache(Path({str(tmp_path)!r})).render('Hi', 'en')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": f"{tmp_path}:{Path(__file__).parent.parent.parent}", "PATH": str(shutil.os.defpath)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "VoiceError: Cannot make speech with 'espeak-ng': This means you probably" in done.stderr
    assert "apt-get install espeak-ng" in done.stderr or "Install espeak-ng" in done.stderr


@pytest.mark.parametrize(("crashes", "speaks"), [(2, True), (3, False)])
def test_a_renderer_that_crashes_is_tried_again_but_not_for_ever(tmp_path, monkeypatch, crashes, speaks):
    if espeak_missing():
        pytest.skip("no speech synthesis: espeak-ng is not installed")
    crashing = tmp_path / "python"
    crashing.write_text(
        f"#!/bin/sh\necho x >> {tmp_path}/tries\n"
        f'[ $(wc -l < {tmp_path}/tries) -le {crashes} ] && kill -SEGV $$\nexec {sys.executable} "$@"\n'
    )
    crashing.chmod(0o755)
    monkeypatch.setattr("voice.speech.sys.executable", str(crashing))
    cache = SpeechCache(tmp_path / "speech")
    if speaks:
        assert cache.render("Hello.", "en").is_file()
    else:
        with pytest.raises(VoiceError, match="it ended with -11"):
            cache.render("Hello.", "en")
    assert (tmp_path / "tries").read_text().count("x") == 3


def test_many_wordings_rendered_beside_each_other_are_each_its_own(cache: SpeechCache, tmp_path):
    words = (
        "one",
        "twenty two",
        "three hundred and thirty three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
    )
    made = cache.render_all([Wording(word, "en") for word in words])
    assert len(set(made)) == len(words)
    alone = SpeechCache(tmp_path / "alone").render(words[2], "en")
    assert duration_s(load(made[2])) == pytest.approx(duration_s(load(alone)), abs=0.05)
    assert duration_s(load(made[2])) > 2 * duration_s(load(made[0]))


class ForgetfulEngine:
    """pyttsx3 as it is now and then: nothing comes of a wording, and it does when asked for again."""

    def __init__(self, forgets: int) -> None:
        self.left = forgets
        self.proxy = SimpleNamespace(_driver=self)
        self.rate = 0

    def setProperty(self, name: str, value: object) -> None:  # noqa: N802  its own name
        self.rate = value if name == "rate" else self.rate

    def getProperty(self, _name: str) -> object:  # noqa: N802  the same
        return self.rate

    def save_to_file(self, text: str, path: str) -> None:
        if self.left:
            self.left -= 1
        else:
            Path(path).write_text(text)

    def runAndWait(self) -> None:  # noqa: N802  the same
        pass


@pytest.mark.parametrize(("forgets", "code"), [(0, 0), (2, 0), (3, 1)])
def test_a_wording_of_which_nothing_came_is_asked_for_again_but_not_for_ever(tmp_path, monkeypatch, forgets, code):
    engine = ForgetfulEngine(forgets)
    monkeypatch.setitem(sys.modules, "pyttsx3", SimpleNamespace(init=lambda _driver: engine))
    job = {"text": "Hello.", "voice": "en", "rate": 140, "path": str(tmp_path / "0.wav")}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps([job])))
    assert synthesis.main() == code
    assert (tmp_path / "0.wav").is_file() == (code == 0)
