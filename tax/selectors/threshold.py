"""What Art. 59c asks of a provider: where it is established, whether it still taxes at home. Called by reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.kernel.money import Money
from tax.enums import RegistrationKind
from tax.errors import ExchangeRateMissing
from tax.models import Registration
from tax.rules.places import EU_MEMBERS, counted_as, national_currency, tax_country
from tax.selectors.exchange import at_stored_rate
from tenants.registry_tax import TAX_EU_BELOW_THRESHOLD
from tenants.selectors.settings import get_setting

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from tax.rules.cases import Registered

# Per calendar year, the current one and the one before, net of tax.
# Source: Directive 2006/112/EC, Art. 59c (1) (c).
THRESHOLD: Final = Money(1_000_000, "EUR")


def home_state(here: Iterable[Registered]) -> str:
    """Return the member state in which a provider is established, "" where it is none.

    Args:
        here: its registrations of the day.
    """
    for one in here:
        if one.is_home and tax_country(one.country) in EU_MEMBERS:
            return tax_country(one.country)
    return ""


def has_own_currency(home: str) -> bool:
    """Return whether a member state fixed the threshold in another currency than the euro.

    Args:
        home: of `home_state`.

    Source: Directive 2006/112/EC, Art. 59c (5).
    """
    return national_currency(home) not in {"", THRESHOLD.currency}


def taxes_at_home(provider_id: int, here: Iterable[Registered]) -> bool:
    """Return whether consumers in other member states are taxed at home, as the provider says it may.

    Args:
        provider_id: whose; its scope is open.
        here: its registrations of the day.

    Source: Directive 2006/112/EC, Art. 59c (1) and (3): who declares through the One Stop Shop has chosen otherwise.
    """
    if not get_setting(provider_id, TAX_EU_BELOW_THRESHOLD):
        return False
    return not any(one.kind == RegistrationKind.OSS for one in here)


def places_abroad(home: str) -> list[str]:
    """Return the countries that are, or count as, other member states than one, ISO 3166."""
    return sorted(one for one in counted_as(EU_MEMBERS) if tax_country(one) != home)


def oss_numbers(provider_id: int) -> list[str]:
    """Return the numbers under which a provider was ever registered for the One Stop Shop; its scope is open."""
    rows = Registration.objects.filter(provider_id=provider_id, kind=RegistrationKind.OSS)
    return sorted(set(rows.values_list("number", flat=True)))


def in_euro(provider_id: int, amount: Money, on: date) -> Money | None:
    """Return an amount in euro at a rate that the provider stored, None where there is none of that time.

    Args:
        provider_id: whose; its scope is open.
        amount: any.
        on: the day.
    """
    if amount.currency == THRESHOLD.currency:
        return amount
    try:
        return at_stored_rate(provider_id, amount, THRESHOLD.currency, on)
    except ExchangeRateMissing:
        return None
