"""A sheet that cannot be converted, as an error and as a finding for its author."""

from __future__ import annotations

from openrosa.errors import OpenRosaError
from openrosa.findings import Finding


class SheetRefusedError(OpenRosaError):
    """What stands in a sheet that cannot become a form.

    Args:
        code: one of `openrosa.findings.CODES`.
        place: `my_home.md, survey row 7, column image`.
        met: what stands there.
        write: what to write instead.

    Attributes:
        finding: the same, for `sayso questions check`.
    """

    def __init__(self, code: str, place: str, met: str, write: str) -> None:
        self.finding = Finding(code, "error", place, "", met, write)
        super().__init__("Cannot convert", f"{place}: met {met}", f"Write {write}.")
