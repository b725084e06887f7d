"""Import a bank statement and match its lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from invoicing.services.statement_intake import take_statement
from payments.enums_bank import LineState, StatementFormat
from payments.services.bank_import import StatementFile
from payments.statements.values import BYTES_MAX, compact
from tenants.selectors.providers import provider_id_by_slug

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from invoicing.services.statement_intake import Intake


class Command(BaseCommand):
    help = (
        "Import a bank statement of the provider's account and match its lines; a second run of the same file"
        " changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", required=True, metavar="SLUG")
        parser.add_argument("--format", required=True, choices=StatementFormat.values)
        parser.add_argument(
            "--account",
            default="",
            metavar="IBAN",
            help="whose a CSV is where no column says so; without it the company's account",
        )
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            provider_id = provider_id_by_slug(options["provider"])
            with path.open("rb") as opened:
                # One byte more than is taken tells that there is more.
                data = opened.read(BYTES_MAX + 1)
            file = StatementFile(
                name=path.name,
                data=data,
                format=options["format"],
                account=compact(options["account"]),
            )
            done = take_statement(provider_id=provider_id, file=file, user_id=None, now=now())
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from error
        told = _as_json(options["provider"], path.name, done)
        if options["json"]:
            self.stdout.write(json.dumps(told))
        if done.is_known:
            self.stderr.write("This file was imported before; nothing was added.")
        else:
            counts = ", ".join(f"{told[state]} {state}" for state in LineState.values)
            self.stderr.write(f"{told['lines']} new lines, {told['known']} known: {counts}")
        if done.failed:
            raise CommandError(f"Lines could not be matched and stay new: {dict(done.failed)}")


def _as_json(slug: str, name: str, done: Intake) -> dict[str, Any]:
    parts = done.statements
    return {
        "provider": slug,
        "file": name,
        "duplicate": done.is_known,
        "lines": sum(part.lines for part in parts),
        "known": sum(part.known for part in parts),
        "unbooked": sum(part.unbooked for part in parts),
        **{state: sum(part.states.get(state, 0) for part in parts) for state in LineState.values},
        "failed": dict(done.failed),
        "statements": [
            {
                "statement": part.public_id,
                "iban": part.iban,
                "lines": part.lines,
                "known": part.known,
                "unbooked": part.unbooked,
                "states": part.states,
            }
            for part in parts
        ],
    }
