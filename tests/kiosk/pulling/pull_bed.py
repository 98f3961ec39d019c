"""What the tests of pulled sets share: a form with a sound and a picture, and a house that takes it from a server."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from forms_server import FormsServer, Served
from PIL import Image
from rehearsed import saved

from collector.folders import PUBLIC_NAME, write_key_pair
from kiosk.config import load
from kiosk.keeping.keeper import message_file
from kiosk.pulling.pull import pull, wanted
from kiosk.pulling.went import SetOnServer
from kiosk.settings import Config
from openrosa.client import Client
from openrosa.convert import convert

TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Made:
    """A form and its files."""

    xform: bytes
    media: dict[str, bytes]


@cache
def made() -> Made:
    """A sealed form, `home`, version 1."""
    name = "label::English (en)"
    sheets = {
        "survey": [
            ["type", "name", name, "audio::English (en)", "image::English (en)"],
            ["note", "welcome", "A draft to change together.", "hello.wav", ""],
            ["select_one yes_no", "lift", "Is the lift good?", "", "lift.png"],
        ],
        "choices": [["list_name", "name", name], ["yes_no", "yes", "Yes"], ["yes_no", "no", "No"]],
        "settings": [["form_title", "form_id", "version", "default_language"], ["Home", "home", "1", "English (en)"]],
    }
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "media").mkdir()
        picture = io.BytesIO()
        Image.new("RGB", (8, 8), "red").save(picture, "PNG")
        (folder / "media" / "lift.png").write_bytes(picture.getvalue())
        (folder / "media" / "hello.wav").write_bytes(message_file(bytes(320)))
        write_key_pair(folder / "office")
        converted = convert(saved(folder, sheets), (folder / "office" / PUBLIC_NAME).read_text("ascii"))
        return Made(converted.xform, dict(converted.media))


def served(version: str = "1", **others) -> Served:
    """That form as a server offers it."""
    xform = made().xform.replace(b'version="1"', f'version="{version}"'.encode())
    assert version == "1" or xform != made().xform
    return Served("home", version, others.pop("xform", xform), others.pop("media", dict(made().media)), **others)


@dataclass(frozen=True)
class Bed:
    """A house whose one set comes from a server."""

    folder: Path
    server: FormsServer

    @property
    def toml(self) -> Path:
        return self.folder / "kiosk.toml"

    @property
    def config(self) -> Config:
        return load(self.toml)

    @property
    def shelf(self):
        return wanted(self.config)[0]

    def pull(self, client=None) -> SetOnServer:
        """One go; what came of the set."""
        with client or Client(self.config.server.url, 5) as its_client:
            (one,) = pull(self.config, its_client, TODAY)
        return one


def write_toml(folder: Path, url: str, sets: str = "['server:home']", data: str | Path = "data") -> None:
    (folder / "kiosk.toml").write_text(
        f"sets = {sets}\nstatus = 'status.json'\n[store]\nallow_volatile = true\nfolder = '{data}'\n"
        f"[voice]\nengine = 'none'\n[server]\nurl = '{url}'\n"
    )


@contextmanager
def bed(folder: Path, *forms: Served, data: str | Path = "data") -> Iterator[Bed]:
    """The house, and a server with those forms; `data` is where the house keeps them."""
    folder.mkdir(exist_ok=True)
    with FormsServer(*forms) as server:
        write_toml(folder, server.url, data=data)
        yield Bed(folder, server)
