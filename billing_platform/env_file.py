"""The file `.env`: read before the settings by manage.py, the demo and the settings themselves."""

from __future__ import annotations

import os
from pathlib import Path

import environ

PROJECT_DIR = Path(__file__).resolve().parent.parent


def load_env_file() -> None:
    """Read `.env`, or the file that `ENV_FILE` names; what the process was given beats it.

    Idempotency: reading it again changes nothing.
    """
    path = Path(os.environ.get("ENV_FILE") or PROJECT_DIR / ".env")
    if path.is_file():
        environ.Env.read_env(path)
