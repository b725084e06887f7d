"""What the web's process has loaded before its workers are forked."""

from __future__ import annotations

import subprocess
import sys

from django.conf import settings

LOADED = """
import sys
import billing_platform.wsgi
from django.db import connections
print("billing_platform.portal.views.clients" in sys.modules)
print([it.connection for it in connections.all(initialized_only=True) if it.connection is not None])
"""


class TestWsgi:
    def test_pages_are_loaded_before_the_fork_and_no_connection_is_open(self) -> None:
        told = subprocess.run(
            [sys.executable, "-c", LOADED],
            cwd=settings.BASE_DIR,
            check=True,
            capture_output=True,
            text=True,
        )

        assert told.stdout.split("\n") == ["True", "[]", ""]
