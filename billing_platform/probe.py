"""`python -m billing_platform.probe`: ask the server in this container whether it is ready; for its health check."""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request

TIMEOUT_S = 4


def main() -> int:
    """Return 0 when the server on `BIND` answers its readiness probe, else 1 with the reason."""
    port = os.environ.get("BIND", "127.0.0.1:8000").rpartition(":")[2]
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=TIMEOUT_S):
            return 0
    except (urllib.error.URLError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
