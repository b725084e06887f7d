"""The environment that all settings are read from: the process's own, filled up from a file `.env` in the project."""

import os
from pathlib import Path

import environ

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()


def load_env_file() -> None:
    """Read `.env`, or the file that `ENV_FILE` names; what the process was given beats it.

    Idempotency: reading it again changes nothing.
    """
    path = Path(os.environ.get("ENV_FILE") or PROJECT_DIR / ".env")
    if path.is_file():
        environ.Env.read_env(path)
