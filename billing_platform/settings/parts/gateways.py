"""The key that seals gateways' credentials in development and in the demo: made once, kept beside the data."""

from __future__ import annotations

import base64
import os
import secrets
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME: Final = "gateway-keys"


def kept_gateway_keys(var: Path) -> str:
    """Return the installation's own keys as `GATEWAY_KEYS` has them; the first call makes one.

    Args:
        var: what runs leave behind, `VAR_DIR`.

    Idempotency: processes that start at once agree on one key.
    """
    path = var / FILE_NAME
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        fresh = var / f"{FILE_NAME}.{os.getpid()}"
        fresh.touch(mode=0o600)
        key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        fresh.write_text(f"demo:{key}", encoding="utf-8")
        try:
            # Unlike a replacement it never takes the place of a key that another process has used already.
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="utf-8")
