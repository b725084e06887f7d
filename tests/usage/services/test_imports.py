"""A FOCUS file becomes tenants, meters, prices and usage whose sums are exact to the last digit."""

from __future__ import annotations

import csv
import json
import os
from collections import defaultdict
from decimal import Context, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from billing_platform.kernel.clock import now
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tenants.services.providers import create_provider
from tests.roles import as_role
from tests.usage.importers.focus_file import focus_file, row
from tests.usage.services.events import cloud_event
from usage.models import Meter, Plan, PriceOverride
from usage.selectors.parked import count_parked

if TYPE_CHECKING:
    from collections.abc import Iterator

EXACT = Context(prec=100)
MANY = "0.123456789012"


@pytest.fixture
def provider(db: None) -> Iterator[int]:
    with as_role("worker"):
        yield create_provider(
            slug="focused",
            name="Focused",
            currency="USD",
            time_zone="UTC",
            suspension_enabled=True,
            now=now(),
        )


def command(capsys: pytest.CaptureFixture[str], name: str, *args: object) -> Any:
    call_command(name, *map(str, args), "--provider", "focused", "--json")
    return json.loads(capsys.readouterr().out)


def expected(text: str) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for cells in csv.DictReader(text.splitlines()):
        amount = EXACT.multiply(Decimal(cells["PricingQuantity"]), Decimal(cells["ListUnitPrice"]))
        tenant = cells["SubAccountId"]
        sums[tenant] = EXACT.add(sums[tenant], amount)
    return sums


def half_up(amount: Decimal) -> int:
    cents = EXACT.multiply(amount, Decimal(100))
    return int(cents.quantize(Decimal(1), rounding="ROUND_HALF_UP", context=EXACT))


def import_file(capsys: pytest.CaptureFixture[str], path: Path, *options: str) -> dict[str, int]:
    answer: dict[str, int] = command(
        capsys, "import_usage", "--format", "focus", path, "--create-catalog", *options
    )
    return answer


def check_sums(capsys: pytest.CaptureFixture[str], sums: dict[str, Decimal]) -> None:
    balances = {line["tenant"]: line for line in command(capsys, "balances")}
    due = {tenant: Decimal(line["period_due_exact"]) for tenant, line in balances.items()}
    assert due == dict(sums)
    for tenant, amount in sums.items():
        assert balances[tenant]["period_posted_minor"] == half_up(amount)
        assert "E" not in balances[tenant]["period_due_exact"]


HARD = [
    row(Id="1", PricingQuantity=MANY, ListUnitPrice="0.0000000001"),
    row(Id="2", PricingQuantity="12.50", ListUnitPrice="0.1000"),
    row(Id="3", SubAccountId="1002", SubAccountName="Globex & Söhne", ListUnitPrice="0.12"),
    row(Id="4", PricingQuantity="-3.000000000001", ChargePeriodStart="2026-10-09 01:00:00"),
    row(Id="5", SubAccountId="1003", PricingQuantity="0.00000000001", ListUnitPrice="0.0000000002"),
    row(Id="6", SubAccountId="1003", ResourceId="NULL", Tags="NULL", RegionId="NULL"),
    row(Id="7", SubAccountId="1004", PricingQuantity="0.05", SubAccountName="NULL"),
    row(Id="8", SubAccountId="1005", PricingQuantity="-0.05"),
    row(Id="9", SubAccountId="1006", PricingQuantity="7", ListUnitPrice="0"),
    row(Id="10", SkuPriceId="SKU2", ListUnitPrice="1234567.891", PricingQuantity="0.000001"),
]


