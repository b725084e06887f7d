"""An installation as Compose would start it, on real servers of this machine: the embedded PostgreSQL and a Redis."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from billing_platform.embedded import acquire
from billing_platform.embedded.cluster import SUPERUSER
from billing_platform.embedded.places import PROJECT_DIR, forget
from tests.loopback import free_port, redis_server

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORDS = {
    f"DATABASE_PASSWORD_{role}": f"secret{role}" for role in ("OWNER", "APP", "WORKER", "OPS")
}
SECRETS = PASSWORDS | {
    "SECRET_KEY": "a-key-of-more-than-fifty-characters-that-only-this-test-knows-0123456789",
    "ALLOWED_HOSTS": "billing.example.com",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.com:587",
}


@dataclass(frozen=True)
class Installation:
    """Compose's services, with the names of its servers replaced by those of this machine."""

    services: dict[str, Any]
    database_url: str
    redis_url: str
    folder: Path

    def environ(self, service: str, **more: str) -> dict[str, str]:
        """Return the environment that Compose gives a service."""
        declared = {
            name: str(value) for name, value in self.services[service]["environment"].items()
        }
        here = {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "VAR_DIR": str(self.folder),
            # What the image makes and a volume keeps.
            "UPLOADS_DIR": str(self.folder / "uploads"),
            "FILE_UPLOAD_TEMP_DIR": str(self.folder / "uploads" / "incoming"),
        }
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": path, "HOSTNAME": socket.gethostname()} | SECRETS | declared | here | more

    def command(self, service: str) -> list[str]:
        """Return the command line of a service."""
        return list(self.services[service]["command"])


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="installation-"))
    folder.chmod(0o755)
    (folder / "uploads" / "incoming").mkdir(parents=True)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def installation(folder: Path) -> Iterator[Installation]:
    """The database as the init file of Compose leaves it, and a Redis on loopback."""
    services = yaml.safe_load((PROJECT_DIR / "docker-compose.yml").read_text())["services"]
    number = free_port()
    environ = {
        "PATH": os.environ["PATH"],
        "VAR_DIR": str(folder / "var"),
        "EMBEDDED_POSTGRES_PORT": str(number),
    }
    with redis_server(folder) as redis_port, acquire(environ | PASSWORDS, ["fsync=off"]) as lease:
        run_init_file(services["db"], lease.places.socket, number)
        yield Installation(
            services=services,
            database_url=f"postgres://billing_owner:secretOWNER@127.0.0.1:{number}/billing",
            redis_url=f"redis://127.0.0.1:{redis_port}/0",
            folder=folder,
        )
    forget(lease.places)


def run_init_file(service: dict[str, Any], socket_folder: Path, number: int) -> None:
    """Undo what the launcher made and run the init file as the image of PostgreSQL would, with psql as superuser."""
    (mount,) = [each for each in service["volumes"] if "docker-entrypoint-initdb.d" in each]
    names = {name for name in service["environment"] if name.startswith("DATABASE_PASSWORD_")}
    environ = {
        "PATH": os.environ["PATH"],
        "PGHOST": str(socket_folder),
        "PGPORT": str(number),
        "PGUSER": SUPERUSER,
    }
    environ["PGDATABASE"] = "postgres"
    undo = "DROP DATABASE billing; DROP ROLE billing_tester, billing_owner, billing_app, billing_worker, billing_ops"
    psql = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"]
    statements = [part for each in undo.split("; ") for part in ("-c", each)]
    subprocess.run([*psql, *statements], env=environ, check=True)
    file = ["-f", str(PROJECT_DIR / mount.split(":")[0])]
    subprocess.run(
        [*psql, *file], env=environ | {name: PASSWORDS[name] for name in names}, check=True
    )
