"""Every unit is one that systemd takes, shut in as far as it goes, and what is left open has its reason beside it.

systemd-analyze works without a running systemd: on a folder that looks like a machine, and from a unit's text alone.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from sayso.__main__ import sayso

HERE = Path(__file__).parents[2] / "systemd"
UNITS = sorted(path for path in HERE.iterdir() if path.suffix in {".service", ".timer", ".path"})
SERVICES = [path for path in UNITS if path.suffix == ".service"]
STRICTEST, KIOSK = 20, 40
"""systemd-analyze's exposure times ten: 2.0 and 4.0."""
YOUNGER = "Unknown key 'RestartMode' in section [Service], ignoring."
"""systemd 254 has it; Debian 12's does not, and a kiosk is Debian 13."""
CLOSED = {
    "PrivateNetwork",
    "IPAddressDeny",
    "PrivateDevices",
    "PrivateUsers",
    "ProcSubset",
    "MemoryDenyWriteExecute",
}
"""What one unit or another cannot have; each that has not says why, by its name."""
EVERYWHERE = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "CapabilityBoundingSet": "",
    "AmbientCapabilities": "",
    "RestrictNamespaces": "yes",
    "SystemCallArchitectures": "native",
    "LimitCORE": "1",
    "MemorySwapMax": "0",
    "UMask": "0077",
}

pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze")


def named(path: Path) -> str:
    return path.name


def settings(path: Path) -> dict[str, list[str]]:
    """Key -> its values, in the file's order."""
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def commands(path: Path) -> list[list[str]]:
    """What it runs, words apart, without systemd's own marks."""
    own = settings(path)
    return [
        shlex.split(value.lstrip("-+@:!"))
        for key in ("ExecCondition", "ExecStartPre", "ExecStart", "ExecStopPost")
        for value in own.get(key, [])
    ]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with systemd's own units, ours, and an empty program at each place that one of ours names."""
    root = tmp_path_factory.mktemp("machine")
    shutil.copytree("/usr/lib/systemd/system", root / "usr/lib/systemd/system", symlinks=True)
    (root / "etc/systemd/system").mkdir(parents=True)
    for unit in UNITS:
        shutil.copy(unit, root / "etc/systemd/system")
        for command in commands(unit):
            program = root / command[0].lstrip("/")
            program.parent.mkdir(parents=True, exist_ok=True)
            program.touch(mode=0o755)
    return root


def verify(machine: Path, *units: Path) -> tuple[int, str]:
    """Its exit code, and what it says beyond the one key that an older systemd does not know."""
    there = [str(machine / "etc/systemd/system" / unit.name) for unit in units]
    done = subprocess.run(
        ["systemd-analyze", f"--root={machine}", "--man=no", "verify", *there],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, "\n".join(line for line in done.stderr.splitlines() if not line.endswith(YOUNGER))


def test_systemd_takes_all_units_without_a_word(machine: Path) -> None:
    assert verify(machine, *UNITS) == (0, "")


def test_a_key_that_there_is_not_and_a_program_that_lacks_would_be_told(machine: Path) -> None:
    wrong = machine / "etc/systemd/system/sayso-wrong.service"
    wrong.write_text("[Service]\nExecStart=/usr/bin/nothing-of-that-name\nNoNewPrivilege=yes\n")
    code, told = verify(machine, wrong)
    assert code == 1
    assert "Unknown key" in told
    assert "/usr/bin/nothing-of-that-name is not executable" in told


@pytest.mark.parametrize("unit", SERVICES, ids=named)
def test_a_service_is_exposed_no_more_than_its_work_needs(unit: Path) -> None:
    threshold = KIOSK if unit.name == "sayso-kiosk.service" else STRICTEST
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={threshold}", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"Overall exposure level for \S+: [0-9.]+ ", done.stdout)


def test_an_open_service_would_be_told() -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", "getty@.service"],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1


@pytest.mark.parametrize("unit", SERVICES, ids=named)
def test_what_a_service_leaves_open_has_its_reason_beside_it(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    comments = " ".join(line for line in text.splitlines() if line.startswith("#"))
    own = settings(unit)
    shut = {key for key in CLOSED if own.get(key, ["no"])[-1] not in {"no", ""}}
    unexplained = {key for key in CLOSED - shut if key not in comments}
    assert not unexplained
    assert {key: own[key][-1] for key in EVERYWHERE if key in own} == EVERYWHERE


def test_the_kiosk_has_no_network_and_no_device_but_sound_keys_and_display() -> None:
    own = settings(HERE / "sayso-kiosk.service")
    assert own["IPAddressDeny"] == ["any"]
    assert own["RestrictAddressFamilies"] == ["AF_UNIX AF_NETLINK"]
    assert own["DevicePolicy"] == ["closed"]
    assert own["DeviceAllow"] == ["char-alsa rw", "char-input rw", "char-drm rw"]


def test_the_kiosk_is_watched_through_whatever_stands_between_and_has_no_session_that_would_take_it_away() -> None:
    own = settings(HERE / "sayso-kiosk.service")
    assert (own["Type"], own["NotifyAccess"], own["Restart"]) == (["notify"], ["all"], ["always"])
    assert own["RestartMode"] == ["direct"], "or the sign is put up at every restart"
    assert int(own["WatchdogSec"][0]) >= 30
    assert "PAMName" not in own


def test_the_sign_stands_for_as_long_as_systemd_remembers_the_failed_starts() -> None:
    """Or the kiosk, tried again after the sign, would be refused."""
    (command,) = commands(HERE / "sayso-out-of-order.service")
    assert settings(HERE / "sayso-kiosk.service")["StartLimitIntervalSec"] == ["30min"]
    assert int(command[command.index("--for") + 1]) >= 30 * 60


def test_the_guard_is_refused_while_the_kiosk_is_being_started() -> None:
    kiosk, sign = HERE / "sayso-kiosk.service", HERE / "sayso-out-of-order.service"
    assert sign.name in " ".join(settings(kiosk)["Conflicts"])
    assert kiosk.name in " ".join(settings(sign)["Conflicts"])  # else the one that waits is thrown out, not refused
    assert any("--job-mode=fail" in command for command in commands(HERE / "sayso-guard.service"))


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix != ".service"], ids=named)
def test_a_timer_or_a_path_has_the_service_that_it_starts_and_is_installed(unit: Path) -> None:
    assert unit.with_suffix(".service").exists()
    assert settings(unit)["WantedBy"]


@pytest.mark.parametrize("unit", SERVICES, ids=named)
def test_what_a_service_asks_of_sayso_there_is(unit: Path) -> None:
    for words in commands(unit):
        if Path("/usr/local/bin/sayso") not in map(Path, words):
            continue
        at = words.index("/usr/local/bin/sayso") + 1
        command, context = sayso, sayso.make_context("sayso", [], resilient_parsing=True)
        while at < len(words) and hasattr(command, "get_command"):
            command = command.get_command(context, words[at])
            assert command is not None, words
            at += 1
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words[at:] if word.startswith("--")} <= options, words


def test_a_request_that_cannot_be_read_is_taken_away_or_it_would_be_acted_on_for_ever() -> None:
    """A .path unit with PathExists starts its service again as long as the file is there."""
    for name in ("sayso-upload", "sayso-help"):
        asked = settings(HERE / f"{name}.path")["PathExists"]
        removed = [words for words in commands(HERE / f"{name}.service") if words[0] == "/bin/rm"]
        assert set(asked) <= {word for words in removed for word in words}
