"""The test image: Debian by debootstrap, Sayso by script/install, and what the test alone needs: a shell on ttyS0."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import boot_versions
from boot_console import PROMPT, BootError
from boot_machine import Disks
from boot_office import CONFIG, SHEETS, Office

SUITE = "trixie"
DEBIAN = (
    *("systemd-sysv", "udev", "kmod", "dbus", "iproute2", "procps", "e2fsprogs"),
    # The whole kernel: the one for clouds has no display and no sound.
    *("linux-image-amd64", "initramfs-tools", "zstd"),
    *("ca-certificates", "python3", "python3-venv"),
)
"""A small Debian as it comes to a box; what Sayso needs besides, script/install adds."""
DISK = "6G"
SHELL = f"""[Unit]
Description=A root shell on the serial console: the test image's alone

[Service]
Type=idle
Environment="PS1={PROMPT} " HOME=/root TERM=dumb PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ExecStart=/bin/bash --noprofile --norc -i
StandardInput=tty-force
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
TTYReset=yes
WorkingDirectory=/root
Restart=always
# A shell at a terminal ends with its line, not by being asked.
KillSignal=SIGHUP
TimeoutStopSec=5

[Install]
WantedBy=multi-user.target
"""
RENDERING = """
from pathlib import Path
from kiosk import config as configuration
from kiosk.parts import render
from kiosk.house import read_house
config = configuration.load(Path("/etc/sayso/sayso.toml"))
render(config, read_house(config), lambda done, of_how_many: None)
"""
NETWORK = """[Match]
Type=ether

