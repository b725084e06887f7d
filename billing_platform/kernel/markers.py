"""Named steps of a job at which a test may kill the process. Called by jobs that promise to survive it.

Without the environment variable KILL_AT a marker does nothing. `KILL_AT=charge.posted` ends the process there by
SIGKILL, `KILL_AT=charge.posted:3` at the third time.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from typing import Final

VARIABLE: Final = "KILL_AT"
_passed: Counter[str] = Counter()


def marker(name: str) -> None:
    """Pass a named step; die there when the environment says so.

    Args:
        name: `<job>.<step>`, unique in the program.
    """
    wanted = os.environ.get(VARIABLE, "")
    if not wanted:
        return
    target, _, times = wanted.partition(":")
    if name != target:
        return
    _passed[name] += 1
    if _passed[name] >= int(times or 1):
        os.kill(os.getpid(), signal.SIGKILL)
