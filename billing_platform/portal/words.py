"""The customers' words for the parts' enums; one vocabulary on every page."""

from __future__ import annotations

from typing import Final

from accounts.enums import PostingKind
from tenants.enums import (
    BillingPlan,
    ContractType,
    SuspensionReason,
    TenantCategory,
    TenantRole,
    TenantStatus,
)

BILLING_PLANS: Final = {plan.value: str(plan.label) for plan in BillingPlan}
CONTRACT_TYPES: Final = {contract.value: str(contract.label) for contract in ContractType}
CATEGORIES: Final = {category.value: str(category.label) for category in TenantCategory}
TENANT_ROLES: Final = {role.value: str(role.label) for role in TenantRole}
POSTING_KINDS: Final = {kind.value: str(kind.label) for kind in PostingKind}

SUSPENSION_REASONS: Final = {reason.value: str(reason.label) for reason in SuspensionReason}
STATUSES: Final = {status.value: str(status.label) for status in TenantStatus}
SUSPENSION_TITLES: Final = {
    SuspensionReason.EXHAUSTED.value: "Suspended: the balance is used up",
    SuspensionReason.OVERDUE.value: "Suspended: an invoice is overdue",
    SuspensionReason.BY_HAND.value: "Suspended by {provider}",
}
# What a customer can do; a provider's people know.
SUSPENSION_ADVICE: Final = {
    SuspensionReason.EXHAUSTED.value: "Ask {provider} to add credit; the service is back within seconds.",
    SuspensionReason.OVERDUE.value: "Pay the open invoice; the service is back as soon as the payment has arrived.",
    SuspensionReason.BY_HAND.value: "Please get in touch with {provider}.",
}
STAFF_ADVICE: Final = {
    SuspensionReason.EXHAUSTED.value: "It ends as soon as credit brings the balance above the limit.",
    SuspensionReason.OVERDUE.value: "It ends as soon as the open invoices are paid.",
    SuspensionReason.BY_HAND.value: "It ends when somebody lifts it.",
}
PARKING_REASONS: Final = {
    "unknown_tenant": "no client has this id",
    "closed_tenant": "the client is closed",
    "unknown_meter": "no meter counts this",
}
