"""Suspend a whole provider with all its tenants."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from tenants.selectors.providers import provider_id_by_slug
from tenants.services.provider_suspension import suspend_provider

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Suspend a provider and all its tenants; nothing is lost, and resume_provider takes it back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", required=True, metavar="SLUG")
        parser.add_argument("--reason", required=True, help="Its people read it.")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["provider"]
        try:
            found = suspend_provider(
                provider_id=provider_id_by_slug(slug), reason=options["reason"], now=now()
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        if options["json"]:
            answer = {"is_new": found.is_new, "epoch": found.epoch, "tenants": found.tenants}
            self.stdout.write(json.dumps(answer))
        elif found.is_new:
            self.stderr.write(f"Provider {slug} is suspended, and with it {found.tenants} tenants.")
        else:
            self.stderr.write(f"Provider {slug} was suspended before; nothing was changed.")
