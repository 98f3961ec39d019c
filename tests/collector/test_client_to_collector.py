"""The kiosk's end and the collector's end, over a real line."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from loopback_collector import NOW, VECTORS, Collector, instance_id, visit, xform

from collector.database import open_data
from collector.errors import CollectorError
from collector.forms import add_form
from collector.keys import new_key, revoke_key
from collector.results import Result, read, stored_submissions
from collector.serve import running
from openrosa.client import Client, Verdict
from openrosa.sealing import load_private_key, seal, unsealed
from openrosa.submission import Attachment

if TYPE_CHECKING:
    from pathlib import Path

PUBLIC = (VECTORS / "test_key.pub.der").read_bytes()
PRIVATE = load_private_key((VECTORS / "test_key.pem").read_bytes())
VOICE = Attachment("message.wav", bytes(range(256)) * 50, "audio/wav")


def sealed(number: int = 1):
    return seal(PUBLIC, "home", "1", instance_id(number), visit(number, message="message.wav"), [VOICE])


def test_a_sealed_visit_arrives_and_opens_to_what_was_said(collector: Collector) -> None:
    with Client(collector.kiosk_url) as client:
        assert client.submit(sealed()).verdict is Verdict.DELIVERED
    (stored,) = stored_submissions(collector.database)
    assert b"good" not in stored.xml + b"".join(stored.files.values())
    result = read(stored, PRIVATE)
    assert isinstance(result, Result)
    assert result.values["house/feel_home"] == "good"
    assert dict(result.files) == {VOICE.name: VOICE.data}


def test_a_visit_sent_twice_is_delivered_twice_and_kept_once(collector: Collector) -> None:
    one = sealed()
    with Client(collector.kiosk_url) as client:
        assert [client.submit(one).verdict for _ in range(2)] == [Verdict.DELIVERED] * 2
    assert len(list(stored_submissions(collector.database))) == 1


def test_another_seal_of_a_delivered_visit_is_set_aside(collector: Collector) -> None:
    with Client(collector.kiosk_url) as client:
        client.submit(sealed())
        reply = client.submit(sealed())
    assert (reply.verdict, reply.status) == (Verdict.SET_ASIDE, 409)
    assert "instanceID" in reply.message


def test_a_plain_visit_arrives(collector: Collector) -> None:
    with Client(collector.kiosk_url) as client:
        reply = client.submit(unsealed("home", "1", instance_id(), visit(message=VOICE.name), [VOICE]))
    assert (reply.verdict, reply.status) == (Verdict.DELIVERED, 201)


@pytest.mark.parametrize(("token", "status"), [("wrong", 401), (None, 404)])
def test_a_wrong_token_or_an_unpublished_form_keeps_the_visit_waiting(
    collector: Collector, token: str | None, status: int
) -> None:
    other = seal(PUBLIC, "home", "9", instance_id(), visit(version="9"), [])
    with Client(f"{collector.url}/key/{token or collector.token}") as client:
        reply = client.submit(other)
    assert (reply.verdict, reply.status) == (Verdict.WAIT, status)


def test_a_visit_larger_than_a_post_arrives_in_several_and_too_large_a_file_is_set_aside(tmp_path: Path) -> None:
    with closing(open_data(tmp_path)) as database:
        add_form(database, xform(), {}, NOW)
        token = new_key(database, "Elm Road", NOW)
        with running(database, lambda: NOW, most_bytes=30_000) as url, Client(f"{url}/key/{token}") as client:
            files = [Attachment(f"m{number}.wav", bytes(12_000), "audio/wav") for number in range(5)]
            parted = seal(PUBLIC, "home", "1", instance_id(1), visit(1), files)
            assert client.submit(parted).verdict is Verdict.DELIVERED
            large = Attachment("large.wav", bytes(40_000), "audio/wav")
            reply = client.submit(seal(PUBLIC, "home", "1", instance_id(2), visit(2), [large]))
            assert (reply.verdict, reply.status) == (Verdict.SET_ASIDE, 413)
        (stored,) = stored_submissions(database)
        assert set(stored.files) == {one.name for one in parted.attachments} == set(stored.expected)


def test_a_revoked_key_sends_no_more_and_what_it_sent_stays(collector: Collector) -> None:
    with Client(collector.kiosk_url) as client:
        assert client.submit(sealed(1)).verdict is Verdict.DELIVERED
        revoke_key(collector.database, "Elm Road", NOW)
        assert client.submit(sealed(2)).status == 401
    assert [one.key_name for one in stored_submissions(collector.database)] == ["Elm Road"]
    with pytest.raises(CollectorError, match="no key of that name is in use"):
        revoke_key(collector.database, "Elm Road", NOW)
