"""How the kiosks are, by the health forms that they send: what the newest of each says, and who is silent.

A kiosk is known by the name of its token. The form is `kiosk_health`, which `sayso health --form` makes; three of its
fields are read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from collector.results import Result, Unread, newest_of_each_key, read, stored_submissions
from openrosa.record_words import HEALTH_FORM_ID

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from collector.database import Database

FORM_ID = HEALTH_FORM_ID
WELL = "yes"


@dataclass(frozen=True)
class KioskHealth:
    """What the newest form of one kiosk says.

    Attributes:
        name: its token's.
        told_on: the day on which it came, by the collector's clock: a kiosk's own may be wrong.
        well: it says that all is well.
        line: what staff read there.
        software: name and version.
    """

    name: str
    told_on: date
    well: bool
    line: str
    software: str = ""

    def silent_days(self, today: date) -> int:
        """For how many days it has told nothing."""
        return max(0, (today - self.told_on).days)


def kiosks(
    database: Database, private_key: RSAPrivateKey | None, zone: tzinfo | None = None
) -> tuple[tuple[KioskHealth, ...], tuple[Unread, ...]]:
    """Every kiosk that has told of itself, by name; and the newest forms that could not be read.

    Args:
        database: the collector's.
        private_key: the office's, or None: then sealed ones stay unread.
        zone: whose days; None: this machine's.
    """
    newest = stored_submissions(database, only=newest_of_each_key(database, FORM_ID))
    found = [read(stored, private_key) for stored in newest]
    return (
        tuple(sorted((_of(one, zone) for one in found if isinstance(one, Result)), key=lambda one: one.name)),
        tuple(one for one in found if isinstance(one, Unread)),
    )


def _of(result: Result, zone: tzinfo | None) -> KioskHealth:
    values = result.values
    return KioskHealth(
        name=result.stored.key_name,
        told_on=result.stored.received_at.astimezone(zone).date(),
        well=values.get("well") == WELL,
        line=values.get("line", ""),
        software=values.get("sayso/software", ""),
    )
