"""Seal all providers' secrets of gateways with the newest key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.scope import system_scope
from payments.services.credential_seals import reseal_credentials
from tenants.selectors.providers import provider_ids


class Command(BaseCommand):
    help = (
        "Seal the secrets of gateways that an older key of GATEWAY_KEYS has sealed with the newest"
        " one, so that the older may go. Again does nothing twice."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = kept = 0
        lost: list[str] = []
        with system_scope():
            found = provider_ids()
        try:
            for provider_id in found:
                resealed = reseal_credentials(provider_id=provider_id, now=now())
                done, kept = done + resealed.done, kept + resealed.kept
                lost += resealed.lost
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{done} resealed, {kept} sealed by the newest key before.")
        if lost:
            raise CommandError(f"No key opens the secrets of {', '.join(lost)}.")