[Network]
Address=10.0.2.15/24
LinkLocalAddressing=no
"""
SLOW = """[Service]
TimeoutStartSec=30min
WatchdogSec=2min
"""
"""An emulated processor is many times slower than a Pi: the same rules, longer times."""
FSTAB = "/dev/vda / ext4 defaults,errors=remount-ro 0 1\n"


@dataclass(frozen=True)
class Image:
    """An image that was made.

    Attributes:
        folder: everything of it.
        sha256: of the disk before its first start.
        source: the commit's files.
    """

    folder: Path
    sha256: str
    source: Path

    @property
    def office(self) -> Office:
        """Whose form is in it."""
        return Office(self.folder / "office", self.source)

    def disks(self, run: Path, stick: Path | None = None) -> Disks:
        """What a machine of its own starts from: nothing is written into the image."""
        root = run / "disk.qcow2"
        words = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", str(self.folder / "disk.raw"), str(root)]
        subprocess.run(words, check=True)
        return Disks(root, self.folder / "vmlinuz", self.folder / "initrd", stick)


@dataclass(frozen=True)
class Maker:
    """Makes images.

    Attributes:
        tree: the project.
        commit: of it; what is not committed is not in the image.
        cache: what was made earlier, by the hash of what it was made of.
        say: told what is being done.
    """

    tree: Path
    commit: str
    cache: Path
    say: Callable[[str], None]

    def image(self) -> Image:
        """The image of that commit; made unless it is there. Raises: BootError."""
        base = self._base()
        recipe = [base.name, self.commit, SHEETS, CONFIG, SHELL, SLOW, NETWORK, FSTAB, RENDERING, DISK]
        folder = self.cache / f"image-{_short(*recipe)}"
        if not (folder / "sha256").exists():
            self._drop("image-*")
            self._make(base, folder)
        else:
            self.say(f"the image is there: {folder}")
        return Image(folder, (folder / "sha256").read_text(encoding="utf-8").strip(), self.source())

    def source(self) -> Path:
        """The commit's files, as `git archive` gives them."""
        folder = self.cache / f"source-{self.commit[:12]}"
        if not (folder / "script").exists():
            self._drop("source-*")
            folder.mkdir()
            archive = subprocess.run(
                ["git", "-C", str(self.tree), "archive", self.commit], check=True, capture_output=True
            )
            subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
        return folder

    def bundle(self, source: Path, name: str) -> Path:
        """A bundle of that tree, by script/bundle, for the test image's kind of machine."""
        target = self.cache / f"bundle-{name}.tar"
        if not target.exists():
            self.say(f"script/bundle: everything that Sayso needs, into {target.name}")
            self._run(
                [str(source / "script" / "bundle"), "--python", "3.13", "--machine", "x86_64", "--to", str(target)]
            )
        return target

    def stick(self) -> Path:
        """A disk with the versions of `boot_versions`: a bundle of the good one, the trees of the others."""
        target = self.cache / f"stick-{_short(self.commit, boot_versions.RECIPE)}.raw"
        if not target.exists():
            self._drop("stick-*")
            content, good = self.cache / "new-stick", self.cache / "new-good"
            for folder in (content, good):
                _remove(folder)
            content.mkdir()
            for name, version in boot_versions.TREES.items():
                version.made(self.source(), content / name)
                for folder in ("tests", "benchmarks"):
                    _remove(content / name / folder)
            shutil.copyfile(Path(__file__).with_name("guest_version.py"), content / "guest_version.py")
            boot_versions.GOOD.made(self.source(), good)
            self.bundle(good, f"{self.commit[:12]}-good").rename(content / "sayso.tar")
            self._run(["truncate", "-s", "400M", str(target)])
            self._run(["mkfs.ext4", "-q", "-F", "-d", str(content), str(target)])
            for folder in (content, good):
                _remove(folder)
        return target

    def _base(self) -> Path:
        """A plain Debian, as a folder."""
        at = mirror()
        folder = self.cache / f"base-{_short(SUITE, at, *DEBIAN)}"
        if folder.exists():
            self.say(f"Debian is there: {folder}")
            return folder
        self._drop("base-*")
        self.say(f"debootstrap: Debian {SUITE}, which takes some minutes")
        new = self.cache / "new-base"
        _remove(new)
        words = ["debootstrap", "--variant=minbase", "--arch=amd64", f"--include={','.join(DEBIAN)}", SUITE, str(new)]
        self._run([*words, at] if at else words)
        # A small initial disk: the emulated processor has to unpack it.
        (new / "etc/initramfs-tools/conf.d/boot-test").write_text("MODULES=list\n")
        with (new / "etc/initramfs-tools/modules").open("a") as modules:
            modules.write("virtio_pci\nvirtio_blk\next4\n")
        (new / "etc/fstab").write_text(FSTAB)
        (new / "etc/hostname").write_text("kiosk\n")
        (new / "etc/hosts").write_text("127.0.0.1 localhost\n127.0.1.1 kiosk\n")
        self._run(["chroot", str(new), "update-initramfs", "-u", "-k", "all"])
        for archive in (new / "var/cache/apt/archives").glob("*.deb"):
            archive.unlink()
        new.rename(folder)
        return folder

    def _make(self, base: Path, folder: Path) -> None:
        new = self.cache / "new-image"
        _remove(new)
        root = new / "root"
        new.mkdir()
        self._run(["cp", "-a", str(base), str(root)])
        source = self.source()
        self._drop("bundle-*")
        bundle = self.bundle(source, self.commit[:12])
        office = Office.founded(new / "office", source)
        self._install(source, bundle, root)
        office.furnish(root)
        self.say("script/install kiosk again, now that there is a configuration: from here on it starts by itself")
        self._install(source, bundle, root)
        self.say("rendering what the kiosk says, which takes the emulated processor ten minutes")
        place = ["chroot", str(root), "setpriv", "--reuid=sayso", "--regid=sayso", "--init-groups"]
        self._run([*place, "/opt/sayso/current/.venv/bin/python", "-c", RENDERING])
        self._add_test_parts(root)
        for name in ("vmlinuz", "initrd"):
            found = sorted((root / "boot").glob(f"{name}*"))
            shutil.copyfile(found[-1], new / name)
        self.say("mkfs.ext4: from a folder to a disk")
        disk = new / "disk.raw"
        self._run(["truncate", "-s", DISK, str(disk)])
        self._run(["mkfs.ext4", "-q", "-F", "-d", str(root), str(disk)])
        shutil.rmtree(root)
        told = subprocess.run(["sha256sum", str(disk)], check=True, capture_output=True, text=True)
        (new / "sha256").write_text(told.stdout.split()[0] + "\n")
        new.rename(folder)

    def _install(self, source: Path, bundle: Path, root: Path) -> None:
        """script/install into the folder, with the mounts that Debian's packages expect, gone when it ends."""
        self.say("script/install kiosk --bundle, into the image's folder")
        script = (
            'set -e; mount -t proc proc "$1/proc"; mount -t sysfs -o ro sysfs "$1/sys"; mount --bind /dev "$1/dev"; '
            'exec "$2/script/install" kiosk --bundle "$3" --root "$1"'
        )
        self._run(["unshare", "--mount", "sh", "-c", script, "sh", str(root), str(source), str(bundle)])

    def _add_test_parts(self, root: Path) -> None:
        """A shell at the serial line and an address: only the test image has them."""
        units = root / "etc/systemd/system"
        (units / "sayso-test-shell.service").write_text(SHELL)
        _link(
            units / "multi-user.target.wants/sayso-test-shell.service", "/etc/systemd/system/sayso-test-shell.service"
        )
        _link(units / "serial-getty@ttyS0.service", "/dev/null")
        (root / "etc/systemd/network/test.network").write_text(NETWORK)
        _link(
            units / "multi-user.target.wants/systemd-networkd.service",
            "/usr/lib/systemd/system/systemd-networkd.service",
        )
        (units / "sayso-kiosk.service.d").mkdir(exist_ok=True)
        (units / "sayso-kiosk.service.d" / "90-emulated.conf").write_text(SLOW)
        # Nothing outside is reached, so nothing should wait for it.
        for timer in ("apt-daily.timer", "apt-daily-upgrade.timer"):
            _link(units / timer, "/dev/null")

    def _drop(self, pattern: str) -> None:
        for path in self.cache.glob(pattern):
            _remove(path)

    def _run(self, command: Sequence[str]) -> None:
        """Raises: BootError: it fails."""
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        log = self.cache / "last-command.log"
        with log.open("wb") as out:
            code = subprocess.run(command, check=False, stdout=out, stderr=out, env=environment).returncode
        if code:
            last = "\n".join(log.read_text(errors="replace").splitlines()[-30:])
            raise BootError(f"{' '.join(command[:4])} ... ended with {code}:\n{last}")


def mirror() -> str:
    """Where this machine's apt has Debian's packages from; "" is debootstrap's own choice."""
    words = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(LABEL) $(REPO_URI)", "Created-By: Packages"]
    told = subprocess.run(words, check=False, capture_output=True, text=True).stdout
    found = re.search(r"^Debian Debian (\S+)$", told, re.MULTILINE)
    return found[1] if found else ""


def _short(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _link(place: Path, target: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    place.symlink_to(target)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
