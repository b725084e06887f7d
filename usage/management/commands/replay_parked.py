"""Count the parked events of a provider now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from tenants.selectors.providers import provider_id_by_slug
from usage.services.parking import replay_parked

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Count parked events whose client and meter are known by now; the schedule does so each minute."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", required=True, metavar="SLUG")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            provider_id = provider_id_by_slug(options["provider"])
        except DomainError as error:
            raise CommandError(error.message) from error
        report = replay_parked(provider_id=provider_id, now=now())
        self.stderr.write(f"{report.counted} counted, {report.refused} refused.")
        if options["json"]:
            self.stdout.write(json.dumps({"counted": report.counted, "refused": report.refused}))
