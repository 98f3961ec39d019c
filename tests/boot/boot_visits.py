"""Steps of the boot test in which somebody answers, and what they said is sent."""

from __future__ import annotations

import time
from dataclasses import dataclass

from boot_bed import Bed
from boot_console import BootError
from boot_guest import same
from boot_office import CHOICES, FORM, HEALTH, QUESTIONS

UPLOAD = "sayso-upload.service"
ALL_KEYS = dict(zip(QUESTIONS, ("1", "3", "2"), strict=True))
"""Question -> the key that is pressed."""


@dataclass
class Visits:
    """Visits by keys.

    Attributes:
        bed: the machine and what is beside it.
    """

    bed: Bed

    def visit(self) -> None:
        """A visit by keys is delivered to the collector outside, exactly once, as it was pressed."""
        before = len(self.bed.office.received(FORM))
        self.arrives("3")
        self.sent()
        again = len(self.bed.office.received(FORM))
        self.bed.report.check("sent again, nothing more comes", so=again == before + 1, seen=str(again - before))

    def arrives(self, name: str) -> None:
        """A whole visit by keys, sent, and come as it was pressed; `name` begins its pictures' names."""
        before = len(self.bed.office.received(FORM))
        self.answered(name)
        self.sent()
        self._came(before)

    def send_now(self) -> None:
        """What was said today stays until the night, unless staff ask: then systemd sends it at once."""
        bed = self.bed
        before = len(bed.office.received(FORM))
        self.answered("9")
        bed.guest.console.must(f"systemctl start {UPLOAD}", bed.guest.patience_s)
        early = len(bed.office.received(FORM)) - before
        bed.report.check("started as by its timer, the uploader sends nothing of today", so=early == 0, seen=str(early))
        began = time.monotonic()
        self.sent()
        self._came(before)
        bed.report.say(f"    {time.monotonic() - began:.0f} s after the file was left")

    def power(self) -> None:
        """The plug is pulled in the middle of a visit: the disk is clean, the kiosk opens, and what stood was kept."""
        bed = self.bed
        before = len(bed.office.received(FORM))
        pressed = dict(zip(QUESTIONS[:2], ("2", "1"), strict=True))
        self._answer(list(pressed.values()), "4")
        bed.guest.machine.pull_the_plug()
        bed.report.say("    the plug is pulled, in the middle of a visit")
        bed.again()
        self._clean()
        bed.guest.wait_open()
        bed.guest.still("4-after-power-cut")
        rows = bed.guest.kept()
        bed.report.check("the visit was closed as incomplete", so=rows[-1][1] == 0, seen=str([row[:2] for row in rows]))
        self.sent()
        self._came(before, {name: CHOICES[key] for name, key in pressed.items()}, "no")
        bed.all_well()

    def health(self) -> None:
        """The kiosk tells the office how it is, once a day."""
        bed, unit = self.bed, "sayso-health.service"
        for _ in range(2):
            bed.guest.console.must(f"systemctl start {unit}", bed.guest.patience_s)
        told = bed.guest.console.must(f"journalctl --no-pager -b -o cat -u {unit} | grep -v systemd").splitlines()
        bed.report.say("    " + " | ".join(told[-8:]))
        came = bed.office.received(HEALTH)
        bed.report.check("started twice, it has told the office once", so=len(came) == 1, seen=str(len(came)))
        values = came[-1]["values"]
        seen = {name: values.get(name, "") for name in ("home", "well", "open", "running", "speaker", "sets")}
        so = (seen["home"], seen["well"], seen["open"]) == ("Boot test", "yes", "yes") and FORM in seen["sets"]
        bed.report.check("opened with the office's key: open, and all well", so=so, seen=str(seen))
        listed = bed.office.kiosks()
        bed.report.check("the office's list has it", so="Boot test" in listed, seen=" | ".join(listed.splitlines()))

    def _clean(self) -> None:
        console = self.bed.guest.console
        told = console.must(
            "journalctl -b -o cat -k --no-pager | grep -i -E 'ext4|fsck'; cat /run/initramfs/fsck.log 2>/dev/null; true"
        )
        self.bed.report.say("    " + " | ".join(told.splitlines()))
        state = console.must("tune2fs -l /dev/vda | grep 'Filesystem state'").strip()
        self.bed.report.check("the file system is clean", so=state.endswith("clean"), seen=state)

    def answered(self, name: str) -> None:
        """A whole visit by keys, until the waiting screen stands again; `name` begins its pictures' names."""
        # After the last question: "Shall I keep what you said?", with the first key for yes.
        self._answer([*ALL_KEYS.values(), "1"], name)
        guest = self.bed.guest
        waiting = self.bed.report.picture_path(f"{name}-0-waiting")
        ends = time.monotonic() + guest.patience_s
        while not same(waiting, guest.picture(f"{name}-over")):
            guest.console.drain()
            if time.monotonic() > ends:
                raise BootError("the waiting screen did not come back")
            time.sleep(1)

    def _answer(self, keys: list[str], name: str) -> None:
        """Begin a visit and answer questions, one key after the other, as their screens come."""
        guest = self.bed.guest
        waiting = guest.still(f"{name}-0-waiting")
        guest.machine.press("ret")
        screen = guest.still(f"{name}-1", other_than=waiting)
        for number, key in enumerate(keys, 1):
            before = guest.kept()
            guest.machine.press(key)
            guest.console.until(
                f"the answer by key {key} is kept", lambda before=before: guest.kept() != before, guest.patience_s
            )
            self.bed.report.say(f"    key {key}: kept")
            screen = guest.still(f"{name}-{number + 1}", other_than=screen)

    def sent(self) -> None:
        """Ask for sending as staff's "send now" does: a file in /run/sayso, on which a unit acts."""
        guest, console = self.bed.guest, self.bed.guest.console
        console.must("runuser -u sayso -- touch /run/sayso/send-now")
        console.until(
            "the uploader has run",
            lambda: (
                console.run("test ! -e /run/sayso/send-now").code == 0
                and guest.property_of(UPLOAD, "ActiveState") in {"inactive", "failed"}
            ),
            2 * guest.patience_s,
        )
        state = guest.property_of(UPLOAD, "Result")
        told = console.run(f"journalctl --no-pager -o cat -n 6 -u {UPLOAD}").words
        self.bed.report.check(f"{UPLOAD} ended well", so=state == "success", seen=told.replace("\n", " | "))

    def _came(self, before: int, answers: dict[str, str] | None = None, complete: str = "yes") -> None:
        """One visit more, with those answers: all that `answered` gives, unless it is said otherwise."""
        wanted = answers or {name: CHOICES[key] for name, key in ALL_KEYS.items()}
        received, report = self.bed.office.received(FORM), self.bed.report
        report.check("one visit came", so=len(received) == before + 1, seen=str(len(received) - before))
        values = received[-1]["values"]
        found = {name: values.get(name, "") for name in wanted}
        report.check("opened with the office's key: the answers that were pressed", so=found == wanted, seen=str(found))
        seen = values.get("sayso/complete", "")
        report.check(f"complete: {complete}", so=seen == complete, seen=seen)
