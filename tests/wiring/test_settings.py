"""Settings from the environment: roles, broker, cache, mail, log lines."""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ImproperlyConfigured

from billing_platform.embedded.places import forget, locate
from billing_platform.env_file import load_env_file
from billing_platform.settings.parts.cache import CACHE_TABLE, cache_settings
from billing_platform.settings.parts.celery import celery_settings
from billing_platform.settings.parts.database import database_settings, owner_url, role_url
from billing_platform.settings.parts.email import email_settings
from billing_platform.settings.parts.logging import JsonFormatter
from billing_platform.settings.parts.security import content_security_policy

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

OWNER = "postgres://billing_owner:secret@db:5432/billing?sslmode=require"
SOCKET = "postgres://billing_owner:owner@/billing?host=/run/x&port=5433"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "DATABASE_URL",
        "REDIS_URL",
        "EMAIL_URL",
        "DATABASE_URL_APP",
        "DATABASE_PASSWORD_APP",
    ):
        monkeypatch.delenv(name, raising=False)


class TestOwnerUrl:
    def test_the_environment_names_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", OWNER)

        assert owner_url() == OWNER

    def test_else_it_is_the_embedded_server(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("VAR_DIR", str(tmp_path))

        assert owner_url().startswith("postgres://billing_owner:owner@/billing?host=/")
        forget(locate(tmp_path))

    def test_production_demands_one(self) -> None:
        with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
            owner_url(required=True)


class TestRoleUrl:
    def test_the_owner_is_the_owner(self) -> None:
        assert role_url(OWNER, "owner") == OWNER

    def test_a_role_is_derived(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_PASSWORD_APP", "p@ss/word")

        assert (
            role_url(OWNER, "app")
            == "postgres://billing_app:p%40ss%2Fword@db:5432/billing?sslmode=require"
        )

    def test_a_whole_url_beats_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL_APP", "postgres://other/billing")

        assert role_url(OWNER, "app") == "postgres://other/billing"

    def test_a_developers_machine_has_passwords(self) -> None:
        assert role_url(SOCKET, "worker").startswith(
            "postgres://billing_worker:worker@/billing?host=/run/x"
        )

    def test_production_has_none(self) -> None:
        with pytest.raises(ImproperlyConfigured, match="DATABASE_PASSWORD_APP"):
            role_url(OWNER, "app", development=False)

    def test_there_are_four_roles(self) -> None:
        with pytest.raises(ImproperlyConfigured, match="must be one of"):
            role_url(OWNER, "root")


class TestDatabaseSettings:
    def test_a_password_comes_through_unchanged(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_PASSWORD_APP", "p@ss/wo:rd")

        config = database_settings(OWNER, "app")

        assert (config["USER"], config["PASSWORD"], config["HOST"]) == (
            "billing_app",
            "p@ss/wo:rd",
            "db",
        )
        assert config["OPTIONS"]["sslmode"] == "require"
        assert "idle_in_transaction_session_timeout" in config["OPTIONS"]["options"]

    @pytest.mark.parametrize(
        ("role", "is_limited"), [("app", True), ("ops", True), ("worker", False), ("owner", False)]
    )
    def test_only_who_is_waited_for_has_limits(self, role: str, is_limited: bool) -> None:
        options = database_settings(OWNER, role)["OPTIONS"]["options"]

        assert [name in options for name in ("lock_timeout=", "statement_timeout=")] == [
            is_limited
        ] * 2

    def test_a_socket_is_a_host(self) -> None:
        config = database_settings(SOCKET, "owner")

        assert (config["HOST"], config["PORT"], config["NAME"]) == ("/run/x", 5433, "billing")
        assert "host" not in config["OPTIONS"]


class TestBroker:
    def test_redis_when_there_is_one(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("REDIS_URL", "redis://redis:6379/0")

        assert celery_settings(tmp_path)["CELERY_BROKER_URL"] == "redis://redis:6379/0"
        assert cache_settings()["default"]["LOCATION"] == "redis://redis:6379/0"

    def test_else_files_and_a_table(self, tmp_path: Path) -> None:
        settings = celery_settings(tmp_path)

        assert settings["CELERY_BROKER_URL"].startswith("filesystem://")
        assert settings["CELERY_BROKER_TRANSPORT_OPTIONS"]["polling_interval"] == 0.05
        assert settings["CELERY_BROKER_TRANSPORT_OPTIONS"]["data_folder_in"].startswith(
            str(tmp_path)
        )
        assert cache_settings()["default"]["LOCATION"] == CACHE_TABLE


class TestEmail:
    def test_files_by_default(self, tmp_path: Path) -> None:
        assert email_settings(tmp_path)["EMAIL_FILE_PATH"] == str(tmp_path / "mail")

    def test_a_server_when_named(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("EMAIL_URL", "smtp+tls://user:p%40ss@mail.example.com:587")

        settings = email_settings(tmp_path)

        assert (settings["EMAIL_HOST"], settings["EMAIL_HOST_PASSWORD"]) == (
            "mail.example.com",
            "p@ss",
        )
        assert settings["EMAIL_USE_TLS"]
        assert "OPTIONS" not in settings


class TestEnvFile:
    def test_it_fills_what_is_missing(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "env").write_text("LOG_LEVEL=DEBUG\nSECRET_KEY=from-file\n")
        monkeypatch.setenv("ENV_FILE", str(tmp_path / "env"))
        monkeypatch.setenv("LOG_LEVEL", "ERROR")
        monkeypatch.setenv("SECRET_KEY", "x")
        monkeypatch.delenv("SECRET_KEY")

        load_env_file()

        assert (os.environ["LOG_LEVEL"], os.environ["SECRET_KEY"]) == ("ERROR", "from-file")


class TestJsonFormatter:
    def test_a_line_is_one_object_with_ids(self) -> None:
        record = logging.LogRecord("x", logging.INFO, "f", 1, "Grüße\n%s", ("an",), None)
        record.provider_id = 7

        line = JsonFormatter().format(record)

        assert "\n" not in line
        parsed = json.loads(line)
        assert (parsed["message"], parsed["level"], parsed["provider_id"]) == (
            "Grüße\nan",
            "INFO",
            7,
        )

    def test_an_error_brings_its_trace(self) -> None:
        try:
            int("broken")
        except ValueError:
            record = logging.LogRecord("x", logging.ERROR, "f", 1, "m", (), sys.exc_info())

        assert "ValueError: invalid literal" in json.loads(JsonFormatter().format(record))["error"]


class TestContentSecurityPolicy:
    def test_nothing_inline_and_nothing_foreign(self) -> None:
        values = [
            value
            for directive in content_security_policy()["DIRECTIVES"].values()
            for value in directive
        ]

        assert set(values) == {"'none'", "'self'", "data:"}

    @pytest.mark.django_db
    def test_pages_carry_it(self, client: Client) -> None:
        policy = client.get("/nowhere")["Content-Security-Policy"]

        assert "unsafe" not in policy
        assert "script-src 'self'" in policy
