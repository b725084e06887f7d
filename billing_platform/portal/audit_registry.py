"""What the audit log tells of rows of providers and clients: a word for each column, and how its values read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from billing_platform.kernel.formats import format_moment, format_money
from billing_platform.kernel.money import Money
from billing_platform.portal.forms import words_of
from billing_platform.portal.words import (
    BILLING_PLANS,
    CATEGORIES,
    CONTRACT_TYPES,
    KEY_SCOPES,
    PROVIDER_ROLES,
    SUSPENSION_REASONS,
    TENANT_ROLES,
)
from tenants.registry import REGISTRY

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class ToldPrice:
    """A price in words: what it is called and where it stands, and its rates."""

    name: str
    rates: str


@dataclass(frozen=True, slots=True)
class Known:
    """What changed rows name by numbers, in words: plans' versions, prices, connections, places of tax rates."""

    versions: Mapping[int, str] = field(default_factory=dict)
    prices: Mapping[int, ToldPrice] = field(default_factory=dict)
    connections: Mapping[int, str] = field(default_factory=dict)
    tax_places: Mapping[int, str] = field(default_factory=dict)


NOTHING: Final = Known()


@dataclass(frozen=True, slots=True)
class Told:
    """A value that is to be told: the row that it stands in, the zone of who reads it, and what the row names."""

    row: Mapping[str, Any]
    zone: str
    known: Known = NOTHING


