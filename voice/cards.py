"""Which USB device a sound card is: the kernel's numbers of cards change when the machine starts again, this does not.

Source: the kernel's sysfs; `device` of a USB card is its interface, one folder below the device with idVendor,
idProduct and, where the maker gave it one, serial. That folder is named by its port: 1-1.2 is bus 1, port 1, port 2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

SOUND = Path("/sys/class/sound")
USB = "usb:"
"""How a setting that names a USB identity begins."""

_CARD = re.compile(r"\(hw:(\d+),\d+\)$")
"""How PortAudio ends the name of a card's device."""


@dataclass(frozen=True)
class Usb:
    """A USB device.

    Attributes:
        product: maker and product as the kernel has them, "0d8c:0014".
        port: where it is plugged in, "1-1.2".
        serial: "" for most; cheap devices may all have the same.
    """

    product: str
    port: str
    serial: str = ""

    def __str__(self) -> str:
        """In full, as a setting may name it."""
        return f"{USB}{self.product}/{self.port}"

    def fits(self, setting: str) -> bool:
        """Whether `usb:0d8c:0014` means it, or that with `/` and its port or serial number behind."""
        product, _, more = setting.removeprefix(USB).partition("/")
        return product.lower() == self.product and (not more or more in {self.port, self.serial})


def usb_of(name: str, sound: Path | None = None) -> Usb | None:
    """The USB device behind a name in PortAudio's list; None where it is no USB card, or a sound server's device.

    Args:
        name: "USB PnP Sound Device: Audio (hw:1,0)".
        sound: the kernel's folder of sound devices; `SOUND` if None.
    """
    found = _CARD.search(name)
    if found is None:
        return None
    try:
        device = ((sound or SOUND) / f"card{found[1]}" / "device").resolve(strict=True).parent
        product = f"{_read(device / 'idVendor')}:{_read(device / 'idProduct')}"
    except OSError:  # a card on the board, or one that was pulled out just now
        return None
    try:
        serial = _read(device / "serial")
    except OSError:
        serial = ""
    return Usb(product, device.name, serial)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace").strip()
