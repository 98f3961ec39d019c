"""The check's part for swap: what people say is in memory alone, and memory that is swapped out lies on the card.

systemd keeps the kiosk out of swap (`MemorySwapMax=0`), which needs the kernel's memory controller: Raspberry Pi OS
starts without one. Silent where the machine doesn't tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kiosk.checks.lines import Line, error, fine

WHAT = "swap"
UNIT = Path("system.slice/sayso-kiosk.service/memory.swap.max")
NOWHERE = "none"
"""What zram says of the disk behind it where there is none."""


def swap(root: Path = Path("/")) -> Iterator[Line]:
    """Whether what is in memory could come to lie on a disk.

    Args:
        root: of the machine's file system: /proc, and /sys as the kernel shows them.

    Source: proc(5), "/proc/swaps"; the kernel's cgroup v2 and zram documentation.
    """
    try:
        rows = (root / "proc/swaps").read_text(encoding="utf-8", errors="replace").splitlines()[1:]
    except OSError:
        return
    on_disk = [name for name in (row.split()[0] for row in rows if row.strip()) if not _in_memory(name, root)]
    if not on_disk:
        yield fine(WHAT, "nothing of what is in memory goes to a disk")
        return
    where = ", ".join(on_disk)
    if _kept_out(root / "sys/fs/cgroup"):
        yield fine(WHAT, f"there is some ({where}), and systemd keeps the kiosk out of it")
        return
    met = f"memory may be written to {where}, and with it what somebody said; this kernel lets nobody be kept out of it"
    yield error(WHAT, met, "Switch it off: docs/lockdown.md, 'No swap', says how.")


def _in_memory(name: str, root: Path) -> bool:
    """Whether it is compressed memory, with no disk behind it."""
    device = Path(name).name
    if not device.startswith("zram"):
        return False
    try:
        behind = (root / "sys/block" / device / "backing_dev").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return True  # a kernel whose zram can have none
    return behind == NOWHERE


def _kept_out(groups: Path) -> bool:
    """Whether the kiosk's unit is; where it was not started yet, whether it will be."""
    unit, counted = groups / UNIT, groups / "cgroup.controllers"
    if unit.exists():
        return unit.read_text(encoding="ascii").strip() == "0"
    return counted.exists() and "memory" in counted.read_text(encoding="ascii").split()
