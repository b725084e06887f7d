"""What the demo runs: the steps that prepare it and the processes that stay, with the environment of each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from billing_platform.demo.children import Program
from billing_platform.demo.generator import KEY_VARIABLE
from billing_platform.embedded.places import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Browsers open sockets ahead of their need, and each holds a worker; what is loaded is shared by all of them.
WEB_WORKERS = 6
TASK_WORKERS = 2


def common_environ(environ: Mapping[str, str], port: int) -> dict[str, str]:
    """Return what all processes of the demo have in common.

    Args:
        environ: the caller's environment, which beats the defaults.
        port: the web's port, which links in mails and the list of logins name.
    """
    defaults = {
        "DJANGO_SETTINGS_MODULE": "billing_platform.settings.dev",
        "DEBUG": "false",
        "LOG_LEVEL": "WARNING",
        "PLATFORM_URL": f"http://localhost:{port}",
    }
    chosen = {name: environ.get(name, value) for name, value in defaults.items()}
    return chosen | {"DEMO": "true", "PORT": str(port)}


def manage(*arguments: str) -> list[str]:
    """Return the command line of a management command."""
    return [sys.executable, str(PROJECT_DIR / "manage.py"), *arguments]


def processes(port: int) -> Sequence[Program]:
    """Return the processes that stay while the demo runs.

    Args:
        port: the web's port on loopback; the operators' pages and the simulators get the two after it.
    """
    celery = [sys.executable, "-m", "celery", "-A", "billing_platform.celery"]
    worker = [*celery, "worker", f"--concurrency={TASK_WORKERS}", "--loglevel=WARNING"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return (
        _gunicorn("web", port, role="app", workers=WEB_WORKERS),
        _gunicorn("ops", port + 1, role="ops", workers=1),
        Program("worker", [*worker, *quiet], {"DATABASE_ROLE": "worker"}),
        Program(
            "beat",
            [*celery, "beat", "--loglevel=WARNING", "--pidfile="],
            {"DATABASE_ROLE": "worker"},
        ),
    )


def generator(keys: Mapping[str, str]) -> Program:
    """Return the program that posts usage while the demo runs.

    Args:
        keys: an API key by provider; they go into its environment and nowhere else.
    """
    environ = {KEY_VARIABLE.format(slug.upper()): key for slug, key in keys.items()}
    return Program("generator", [sys.executable, "-m", "billing_platform.demo.generator"], environ)


def _gunicorn(name: str, port: int, *, role: str, workers: int) -> Program:
    command = [sys.executable, "-m", "gunicorn", "-c", "python:billing_platform.gunicorn_config"]
    environ = {"DATABASE_ROLE": role, "BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": str(workers)}
    return Program(name, command, environ)
