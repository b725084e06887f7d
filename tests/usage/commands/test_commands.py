"""`charge_hours` and `balances` speak JSON on standard output and words on standard error."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from billing_platform.kernel.clock import now
from billing_platform.kernel.periods import hour_floor
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import START, Shop
from tests.roles import as_role
from tests.usage.importers.focus_file import focus_file
from usage.services.schedule import charge_boundary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    with as_role("worker"):
        shop = Shop.open("paper")
        with provider_scope(shop.provider_id):
            acme = shop.tenant("acme")
            shop.price("calls", {"unit": "0.105"})
            version, _ = shop.version()
            shop.subscribe(acme, version)
            shop.use(acme, "calls", 1, START)
        yield shop


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, "--json", stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.mark.usefixtures("shop")
class TestChargeHours:
    def test_again_posts_nothing(self) -> None:
        words = ("charge_hours", "--provider", "paper", "--until", "2026-11-01T01:00Z")

        first, second = json.loads(run(*words)), json.loads(run(*words))

        assert first == {"hours": 1, "tenants": 1, "posted_minor": {"USD": 11}}
        assert second == {"hours": 0, "tenants": 0, "posted_minor": {}}

    @pytest.mark.parametrize(
        "until",
        ["2026-11-01T01:30Z", "2026-11-01T01:00", "yesterday", "NaN", "0001-01-01T00:00+14:00"],
    )
    def test_it_refuses_what_is_no_full_hour(self, until: str) -> None:
        with pytest.raises(CommandError):
            run("charge_hours", "--provider", "paper", "--until", until)

    def test_it_says_that_an_hour_must_be_full(self) -> None:
        with pytest.raises(CommandError, match="full hour, for instance"):
            run("charge_hours", "--provider", "paper", "--until", "2026-11-01T01:30Z")

    def test_it_refuses_an_hour_that_has_not_begun(self) -> None:
        ahead = hour_floor(now()) + timedelta(hours=1)

        with pytest.raises(CommandError, match="not begun"):
            run("charge_hours", "--provider", "paper", "--until", ahead.isoformat())
        charged = json.loads(run("charge_hours", "--provider", "paper"))

        assert charged["posted_minor"] == {"USD": 11}

    def test_it_refuses_unknown_providers(self) -> None:
        with pytest.raises(CommandError):
            run("charge_hours", "--provider", "nobody")


class TestImportUsage:
    def test_a_quote_that_never_ends_is_a_message(self, shop: Shop, tmp_path: Path) -> None:
        file = tmp_path / "usage.csv"
        file.write_text(f'{focus_file()}"{"x" * 17_000_000}')

        with pytest.raises(CommandError, match="field larger"):
            run("import_usage", "--provider", "paper", "--format", "focus", str(file))


@pytest.mark.usefixtures("shop")
class TestBalances:
    def test_it_shows_the_exact_due(self) -> None:
        run("charge_hours", "--provider", "paper", "--until", "2026-11-01T01:00Z")

        assert json.loads(run("balances", "--provider", "paper")) == [
            {
                "tenant": "acme",
                "name": "acme",
                "currency": "USD",
                "wallet_minor": -11,
                "period_due_exact": "0.105",
                "period_posted_minor": 11,
                "status": "active",
            }
        ]

    def test_a_moment_without_a_period_owes_nothing(self) -> None:
        (row,) = json.loads(run("balances", "--provider", "paper", "--at", "2020-01-01T00:00Z"))

        assert (row["period_due_exact"], row["period_posted_minor"]) == ("0", 0)

    @pytest.mark.parametrize("at", ["noon", "2026-11-01T01:00", "9999-12-31T23:00-12:00"])
    def test_it_refuses_a_broken_moment(self, at: str) -> None:
        with pytest.raises(CommandError):
            run("balances", "--provider", "paper", "--at", at)

    def test_it_writes_lines_for_people(self) -> None:
        out = StringIO()

        call_command("balances", "--provider", "paper", stdout=out)

        assert "acme" in out.getvalue()


class TestChargeBoundary:
    @pytest.mark.parametrize(
        ("frequency", "until"),
        [
            ("hourly", "2026-11-20T10:00Z"),
            ("daily", "2026-11-19T23:00Z"),
            ("monthly", "2026-10-31T23:00Z"),
        ],
    )
    def test_it_follows_the_frequency(self, frequency: str, until: str) -> None:
        at = _moment("2026-11-20T10:59Z")

        assert charge_boundary(frequency=frequency, zone="Europe/Berlin", now=at) == _moment(until)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
