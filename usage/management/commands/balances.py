"""Show every wallet with what is due and posted in a period."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from billing_platform.kernel.clock import as_utc
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.scope import provider_scope
from tenants.selectors.providers import provider_id_by_slug
from usage.selectors.period_balances import period_balances

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from usage.types import PeriodBalance


class Command(BaseCommand):
    help = "Balances, and the exact amount due in the period of --at, or of each tenant's newest usage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", required=True, metavar="SLUG")
        parser.add_argument("--at", metavar="ISO", help="a moment in the period")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            at = as_utc(datetime.fromisoformat(options["at"])) if options["at"] else None
            provider_id = provider_id_by_slug(options["provider"])
        except (DomainError, ValueError) as error:
            raise CommandError(str(error)) from error
        with provider_scope(provider_id):
            rows = period_balances(provider_id, at=at)
        if options["json"]:
            self.stdout.write(json.dumps([asdict(row) for row in rows]))
            return
        for row in rows:
            self.stdout.write(_line(row))


def _line(row: PeriodBalance) -> str:
    return (
        f"{row.tenant:<24} {row.wallet_minor:>14} {row.currency}  due {row.period_due_exact},"
        f" posted {row.period_posted_minor}  {row.status}  {row.name}"
    )
