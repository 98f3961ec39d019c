"""What is in memory does not get onto the disk by a crash."""

from __future__ import annotations

import resource

NO_CORE_BYTES = 1
"""Less than any core file needs, and the one limit at which Linux gives none to a program like systemd-coredump either.

Source: core(5) says that the limit does not hold for those; fs/coredump.c makes an exception of 1.
"""


def leave_no_core() -> None:
    """Have the kernel write no core file of this process or of those that it starts: it would hold what was said."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    # Whoever started it may allow less already, and nobody but root raises that again.
    limit = NO_CORE_BYTES if most == resource.RLIM_INFINITY else min(NO_CORE_BYTES, most)
    resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))
