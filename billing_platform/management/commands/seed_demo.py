"""Fill an installation with the demo, once."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final

from django.core.management.base import BaseCommand, CommandError

from billing_platform.demo_data.cast import PASSWORD
from billing_platform.demo_data.gateways import connect_gateways
from billing_platform.demo_data.live_keys import renew_live_keys
from billing_platform.demo_data.seeding import DAYS, seed_demo
from billing_platform.kernel.clock import now
from billing_platform.kernel.relay import relay

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from billing_platform.demo_data.seeding import DemoReport

# More than the whole story tells.
_MESSAGES_MAX: Final = 10_000


class Command(BaseCommand):
    help = "Make the demo's providers, clients, people and usage, and send its mails. A second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")
        parser.add_argument(
            "--live-keys",
            action="store_true",
            help="with --json, also make the keys of the live usage anew; the old ones end",
        )
        parser.add_argument(
            "--days",
            type=int,
            default=int(os.environ.get("DEMO_DAYS") or DAYS),
            help=f"days of usage before today; without it DEMO_DAYS of the environment, else {DAYS}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] < 1:
            raise CommandError("--days takes 1 or more.")
        if options["live_keys"] and not options["json"]:
            raise CommandError("--live-keys needs --json: the keys are for a program to read.")
        report = seed_demo(now=now(), days=options["days"])
        try:
            if report.api_keys:
                # Told at the time of the story, so that without a worker it would seem to wait for weeks.
                relay(clock=now, limit=_MESSAGES_MAX)
            connect_gateways(now=now())
        except BaseException:
            # The data is there, and no second run knows the keys.
            self._tell_keys(report)
            raise
        logins = _logins(report)
        if options["json"]:
            answer = {"logins": logins, "api_keys": dict(report.api_keys)}
            if options["live_keys"]:
                answer["live_keys"] = dict(renew_live_keys(now=now()))
            self.stdout.write(json.dumps(answer))
            return
        for login in logins:
            self.stderr.write("  ".join(login[column] for column in ("role", "url", "email")))
        self.stderr.write(f"The password of all of them is {PASSWORD}")
        self._tell_keys(report)

    def _tell_keys(self, report: DemoReport) -> None:
        for provider, key in report.api_keys.items():
            self.stderr.write(f"The API key of {provider} is {key}")


def _logins(report: DemoReport) -> list[dict[str, str]]:
    port = os.environ.get("PORT") or "8000"
    return [
        {
            "role": login.role,
            "provider": login.provider,
            "url": f"http://{login.provider}.localhost:{port}/",
            "email": login.email,
            "password": PASSWORD,
        }
        for login in report.logins
    ]
