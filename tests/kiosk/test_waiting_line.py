from __future__ import annotations

from pathlib import Path

import pytest

from kiosk import machine
from kiosk.events import Device, DeviceFound, DeviceLost
from kiosk.inbox import RehearsalInbox
from kiosk.keeping.keeper import Keeper
from kiosk.keeping.store import Role, Store
from kiosk.ports import Ports
from kiosk.rehearsal import DeafEar, NoScreen, SilentVoice
from kiosk.runner import Runner
from kiosk.state import Visit
from question_sets import question_set


@pytest.mark.parametrize("happened", [DeviceFound(Device.MICROPHONE), DeviceLost(Device.MICROPHONE)])
def test_the_waiting_screen_tells_staff_at_once_what_became_of_the_engine(
    tmp_path: Path, happened: DeviceFound | DeviceLost
) -> None:
    lines = iter(["All well", "Cannot find a speech model."])
    screen, inbox = NoScreen(), RehearsalInbox()
    with Store.open(tmp_path, Role.KIOSK) as store:
        keeper = Keeper(store, machine.circumstances, allow_unsealed=True)
        runner = Runner(
            Ports(screen, SilentVoice(inbox.put), DeafEar(), keeper),
            inbox,
            lambda: Visit(sets=(question_set(),), instance_id=machine.new_instance_id(), seed=0),
            line=lambda: next(lines),
        )
        inbox.put(happened)
        runner.run()
    assert [view.line for view in screen.views] == ["All well", "Cannot find a speech model."]