Say = Callable[[Any, Told], str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its word, and how its values read."""

    label: StrOrPromise
    say: Say


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of row.

    Attributes:
        label: its word.
        columns: what is told, by the column's name.
        silent: columns that tell a person nothing: numbers of rows, and moments that the log has itself.
    """

    label: StrOrPromise
    columns: Mapping[str, Column]
    silent: frozenset[str] = field(default=frozenset({"id", "provider_id", "created_at"}))


def text(value: Any, _told: Told) -> str:
    """Tell a value as it stands."""
    return str(value)


def yes_or_no(value: Any, _told: Told) -> str:
    """Tell whether something is so."""
    return gettext("Yes") if value else gettext("No")


def _list(value: Any, _told: Told) -> str:
    return ", ".join(str(each) for each in value)


def moment(value: Any, told: Told) -> str:
    """Tell a moment in the reader's zone."""
    at = datetime.fromisoformat(str(value))
    return format_moment(at, told.zone, get_language() or "en")


def amount(value: Any, told: Told) -> str:
    """Tell an amount of minor units in the currency of its row."""
    money = Money(int(value), told.row["currency"])
    return format_money(money, get_language() or "en")


def one_of(words: Mapping[str, str]) -> Say:
    """Tell a code by its word; one that is not known stands as it is."""
    return lambda value, _told: words.get(value, str(value))


def several_of(words: Mapping[str, str]) -> Say:
    """Tell codes by their words."""
    return lambda value, _told: ", ".join(words.get(each, str(each)) for each in value)


def country(value: Any, _told: Told) -> str:
    """Tell a country by its name."""
    return str(Locale.parse(get_language() or "en").territories.get(value, value))


def _language(value: Any, _told: Told) -> str:
    return str(dict(settings.LANGUAGES).get(value, value))


def _picture(value: Any, _told: Told) -> str:
    # Its name is the digest of what it shows.
    return gettext("picture %(name)s") % {"name": str(value).rpartition("/")[2][:8]}


def _setting(value: Any, told: Told) -> str:
    setting = REGISTRY.get(told.row.get("name", ""))
    kept = tuple(value) if isinstance(value, list) else value
    return words_of(setting, kept) if setting else str(value)


_NAME: Final = Column(_("Name"), text)
_ZONE: Final = Column(_("Time zone"), text)
_CURRENCY: Final = Column(_("Currency"), text)
_LEGAL: Final[dict[str, Column]] = {
    "legal_name": Column(_("Legal name"), text),
    "address": Column(_("Address"), text),
    "country": Column(_("Country"), country),
    "tax_id": Column(_("Tax id"), text),
}
_OF_A_TENANT: Final = frozenset({"id", "provider_id", "tenant_id", "created_at"})

OWN: Final[dict[str, Kind]] = {
    "provider": Kind(
        _("Provider"),
        {
            "slug": Column(_("Short name"), text),
            "name": _NAME,
            "currency": _CURRENCY,
            "time_zone": _ZONE,
            "brand_color": Column(_("Colour"), text),
            "logo_light": Column(_("Logo on light pages"), _picture),
            "logo_dark": Column(_("Logo on dark pages"), _picture),
            "sender_name": Column(_("Sender's name"), text),
            "sender_email": Column(_("Sender's address"), text),
            "support_url": Column(_("Support page"), text),
            "imprint_url": Column(_("Imprint"), text),
            "terms_url": Column(_("Terms"), text),
            "privacy_url": Column(_("Privacy"), text),
            "postcode": Column(_("Postcode"), text),
            "city": Column(_("City"), text),
            "region": Column(_("State or region"), text),
            "registration_no": Column(_("Registration number"), text),
            "bank_holder": Column(_("Account holder"), text),
            "bank_iban": Column(_("IBAN"), text),
            "bank_bic": Column(_("BIC"), text),
            "payment_terms": Column(_("Payment terms"), text),
            "legal_text": Column(_("Text at the foot"), text),
            "suspended_at": Column(_("Suspended"), moment),
            "suspension_note": Column(_("Reason"), text),
            **_LEGAL,
        },
        frozenset({"id", "created_at", "suspension_epoch"}),
    ),
    "host": Kind(
        _("Host name"),
        {"name": _NAME, "proved_at": Column(_("Proved"), moment)},
        frozenset({"id", "provider_id"}),
    ),
    "setting": Kind(
        _("Setting"),
        {"value": Column(_("Value"), _setting)},
        frozenset({"id", "provider_id", "name", "changed_at", "changed_by_id"}),
    ),
    "api_key": Kind(
        _("API key"),
        {
            "name": _NAME,
            "prefix": Column(_("Begins with"), text),
            "scopes": Column(_("It may"), several_of(KEY_SCOPES)),
            "expires_at": Column(_("It ends"), moment),
            "revoked_at": Column(_("Revoked"), moment),
        },
        frozenset({"id", "provider_id", "slot", "created_at"}),
    ),
    "provider_member": Kind(
        _("Role of staff"),
        {"role": Column(_("Role"), one_of(PROVIDER_ROLES))},
        frozenset({"id", "provider_id", "user_id", "created_at"}),
    ),
    "tenant": Kind(
        _("Client"),
        {
            "external_id": Column(_("Client id"), text),
            "name": _NAME,
            "category": Column(_("Category"), one_of(CATEGORIES)),
            "time_zone": _ZONE,
            "currency": _CURRENCY,
            "language": Column(_("Language"), _language),
            "billing_plan": Column(_("Billing plan"), one_of(BILLING_PLANS)),
            "contract_type": Column(_("Contract type"), one_of(CONTRACT_TYPES)),
            "anchor_day": Column(_("Day on which periods begin"), text),
            "credit_limit_minor": Column(_("Credit limit"), amount),
            "trial_ends_at": Column(_("Trial ends"), moment),
            "closed_at": Column(_("Closed"), moment),
        },
        frozenset({"id", "provider_id", "public_id", "created_at"}),
    ),
    "tenant_profile": Kind(
        _("Company data"),
        {**_LEGAL, "billing_emails": Column(_("Billing addresses"), _list)},
        frozenset({"id", "provider_id", "tenant_id", "updated_at"}),
    ),
    "tenant_member": Kind(
        _("Role at a client"),
        {"role": Column(_("Role"), one_of(TENANT_ROLES))},
        _OF_A_TENANT | {"user_id"},
    ),
    "suspension": Kind(
        _("Suspension"),
        {
            "reason": Column(_("Why"), one_of(SUSPENSION_REASONS)),
            "note": Column(_("Reason"), text),
            "since": Column(_("Since"), moment),
            "lifted_at": Column(_("Lifted"), moment),
        },
        frozenset({"id", "provider_id", "tenant_id", "epoch", "source"}),
    ),
}
