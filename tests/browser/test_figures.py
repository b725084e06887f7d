"""What a page, a CSV and the ledger say of the same money is the same, for every customer of the demo, by HTTP."""

from __future__ import annotations

import csv
from contextlib import closing
from decimal import ROUND_HALF_UP, Decimal
from http import HTTPStatus
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest

from tests.browser.reading import Reading, number
from tests.database import owner_url

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
CENT = Decimal("0.01")
CUSTOMERS = ("nimbus acme admin", "nimbus blue-harbor admin", "sonora K-1001 admin")
PREPAID = """
SELECT t.external_id, w.balance, sum(e.amount_minor), w.currency
  FROM accounts_wallet w
  JOIN tenants_tenant t ON t.id = w.tenant_id
  JOIN tenants_provider p ON p.id = w.provider_id AND p.slug = %s
  LEFT JOIN accounts_entry e ON e.provider_id = w.provider_id AND e.account_id = w.id
 GROUP BY w.id, t.external_id
"""


def get(visitor: Visitor, role: str, path: str) -> str:
    """Return what an address answers to a person."""
    host = f"{visitor.demo.login(role)['provider']}.localhost:{visitor.demo.port}"
    jar = visitor.window(role).cookies(f"http://{host}/")
    # Only a browser knows that names under localhost are this machine.
    with closing(HTTPConnection("127.0.0.1", visitor.demo.port, timeout=20)) as line:
        cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in jar)
        line.request("GET", path, headers={"Host": host, "Cookie": cookies})
        answer = line.getresponse()
        assert answer.status == HTTPStatus.OK, f"{path}: {answer.status}"
        return answer.read().decode()


def get_csv(visitor: Visitor, role: str, path: str) -> list[dict[str, str]]:
    """Return the lines of a file that a person downloads."""
    return list(csv.DictReader(get(visitor, role, path).splitlines()))


def wallets(visitor: Visitor, provider: str) -> dict[str, Decimal]:
    """Return the balances by client and currency as the ledger has them; the running ones agree with the sums."""
    with closing(psycopg2.connect(owner_url(visitor.demo.database))) as raw, raw.cursor() as cursor:
        cursor.execute(PREPAID, [provider])
        rows: list[Any] = cursor.fetchall()
    assert all(balance == (total or 0) for _, balance, total, _ in rows)
    return {f"{name} {currency}": Decimal(balance) / 100 for name, balance, _, currency in rows}


class TestCustomer:
    @pytest.mark.parametrize("role", CUSTOMERS)
    def test_balance_usage_and_transactions_agree(self, visitor: Visitor, role: str) -> None:
        provider, tenant = role.split()[:2]
        page = Reading.of(get(visitor, role, "/billing/"))
        (settled,) = page.figures("Settled")
        moves = get_csv(visitor, role, "/billing/transactions.csv")
        amounts = [Decimal(move["amount"]) for move in moves]

        assert settled in {
            balance
            for name, balance in wallets(visitor, provider).items()
            if name.startswith(f"{tenant} ")
        }
        assert sum(amounts) == settled
        # The newest stands on top; each balance is the one beneath and the movement.
        balances = [Decimal(move["balance_after"]) for move in moves]
        assert balances == [sum(amounts[at:]) for at in range(len(amounts))]

    @pytest.mark.parametrize("role", CUSTOMERS)
    def test_lines_add_up_to_the_period(self, visitor: Visitor, role: str) -> None:
        page = Reading.of(get(visitor, role, "/billing/"))
        (total,) = page.figures("Total so far")
        lines = [row for row in page.rows if row and "/billing/usage/?" in row[0].href]

        shown = sum((number(line[2].text) for line in lines), Decimal(0))
        assert lines
        assert shown.quantize(CENT, ROUND_HALF_UP) == total
        assert page.figures("of which charged") in ([], [total])
        dashboard = get(visitor, role, "/dashboard/")
        assert f"{total:,}" in dashboard

    @pytest.mark.parametrize("role", CUSTOMERS)
    def test_hours_and_events_add_up_to_the_line(self, visitor: Visitor, role: str) -> None:
        page = Reading.of(get(visitor, role, "/billing/"))
        for line in (row for row in page.rows if row and "/billing/usage/?" in row[0].href):
            hours = Reading.of(get(visitor, role, line[0].href))
            (cost,) = hours.figures("Cost of the line")
            rest = hours.figures("Tied to no hour, for instance a minimum")

            assert cost == number(line[2].text)
            assert sum(hours.figures("Sum of the hours") + rest) == cost


class TestProvider:
    @pytest.mark.parametrize("provider", ["nimbus", "sonora"])
    def test_the_list_its_file_and_the_ledger_agree(self, visitor: Visitor, provider: str) -> None:
        lines = get_csv(visitor, f"{provider} owner", "/provider/clients.csv")
        page = get(visitor, f"{provider} owner", "/provider/clients/")
        ledger = wallets(visitor, provider)

        assert {
            f"{line['client_id']} {line['currency']}": Decimal(line["balance"])
            for line in lines
            if line["balance"]
        } == ledger
        for line in lines:
            if line["balance"]:
                assert f"{Decimal(line['balance']):,}" in page

    @pytest.mark.parametrize("provider", ["nimbus", "sonora"])
    def test_the_dashboard_and_the_ledger_agree(self, visitor: Visitor, provider: str) -> None:
        page = get(visitor, f"{provider} owner", "/provider/")
        owed = -sum(balance for balance in wallets(visitor, provider).values() if balance < 0)

        assert f"{owed:,}" in page
