"""A provider's taxes: where it is registered, its rates, and what a customer would be charged, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.forms import words_of
from billing_platform.portal.words import Vocabulary
from tax.enums import STANDARD, RegistrationKind, TaxCode
from tax.selectors.calculation import tax_for
from tax.selectors.rates import (
    INDIA_STATES,
    categories_of,
    rates_of,
    registrations_of,
    seed_proposals,
)
from tax.selectors.requesters import is_unknown_to_register
from tax.selectors.words import country_name
from tax.types import CategoryView, TaxableLine
from tenants.enums import ProviderRole
from tenants.registry_tax import (
    TAX_EU_BELOW_THRESHOLD,
    TAX_ONLINE_INDIA,
    TAX_POINT,
    TAX_PRICES_INCLUSIVE,
    TAX_PROOFS,
    TAX_RECHECK_DAYS,
    TAX_ROUNDING,
    TAX_TRUST_DAYS,
)
from tenants.selectors.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from billing_platform.kernel.money import Money
    from tax.types import Proposal, RateView, RegistrationView, TaxResult
    from tenants.setting import Setting
    from tenants.types import ProviderView, TenantView

MAY_TAX: Final = (ProviderRole.OWNER, ProviderRole.BILLING)
KINDS: Final = Vocabulary({kind.value: kind.label for kind in RegistrationKind})
CODES: Final = Vocabulary({code.value: code.label for code in TaxCode})
_SETTINGS: Final[tuple[Setting[Any], ...]] = (
    *(TAX_POINT, TAX_ROUNDING, TAX_PRICES_INCLUSIVE, TAX_EU_BELOW_THRESHOLD),
    *(TAX_RECHECK_DAYS, TAX_TRUST_DAYS, TAX_PROOFS, TAX_ONLINE_INDIA),
)


@dataclass(frozen=True, slots=True)
class RegistrationLine:
    """A registration in words; `state` is a word of the pills.

    Attributes:
        is_unknown: VIES said lately that it does not know the number.
    """

    row: RegistrationView
    kind: str
    place: str
    state: str
    is_unknown: bool


@dataclass(frozen=True, slots=True)
class RateLine:
    """A rate in words; `state` is a word of the pills."""

    row: RateView
    place: str
    category: str
    state: str


@dataclass(frozen=True, slots=True)
class SettingLine:
    """A setting of tax with its value and where it is changed."""

    words: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class TaxesPage:
    """Registrations, rates, categories and settings."""

    registrations: Sequence[RegistrationLine]
    rates: Sequence[RateLine]
    categories: Sequence[CategoryView]
    settings: Sequence[SettingLine]
    today: date
    may_change: bool
    is_owner: bool


def taxes_page(provider: ProviderView, *, role: str, today: date) -> TaxesPage:
    """Return the page, by five queries and one for each VAT number.

    Args:
        provider: whose; its scope is open.
        role: of the person who looks, of ProviderRole.
        today: the present day in the provider's zone.
    """
    standard = CategoryView(code=STANDARD, name=_("Standard"), is_exempt=False)
    categories = [standard, *categories_of(provider.id)]
    names = {one.code: one.name for one in categories}
    values = get_settings(provider.id, *_SETTINGS)
    return TaxesPage(
        registrations=[
            RegistrationLine(
                row,
                KINDS[row.kind],
                _place(row.country, row.region),
                _state(row, today),
                row.kind == RegistrationKind.VAT
                and is_unknown_to_register(provider.id, row.number),
            )
            for row in registrations_of(provider.id)
        ],
        rates=[
            RateLine(
                row,
                _place(row.country, row.region, row.postcode_prefix),
                names.get(row.category, row.category),
                _state(row, today),
            )
            for row in rates_of(provider.id)
        ],
        categories=categories,
        settings=[
            SettingLine(
                _(setting.description),
                words_of(setting, value),
                reverse("provider-setting", kwargs={"name": setting.name}),
            )
            for setting, value in zip(_SETTINGS, values, strict=True)
        ],
        today=today,
        may_change=role in MAY_TAX,
        is_owner=role == ProviderRole.OWNER,
    )


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposed rate beside the provider's own."""

    row: Proposal
    country: str


def review_lines(provider_id: int, *, today: date) -> list[ProposalLine]:
    """Return the proposals, those that differ first.

    Args:
        provider_id: whose; its scope is open.
        today: the day to compare with.
    """
    lines = [
        ProposalLine(row, country_name(row.country))
        for row in seed_proposals(provider_id, on=today)
    ]
    return sorted(lines, key=lambda line: (not line.row.differs, line.country))


@dataclass(frozen=True, slots=True)
class TaxPreview:
    """What a customer would be charged."""

    client: TenantView
    result: TaxResult
    treatment: str
    because: str
    notice: str
    notes: Sequence[str]


def tax_preview(
    tenant: TenantView, amount: Money, *, category: str, includes_tax: bool, day: date
) -> TaxPreview:
    """Return the preview; nothing is written.

    Args:
        tenant: the customer; its provider's scope is open.
        amount: of one line.
        category: of what is sold.
        includes_tax: the amount is gross.
        day: of the supply.

    Raises:
        RateMissing, StateMissing, InvalidCategory: as `tax_for` says.
    """
    line = TaxableLine(key="1", amount=amount, category=category)
    result = tax_for(
        provider_id=tenant.provider_id,
        tenant_id=tenant.id,
        lines=[line],
        on=day,
        includes_tax=includes_tax,
    )
    (group,) = result.groups
    return TaxPreview(
        client=tenant,
        result=result,
        treatment=CODES[group.code],
        because=group.because,
        notice=group.notice_text,
        notes=list(group.notes.values()),
    )


def _state(row: RateView | RegistrationView, today: date) -> str:
    if row.begins > today:
        return "planned"
    return "ended" if row.ends is not None and row.ends <= today else "active"


def _place(country: str, region: str, prefix: str = "") -> str:
    name = country_name(country)
    state = INDIA_STATES.get(region, region) if country == "IN" else region
    parts = [part for part in (state, f"{prefix}…" if prefix else "") if part]
    return f"{name} ({', '.join(parts)})" if parts else name
