"""The customers' words for the parts' enums; one vocabulary on every page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from django.utils.translation import gettext, gettext_noop

from accounts.enums import PostingKind
from tenants.enums import (
    BillingPlan,
    ContractType,
    KeyScope,
    ProviderRole,
    SuspensionReason,
    TenantCategory,
    TenantRole,
    TenantStatus,
)
from tenants.types import PLATFORM_SOURCE
from usage.calls import INBOUND, INTERNAL, OUTBOUND


class Vocabulary(Mapping[str, str]):
    """Codes with their words, which are said in the language of the moment."""

    def __init__(self, words: Mapping[str, object]) -> None:
        self._words = words

    def __getitem__(self, code: str) -> str:
        return gettext(str(self._words[code]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)


BILLING_PLANS: Final = Vocabulary({plan.value: plan.label for plan in BillingPlan})
CONTRACT_TYPES: Final = Vocabulary({contract.value: contract.label for contract in ContractType})
CATEGORIES: Final = Vocabulary({category.value: category.label for category in TenantCategory})
TENANT_ROLES: Final = Vocabulary({role.value: role.label for role in TenantRole})
PROVIDER_ROLES: Final = Vocabulary({role.value: role.label for role in ProviderRole})
KEY_SCOPES: Final = Vocabulary({scope.value: scope.label for scope in KeyScope})
POSTING_KINDS: Final = Vocabulary({kind.value: kind.label for kind in PostingKind})

SUSPENSION_REASONS: Final = Vocabulary({reason.value: reason.label for reason in SuspensionReason})
# As part of a sentence.
INLINE_REASONS: Final = Vocabulary(
    {
        SuspensionReason.EXHAUSTED.value: gettext_noop("balance exhausted"),
        SuspensionReason.OVERDUE.value: gettext_noop("invoice overdue"),
        SuspensionReason.BY_HAND.value: gettext_noop("by hand"),
    }
)
STATUSES: Final = Vocabulary({status.value: status.label for status in TenantStatus})
SUSPENSION_TITLES: Final = Vocabulary(
    {
        SuspensionReason.EXHAUSTED.value: gettext_noop("Suspended: the balance is used up"),
        SuspensionReason.OVERDUE.value: gettext_noop("Suspended: an invoice is overdue"),
        SuspensionReason.BY_HAND.value: gettext_noop("Suspended by {provider}"),
        PLATFORM_SOURCE: gettext_noop("The service of {provider} is suspended"),
    }
)
# What a customer can do; a provider's people know.
SUSPENSION_ADVICE: Final = Vocabulary(
    {
        SuspensionReason.EXHAUSTED.value: gettext_noop(
            "Ask {provider} to add credit; the service is back within seconds."
        ),
        SuspensionReason.OVERDUE.value: gettext_noop(
            "Pay the open invoice; the service is back as soon as the payment has arrived."
        ),
        SuspensionReason.BY_HAND.value: gettext_noop("Please get in touch with {provider}."),
        PLATFORM_SOURCE: gettext_noop(
            "That concerns all clients. Balance and invoices stay as they are, and invoices can be paid."
        ),
    }
)
STAFF_ADVICE: Final = Vocabulary(
    {
        SuspensionReason.EXHAUSTED.value: gettext_noop(
            "It ends as soon as credit brings the balance above the limit."
        ),
        SuspensionReason.OVERDUE.value: gettext_noop(
            "It ends as soon as the open invoices are paid."
        ),
        SuspensionReason.BY_HAND.value: gettext_noop("It ends when somebody lifts it."),
        PLATFORM_SOURCE: gettext_noop("It ends when the platform lets {provider} return."),
    }
)
PARKING_REASONS: Final = Vocabulary(
    {
        "unknown_tenant": gettext_noop("no client has this id"),
        "closed_tenant": gettext_noop("the client is closed"),
        "unknown_meter": gettext_noop("no meter counts this"),
    }
)
CALL_DIRECTIONS: Final = Vocabulary(
    {
        INBOUND: gettext_noop("Inbound"),
        OUTBOUND: gettext_noop("Outbound"),
        INTERNAL: gettext_noop("Internal"),
    }
)
LINE_KINDS: Final = Vocabulary(
    {
        "number": gettext_noop("Number"),
        "trunk": gettext_noop("Trunk"),
        "account": gettext_noop("Account code"),
    }
)
