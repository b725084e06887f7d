"""What is known of a customer for tax, as both portals show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from billing_platform.portal.pages.blocks import Fact
from billing_platform.portal.pages.clients import MAY_ADD
from billing_platform.portal.words import Vocabulary
from tax.enums import CheckOutcome, CheckSource, ProofKind
from tax.selectors.profiles import tax_profile
from tax.selectors.rates import INDIA_STATES
from tax.selectors.words import country_name
from tenants.selectors.profiles import tenant_profile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from tax.types import CheckView, ExemptionView, TaxAddress, TaxNumberView, TaxProfileView
    from tenants.types import TenantProfileView, TenantView

MAY_CHANGE: Final = MAY_ADD
PROOFS: Final = Vocabulary({kind.value: kind.label for kind in ProofKind})
OUTCOMES: Final = Vocabulary({outcome.value: outcome.label for outcome in CheckOutcome})
SOURCES: Final = Vocabulary({source.value: source.label for source in CheckSource})


@dataclass(frozen=True, slots=True)
class NumberLine:
    """A number; `state` is a word of the pills."""

    row: TaxNumberView
    country: str
    state: str
    has_register: bool


@dataclass(frozen=True, slots=True)
class ExemptionLine:
    """An exemption; `state` is a word of the pills."""

    row: ExemptionView
    place: str
    state: str
    begins: date
    ends: date | None


@dataclass(frozen=True, slots=True)
class CheckLine:
    """Evidence of a check in words."""

    row: CheckView
    source: str
    outcome: str


@dataclass(frozen=True, slots=True)
class ProofLine:
    """A proof in words."""

    kind: str
    country: str
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TaxDetailsPage:
    """All of it.

    Attributes:
        may_change: whether the person may change anything.
        company, profile: what the forms begin with.
    """

    facts: Sequence[Fact]
    numbers: Sequence[NumberLine]
    exemptions: Sequence[ExemptionLine]
    checks: Sequence[CheckLine]
    proofs: Sequence[ProofLine]
    company: TenantProfileView
    profile: TaxProfileView
    may_change: bool
    zone: str


def tax_details_page(
    tenant: TenantView, *, now: datetime, may_change: bool, zone: str
) -> TaxDetailsPage:
    """Return the page, by eight queries.

    Args:
        tenant: whose; its scope, or its provider's, is open.
        now: the present moment.
        may_change: whether the person may change anything.
        zone: in which times are shown.
    """
    company = tenant_profile(tenant.provider_id, tenant.id)
    profile = tax_profile(tenant.provider_id, tenant.id, now=now)
    return TaxDetailsPage(
        facts=_facts(company, profile),
        numbers=[
            NumberLine(
                row, country_name(row.country), f"tax_{row.standing}", row.next_check_at is not None
            )
            for row in profile.numbers
        ],
        exemptions=[
            ExemptionLine(
                row, _place(row.country, row.region), f"exemption_{row.state}", row.begins, row.ends
            )
            for row in profile.exemptions
        ],
        checks=[
            CheckLine(row, SOURCES[row.source], OUTCOMES[row.outcome]) for row in profile.checks
        ],
        proofs=[
            ProofLine(PROOFS[row.kind], country_name(row.country), row.detail, row.recorded_at)
            for row in profile.proofs
        ],
        company=company,
        profile=profile,
        may_change=may_change,
        zone=zone,
    )


def _facts(company: TenantProfileView, profile: TaxProfileView) -> list[Fact]:
    address = profile.address
    town = f"{address.postcode} {address.city}".strip()
    delivery = "\n".join(filter(None, (address.delivery, _state(address.delivery_region, address))))
    return [
        Fact(_("Legal name"), company.legal_name),
        Fact(_("Address"), "\n".join(line for line in (company.address, town) if line)),
        Fact(_("State or region"), _state(address.region, address)),
        Fact(_("Country"), country_name(address.country) if address.country else ""),
        *([Fact(_("Address of delivery"), delivery)] if delivery else []),
    ]


def _state(region: str, address: TaxAddress) -> str:
    return INDIA_STATES.get(region, region) if address.country == "IN" else region


def _place(country: str, region: str) -> str:
    name = country_name(country)
    return f"{name} ({region})" if region else name
