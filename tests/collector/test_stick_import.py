"""From a kiosk by stick to a collector and back as a receipt: real stores, a real database, the real commands."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from loopback_collector import NOW, VECTORS, Collector, instance_id, visit

from collector.keys import new_key, revoke_key
from collector.kiosks import add
from collector.results import stored_submissions
from kiosk.keeping.identity import kiosk_key
from kiosk.keeping.store import Counts, Role, Store
from kiosk.staff.export import export
from openrosa.client import Client, Verdict
from openrosa.sealing import seal
from openrosa.signing import public_text
from openrosa.stick import FOLDER, INSTANCES, LISTS, RECEIPTS, SUMS, VisitList, folder_name, listed, written
from openrosa.submission import Attachment
from sayso.__main__ import sayso

PUBLIC = (VECTORS / "test_key.pub.der").read_bytes()
VOICE = Attachment("message.wav", bytes(range(256)) * 50, "audio/wav")


def sealed(number=1, said="good", version="1"):
    xml = visit(number, said=said, message="message.wav", version=version)
    return seal(PUBLIC, "home", version, instance_id(number), xml, [VOICE])


def run(*words: object) -> Result:
    result = CliRunner().invoke(sayso, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "kiosk"


@pytest.fixture
def stick(tmp_path: Path, data: Path) -> Path:
    """Three visits of one kiosk."""
    place = tmp_path / "stick"
    place.mkdir()
    with Store.open(data, Role.KIOSK) as store:
        for number in (1, 2, 3):
            store.finish(sealed(number))
        export(store, place, key=kiosk_key(data))
    return place


@pytest.fixture
def known(collector: Collector, data: Path) -> str:
    """The kiosk is known to the collector."""
    public = public_text(kiosk_key(data))
    add(collector.where.folder, "Elm Road", public)
    return public


def take(collector: Collector, stick: Path, *more: str) -> Result:
    signing = ("--signing", collector.where.folder)
    return run("collector", "import", stick, *collector.where.options, *signing, *more)


def here(collector: Collector) -> dict[str, str]:
    """Kiosk by instanceID of what the collector has."""
    return {one.instance_id: one.key_name for one in stored_submissions(collector.database)}


def configured(data: Path, receipt_key: str = "") -> Path:
    path = data.parent / "kiosk.toml"
    path.write_text(f'sets = ["x.xml"]\n[store]\nfolder = "{data}"\n[server]\nreceipt_key = "{receipt_key}"\n')
    return path


def test_a_stick_goes_to_the_office_and_back_and_only_then_the_kiosk_erases(
    collector: Collector, stick: Path, data: Path, known: str
) -> None:
    done = take(collector, stick)
    assert done.exit_code == 0, done.output
    assert done.output.startswith("Taken: 3; here before: 0.\nThe receipt is in ")
    assert here(collector) == {instance_id(number): "Elm Road" for number in (1, 2, 3)}
    receipt_key = run("collector", "kiosks", "receipt-key", "--signing", collector.where.folder).output.strip()
    config = configured(data, receipt_key)
    back = run("export", stick, "--config", config, "--anywhere", "--json")
    assert back.exit_code == 0, back.output
    told = json.loads(back.stdout)
    assert (told["receipts"], told["copied"]) == ({"erased": 3, "other": 0, "refused": []}, 0)
    assert told["kiosk_key"] == known
    with Store.open(data, Role.READER) as store:
        assert store.counts() == Counts(delivered=3)
        assert store.undelivered() == []
    assert list((stick / FOLDER / INSTANCES).iterdir()) == []
    assert b"BEGIN" not in b"".join(path.read_bytes() for path in stick.rglob("*.json")), "no private key travels"


def test_a_second_import_is_without_harm_and_its_receipt_names_all_again(
    collector: Collector, stick: Path, known: str
) -> None:
    take(collector, stick)
    (receipt,) = (stick / FOLDER / RECEIPTS).iterdir()
    first = receipt.read_bytes()
    done = take(collector, stick, "--json")
    told = json.loads(done.output)
    assert (done.exit_code, told["taken"], told["before"], told["problems"]) == (0, 0, 3, [])
    assert receipt.read_bytes() == first
    assert len(here(collector)) == 3


def test_what_came_by_network_before_is_here_before(collector: Collector, stick: Path, data: Path, known: str) -> None:
    with Store.open(data, Role.READER) as store, Client(collector.kiosk_url) as client:
        assert client.submit(store.load(instance_id(2))).verdict is Verdict.DELIVERED
    assert take(collector, stick).output.startswith("Taken: 2; here before: 1.")
    assert len(here(collector)) == 3


def test_an_unknown_kiosks_list_is_named_with_its_key_and_taken_only_when_told_to(
    collector: Collector, stick: Path, data: Path
) -> None:
    public = public_text(kiosk_key(data))
    done = take(collector, stick)
    assert done.exit_code == 1
    assert f"3 visits of a kiosk that is not known here; its key is {public}." in done.output
    assert here(collector) == {}
    assert not (stick / FOLDER / RECEIPTS).exists()
    done = take(collector, stick, "--trust")
    assert done.exit_code == 0, done.output
    assert {*here(collector).values()} == {f"unknown kiosk {Path(next((stick / FOLDER / LISTS).iterdir())).stem}"}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-3],
        lambda text: text.replace(b"-8000-", b"-8001-"),
        lambda text: re.sub(rb'"[0-9a-f]{64}"', b'"' + b"0" * 64 + b'"', text, count=1),
        lambda text: text.replace(b"sayso-signed-1 ", b"sayso-signed-1 AAAA"),
        lambda text: text.partition(b"\n")[2],
        lambda _: b"[" * 100_000,
    ],
    ids=["cut", "other id", "other sum", "other signature", "no signature", "brackets"],
)
def test_a_list_whose_signature_does_not_fit_is_refused_whole(
    collector: Collector, stick: Path, known: str, change
) -> None:
    (path,) = (stick / FOLDER / LISTS).iterdir()
    path.write_bytes(change(path.read_bytes()))
    done = take(collector, stick)
    assert done.exit_code == 1
    assert "Not taken: lists/" in done.output
    assert here(collector) == {}
    assert not (stick / FOLDER / RECEIPTS).exists()


def test_somebody_who_signs_with_a_key_of_their_own_is_nobody_known(
    collector: Collector, stick: Path, known: str
) -> None:
    slipped_in = sealed(9)
    place = stick / FOLDER / INSTANCES / folder_name(slipped_in.instance_id)
    place.mkdir()
    for name, content in {"submission.xml": slipped_in.xml, **{a.name: a.data for a in slipped_in.attachments}}.items():
        (place / name).write_bytes(content)
    name, content = written(Ed25519PrivateKey.generate(), VisitList, [listed(slipped_in)])
    (stick / FOLDER / LISTS / name).write_bytes(content)
    done = take(collector, stick)
    assert done.exit_code == 1
    assert "1 visits of a kiosk that is not known here" in done.output
    assert sorted(here(collector)) == [instance_id(number) for number in (1, 2, 3)]


@pytest.mark.parametrize("damage", ["flipped", "cut", "missing", "link", "pipe", "more"])
def test_a_damaged_visit_is_named_and_the_others_are_taken_and_the_receipt_leaves_it_out(
    collector: Collector, stick: Path, data: Path, known: str, tmp_path: Path, damage: str
) -> None:
    place = stick / FOLDER / INSTANCES / folder_name(instance_id(2))
    file = place / "submission.xml.enc"
    content = file.read_bytes()
    file.unlink()
    match damage:
        case "flipped":
            file.write_bytes(bytes([content[0] ^ 1]) + content[1:])
        case "cut":
            file.write_bytes(content[:-1])
        case "link":
            (tmp_path / "elsewhere").write_bytes(content)
            file.symlink_to(tmp_path / "elsewhere")
        case "pipe":
            os.mkfifo(file)
        case "more":
            file.write_bytes(content)
            (place / "more.txt").write_bytes(b"nobody has signed for this, and nobody takes it")
    done = take(collector, stick)
    taken = 3 if damage == "more" else 2
    assert done.output.startswith(f"Taken: {taken}; here before: 0.")
    assert done.exit_code == (0 if damage == "more" else 1)
    (receipt,) = (stick / FOLDER / RECEIPTS).iterdir()
    assert (instance_id(2).encode() in receipt.read_bytes()) == (damage == "more")
    assert "more.txt" not in {name for one in stored_submissions(collector.database) for name in one.files}


def test_other_bytes_under_an_id_that_is_here_are_not_taken_and_get_no_receipt(
    collector: Collector, stick: Path, known: str
) -> None:
    with Client(collector.kiosk_url) as client:
        assert client.submit(sealed(2, said="bad")).verdict is Verdict.DELIVERED
    done = take(collector, stick)
    assert done.exit_code == 1
    assert done.output.startswith("Taken: 2; here before: 0.")
    (receipt,) = (stick / FOLDER / RECEIPTS).iterdir()
    assert instance_id(2).encode() not in receipt.read_bytes()


def test_a_visit_of_a_form_that_is_not_published_here_waits_on_the_stick(
    collector: Collector, stick: Path, data: Path, known: str
) -> None:
    with Store.open(data, Role.KIOSK) as store:
        store.finish(sealed(4, version="9"))
        export(store, stick, key=kiosk_key(data))
    done = take(collector, stick)
    assert done.exit_code == 1
    assert "There is no form 'home' of version '9' here." in done.output
    assert len(here(collector)) == 3


def test_a_revoked_kiosks_visits_are_taken_only_when_told_to(collector: Collector, stick: Path, known: str) -> None:
    revoke_key(collector.database, "Elm Road", NOW)
    done = take(collector, stick)
    assert (done.exit_code, here(collector)) == (1, {})
    assert "its key was revoked" in done.output
    assert take(collector, stick, "--trust").exit_code == 0
    assert len(here(collector)) == 3


def test_an_older_kiosks_stick_without_a_list_is_taken_only_when_told_to(
    collector: Collector, stick: Path, known: str
) -> None:
    shutil.rmtree(stick / FOLDER / LISTS)
    done = take(collector, stick)
    assert done.exit_code == 1
    assert "3 visits that no list which counts names" in done.output
    assert here(collector) == {}
    assert take(collector, stick, "--trust").exit_code == 0
    assert {*here(collector).values()} == {"a stick without a list"}


def test_paths_in_a_list_lead_nowhere(collector: Collector, stick: Path, known: str, data: Path) -> None:
    """Even a kiosk that is known, and taken over, gets nothing of this machine into the collector."""
    evil = listed(sealed(7))
    for visits in (
        [type(evil)("../../../etc", {"submission.xml": "0" * 64})],
        [type(evil)(evil.instance_id, {"../../../../etc/passwd": "0" * 64})],
        [type(evil)(evil.instance_id, {"submission.xml": "no sum"})],
    ):
        name, content = written(kiosk_key(data), VisitList, visits)
        (stick / FOLDER / LISTS / name).write_bytes(content)
        done = take(collector, stick)
        assert done.exit_code == 1
        assert "Not taken: " in done.output
    assert here(collector) == {}


def test_a_stick_that_cannot_be_written_is_told_and_what_it_holds_is_taken(
    collector: Collector, stick: Path, known: str
) -> None:
    (stick / FOLDER / RECEIPTS).write_bytes(b"in the way")
    done = take(collector, stick)
    assert done.exit_code == 1
    assert done.output.startswith("Taken: 3;")
    assert "The receipt cannot be written" in done.output


def test_a_link_in_place_of_the_receipt_is_replaced_and_what_it_led_to_stays(
    collector: Collector, stick: Path, known: str, tmp_path: Path
) -> None:
    take(collector, stick)
    (receipt,) = (stick / FOLDER / RECEIPTS).iterdir()
    mine = tmp_path / "mine.txt"
    mine.write_text("of this machine")
    receipt.unlink()
    receipt.symlink_to(mine)
    receipt.with_name(f".partial-{receipt.name}").symlink_to(mine)
    assert take(collector, stick).exit_code == 0
    assert mine.read_text() == "of this machine"
    assert not receipt.is_symlink()
    shutil.rmtree(stick / FOLDER / RECEIPTS)
    (stick / FOLDER / RECEIPTS).symlink_to(tmp_path)
    signing = ["--signing", str(collector.where.folder)]
    result = CliRunner().invoke(sayso, ["collector", "import", str(stick), *collector.where.options, *signing])
    assert "it is a link" in str(result.exception)


def test_a_folder_that_is_no_stick_is_one_sentence(collector: Collector, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        sayso, ["collector", "import", str(tmp_path), *collector.where.options, "--signing", str(tmp_path)]
    )
    assert "there are no exported visits" in str(result.exception)


def test_kiosks_are_listed_and_removed_by_name(collector: Collector, known: str, stick: Path) -> None:
    assert run("collector", "kiosks", "list", "--signing", collector.where.folder).output == f"{known}\tElm Road\n"
    taken = CliRunner().invoke(
        sayso, ["collector", "kiosks", "add", "Other", known, "--signing", str(collector.where.folder)]
    )
    assert "that key is known as 'Elm Road'" in str(taken.exception)
    wrong = CliRunner().invoke(
        sayso, ["collector", "kiosks", "add", "Other", "abc", "--signing", str(collector.where.folder)]
    )
    assert "the public key 'abc': it is none" in str(wrong.exception)
    run("collector", "kiosks", "remove", "Elm Road", "--signing", collector.where.folder)
    assert take(collector, stick).exit_code == 1
    assert here(collector) == {}


def test_the_receipt_key_is_made_once_for_its_owner_alone(collector: Collector, tmp_path: Path) -> None:
    first = run("collector", "kiosks", "receipt-key", "--signing", collector.where.folder).output
    assert first == run("collector", "kiosks", "receipt-key", "--signing", collector.where.folder).output
    assert first != run("collector", "kiosks", "receipt-key", "--signing", tmp_path / "other").output
    assert (collector.where.folder / "receipt-key.pem").stat().st_mode & 0o777 == 0o600


def test_two_kiosks_on_one_stick_stand_under_their_own_names(
    collector: Collector, stick: Path, known: str, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    with Store.open(other, Role.KIOSK) as store:
        store.finish(sealed(8))
        export(store, stick, key=kiosk_key(other))
    new_key(collector.database, "Oak Lane", NOW)
    add(collector.where.folder, "Oak Lane", public_text(kiosk_key(other)))
    assert take(collector, stick).exit_code == 0
    assert sorted(here(collector).values()) == ["Elm Road", "Elm Road", "Elm Road", "Oak Lane"]
    assert (stick / FOLDER / SUMS).exists()
