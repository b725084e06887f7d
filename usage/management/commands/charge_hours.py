"""Charge usage and fees now."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from billing_platform.kernel.clock import as_utc
from billing_platform.kernel.database_clock import earlier_now
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.periods import hour_floor
from tenants.selectors.providers import provider_id_by_slug
from usage.errors import NotFullHourError
from usage.services.charging import charge_hours

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Charge up to the last full hour, or --until; usage at or after it waits. Again posts nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", required=True, metavar="SLUG")
        parser.add_argument(
            "--until", metavar="ISO", help="a full hour, for instance 2026-11-20T14:00Z"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        at = earlier_now()
        try:
            until = _hour(options["until"]) if options["until"] else hour_floor(at)
            provider_id = provider_id_by_slug(options["provider"])
            result = charge_hours(provider_id=provider_id, until=until, now=at)
        except NotFullHourError as error:
            raise CommandError(
                "--until is a full hour, for instance 14:00 and not 14:30."
            ) from error
        except (DomainError, ValueError) as error:
            raise CommandError(str(error)) from error
        answer = {
            "hours": result.hours,
            "tenants": result.tenants,
            "posted_minor": dict(result.posted_minor),
        }
        if options["json"]:
            self.stdout.write(json.dumps(answer))
        amounts = ", ".join(
            f"{amount} {currency}" for currency, amount in result.posted_minor.items()
        )
        self.stderr.write(
            f"Charged through {until:%Y-%m-%d %H:%M} UTC: {result.hours} hours, {result.tenants} wallets,"
            f" {amounts or 'nothing new'}."
        )


def _hour(text: str) -> datetime:
    return as_utc(datetime.fromisoformat(text))
