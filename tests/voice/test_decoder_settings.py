"""How a recogniser searches is said in models/."""

from pathlib import Path

import pytest

from voice.decoder_settings import POCKETSPHINX, pocketsphinx_settings
from voice.engine import Engine
from voice.errors import VoiceError


def test_the_manifest_in_the_tree_and_the_defaults_are_the_same():
    assert pocketsphinx_settings() == dict(POCKETSPHINX)


def test_the_engine_searches_as_its_manifest_says(pocketsphinx_en: Engine):
    config = pocketsphinx_en._searches._decoder.config  # type: ignore[attr-defined]  # what is looked at is behind the door
    assert {name: config[name] for name in POCKETSPHINX} == pocketsphinx_settings()


def test_what_a_manifest_leaves_out_is_as_by_default(tmp_path: Path):
    (tmp_path / "a.toml").write_text("[decoder]\nmaxwpf = 7\n")
    assert pocketsphinx_settings(tmp_path / "a.toml") == {**POCKETSPHINX, "maxwpf": 7}


def test_without_a_manifest_the_defaults_are_used(tmp_path: Path):
    assert pocketsphinx_settings(tmp_path / "none.toml") == dict(POCKETSPHINX)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[decoder", "Cannot read the model's manifest"),
        ("decoder = 3", "'decoder' is no table"),
        ("[decoder]\nbeams = 3", r"there is no 'beams' for the decoder\. Known are maxhmmpf"),
        ("[decoder]\nmaxwpf = 'many'", r"maxwpf = 'many' is not a whole number from 0\. Write maxwpf = 5"),
        ("[decoder]\nmaxwpf = -1", "maxwpf = -1 is not a whole number from 0"),
        ("[decoder]\nbestpath = 1", "bestpath = 1 is not true or false"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named(tmp_path: Path, text: str, says: str):
    (tmp_path / "a.toml").write_text(text)
    with pytest.raises(VoiceError, match=says):
        pocketsphinx_settings(tmp_path / "a.toml")
