"""Ask gateways now about payments that are not decided."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.scope import provider_scope
from payments.selectors.health import oldest_unresolved
from payments.services.polling import catch_up, poll_due
from tenants.selectors.providers import provider_id_by_slug

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Ask the gateways about a provider's open payments that are due. Again does nothing twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", required=True, metavar="SLUG")
        parser.add_argument(
            "--catch-up", action="store_true", help="also list what changed since the last time"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        at = now()
        try:
            provider_id = provider_id_by_slug(options["provider"])
            listed = catch_up(provider_id=provider_id, now=at) if options["catch_up"] else None
            count = poll_due(provider_id=provider_id, now=at)
        except DomainError as error:
            raise CommandError(error.message) from error
        with provider_scope(provider_id):
            oldest = oldest_unresolved(provider_id)
        events = count.events + (listed.events if listed else 0)
        failed = [*count.failed, *(listed.failed if listed else ())]
        if options["json"]:
            answer = {
                "asked": count.asked,
                "moved": count.moved,
                "events": events,
                "failed": failed,
                "oldest_unresolved": oldest.isoformat() if oldest else None,
            }
            self.stdout.write(json.dumps(answer))
        waits = f"the oldest undecided one is of {oldest:%Y-%m-%d %H:%M} UTC" if oldest else "none"
        self.stderr.write(
            f"Asked about {count.asked} payments, {count.moved} moved; {events} events;"
            f" undecided: {waits}."
        )
        if failed:
            raise CommandError(f"Could not ask: {', '.join(failed)}.")
