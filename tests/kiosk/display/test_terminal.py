from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

DRAWS = """
import os, sys
from pathlib import Path
from kiosk.display.terminal import kept_for_the_screen
with kept_for_the_screen(Path(sys.argv[1])):
    sys.__stderr__.write("drawn ")
    sys.__stderr__.flush()
    os.write(2, b"a sound library complains\\n")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what sounddevice does while it looks for devices
    sys.__stderr__.write("and drawn again")
    sys.__stderr__.flush()
os.write(2, b" and stderr is back")
"""


def test_nothing_that_is_drawn_is_lost_or_written_over_by_sound_libraries(tmp_path: Path) -> None:
    log = tmp_path / "kiosk.log"
    done = subprocess.run(
        [sys.executable, "-c", DRAWS, str(log)], capture_output=True, check=True, env={**os.environ, "PYTHONPATH": "."}
    )
    assert done.stderr == b"drawn and drawn again and stderr is back"
    assert log.read_text(encoding="utf-8") == "a sound library complains\n"
