#!/usr/bin/env python
"""Entry point of every command: chooses the settings and the database role, then hands over to Django."""

import os
import sys

OWNER_COMMANDS = frozenset(
    {
        "migrate",
        "makemigrations",
        "sqlmigrate",
        "squashmigrations",
        "createcachetable",
        "dbshell",
        "flush",
    }
)
APP_COMMANDS = frozenset({"runserver"})


def database_role(command: str) -> str:
    """Return the login role of a command: the owner changes the schema, the web reads as app, jobs as worker."""
    if command in OWNER_COMMANDS:
        return "owner"
    return "app" if command in APP_COMMANDS else "worker"


def main() -> None:
    """Run one management command."""
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "billing_platform.settings.dev")
    os.environ.setdefault("DATABASE_ROLE", database_role(command))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
