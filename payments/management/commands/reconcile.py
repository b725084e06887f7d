"""Hold the gateways' own books against the ledger and say what does not agree."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from payments.services.reconciliation import reconcile
from tenants.selectors.providers import provider_id_by_slug

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from payments.services.ledger_match import Difference
    from payments.services.reconciliation import Reconciliation


class Command(BaseCommand):
    help = (
        "Compare the gateways' books with the ledger, per day and currency; exit 1 on a difference."
        " Days are the provider's local days. Nothing is changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", required=True, metavar="SLUG")
        parser.add_argument("--day", metavar="YYYY-MM-DD", type=date.fromisoformat)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            provider_id = provider_id_by_slug(options["provider"])
            found = reconcile(provider_id=provider_id, now=now(), day=options["day"])
        except DomainError as error:
            raise CommandError(error.message) from error
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(options["provider"], options["day"], found)))
        for line in found.differences:
            self.stderr.write(_sentence(line))
        for connection, reason in found.failed.items():
            self.stderr.write(f"{connection}: its gateway gave no answer: {reason}")
        if not found.agrees:
            raise CommandError(
                f"The books do not agree: {len(found.differences)} differences,"
                f" {len(found.failed)} gateways without an answer."
            )
        self.stderr.write(
            f"The books agree: {len(found.days)} sums of a day and currency compared,"
            f" {found.moved_day} payments booked on another day than at the gateway."
        )


def _as_json(slug: str, day: date | None, found: Reconciliation) -> dict[str, Any]:
    return {
        "provider": slug,
        "zone": found.zone,
        "day": day.isoformat() if day else None,
        "ok": found.agrees,
        "days": [{**asdict(one), "day": one.day.isoformat()} for one in found.days],
        "differences": [{**asdict(one), "day": one.day.isoformat()} for one in found.differences],
        "booked_on_another_day": found.moved_day,
        "failed": found.failed,
    }


def _sentence(line: Difference) -> str:
    where = line.connection or "no connection"
    who = f" ({line.payment}, {line.state})" if line.payment else ""
    return (
        f"{line.day} {where} {line.object_id}{who}: {line.kind}, gateway {line.gateway_minor},"
        f" ledger {line.ledger_minor} minor units of {line.currency}"
    )
