"""What was exported to a stick is what a server takes: read back by the XML alone, posted, opened in the office."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from loopback_collector import VECTORS, Collector, instance_id, visit

from collector.results import Result, read, stored_submissions
from kiosk.keeping.store import Role, Store
from kiosk.staff.export import FOLDER, INSTANCES, export
from openrosa.client import Client, Verdict
from openrosa.sealing import load_private_key, seal
from openrosa.submission import XML_NAME, Attachment, Submission, read_envelope

if TYPE_CHECKING:
    from pathlib import Path

PUBLIC = (VECTORS / "test_key.pub.der").read_bytes()
PRIVATE = load_private_key((VECTORS / "test_key.pem").read_bytes())
VOICE = Attachment("message.wav", bytes(range(256)) * 50, "audio/wav")


def from_folder(folder: Path) -> Submission:
    """As any office's tool reads it: the XML says which files belong to it, and in which order."""
    xml = (folder / XML_NAME).read_bytes()
    envelope = read_envelope(xml)
    names = (*envelope.media, envelope.xml_file)
    assert {XML_NAME, *names} == {path.name for path in folder.iterdir()}
    files = tuple(Attachment(name, (folder / name).read_bytes(), "application/octet-stream") for name in names)
    return Submission(envelope.instance_id, envelope.form_id, envelope.version or "", xml, files, sealed=True)


@pytest.mark.parametrize("sent_before", [False, True])
def test_exported_visits_are_taken_by_a_server_and_open_to_what_was_said(
    tmp_path: Path, collector: Collector, *, sent_before: bool
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    said = {1: "good", 2: "bad", 3: "okay"}
    with Store.open(tmp_path / "data", Role.KIOSK) as store, Client(collector.kiosk_url) as client:
        for number, answer in said.items():
            xml = visit(number, said=answer, message="message.wav")
            store.finish(seal(PUBLIC, "home", "1", instance_id(number), xml, [VOICE]))
        store.set_aside(instance_id(3), "refused")
        assert export(store, stick).copied == len(said)
        if sent_before:  # the network came back: the same bytes again are the same visit
            assert client.submit(store.load(instance_id(1))).verdict is Verdict.DELIVERED
        for folder in (stick / FOLDER / INSTANCES).iterdir():
            assert client.submit(from_folder(folder)).verdict is Verdict.DELIVERED
    results = [read(stored, PRIVATE) for stored in stored_submissions(collector.database)]
    assert all(isinstance(result, Result) for result in results)
    assert sorted(result.values["house/feel_home"] for result in results) == sorted(said.values())
    assert all(dict(result.files) == {VOICE.name: VOICE.data} for result in results)
    assert not any(b"good" in path.read_bytes() for path in stick.rglob("*") if path.is_file())
