"""The application's web process for a benchmark: gunicorn on loopback, in production's settings."""

from __future__ import annotations

import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from billing_platform.benchmarks.errors import BenchmarkError
from billing_platform.benchmarks.scratch import owner_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

START_SECONDS = 60
_HEADERS = {"X-Forwarded-Proto": "https"}


class WebServerError(BenchmarkError):
    """The web process did not start, or answered otherwise than it should."""


@contextmanager
def web_server(
    database: str, *, workers: int = 1, extra: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Run the web process over a database as role `app`, and end it.

    Args:
        database: a migrated database on the server that `DATABASE_URL` names.
        workers: how many calls it answers at once.
        extra: further words of its environment.

    Yields:
        The port on 127.0.0.1.

    Raises:
        WebServerError: it did not come up.
    """
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "python:billing_platform.gunicorn_config"]
    process = subprocess.Popen(  # noqa: S603 (our own interpreter and our own words)
        [*command, "--workers", str(workers), "--bind", f"127.0.0.1:{port}", "--max-requests", "0"],
        env={**_environment(database), **_places(workers), **(extra or {})},
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def post(port: int, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """Send one call as an upstream system does, and return the answer's body.

    Raises:
        WebServerError: the answer is not 200.
    """
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        caller.request("POST", path, body, {**_HEADERS, **headers})
        answer = caller.getresponse()
        text = answer.read()
    finally:
        caller.close()
    if answer.status != 200:
        raise WebServerError(f"{path} answered {answer.status}: {text[:300]!r}")
    return text


def _environment(database: str) -> dict[str, str]:
    return {
        # The password of a developer's machine, where nothing else is said.
        "DATABASE_PASSWORD_APP": "app",
        **os.environ,
        **_app_url(database),
        "DJANGO_SETTINGS_MODULE": "billing_platform.settings.prod",
        "DATABASE_URL": owner_url(database),
        "DATABASE_ROLE": "app",
        "SECRET_KEY": secrets.token_hex(32),
        "ALLOWED_HOSTS": "127.0.0.1",
        # Neither is used by the API; production's settings want them named.
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "EMAIL_URL": "memorymail://",
    }


def _places(workers: int) -> dict[str, str]:
    """Return the words by which one provider may occupy all that there is: nobody else calls here."""
    return dict.fromkeys(("API_CALLS_AT_ONCE", "API_LARGE_CALLS_AT_ONCE"), str(workers))


def _app_url(database: str) -> dict[str, str]:
    """Return the web's own URL, where one is set, with the scratch database in place of its own."""
    url = os.environ.get("DATABASE_URL_APP")
    return (
        {"DATABASE_URL_APP": urlunsplit(urlsplit(url)._replace(path=f"/{database}"))} if url else {}
    )


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise WebServerError("The web process did not start.")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
