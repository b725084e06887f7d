"""The files of an installation say what they should, and name no host in a lock."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from billing_platform.embedded.places import PROJECT_DIR

if TYPE_CHECKING:
    from pathlib import Path

# Read from the environment by a pattern or by other programs, so that no search finds them by name.
READ_ELSEWHERE = {
    *(f"DATABASE_PASSWORD_{role}" for role in ("OWNER", "APP", "WORKER", "OPS")),
    *(f"DATABASE_URL_{role}" for role in ("APP", "WORKER", "OPS")),
    "DJANGO_SETTINGS_MODULE",
    "POSTGRES_PASSWORD",
}
NOT_SETTINGS = {"PATH", "PYTEST_XDIST_WORKER", "HORDAK_DSN"}
READS = re.compile(
    r"""(?:env(?:\.[a-z_]+)?|environ(?:\.get|\.setdefault)?)\s*[\(\[]\s*"([A-Z][A-Z0-9_]+)\""""
)


def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((PROJECT_DIR / "docker-compose.yml").read_text())
    return parsed


def documented() -> dict[str, str]:
    """Return the names and values of `.env.example`, those in comments included."""
    lines = (PROJECT_DIR / ".env.example").read_text().splitlines()
    matches = [re.fullmatch(r"#?([A-Z][A-Z0-9_]+)=(.*)", line) for line in lines]
    return {match[1]: match[2] for match in matches if match}


def sources() -> list[Path]:
    folders = ("billing_platform", "tenants", "accounts", "usage", "payments")
    return [
        PROJECT_DIR / "manage.py",
        *(path for folder in folders for path in (PROJECT_DIR / folder).rglob("*.py")),
    ]


class TestLocks:
    @pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
    def test_a_lock_names_no_host(self, name: str) -> None:
        assert "://" not in (PROJECT_DIR / name).read_text()

    @pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
    def test_every_package_has_hashes(self, name: str) -> None:
        text = (PROJECT_DIR / name).read_text()

        packages = re.split(
            r"\n(?=[a-z0-9])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip()
        )

        assert len(packages) > 50
        assert [each.splitlines()[0] for each in packages if "--hash=sha256:" not in each] == []

    def test_what_is_wanted_is_locked(self) -> None:
        for name in ("requirements", "requirements-dev"):
            wanted = re.findall(
                r"^([a-z][\w-]+)",
                (PROJECT_DIR / f"{name}.in").read_text().lower(),
                flags=re.MULTILINE,
            )
            locked = (PROJECT_DIR / f"{name}.txt").read_text()
            assert [
                each for each in wanted if not re.search(rf"^{each}\b", locked, flags=re.MULTILINE)
            ] == []


class TestEnvExample:
    def test_every_setting_is_there(self) -> None:
        read = {name for path in sources() for name in READS.findall(path.read_text())}

        assert read - NOT_SETTINGS - set(documented()) == set()

    def test_nothing_else_is_there(self) -> None:
        read = {name for path in sources() for name in READS.findall(path.read_text())}

        assert set(documented()) - read - READ_ELSEWHERE == {"TEST_DATABASE_NAME"} - read

    def test_it_holds_no_real_secret(self) -> None:
        secrets = {
            name: value
            for name, value in documented().items()
            if re.search("PASSWORD|SECRET", name)
        }

        assert [
            name for name, value in secrets.items() if not value.startswith(("change-me", "tester"))
        ] == []


class TestCompose:
    def test_it_has_all_parts(self) -> None:
        assert set(compose()["services"]) == {
            "migrate",
            "web",
            "ops",
            "worker",
            "beat",
            "db",
            "redis",
        }

    def test_the_servers_are_those_of_the_design(self) -> None:
        services = compose()["services"]

        assert (services["db"]["image"], services["redis"]["image"]) == ("postgres:18", "redis:7")

    @pytest.mark.parametrize("name", ["migrate", "web", "ops", "worker", "beat"])
    def test_our_processes_have_no_rights_to_spare(self, name: str) -> None:
        service = compose()["services"][name]

        assert service["user"] not in {"root", "0"}
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]

    @pytest.mark.parametrize("name", ["web", "ops", "worker", "beat", "db", "redis"])
    def test_every_lasting_process_is_watched(self, name: str) -> None:
        assert compose()["services"][name]["healthcheck"]["test"]

    @pytest.mark.parametrize(
        ("name", "role"),
        [
            ("migrate", "owner"),
            ("web", "app"),
            ("ops", "ops"),
            ("worker", "worker"),
            ("beat", "worker"),
        ],
    )
    def test_each_process_has_its_role(self, name: str, role: str) -> None:
        assert compose()["services"][name]["environment"]["DATABASE_ROLE"] == role

    def test_ports_are_open_to_this_machine_only(self) -> None:
        ports = [
            port for service in compose()["services"].values() for port in service.get("ports", [])
        ]

        assert ports
        assert all(port.startswith("127.0.0.1:") for port in ports)

    def test_the_roles_file_is_there(self) -> None:
        mounts = [str(volume) for volume in compose()["services"]["db"]["volumes"]]

        (mount,) = [each for each in mounts if "docker-entrypoint-initdb.d" in each]
        assert (PROJECT_DIR / mount.split(":")[0]).is_file()


class TestDockerfile:
    def test_it_ends_as_a_plain_user_with_a_health_check(self) -> None:
        lines = (PROJECT_DIR / "Dockerfile").read_text().splitlines()

        users = [line.split()[1] for line in lines if line.startswith("USER ")]
        assert users[-1:] == ["billing"]
        assert any(line.startswith("HEALTHCHECK") for line in lines)

    def test_it_installs_with_hashes(self) -> None:
        assert "--require-hashes -r requirements.txt" in (PROJECT_DIR / "Dockerfile").read_text()

    def test_secrets_stay_outside(self) -> None:
        ignored = (PROJECT_DIR / ".dockerignore").read_text().split()

        assert {".env", ".git", "var"} <= set(ignored)


class TestScripts:
    @pytest.mark.parametrize("name", ["setup", "check", "test", "lock", "run"])
    def test_it_is_whole(self, name: str) -> None:
        path = PROJECT_DIR / ".ci" / name

        assert path.stat().st_mode & 0o111
        subprocess.run(["bash", "-n", path], check=True)

    def test_the_two_commands_install_first(self) -> None:
        plan = {
            target: subprocess.check_output(
                ["make", "--dry-run", target], cwd=PROJECT_DIR, text=True
            )
            for target in ("demo", "test")
        }

        assert re.search(r"\.ci/setup\s*\n(.*\n)*.*billing_platform\.demo", plan["demo"])
        assert re.search(r"\.ci/setup --tests\n\.ci/test", plan["test"])
