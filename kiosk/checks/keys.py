"""The check's part for keys: whether start, answers and commands can be reached, in a terminal or by input devices.

Devices are opened and closed again, never grabbed: the kiosk may be reading them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kiosk.checks.lines import Line, advice, error, fine, refused
from kiosk.errors import KioskError
from kiosk.keys.input_devices import ALL, FOLDER, JOIN_GROUP, codes_of, look, nodes
from kiosk.settings import Config
from kiosk.view import ANSWER_KEYS, KEYS, NEXT_SWITCH, START_KEY, SWITCH, Command

WHAT = "keys"
DEVICES = "input devices"


def findings(config: Config, folder: Path = FOLDER) -> Iterator[Line]:
    """Everything about keys.

    Args:
        config: as read.
        folder: where the input devices are.
    """
    if config.input.devices:
        yield from _devices(config, folder)
        return
    if config.input.menu_hold_s:
        met = "input.menu_hold_s is set, and a terminal does not tell how long a key is held"
        yield advice(WHAT, met, "Name the keys' device in input.devices, or set it to 0.")
    yield from _terminal(config)


def _terminal(config: Config) -> Iterator[Line]:
    """By the terminal's keys, where every command has a key of its own."""
    reached = set(config.keys.values())
    missing = [name for name in KEYS if name not in reached]
    if not missing:
        yield fine(WHAT, "start, the four answers and every command can be reached")
    needed = (*ANSWER_KEYS, *_needed_besides(config))
    for name in missing:
        met, todo = f"no key of the terminal does '{name}'", f'Add a line under [keys], such as f1 = "{name}".'
        yield error(WHAT, met, todo) if name in needed else advice(WHAT, met, todo)


def _needed_besides(config: Config) -> tuple[str, ...]:
    """What the house's settings need besides the answers."""
    switches = (SWITCH, NEXT_SWITCH)[: config.switch.switches]
    starts = config.input.any_key_starts or switches
    return switches if starts else (START_KEY, *switches)


def _devices(config: Config, folder: Path) -> Iterator[Line]:
    """By input devices: which there are, and what they reach."""
    try:
        codes, unknown = codes_of(config.buttons)
    except KioskError as missing:
        yield refused(DEVICES, missing)
        return
    for name in unknown:
        yield advice(
            DEVICES, f"the kernel has no key '{name}'", "Correct it under [buttons]; `evtest` shows the names."
        )
    reached: set[str] = set()
    others: list[str] = []
    opened = 0
    for found in look(config.input, codes, iter(nodes(folder))):
        if found.problem is not None:
            denied = isinstance(found.problem, PermissionError)
            todo = JOIN_GROUP if denied else "Plug it in again."
            yield error(DEVICES, f"{found.path} cannot be opened: {found.problem.strerror}", todo)
        elif found.source is None:
            others.append(f"'{found.name}'")
        else:
            found.source.close()
            opened += 1
            reached |= set(found.does.values())
            yield fine(DEVICES, f"'{found.name}': {_listed(set(found.does.values()))}")
    if not opened:
        there = f"there are {', '.join(others)}" if others else "there is none that can be opened"
        wanted = config.input.devices
        met = "none has a key of [buttons]" if ALL in wanted else f"none is called like {', '.join(wanted)}"
        yield error(DEVICES, f"{met}; {there}", "Plug the keys in, or correct input.devices.")
        return
    yield from _reached(config, reached)


def _listed(names: set[str]) -> str:
    """Names in the order of `KEYS`."""
    return ", ".join(name for name in KEYS if name in names) or "no key of [buttons]"


def _reached(config: Config, reached: set[str]) -> Iterator[Line]:
    """Three answer keys reach everything by the menu; one switch does too."""
    by_switch = config.switch.switches > 0
    for name in (*ANSWER_KEYS, *_needed_besides(config)):
        if name in reached:
            continue
        todo = f'Add a line under [buttons], such as KEY_F1 = "{name}".'
        met = f"no key of an input device does '{name}'"
        if name == ANSWER_KEYS[-1]:
            yield advice(WHAT, f"{met}: a fourth choice is answered by voice, touch or switch alone", todo)
        elif by_switch and name in ANSWER_KEYS:
            yield advice(WHAT, f"{met}: it is answered by switch", todo)
        else:
            yield error(WHAT, met, todo)
    by_menu = {command.value for command in Command} - reached - {Command.MENU.value}
    if not by_menu:
        yield fine(WHAT, "every command has a key of its own")
    else:
        yield fine(WHAT, f"by the menu alone: {_listed(by_menu)}")