class TestFocus:
    def test_the_hard_rows_are_exact(
        self, provider: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "focus.csv"
        path.write_text(focus_file(*HARD), encoding="utf-8")

        counts = import_file(capsys, path)
        command(capsys, "charge_hours")

        assert counts == {
            "accepted": 10,
            "duplicates": 0,
            "conflicts": 0,
            "rejected": 0,
            "parked": 0,
        }
        check_sums(capsys, expected(focus_file(*HARD)))
        with provider_scope(provider):
            codes = set(Meter.objects.values_list("code", flat=True))
            assert codes == {"SKU1", "SKU1@0.1", "SKU2"}
            assert Plan.objects.count() == 1

    def test_a_second_run_accepts_nothing_and_charges_nothing(
        self, provider: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "focus.csv"
        path.write_text(focus_file(*HARD), encoding="utf-8")
        import_file(capsys, path)
        command(capsys, "charge_hours")

        counts = import_file(capsys, path)
        charged = command(capsys, "charge_hours")

        assert counts == {
            "accepted": 0,
            "duplicates": 10,
            "conflicts": 0,
            "rejected": 0,
            "parked": 0,
        }
        assert charged["posted_minor"] == {}

    def test_the_same_id_with_other_content_is_a_conflict(
        self, provider: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "focus.csv"
        rows = [row(), row(PricingQuantity="2"), row(Id="2", ListUnitPrice="NaN")]
        path.write_text(focus_file(*rows), encoding="utf-8")

        counts = import_file(capsys, path)

        assert counts == {
            "accepted": 1,
            "duplicates": 0,
            "conflicts": 1,
            "rejected": 1,
            "parked": 0,
        }
        with provider_scope(provider):
            kept = fetch_all("SELECT verdict, form, via, event_id FROM usage_refused_event")
            ((row_text,),) = fetch_all(
                "SELECT original FROM usage_refused_event WHERE form = 'line'"
            )
        assert sorted(kept) == [
            ("conflict", "event", "file", "1"),
            ("rejected", "line", "file", "2"),
        ]
        assert '"ListUnitPrice": "NaN"' in row_text

    def test_later_files_extend_what_is_there(
        self, provider: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        october = [row(), row(Id="2", SubAccountId="1002")]
        september = {
            "BillingPeriodStart": "2026-09-01 00:00:00",
            "ChargePeriodStart": "2026-09-30 23:00:00",
        }
        more = [
            row(Id="3", SkuPriceId="SKU9", ListUnitPrice="0.333333"),
            row(Id="4", ListUnitPrice="0.7"),
            row(Id="5", SubAccountId="1007", ListUnitPrice="0.9"),
            row(Id="6", PricingQuantity="5", **september),
        ]
        for name, rows in (("a.csv", october), ("b.csv", more)):
            path = tmp_path / name
            path.write_text(focus_file(*rows), encoding="utf-8")
            assert import_file(capsys, path)["accepted"] == len(rows)
            command(capsys, "charge_hours")

        check_sums(capsys, expected(focus_file(*october, *more[:3])))
        at = command(capsys, "balances", "--at", "2026-09-15T00:00:00Z")
        assert {
            line["tenant"]: Decimal(line["period_due_exact"])
            for line in at
            if line["tenant"] == "1001"
        } == {"1001": Decimal("0.5")}

    def test_another_currency_of_a_tenant_is_rejected(
        self, provider: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "focus.csv"
        rows = [
            row(),
            row(Id="2", BillingCurrency="EUR"),
            row(Id="3", SubAccountId="9", BillingCurrency="EUR"),
        ]
        path.write_text(focus_file(*rows), encoding="utf-8")

        assert import_file(capsys, path)["rejected"] == 1
        with provider_scope(provider):
            kept = fetch_all("SELECT event_id, form, reason FROM usage_refused_event")
        assert kept == [("2", "line", "other_currency")]

    def test_without_the_catalogue_unknown_ones_are_parked(
        self, provider: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "focus.csv"
        at = now().replace(minute=0, second=0, microsecond=0).isoformat(sep=" ")[:19]
        path.write_text(focus_file(row(ChargePeriodStart=at), row(Id="2")), encoding="utf-8")

        counts = command(capsys, "import_usage", "--format", "focus", path)

        assert counts["parked"] + counts["rejected"] == 2
        with provider_scope(provider):
            assert count_parked(provider) == {"unknown_tenant": counts["parked"]}

    def test_another_tenants_price_is_an_override(
        self, provider: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "focus.csv"
        rows = [row(), row(Id="2", SubAccountId="1002", ListUnitPrice="0.12")]
        path.write_text(focus_file(*rows), encoding="utf-8")

        import_file(capsys, path)

        with provider_scope(provider):
            assert PriceOverride.objects.count() == 1
            assert Meter.objects.count() == 1

    def test_a_file_of_another_kind_is_refused(self, provider: int, tmp_path: Path) -> None:
        path = tmp_path / "focus.csv"
        path.write_text("a,b\n1,2\n", encoding="utf-8")

        for file in (path, tmp_path / "missing.csv"):
            with pytest.raises(CommandError):
                call_command(
                    "import_usage", str(file), "--provider", "focused", "--format", "focus"
                )


class TestCloudEvents:
    @pytest.mark.parametrize("as_lines", [True, False])
    def test_a_file_of_events_is_imported(
        self, provider: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, as_lines: bool
    ) -> None:
        events = [cloud_event(n, time=now().isoformat()) for n in range(3)]
        lines = [json.dumps(event) for event in events]
        path = tmp_path / "events.json"
        path.write_text("\n".join([*lines, "broken"]) if as_lines else f"[{','.join(lines)}]")

        counts = command(capsys, "import_usage", "--format", "cloudevents", path)

        assert counts["parked"] == 3
        assert counts["rejected"] == int(as_lines)
        with provider_scope(provider):
            kept = fetch_all("SELECT form, via, original FROM usage_refused_event")
        assert kept == ([("line", "file", "broken")] if as_lines else [])

    def test_a_broken_array_is_refused(self, provider: int, tmp_path: Path) -> None:
        path = tmp_path / "events.json"
        path.write_text("[{]")

        with pytest.raises(CommandError):
            call_command(
                "import_usage", str(path), "--provider", "focused", "--format", "cloudevents"
            )

    def test_the_catalogue_comes_from_focus_only(self, provider: int, tmp_path: Path) -> None:
        with pytest.raises(CommandError):
            call_command(
                "import_usage",
                str(tmp_path),
                "--provider",
                "focused",
                "--format",
                "cloudevents",
                "--create-catalog",
            )


# The real file is not part of the project: its test exists only where somebody names it.
if os.environ.get("FOCUS_SAMPLE"):

    class TestRealFile:
        def test_the_sums_are_exact(
            self, provider: int, capsys: pytest.CaptureFixture[str]
        ) -> None:
            path = Path(os.environ["FOCUS_SAMPLE"])

            counts = import_file(capsys, path)
            command(capsys, "charge_hours")

            assert counts["conflicts"] == counts["rejected"] == counts["parked"] == 0
            check_sums(capsys, expected(path.read_text(encoding="utf-8-sig")))
            assert import_file(capsys, path)["accepted"] == 0
