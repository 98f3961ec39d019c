"""What a kiosk is to ask and how: its configuration and its sets, read and checked before anything is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kiosk.answer import Who
from kiosk.asks import BY_WHOM, WHO_IS
from kiosk.errors import KioskError
from kiosk.keeping.keeper import check_sealable
from kiosk.sets import LoadedSet, load_sets
from kiosk.settings import Config
from kiosk.state import Rules
from openrosa.question_set import QuestionSet


@dataclass(frozen=True)
class House:
    """What was read before anything is opened: a fault in it ends the start with one sentence."""

    config: Config
    sets: tuple[LoadedSet, ...]

    @property
    def question_sets(self) -> tuple[QuestionSet, ...]:
        """The sets without their files."""
        return tuple(one.question_set for one in self.sets)

    @property
    def media(self) -> Mapping[str, Path]:
        """The sets' pictures and recordings, by media name."""
        return {name: path for one in self.sets for name, path in one.media.items()}


def read_house(config: Config) -> House:
    """Read and check the sets. Raises: KioskError, OpenRosaError."""

    def sealable(one: LoadedSet) -> None:
        check_sealable(one.question_set, allow_unsealed=config.store.allow_unsealed)

    sets = load_sets(config.sets, sealable)
    rules_of(config)
    return House(config, sets)


def rules_of(config: Config) -> Rules:
    """The settings that a visit goes by. Raises: KioskError: a preset or a language that there is not."""
    asking = config.asking
    known = {name: who for name, who in WHO_IS.items() if who.who} | {name: Who(name, "self") for name in BY_WHOM}
    if asking.preset_who and asking.preset_who not in known:
        raise KioskError(
            "Cannot use configuration",
            f"asking.preset_who = '{asking.preset_who}'",
            f"Write one of {', '.join(known)}, or leave it out.",
        )
    return Rules(
        change_s=asking.change_s,
        ask_again_s=asking.ask_again_s,
        ask_again_later_s=asking.ask_again_later_s,
        offer_stop_s=asking.offer_stop_s,
        pause_s=config.voice.endpoint_s,
        message_silence_s=asking.message_silence_s,
        message_max_s=asking.message_max_s,
        speak_keyed_answers=asking.speak_keyed_answers,
        preset_who=known.get(asking.preset_who),
        any_key_starts=config.input.any_key_starts,
        languages=config.home.languages,
        switches=config.switch.switches,
        scan_step_s=config.switch.step_s,
    )
