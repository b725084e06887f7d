"""Create an API key of a provider and show it, this once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.scope import provider_scope
from tenants.enums import KeyScope
from tenants.errors import KeyExistsError
from tenants.selectors.api_keys import list_api_keys
from tenants.selectors.providers import provider_id_by_slug
from tenants.services.api_keys import create_api_key

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Create an API key and show it once; --rotate makes a second one beside a living key of the same name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", required=True, metavar="SLUG")
        parser.add_argument("--name", default="default")
        parser.add_argument("--scope", action="append", choices=KeyScope.values)
        parser.add_argument("--rotate", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = self._create(options)
        except DomainError as error:
            raise CommandError(error.message) from error
        if options["json"]:
            self.stdout.write(json.dumps(answer))
        elif answer["key"]:
            self.stdout.write(str(answer["key"]))

    def _create(self, options: dict[str, Any]) -> dict[str, object]:
        provider_id = provider_id_by_slug(options["provider"])
        name = options["name"]
        with provider_scope(provider_id):
            try:
                made = create_api_key(
                    provider_id=provider_id,
                    name=name,
                    scopes=options["scope"] or KeyScope.values,
                    rotate=options["rotate"],
                    now=now(),
                )
            except KeyExistsError:
                living = [
                    key for key in list_api_keys(provider_id, name=name) if not key.revoked_at
                ]
                self.stderr.write(
                    "A key of this name is in use and cannot be shown again; --rotate makes a second one."
                )
                return {
                    "key": None,
                    "prefix": living[0].prefix,
                    "name": name,
                    "scopes": living[0].scopes,
                }
        self.stderr.write("Keep this key: it is shown only now.")
        return {"key": made.raw, "prefix": made.prefix, "name": name, "scopes": made.scopes}
