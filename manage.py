#!/usr/bin/env python
"""Entry point of every command: chooses settings, database and role, then hands over to Django."""

import os
import sys

from billing_platform.demo.simulators import SimulatorsFailed, beside
from billing_platform.embedded import EmbeddedError
from billing_platform.embedded.command import database
from billing_platform.env_file import load_env_file
from billing_platform.garbage import collect_seldom

OWNER_COMMANDS = frozenset(
    {
        "migrate",
        "makemigrations",
        "sqlmigrate",
        "squashmigrations",
        "optimizemigration",
        "showmigrations",
        "createcachetable",
        "flush",
        "dbshell",
        "inspectdb",
    }
)
APP_COMMANDS = frozenset({"runserver", "testserver"})
OPS_COMMANDS = frozenset({"createsuperuser", "changepassword"})
# These never ask the database anything, or bring their own.
WITHOUT_DATABASE = frozenset(
    {
        "",
        "help",
        "--help",
        "-h",
        "version",
        "--version",
        "collectstatic",
        "compilemessages",
        "makemessages",
    }
)


def database_role(command: str) -> str:
    """Return the login role of a command: owner for the schema, app for the web, ops for operators, else worker."""
    if command in OWNER_COMMANDS:
        return "owner"
    if command in OPS_COMMANDS:
        return "ops"
    return "app" if command in APP_COMMANDS else "worker"


def main() -> int:
    """Run one management command, beside the embedded server when no other is named."""
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    collect_seldom()
    load_env_file()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "billing_platform.settings.dev")
    os.environ.setdefault("DATABASE_ROLE", database_role(command))
    from django.core.management import execute_from_command_line

    if command in WITHOUT_DATABASE:
        execute_from_command_line(sys.argv)
        return 0
    try:
        with database(), beside(command):
            execute_from_command_line(sys.argv)
    except (EmbeddedError, SimulatorsFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
