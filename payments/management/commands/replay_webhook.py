"""Work a stored event of a gateway off again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.scope import system_scope
from payments.selectors.events import provider_of_event
from payments.services.webhooks import process_event

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Work a stored event off again, by its number. What it already did is not done twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("event", type=int, metavar="ID")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with system_scope():
                provider_id = provider_of_event(options["event"])
            state = process_event(
                provider_id=provider_id, event_id=options["event"], now=now(), again=True
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Event {options['event']}: {state}.")
