"""What a provider has once for its pages about money: a gateway, a bank account with a statement, a campaign."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, Final

from billing_platform.benchmarks.catalogue import CURRENCY
from billing_platform.benchmarks.cloning import insert_row
from billing_platform.benchmarks.page_money_rows import LINES_A_STATEMENT
from billing_platform.benchmarks.page_payments import AMOUNT
from billing_platform.kernel.ids import new_public_id
from invoicing.services.sellers import save_seller
from payments.services.encryption import seal
from promotions.services.campaigns import create_campaign
from promotions.services.codes import generate_codes
from promotions.types import CampaignTerms, TermsInCurrency
from tax.enums import RegistrationKind
from tax.services.exchange_rates import add_exchange_rates
from tax.services.registrations import add_registration
from tax.types_exchange import QuotedRate
from tenants.types import LegalIdentity

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg2 import extensions

IBAN: Final = "DE89370400440532013000"
VAT_NUMBER: Final = "DE136695976"
SELLER: Final = LegalIdentity(
    name="Bench GmbH",
    address="Beispielweg 1",
    postcode="10115",
    city="Berlin",
    country="DE",
    bank_holder="Bench GmbH",
    bank_iban=IBAN,
)


def establish(provider_id: int, now: datetime) -> None:
    """Establish the provider in the European Union, where it sells to consumers abroad too; its scope is open."""
    save_seller(provider_id=provider_id, identity=SELLER)
    begins = now.date() - timedelta(days=400)
    place: dict[str, Any] = {"country": "DE", "number": VAT_NUMBER, "begins": begins, "now": now}
    add_registration(provider_id=provider_id, kind=RegistrationKind.VAT, is_home=True, **place)
    add_registration(provider_id=provider_id, kind=RegistrationKind.OSS, **place)
    worth = QuotedRate(
        base="EUR",
        quote=CURRENCY,
        rate=Decimal("1.0857"),
        on=now.date() - timedelta(days=1),
        source="bench",
    )
    add_exchange_rates(
        provider_id=provider_id, rates=[worth], today=now.date(), user_id=None, now=now
    )


def open_connection(owner: extensions.cursor, provider_id: int, now: datetime) -> tuple[int, str]:
    """Write a connection to a gateway down that nobody asks; returns its id and its public one."""
    name = new_public_id("con")
    values = {
        "provider_id": provider_id,
        "public_id": name,
        "gateway": "stripe",
        "label": "Card",
        "account_id": "acct_bench",
        "state": "ok",
        "created_at": now,
        "state_at": now,
    }
    number = insert_row(owner, "payments_connection", values)
    sealed = seal('{"secret_key": "sk_test_bench"}')
    secrets = {
        "provider_id": provider_id,
        "connection_id": number,
        "sealed": sealed.text,
        "key_id": sealed.key_id,
        "hints": '{"secret_key": "ench"}',
        "updated_at": now,
        "webhook_token": token_urlsafe(32),
    }
    insert_row(owner, "payments_credential", secrets)
    return number, name


def bank_words(owner: extensions.cursor, provider_id: int, now: datetime) -> dict[str, str]:
    """Write an account, a statement and its first line down, and return how addresses name them."""
    account = {"provider_id": provider_id, "iban": IBAN, "csv_profile": "{}", "created_at": now}
    account_id = insert_row(owner, "payments_bank_account", account)
    statement, line, day = new_public_id("stm"), new_public_id("bkl"), now.date()
    values = {
        "provider_id": provider_id,
        "public_id": statement,
        "account_id": account_id,
        "name": "bench.xml",
        "format": "camt053",
        "digest": "a" * 64,
        "size": 1,
        "currency": CURRENCY,
        "first_day": day,
        "last_day": day,
        "lines": LINES_A_STATEMENT,
        "imported_at": now,
    }
    statement_id = insert_row(owner, "payments_bank_statement", values)
    written = {
        "provider_id": provider_id,
        "public_id": line,
        "account_id": account_id,
        "statement_id": statement_id,
        "number": 1,
        "key": "bench:1",
        "booked_on": day,
        "amount_minor": AMOUNT.amount_minor,
        "currency": CURRENCY,
        "text": "For your services",
        "party_name": "Bench payer",
        "party_iban": "DE02120300000000202051",
        "state": "new",
        "state_at": now,
    }
    insert_row(owner, "payments_bank_line", written)
    return {"statement": statement, "line": line, "iban": IBAN}


def make_campaign(provider_id: int, now: datetime) -> str:
    """Make a campaign with one code; the scope is open. Returns its public id."""
    each = TermsInCurrency(currency=CURRENCY, minimum_minor=1000, percent=Decimal(10))
    terms = CampaignTerms(
        name="Bench campaign",
        benefit="bonus_percent",
        currencies=[each],
        starts_at=now - timedelta(days=40),
        tenant_limit=None,
    )
    named: dict[str, Any] = {"provider_id": provider_id, "now": now}
    made = create_campaign(terms=terms, request_key="bench", user_id=None, **named)
    generate_codes(campaign=made, prefix="BENCH", count=1, request_key="b", **named)
    return made
