"""The staff's PIN: hashed by argon2, and slower after wrong tries, across restarts too.

A PIN keeps passers-by off the staff screen. It cannot keep out who has the disk: four keys make few PINs, whatever
the hash costs.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from kiosk.errors import KioskError
from openrosa.folders import sync_folder

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

SHORTEST, LONGEST = 4, 12
"""Digits of a PIN."""
TRIES_FILE = "pin-tries"
"""In the data folder: how many wrong tries there were since the last right one."""

HASHER = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1, type=Type.ID)
"""Argon2id, 3 passes over 32 MiB in one thread: 75 ms on a 2-core Xeon. From others' figures (1.3 s for a pass over 64
MiB on a Raspberry Pi 2) about 0.5 s on a Pi 4, which could not be measured. The hash itself says what it was made with,
so that another choice here leaves older PINs valid."""

FREE_TRIES = 3
FIRST_WAIT_S = 30.0
LONGEST_WAIT_S = 15 * 60.0
MANY_TRIES = 99
"""What a damaged file counts as."""

_DIGITS = re.compile(rf"[1-4]{{{SHORTEST},{LONGEST}}}")


@dataclass(frozen=True)
class Right:
    """It is the PIN."""


@dataclass(frozen=True)
class Wrong:
    """It is not, or it was not even looked at because a wait is on.

    Attributes:
        wait_s: how long every try is refused from now on; 0 if the next one may come at once.
    """

    wait_s: float


def hash_pin(pin: str) -> str:
    """What stands in `staff.pin_hash`. Raises: KioskError: not 4 to 12 digits out of 1 to 4, or too simple a PIN."""
    op, hint = "Cannot use this PIN", "Take 4 to 12 digits out of 1, 2, 3 and 4; six or more are better."
    if not _DIGITS.fullmatch(pin):
        raise KioskError(op, "because it is not 4 to 12 digits out of 1 to 4, the kiosk's four keys", hint)
    if too_simple(pin):
        raise KioskError(op, "because it is among the first that anybody tries", hint)
    return HASHER.hash(pin)


def too_simple(pin: str) -> bool:
    """Fewer than three different digits, a run up or down (1234, 4321, 2341), or one group again and again (123123)."""
    steps = {(int(after) - int(before)) % 4 for before, after in pairwise(pin)}
    groups = (pin[:size] * (len(pin) // size) for size in range(1, len(pin) // 2 + 1) if len(pin) % size == 0)
    return len({*pin}) < 3 or steps in ({1}, {3}) or pin in groups  # noqa: PLR2004  said above


class PinGate:
    """Says whether a PIN is right. Wrong tries are counted on the disk before they are answered.

    After the third wrong one in a row nothing is looked at for 30 s, then 60 s, and so on up to 15 minutes. A restart
    begins the wait anew; it does not shorten it.

    Args:
        pin_hash: of `hash_pin`.
        file: for the count; made if need be.

    Raises: KioskError: the hash is none.
    """

    def __init__(self, pin_hash: str, file: Path) -> None:
        try:
            HASHER.check_needs_rehash(pin_hash)
        except InvalidHashError:
            hint = "Write the line there that `sayso staff pin` prints."
            raise KioskError("Cannot use configuration", "staff.pin_hash: it is no hash of a PIN", hint) from None
        self._pin_hash = pin_hash
        self._file = file
        self._tries = _read(file)
        self._until_s: float | None = None

    def try_pin(self, pin: str, now_s: float) -> Right | Wrong:
        """Try it. It takes as long as the hash does, right or wrong.

        Args:
            pin: what was pressed.
            now_s: seconds on a clock that never goes back; where it begins does not matter.
        """
        left_s = self.wait_s(now_s)
        if left_s > 0:
            return Wrong(left_s)
        self._count(self._tries + 1)  # before it is looked at: pulling the plug must not make it a try less
        if self._fits(pin):
            self._count(0)
            self._until_s = None
            return Right()
        self._until_s = now_s + _wait_s(self._tries)
        return Wrong(self.wait_s(now_s))

    def wait_s(self, now_s: float) -> float:
        """How long no try will be looked at, in seconds; 0: one may come."""
        if self._until_s is None:
            self._until_s = now_s + _wait_s(self._tries)
        return max(0.0, self._until_s - now_s)

    def _fits(self, pin: str) -> bool:
        try:
            return HASHER.verify(self._pin_hash, pin)
        except VerifyMismatchError:
            return False
        except VerificationError as error:  # such as no memory for it
            log.error("the PIN cannot be tried: %s", error)  # noqa: TRY400  a sentence for staff
            return False

    def _count(self, tries: int) -> None:
        """Note it; on a disk that says no it holds until the next start, so that staff can see why it says no."""
        self._tries = min(tries, MANY_TRIES)
        try:
            _write(self._file, self._tries)
        except OSError as error:
            log.error("%s: %s", self._file, error.strerror)  # noqa: TRY400  a sentence for staff


def _wait_s(tries: int) -> float:
    if tries < FREE_TRIES:
        return 0.0
    return min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (tries - FREE_TRIES))


def _read(file: Path) -> int:
    """The count; a file that does not say it counts as many tries, one that is not there as none."""
    try:
        text = file.read_bytes()
    except FileNotFoundError:
        return 0
    except OSError as error:
        log.error("%s: %s", file, error.strerror)  # noqa: TRY400  a sentence for staff
        return MANY_TRIES
    return int(text) if re.fullmatch(rb"\d{1,2}\n", text) else MANY_TRIES


def _write(file: Path, tries: int) -> None:
    """Whole or not at all, and on the disk when this returns. Raises: OSError."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "wb") as temporary:
            temporary.write(b"%d\n" % tries)
            temporary.flush()
            os.fsync(temporary.fileno())
        os.replace(name, file)  # noqa: PTH105  the name is a string
        sync_folder(file.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108  the same
        raise
