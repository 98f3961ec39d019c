"""The settings: every one stands here once, with its default, limits, unit and sense. `kiosk.config` reads the file.

The example file, docs/configuration.md (by its test) and the sentences of `kiosk.config_errors` are made from these
classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from kiosk.keys.defaults import DEFAULT_BUTTONS, DEFAULT_KEYS


class _Table(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file: frozen, and a key that it does not have is refused."""


class Home(_Table, frozen=True):
    """The home that the kiosk stands in."""

    name: Annotated[
        str, Meta(description="What the home is called: the office reads it of its kiosks. People are not shown it.")
    ] = ""
    language: Annotated[
        str, Meta(min_length=1, description="Code of the language to begin in, where a question set has it.")
    ] = "en"
    languages: Annotated[
        tuple[str, ...],
        Meta(description="Codes of the languages to choose from; empty: all that the question sets have."),
    ] = ()


class Store(_Table, frozen=True):
    """Where visits are kept until they are delivered."""

    folder: Annotated[
        Path, Meta(description="Data folder, made if it is not there; only its owner can read what is kept.")
    ] = Path("data")
    allow_unsealed: Annotated[
        bool,
        Meta(description="Run question sets without a public key: whoever has the disk can then read the answers."),
    ] = False
    allow_volatile: Annotated[
        bool,
        Meta(description="Keep answers in memory or on an overlay, where a restart may take them: to try Sayso only."),
    ] = False


class Voice(_Table, frozen=True):
    """Hearing and speaking."""

    engine: Annotated[
        Literal["auto", "vosk", "pocketsphinx", "none"],
        Meta(description="What recognises speech; auto is vosk where its model is installed, none is keys only."),
    ] = "auto"
    language: Annotated[str, Meta(min_length=1, description="Code of the language to recognise.")] = "en"
    models_dir: Annotated[Path, Meta(description="Folder of the installed speech models.")] = Path("models")
    microphone: Annotated[
        str,
        Meta(
            description="Part of the microphone's name, or usb:1234:5678 (docs/hearing.md); empty is the system's own "
            "choice."
        ),
    ] = ""
    speaker: Annotated[
        str, Meta(description="Part of the speaker's name, or usb:1234:5678; empty is the system's own choice.")
    ] = ""
    headphones: Annotated[
        str,
        Meta(
            description="Part of the name of headphones: while they are plugged in, everything is said there, keyed "
            "answers too; empty is none."
        ),
    ] = ""
    recordings: Annotated[
        Path,
        Meta(description="Folder of the kiosk's own sentences as recordings, by `sayso questions record`."),
    ] = Path("recordings")
    volume: Annotated[
        float, Meta(ge=0, le=1, description="Loudness at the start of each visit.", extra={"unit": "0 to 1"})
    ] = 0.7
    rate_wpm: Annotated[
        int, Meta(ge=80, le=300, description="Speed of synthetic speech.", extra={"unit": "words a minute"})
    ] = 140
    tail_s: Annotated[
        float,
        Meta(ge=0, le=5, description="Wait after a prompt before the microphone opens.", extra={"unit": "seconds"}),
    ] = 0.5
    endpoint_s: Annotated[
        float,
        Meta(
            ge=0.2,
            le=5,
            description="Silence that ends what is not clear at once. A visit learns to wait for up to 2 s.",
            extra={"unit": "seconds"},
        ),
    ] = 1.15


class Asking(_Table, frozen=True):
    """How a visit goes: its times, and what is said aloud."""

    change_s: Annotated[
        float,
        Meta(ge=0, le=60, description="Time to change an answer that was said back.", extra={"unit": "seconds"}),
    ] = 4.0
    ask_again_s: Annotated[
        float, Meta(ge=1, le=600, description="Silence before the question is asked again.", extra={"unit": "seconds"})
    ] = 20.0
    ask_again_later_s: Annotated[
        float, Meta(ge=1, le=600, description="Silence before it is asked a third time.", extra={"unit": "seconds"})
    ] = 30.0
    offer_stop_s: Annotated[
        float,
        Meta(
            ge=1,
            le=3600,
            description="Silence after the offer to stop before the visit ends.",
            extra={"unit": "seconds"},
        ),
    ] = 60.0
    message_silence_s: Annotated[
        float, Meta(ge=1, le=120, description="Silence that ends a voice message.", extra={"unit": "seconds"})
    ] = 8.0
    message_max_s: Annotated[
        float, Meta(ge=1, le=120, description="Longest voice message.", extra={"unit": "seconds"})
    ] = 120.0
    speak_keyed_answers: Annotated[
        bool, Meta(description="Say answers aloud that were given by key: the whole room hears them.")
    ] = False
    preset_who: Annotated[
        Literal["", "i_live_here", "with_help", "staff", "family", "visitor"],
        Meta(description="Who always answers at this kiosk; empty asks each time."),
    ] = ""


class Hours(_Table, frozen=True):
    """When the kiosk asks."""

    open: Annotated[
        str,
        Meta(
            pattern="^(([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00))?$",
            description="Opening hours, such as 09:00-20:00: outside them it says that it is closed, and a visit that "
            "is running goes on. Empty: always open.",
        ),
    ] = ""


class Screen(_Table, frozen=True):
    """How the screen looks."""

    theme: Annotated[
        Literal["dark", "light", "high_contrast"],
        Meta(description="Colours: white on dark, black on light, or black and white with coloured keys and pictures."),
    ] = "dark"


