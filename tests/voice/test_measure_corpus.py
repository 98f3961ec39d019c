"""A folder of recordings and its manifest: what is what, who is in which fold, and what is said of a bad line."""

import json
from pathlib import Path

import pytest

from voice.audio import write_wav
from voice.errors import VoiceError
from voice.measure_corpus import Kind, Phrases, fold_of, in_fold, read_manifest, sample

FOLDS = Path(__file__).parent.parent.parent / "benchmarks" / "hearing" / "folds.json"
PHRASES = Phrases(("yes", "not good"), ("stop",))


def written(folder: Path, text: str, *names: str) -> Path:
    for name in names:
        write_wav(folder / name, bytes(32_000))
    (folder / "manifest.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("yes", Kind.ANSWER),
        (" Not  GOOD ", Kind.ANSWER),
        ("stop", Kind.COMMAND),
        ("dog", Kind.OTHER),
        ("hot dog", Kind.OTHER),
        ("yes of course", Kind.ROOM),
        ("", Kind.ROOM),
    ],
)
def test_what_a_recording_is_for_follows_from_its_label(tmp_path, label, kind):
    folder = written(tmp_path, f"path,label,speaker\na.wav,{label},anna\n", "a.wav")
    (clip,) = read_manifest(folder, PHRASES)
    assert (clip.kind, clip.label, clip.speaker, clip.seconds) == (kind, " ".join(label.lower().split()), "anna", 1.0)


def test_columns_may_stand_in_any_order_beside_others_and_behind_a_byte_order_mark(tmp_path):
    folder = written(tmp_path, "\ufeffspeaker,age,path,label\nanna,7,a.wav,yes\n", "a.wav")
    (clip,) = read_manifest(folder, PHRASES)
    assert (clip.name, clip.label, clip.speaker) == ("a.wav", "yes", "anna")


def test_a_recording_without_a_speaker_is_a_speaker_of_its_own(tmp_path):
    folder = written(tmp_path, "path,label,speaker\na.wav,yes,\nb.wav,yes,\n", "a.wav", "b.wav")
    assert [clip.speaker for clip in read_manifest(folder, PHRASES)] == ["a.wav", "b.wav"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("path,word\na.wav,yes\n", ["line 1", "no column label, speaker", "it has path, word", "path,label,speaker"]),
        ("", ["line 1", "it has none"]),
        ("path,label,speaker\na.wav,yes,anna\nc.wav,yes,anna\n", ["line 3", "no recording 'c.wav'"]),
        ("path,label,speaker\n,yes,anna\n", ["line 2", "no path"]),
        ("path,label,speaker\na.wav,well, yes,anna\n", ["line 2", "more values", "double quotes"]),
        ("path,label,speaker\na.wav,yes\n", ["line 2", "fewer values"]),
        ("path,label,speaker\nmanifest.csv,yes,anna\n", ["line 2", "is not sound", "WAV or FLAC"]),
        ('path,label,speaker\na.wav,"yes,anna\n', ["double quotes"]),
    ],
)
def test_a_bad_manifest_is_told_by_its_line_with_what_to_write(tmp_path, text, says):
    folder = written(tmp_path, text, "a.wav")
    with pytest.raises(VoiceError) as caught:
        read_manifest(folder, PHRASES)
    for words in (*says, "manifest.csv"):
        assert words in str(caught.value)


def test_a_folder_without_a_manifest_is_told_what_one_looks_like(tmp_path):
    with pytest.raises(VoiceError, match=r"no manifest\.csv.*path,label,speaker"):
        read_manifest(tmp_path, PHRASES)


def test_a_manifest_in_another_encoding_is_told(tmp_path):
    (tmp_path / "manifest.csv").write_bytes("path,label,speaker\na.wav,caf\u00e9,a\n".encode("latin-1"))
    with pytest.raises(VoiceError, match="UTF-8"):
        read_manifest(tmp_path, PHRASES)


@pytest.fixture
def many(tmp_path):
    names = [f"{n}.wav" for n in range(40)]
    rows = "".join(f"{name},{('yes', 'dog')[n % 2]},speaker {n % 10}\n" for n, name in enumerate(names))
    return read_manifest(written(tmp_path, f"path,label,speaker\n{rows}", *names), PHRASES)


def test_a_sample_has_so_many_of_each_kind_and_a_smaller_one_is_part_of_a_larger(many):
    small, large = sample(many, 5, 1), sample(many, 9, 1)
    assert [sum(clip.kind is kind for clip in small) for kind in (Kind.ANSWER, Kind.OTHER)] == [5, 5]
    assert set(small) < set(large)
    assert sample(many, 5, 1) == small
    assert sample(many, 5, 2) != small


def test_a_fold_has_only_its_own_speakers_and_all_folds_together_have_every_recording(many, tmp_path):
    speakers = sorted({clip.speaker for clip in many})
    folds = [[one for one in speakers if fold_of(one, 3) == fold] for fold in (1, 2, 3)]
    file = tmp_path / "folds.json"
    file.write_text(json.dumps({"folds": folds}), encoding="utf-8")
    found = [in_fold(many, file, number) for number in (1, 2, 3)]
    assert sorted(clip.name for fold in found for clip in fold) == sorted(clip.name for clip in many)
    for fold, theirs in zip(found, folds, strict=True):
        assert {clip.speaker for clip in fold} == set(theirs)


@pytest.mark.parametrize(
    ("text", "number", "says"),
    [
        ('{"folds": [["speaker 0"]]}', 1, "'speaker 1' and 8 other speakers"),
        ('{"folds": [["speaker 0"]]}', 2, "--fold 1 to 1"),
        ("[]", 1, '"folds"'),
        ("{", 1, '"folds"'),
    ],
)
def test_folds_that_do_not_fit_are_told(many, tmp_path, text, number, says):
    (tmp_path / "folds.json").write_text(text, encoding="utf-8")
    with pytest.raises(VoiceError, match=says):
        in_fold(many, tmp_path / "folds.json", number)


def test_the_committed_folds_are_what_the_speakers_names_make_them():
    folds = json.loads(FOLDS.read_text(encoding="utf-8"))["folds"]
    assert len(folds) == 5
    for number, speakers in enumerate(folds, 1):
        assert {fold_of(one, 5) for one in speakers} == {number}


def test_the_committed_folds_know_every_speaker_of_the_recordings(speech):
    clips = read_manifest(speech, PHRASES)
    assert sum(len(in_fold(clips, FOLDS, number)) for number in range(1, 6)) == len(clips)
