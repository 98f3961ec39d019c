"""What a sealed visit's size tells: no more than its steps; and that nothing is kept unsealed unless that is said."""

from __future__ import annotations

import pytest

from kiosk.errors import KioskError
from kiosk.keeping.keeper import check_sealable, message_file
from kiosk.settings import Store as Settings
from openrosa.question_set import QuestionSet
from openrosa.sealing import new_key_pair, seal
from openrosa.submission import Attachment

SAMPLE_BYTES = 2
RATE_HZ = 16_000
STEP_BYTES = 10 * RATE_HZ * SAMPLE_BYTES
PUBLIC = new_key_pair()[1]


@pytest.mark.parametrize("steps", [1, 2, 12])
def test_a_voice_message_is_sealed_in_steps_of_ten_seconds(steps: int) -> None:
    lengths = (STEP_BYTES * (steps - 1) + SAMPLE_BYTES, STEP_BYTES * steps - RATE_HZ, STEP_BYTES * steps)
    files = [message_file(bytes(length)) for length in lengths]
    sealed = [seal(PUBLIC, "f", "1", "uuid:1", b"<x/>", [Attachment("a.wav", file, "audio/wav")]) for file in files]
    assert len({len(one.attachments[0].data) for one in sealed}) == 1
    longer = message_file(bytes(STEP_BYTES * steps + SAMPLE_BYTES))
    assert len(longer) == len(files[0]) + STEP_BYTES


def test_the_xml_is_sealed_in_steps_of_4_kib() -> None:
    sizes = {}
    for length in (8, 4000, 4096, 4097, 8192):
        xml = b"<x>" + b"a" * (length - 7) + b"</x>"
        sizes[length] = len(seal(PUBLIC, "f", "1", "uuid:1", xml, []).attachments[-1].data)
    assert sizes[8] == sizes[4000] == sizes[4096] == 4096 + 16
    assert sizes[4097] == sizes[8192] == 8192 + 16


def test_a_form_without_a_key_is_refused_unless_the_configuration_allows_it(plain: QuestionSet) -> None:
    assert Settings().allow_unsealed is False
    assert Settings().allow_volatile is False
    with pytest.raises(KioskError, match="it has no public key"):
        check_sealable(plain, allow_unsealed=Settings().allow_unsealed)
    check_sealable(plain, allow_unsealed=True)


@pytest.fixture
def plain() -> QuestionSet:
    return QuestionSet(
        form_id="home",
        version="1",
        title="Home",
        languages=("en",),
        default_language="en",
        template=b"<data/>",
        record_paths=frozenset(),
        questions=(),
    )