class Input(_Table, frozen=True):
    """Keys, and how patiently they are read."""

    devices: Annotated[
        tuple[str, ...],
        Meta(
            description='Input devices to read and to keep from everything else, by a part of their names; "*" is '
            "every device with keys. Empty: the terminal's keys."
        ),
    ] = ()
    two_keys_s: Annotated[
        float,
        Meta(ge=0, le=0.5, description="Two answer keys within this time are two at once.", extra={"unit": "seconds"}),
    ] = 0.05
    menu_hold_s: Annotated[
        float,
        Meta(
            ge=0,
            le=60,
            description="Holding an answer key for so long opens the menu; 0: holding does nothing.",
            extra={"unit": "seconds"},
        ),
    ] = 0.0
    stuck_s: Annotated[
        float,
        Meta(ge=5, le=3600, description="A key held for longer is taken to be stuck.", extra={"unit": "seconds"}),
    ] = 30.0
    any_key_starts: Annotated[bool, Meta(description="Any answer key starts a visit, not only the start key.")] = True


class Switch(_Table, frozen=True):
    """Answering by one switch, or by two."""

    switches: Annotated[
        int,
        Meta(ge=0, le=2, description="0: no scanning; 1: it moves by itself; 2: the second switch moves it."),
    ] = 0
    step_s: Annotated[
        float,
        Meta(ge=0.5, le=20, description="Pause on each answer after it was said.", extra={"unit": "seconds"}),
    ] = 2.0


class Staff(_Table, frozen=True):
    """The staff screen."""

    pin_hash: Annotated[
        str, Meta(description="What `sayso staff pin` prints for the PIN; empty: there is no staff screen.")
    ] = ""
    sequence: Annotated[
        tuple[str, ...],
        Meta(description="Keys to press one after the other on the waiting screen, by what they do."),
    ] = ("back", "stop", "back", "stop")
    export_folder: Annotated[
        str, Meta(description="Where a USB stick is mounted, for the export button; empty: no button.")
    ] = ""


class Help(_Table, frozen=True):
    """What "help" does."""

    command: Annotated[
        tuple[str, ...],
        Meta(
            description="Program, with its arguments, that calls somebody; it is told nothing of the visit. Empty: "
            "the kiosk says to ask somebody near."
        ),
    ] = ()
    request: Annotated[
        bool,
        Meta(
            description="Leave a file `help` beside the status file instead, upon which systemd runs /etc/sayso/help: "
            "a kiosk that systemd starts has no network."
        ),
    ] = False


class Server(_Table, frozen=True):
    """The OpenRosa server. Its URL holds the token, so nothing here is ever printed."""

    url: Annotated[
        str, Meta(description="Address to send to, with its token, as the server shows it; empty sends nothing.")
    ] = ""
    timeout_s: Annotated[
        float, Meta(ge=1, le=600, description="Longest wait for the server.", extra={"unit": "seconds"})
    ] = 30.0
    ca_file: Annotated[
        Path,
        Meta(
            description="Certificate of a private authority (PEM); then no other is believed. Empty: those that all "
            "the world believes."
        ),
    ] = Path()
    receipt_key: Annotated[
        str,
        Meta(
            description="The collector's public key, as `sayso collector kiosks receipt-key` prints it; empty: visits "
            "that went by USB stick stay here."
        ),
    ] = ""

    def __repr__(self) -> str:
        """Without the token."""
        return f"Server({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"

    def __rich_repr__(self) -> Any:
        """The same for rich's printing, which msgspec would fill with every field."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            yield name, "(hidden)" if name == "url" and value else value


class Upload(_Table, frozen=True):
    """When visits are sent by `sayso upload --watch`."""

    at: Annotated[
        str,
        Meta(
            pattern="^(now|([01][0-9]|2[0-3]):[0-5][0-9])$",
            description="Time of day from which what ended before midnight is sent, such as 01:00; now: each visit as "
            "it ends.",
        ),
    ] = "01:00"
    spread_s: Annotated[
        float,
        Meta(
            ge=0,
            le=43200,
            description="It begins within so long after that, at a moment of the kiosk's own, another one each night.",
            extra={"unit": "seconds"},
        ),
    ] = 14400.0


class Config(_Table, frozen=True):
    """One kiosk's configuration. Paths are absolute once `load` has read it.

    Attributes:
        keys: every terminal key that does something, defaults included.
        buttons: every key of an input device that does something, defaults included.
    """

    sets: Annotated[
        tuple[Path, ...],
        Meta(
            min_length=1,
            max_length=3,
            description="One to three question sets: XForm files, such as my_home.xml, or server:FORM for what `sayso "
            "questions pull` fetches.",
        ),
    ]
    status: Annotated[
        Path,
        Meta(
            description="File for `sayso status`; empty: status.json in /run/sayso if there, else in the data folder."
        ),
    ] = Path()
    home: Home = Home()
    store: Store = Store()
    voice: Voice = Voice()
    asking: Asking = Asking()
    hours: Hours = Hours()
    screen: Screen = Screen()
    input: Input = Input()
    switch: Switch = Switch()
    staff: Staff = Staff()
    help: Help = Help()
    server: Server = Server()
    upload: Upload = Upload()
    keys: Annotated[
        Mapping[str, str],
        Meta(
            description="Key of the terminal = what it does; added to the defaults one by one, `none` takes one away."
        ),
    ] = msgspec.field(default_factory=lambda: DEFAULT_KEYS)
    buttons: Annotated[
        Mapping[str, str],
        Meta(
            description="Key of an input device = what it does; added to the defaults one by one, `none` takes one "
            "away."
        ),
    ] = msgspec.field(default_factory=lambda: DEFAULT_BUTTONS)
