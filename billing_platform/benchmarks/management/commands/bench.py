"""`manage.py bench hourly|ingest|ledger|pages|pdf|webhooks`: measure the application in a scratch database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from billing_platform.benchmarks.errors import BenchmarkError
from billing_platform.benchmarks.hourly import HourlyReport, measure
from billing_platform.benchmarks.ingest import measure_ingest
from billing_platform.benchmarks.ledger import measure_ledger
from billing_platform.benchmarks.pages import measure_pages
from billing_platform.benchmarks.pdf import measure_pdf
from billing_platform.benchmarks.report import as_json, as_lines
from billing_platform.benchmarks.scaling import exponent
from billing_platform.benchmarks.webhooks import measure_webhooks

if TYPE_CHECKING:
    from argparse import ArgumentParser

GATE_PAIRS = 5
SCALES = (10_000, 100_000, 1_000_000)


class Command(BaseCommand):
    help = "Measure the application's path against hand-written SQL, in a scratch database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True)
        hourly = kinds.add_parser("hourly", help="the hourly run, five meters a tenant")
        hourly.add_argument("--tenants", type=int, default=100_000)
        hourly.add_argument("--pairs", type=int, default=3, help="runs of each side, in turn")
        hourly.add_argument("--sparse", action="store_true", help="also hours in which 1 %% change")
        hourly.add_argument("--gate", type=float, help="five pairs; exit 1 above this ratio")
        hourly.add_argument("--scaling", action="store_true", help="10,000 to 1,000,000 tenants")
        hourly.add_argument("--json", action="store_true", help="the figures as JSON")
        ingest = kinds.add_parser("ingest", help="events over HTTP, in batches of 1,000")
        ingest.add_argument("--tenants", type=int, default=10_000)
        ingest.add_argument("--events", type=int, default=50_000)
        ingest.add_argument("--senders", type=int, default=1, help="calls under way at once")
        ingest.add_argument("--json", action="store_true", help="the figures as JSON")
        ledger = kinds.add_parser("ledger", help="single postings, beside django-hordak")
        ledger.add_argument("--accounts", type=int, default=1_000)
        ledger.add_argument("--postings", type=int, default=5_000)
        ledger.add_argument("--json", action="store_true", help="the figures as JSON")
        pages = kinds.add_parser("pages", help="every page of both portals; exit 1 above 100 ms")
        pages.add_argument("--tenants", type=int, default=100_000)
        pages.add_argument("--entries", type=int, default=10_000_000)
        pages.add_argument("--repeat", type=int, default=20, help="answers timed per page")
        pages.add_argument("--json", action="store_true", help="the figures as JSON")
        pdf = kinds.add_parser("pdf", help="documents of one page; exit 1 above the goals")
        pdf.add_argument("--repeat", type=int, default=20, help="PDFs timed of each kind")
        pdf.add_argument("--memory", type=int, default=200, help="PDFs drawn for the memory")
        pdf.add_argument("--json", action="store_true", help="the figures as JSON")
        webhooks = kinds.add_parser("webhooks", help="deliveries over HTTP, and what they lead to")
        webhooks.add_argument("--payments", type=int, default=200)
        webhooks.add_argument("--seconds", type=float, default=5, help="at each rate")
        webhooks.add_argument("--json", action="store_true", help="the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["kind"] == "pages":
                self._measure_pages(options)
            elif options["kind"] == "ingest":
                self._measure_ingest(options)
            elif options["kind"] == "pdf":
                self._measure_pdf(options)
            elif options["kind"] == "webhooks":
                self._measure_webhooks(options)
            elif options["kind"] == "ledger":
                self._measure_ledger(options)
            elif options["scaling"]:
                self._scale(options)
            else:
                self._measure_once(options)
        except BenchmarkError as error:
            raise CommandError(str(error)) from error

    def _measure_once(self, options: dict[str, Any]) -> None:
        gate: float | None = options["gate"]
        pairs = options["pairs"] if gate is None else max(GATE_PAIRS, options["pairs"])
        report = self._measure(options["tenants"], pairs, sparse=options["sparse"])
        self._print(as_json(report), as_lines(report), as_text=not options["json"])
        if gate is not None and report.full.ratio > gate:
            raise CommandError(f"The ratio {report.full.ratio:.2f} is above the gate {gate}.")

    def _measure_ingest(self, options: dict[str, Any]) -> None:
        report = measure_ingest(
            tenants=options["tenants"],
            events=options["events"],
            senders=options["senders"],
            tell=self.stderr.write,
        )
        self._print(report.as_json(), report.as_lines(), as_text=not options["json"])

    def _measure_ledger(self, options: dict[str, Any]) -> None:
        report = measure_ledger(
            accounts=options["accounts"], postings=options["postings"], tell=self.stderr.write
        )
        self._print(report.as_json(), report.as_lines(), as_text=not options["json"])

    def _measure_webhooks(self, options: dict[str, Any]) -> None:
        report = measure_webhooks(
            payments=options["payments"], seconds=options["seconds"], tell=self.stderr.write
        )
        self._print(report.as_json(), report.as_lines(), as_text=not options["json"])

    def _measure_pdf(self, options: dict[str, Any]) -> None:
        report = measure_pdf(
            repeat=options["repeat"], memory=options["memory"], tell=self.stderr.write
        )
        self._print(report.as_json(), report.as_lines(), as_text=not options["json"])
        if report.problems():
            raise CommandError("\n".join(report.problems()))

    def _measure_pages(self, options: dict[str, Any]) -> None:
        report = measure_pages(
            tenants=options["tenants"],
            entries=options["entries"],
            repeat=options["repeat"],
            tell=self.stderr.write,
        )
        self._print(report.as_json(), report.as_lines(), as_text=not options["json"])
        if report.problems():
            raise CommandError("\n".join(report.problems()))

    def _scale(self, options: dict[str, Any]) -> None:
        reports = [
            self._measure(tenants, options["pairs"], sparse=options["sparse"]) for tenants in SCALES
        ]
        app = exponent([(report.tenants, report.full.app_s) for report in reports])
        floor = exponent([(report.tenants, report.full.floor_s) for report in reports])
        lines = [line for report in reports for line in (*as_lines(report), "")]
        lines.append(f"exponent app {app:.3f} (goal 1.00 ± 0.05), floor {floor:.3f}")
        found = {
            "runs": [as_json(report) for report in reports],
            "exponent": round(app, 3),
            "floor_exponent": round(floor, 3),
        }
        self._print(found, lines, as_text=not options["json"])

    def _measure(self, tenants: int, pairs: int, *, sparse: bool) -> HourlyReport:
        return measure(tenants=tenants, pairs=pairs, sparse=sparse, tell=self.stderr.write)

    def _print(self, found: object, lines: list[str], *, as_text: bool) -> None:
        self.stdout.write("\n".join(lines) if as_text else json.dumps(found))
