"""Frozen rows that cross the border of this part: what views and other parts get instead of models."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django_stubs_ext import StrOrPromise


# What stands as the source of a suspension by hand which the whole provider's brought.
PLATFORM_SOURCE: Final = "platform"


@dataclass(frozen=True)
class ProviderView:
    """A provider as pages and jobs need it; why the platform suspends it is for its own people only."""

    id: int
    slug: str
    name: str
    currency: str
    time_zone: str
    brand_color: str
    logo_light: str
    logo_dark: str
    sender_name: str
    sender_email: str
    support_url: str
    imprint_url: str
    terms_url: str
    privacy_url: str
    created_at: datetime
    suspended_at: datetime | None = None
    suspension_note: str = ""


@dataclass(frozen=True, slots=True)
class LegalIdentity:
    """Who a provider is before the law, and what its documents say of paying; what it has not said is empty.

    Attributes:
        name: the legal name, else the provider's.
        address: street and number; of older providers the whole address.
        region: India's state as two digits, a state of the USA as two letters, or as the provider writes it.
        country: ISO 3166-1, two letters.
        email: where its mails come from; set with the brand.
        bank_holder, bank_iban, bank_bic: the account that customers pay into.
        legal_text: printed at the foot.
    """

    name: str
    address: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    tax_id: str = ""
    registration_no: str = ""
    email: str = ""
    bank_holder: str = ""
    bank_iban: str = ""
    bank_bic: str = ""
    payment_terms: str = ""
    legal_text: str = ""

    @property
    def is_complete(self) -> bool:
        """Return whether an invoice may name it: the law wants name and whole address."""
        return bool(self.name and self.address and self.country)


@dataclass(frozen=True, slots=True)
class LegalLink:
    """A page that the law wants linked, by its word."""

    label: StrOrPromise
    url: str


@dataclass(frozen=True, slots=True)
class HostView:
    """A host name of a provider.

    Attributes:
        is_proved: whether it shows the brand; else it waits and serves nothing.
        record: the name of the TXT record that proves it.
        challenge: what the record has to say; empty where an operator vouched for the name.
        checked_at: when DNS was asked last, or None.
        outcome: what DNS said then, of HostOutcome, or empty.
    """

    id: int
    name: str
    is_proved: bool
    record: str
    challenge: str
    asked_at: datetime
    checked_at: datetime | None
    outcome: str


@dataclass(frozen=True)
class TenantView:
    """A tenant as pages and jobs need it.

    Attributes:
        id: the row's number, never shown.
        public_id: what URLs show.
        external_id: the provider's own name for the tenant.
        credit_limit_minor: how far below 0 a wallet may fall, in minor units of `currency`.
        epoch: grows with every suspension and every return.
    """

    id: int
    provider_id: int
    public_id: str
    external_id: str
    name: str
    category: str
    status: str
    time_zone: str
    currency: str
    language: str
    billing_plan: str
    contract_type: str
    anchor_day: int
    credit_limit_minor: int
    trial_ends_at: datetime | None
    epoch: int
    created_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class TenantProfileView:
    """What a tenant says of itself.

    Attributes:
        legal_name: the company as documents name it.
        country: ISO 3166, two letters, or empty.
        tax_id: as it was typed here before; tax numbers stand in the tax profile, which comes first.
        billing_emails: who gets billing mails besides those who administer the tenant.
    """

    legal_name: str = ""
    address: str = ""
    country: str = ""
    tax_id: str = ""
    billing_emails: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TenantSpec:
    """What is needed to make a tenant; what is left out comes from the provider or the usual.

    Attributes:
        public_id: chosen beforehand by who must not make the tenant twice; a new one when left out.
    """

    external_id: str
    name: str
    public_id: str | None = None
    currency: str | None = None
    time_zone: str | None = None
    category: str = "organisation"
    billing_plan: str = "PREPAID"
    contract_type: str = "PAYG"
    anchor_day: int = 1
    credit_limit_minor: int = 0
    trial_ends_at: datetime | None = None
    language: str = "en"


@dataclass(frozen=True)
class WalletFlip:
    """A wallet that fell to its limit, or came back.

    Attributes:
        tenant_id: whose wallet.
        source: the wallet's currency, so that two wallets of a tenant count apart.
        suspended: True when the wallet now asks for suspension, False when it no longer does.
    """

    tenant_id: int
    source: str
    suspended: bool


@dataclass(frozen=True)
class StatusChange:
    """A tenant whose status or epoch was changed by suspension."""

    tenant_id: int
    status: str
    epoch: int


@dataclass(frozen=True)
class OpenSuspension:
    """One open reason of a suspension."""

    reason: str
    source: str
    since: datetime
    note: str
    epoch: int

    @property
    def kind(self) -> str:
        """Return the reason, or `platform` where the whole provider is suspended."""
        return self.source if self.source == PLATFORM_SOURCE else self.reason


@dataclass(frozen=True)
class Entitlement:
    """What a tenant's service may do now; the provider's switch asks for this.

    Attributes:
        status: active, trial, suspended or closed.
        reason: why it is suspended or closed, else None.
        since: when that began, else None.
        epoch: grows with every suspension and every return; a caller that knows a higher one keeps that.
        outbound: whether the tenant may start anything.
        inbound: what happens to what comes in for the tenant.
        resources: whether what runs may go on.
        may_create: whether new resources may be made.
    """

    status: str
    reason: str | None
    since: datetime | None
    epoch: int
    outbound: Literal["allow", "block"]
    inbound: Literal["allow", "reject", "announce"]
    resources: Literal["run", "stop"]
    may_create: bool


@dataclass(frozen=True)
class ApiKeyIdentity:
    """Who calls the API: the provider of a good key, and what the key may do."""

    provider_id: int
    key_id: int
    scopes: frozenset[str]


@dataclass(frozen=True)
class NewApiKey:
    """A key that was just made; `raw` is shown once and stored nowhere."""

    id: int
    name: str
    prefix: str
    scopes: tuple[str, ...]
    expires_at: datetime | None
    raw: str = field(repr=False)


@dataclass(frozen=True)
class ApiKeyView:
    """A key in a list."""

    id: int
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True)
class Membership:
    """A user's role in a provider (then `tenant_id` is None) or in a tenant."""

    provider_id: int
    provider_name: str
    tenant_id: int | None
    tenant_name: str | None
    role: str

    @property
    def key(self) -> str:
        """Return the text that names this membership in a session."""
        return f"{self.provider_id}:{self.tenant_id or 0}"


@dataclass(frozen=True)
class TenantPage:
    """Some tenants, newest first, and where the next page begins."""

    rows: Sequence[TenantView]
    next_after: str | None
