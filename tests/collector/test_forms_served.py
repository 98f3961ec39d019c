"""Forms go out as they were published: in the list, by version, with their media and hashes."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from loopback_collector import NOW, Collector, visit, xform

from collector.arrivals import Outcome, receive
from collector.errors import CollectorError
from collector.forms import add_form, all_forms
from collector.keys import all_keys
from openrosa.client import Client
from openrosa.errors import OpenRosaError
from openrosa.protocol import FormEntry, md5_hash


def test_a_kiosk_gets_the_form_its_manifest_and_its_media(collector: Collector) -> None:
    with Client(collector.kiosk_url) as client:
        (entry,) = client.form_list()
        assert (entry.form_id, entry.version, entry.name) == ("home", "1", "My <home>")
        assert client.form(entry) == xform()
        files = {file.name: client.media(file) for file in client.manifest(entry)}
    assert files == {"good.wav": b"RIFF", "a b.png": b"PNG"}


def test_the_list_offers_the_newest_version_and_keeps_the_older_ones(collector: Collector) -> None:
    add_form(collector.database, xform(version="2[encrypted:AX/g]"), {}, NOW + timedelta(days=1))
    with Client(collector.kiosk_url) as client:
        (entry,) = client.form_list()
        assert entry.version == "2[encrypted:AX/g]"
        assert entry.manifest_url is None
        assert client.manifest(entry) == ()
        assert client.form(entry) == xform(version="2[encrypted:AX/g]")
    older = httpx.get(f"{collector.kiosk_url}/forms/home.xml", params={"version": "1"})
    assert older.content == xform()


def test_the_list_can_be_asked_for_one_form(collector: Collector) -> None:
    add_form(collector.database, xform(form_id="other"), {}, NOW)
    answer = httpx.get(f"{collector.kiosk_url}/formList", params={"formID": "other"})
    assert answer.text.count("<xform>") == 1


@pytest.mark.parametrize("form_id", ["a b", "a/b", "ä", "a?b#c%2F", "a&b"])
def test_a_form_id_of_any_letters_can_be_fetched(collector: Collector, form_id: str) -> None:
    sent = xform(form_id=form_id.replace("&", "&amp;"))
    add_form(collector.database, sent, {"x.wav": b"x"}, NOW)
    with Client(collector.kiosk_url) as client:
        entry = next(one for one in client.form_list() if one.form_id == form_id)
        assert client.form(entry) == sent
        assert [client.media(one) for one in client.manifest(entry)] == [b"x"]


def test_publishing_the_same_form_again_changes_nothing(collector: Collector) -> None:
    files = {"good.wav": b"RIFF", "a b.png": b"PNG"}
    assert add_form(collector.database, xform(), files, NOW) == add_form(collector.database, xform(), files, NOW)


@pytest.mark.parametrize(
    ("sent", "files"), [(xform(leaves="<more/>"), {"good.wav": b"RIFF", "a b.png": b"PNG"}), (xform(), {})]
)
def test_other_bytes_under_a_published_version_are_refused(collector: Collector, sent: bytes, files) -> None:
    with pytest.raises(CollectorError, match="another one is published"):
        add_form(collector.database, sent, files, NOW)


def test_a_version_with_a_lower_number_is_refused_and_nothing_of_it_stays(collector: Collector) -> None:
    add_form(collector.database, xform(version="10"), {}, NOW + timedelta(days=1))
    with pytest.raises(CollectorError, match="version '10' is published already"):
        add_form(collector.database, xform(version="9"), {"a.png": b"PNG"}, NOW + timedelta(days=2))
    assert [form.version for form in all_forms(collector.database)] == ["1", "10"]
    assert add_form(collector.database, xform(version="11"), {}, NOW + timedelta(days=3)).version == "11"


@pytest.mark.parametrize(
    ("sent", "met"),
    [
        (b"not xml", "not XML"),
        (b"<data/>", "no head/model"),
        (xform().replace(b'id="home"', b""), "no id"),
        (b"<!DOCTYPE x>" + xform().partition(b"?>")[2], "document type"),
    ],
)
def test_what_is_no_form_is_not_published(collector: Collector, sent: bytes, met: str) -> None:
    with pytest.raises(CollectorError, match=met):
        add_form(collector.database, sent, {}, NOW)


def test_a_media_name_that_is_a_path_is_not_published(collector: Collector) -> None:
    with pytest.raises(CollectorError, match="attachment name"):
        add_form(collector.database, xform(version="3"), {"../x": b""}, NOW)


def test_a_form_that_changed_on_the_way_is_not_taken(collector: Collector) -> None:
    with Client(collector.kiosk_url) as client:
        (entry,) = client.form_list()
        wrong = FormEntry(entry.form_id, entry.version, entry.name, md5_hash(b"other"), entry.download_url)
        with pytest.raises(OpenRosaError, match="not what the server's list says"):
            client.form(wrong)


@pytest.mark.parametrize(
    "path", ["forms/unknown.xml", "forms/home.xml?version=9", "forms/home/media/none", "forms/home/media/%00", "none"]
)
def test_what_is_not_there_is_404(collector: Collector, path: str) -> None:
    assert httpx.get(f"{collector.kiosk_url}/{path}").status_code == 404


def test_a_version_in_openrosas_namespace_is_one(collector: Collector) -> None:
    sent = xform("spaced", "7").replace(b'version="7"', b'orx:version="7"')
    assert add_form(collector.database, sent, {}, NOW).version == "7"
    (key,) = all_keys(collector.database)
    record = visit(version="7").replace(b'id="home" version', b'id="spaced" orx:version')
    assert receive(collector.database, key, record, (), NOW).outcome is Outcome.TAKEN
