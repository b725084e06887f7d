"""Which pages stand in the navigation, for which roles, and how many rows wait there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_noop

from payments.selectors.bank_lines import count_open_lines
from payments.selectors.disputes import count_waiting_disputes
from payments.selectors.refund_requests import count_open_requests
from tenants.enums import ProviderRole, TenantRole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class NavEntry:
    """A page that stands in the navigation of some roles.

    Attributes:
        count: how many rows wait there, of a provider whose scope is open; None where nothing waits.
    """

    label: str
    route: str
    icon: str
    roles: Sequence[str]
    count: Callable[[int], int] | None = None


PROVIDER_HOME: Final = "provider-dashboard"
PROVIDER_NAV: Final = (
    NavEntry(gettext_noop("Dashboard"), PROVIDER_HOME, "home", tuple(ProviderRole)),
    NavEntry(gettext_noop("Clients"), "provider-clients", "users", tuple(ProviderRole)),
    NavEntry(
        gettext_noop("Approvals"),
        "provider-approvals",
        "check",
        (ProviderRole.OWNER, ProviderRole.BILLING),
    ),
    NavEntry(gettext_noop("Usage"), "provider-usage", "chart-bar", tuple(ProviderRole)),
    NavEntry(gettext_noop("Uploads"), "provider-uploads", "upload", tuple(ProviderRole)),
    NavEntry(gettext_noop("Calls"), "provider-calls", "phone", tuple(ProviderRole)),
    NavEntry(gettext_noop("Payments"), "provider-payments", "credit-card", tuple(ProviderRole)),
    NavEntry(gettext_noop("Invoices"), "provider-documents", "file-invoice", tuple(ProviderRole)),
    NavEntry(
        gettext_noop("Bank"), "provider-bank", "building", tuple(ProviderRole), count_open_lines
    ),
    NavEntry(
        gettext_noop("Refund requests"),
        "provider-refund-requests",
        "receipt",
        (ProviderRole.OWNER, ProviderRole.BILLING),
        count_open_requests,
    ),
    NavEntry(
        gettext_noop("Disputes"),
        "provider-disputes",
        "ban",
        tuple(ProviderRole),
        count_waiting_disputes,
    ),
    NavEntry(gettext_noop("Promo Code"), "provider-campaigns", "coins", tuple(ProviderRole)),
    NavEntry(gettext_noop("Taxes"), "provider-taxes", "file-invoice", tuple(ProviderRole)),
    NavEntry(gettext_noop("Plans"), "provider-plans", "tag", tuple(ProviderRole)),
    NavEntry(gettext_noop("Meters"), "provider-meters", "chart-line", tuple(ProviderRole)),
    NavEntry(gettext_noop("Events"), "provider-events", "hourglass", tuple(ProviderRole)),
    NavEntry(gettext_noop("Jobs"), "provider-jobs", "clock", tuple(ProviderRole)),
    NavEntry(gettext_noop("Exports"), "provider-exports", "download", tuple(ProviderRole)),
    NavEntry(gettext_noop("Settings"), "provider-settings", "settings", tuple(ProviderRole)),
    NavEntry(gettext_noop("Company"), "provider-seller", "building", (ProviderRole.OWNER,)),
    NavEntry(gettext_noop("Brand"), "provider-brand", "palette", tuple(ProviderRole)),
    NavEntry(
        gettext_noop("Gateways"), "provider-gateways", "building-store", (ProviderRole.OWNER,)
    ),
    NavEntry(gettext_noop("API keys"), "provider-api-keys", "key", (ProviderRole.OWNER,)),
    NavEntry(gettext_noop("Members"), "provider-members", "user-shield", (ProviderRole.OWNER,)),
    NavEntry(
        gettext_noop("Audit log"),
        "provider-audit",
        "history",
        (ProviderRole.OWNER, ProviderRole.BILLING),
    ),
)
LOGIN_NAV: Final = (
    NavEntry(gettext_noop("Second factor"), "mfa_index", "shield-lock", ()),
    NavEntry(gettext_noop("Password"), "account_change_password", "key", ()),
    NavEntry(gettext_noop("E-mail address"), "account_email", "mail", ()),
    NavEntry(gettext_noop("Sessions"), "usersessions_list", "device-desktop", ()),
)
TENANT_NAV: Final = (
    NavEntry(gettext_noop("Dashboard"), "dashboard", "home", (TenantRole.ADMIN,)),
    NavEntry(gettext_noop("Billing"), "billing", "wallet", (TenantRole.ADMIN,)),
    NavEntry(gettext_noop("Company"), "profile", "building", (TenantRole.ADMIN,)),
    NavEntry(gettext_noop("Members"), "tenant-members", "users", (TenantRole.ADMIN,)),
)
