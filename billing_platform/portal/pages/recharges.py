"""Auto-recharge as its owner and the provider's people see it: rules, how they stand, and what they charged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing_platform.portal.method_words import kept_title, method_title
from billing_platform.portal.payment_words import CUSTOMER_STATES, failure_words
from billing_platform.portal.recharge_words import PILLS, standing_words
from invoicing.enums import UNPAID_STATES, DocumentKind, Status
from invoicing.selectors.document_counts import count_by_status
from invoicing.selectors.documents import DocumentQuery
from payments.enums import CREDITED, AttemptState, Hindrance, RechargeMode
from payments.gateways.methods import MethodKind
from payments.selectors.auto_pay import is_auto_pay_on
from payments.selectors.methods import methods_of
from payments.selectors.recharge_needs import owed_recharges
from payments.selectors.recharges import recharges_of, rules_of
from tenants.registry import SUSPENSION_ENABLED
from tenants.selectors.providers import provider_day
from tenants.selectors.settings import get_setting

if TYPE_CHECKING:
    from collections.abc import Sequence, Set
    from datetime import datetime

    from billing_platform.kernel.money import Money
    from payments.selectors.recharges import RechargeView, RuleView
    from tenants.types import TenantView

SHOWN: Final = 25
# Its page was left, or the gateway has not decided: the money may still come.
_WAITING: Final = (
    AttemptState.UNKNOWN,
    AttemptState.PENDING,
    AttemptState.QUARANTINED,
)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule on the page.

    Attributes:
        pill: its state.
        words: how it stands, and why.
        is_target: it fills up to the amount, else it adds it.
        pay: public id of a recharge to pay by hand, or "".
        stopped: what follows when it is switched off.
    """

    row: RuleView
    pill: str
    words: str
    is_target: bool
    pay: str
    stopped: str


@dataclass(frozen=True, slots=True)
class RechargeLine:
    """A recharge on the page.

    Attributes:
        title: what was charged.
        reason: why it did not work, or "".
        is_payable: it may be paid by hand.
    """

    row: RechargeView
    pill: str
    title: str
    reason: str
    is_payable: bool


@dataclass(frozen=True, slots=True)
class RechargesPage:
    """Rules and recharges of a tenant.

    Attributes:
        shown: how many recharges are shown at most.
        stopped: what follows when auto-pay is switched off.
    """

    rules: Sequence[RuleLine]
    lines: Sequence[RechargeLine]
    is_auto_pay: bool
    zone: str
    shown: int = SHOWN
    stopped: str = ""


def recharges_page(tenant: TenantView, *, now: datetime) -> RechargesPage:
    """Return the page, by a fixed number of queries per rule.

    Args:
        tenant: whose; its scope, or its provider's, is open.
        now: the present moment.
    """
    ids = (tenant.provider_id, tenant.id)
    suspends: bool = get_setting(tenant.provider_id, SUSPENSION_ENABLED)
    rules = rules_of(*ids, zone=tenant.time_zone, now=now)
    return RechargesPage(
        rules=[rule_line(row, suspends=suspends) for row in rules],
        lines=_lines(recharges_of(*ids, limit=SHOWN), owed={*owed_recharges(*ids).values()}),
        is_auto_pay=is_auto_pay_on(*ids),
        zone=tenant.time_zone,
        stopped=_stopped(tenant, now, suspends=suspends),
    )


def rule_line(row: RuleView, *, suspends: bool) -> RuleLine:
    """Return a rule as a line.

    Args:
        row: the rule.
        suspends: its provider suspends clients whose balance is used up.
    """
    is_declined = row.hindrance in (Hindrance.PAUSED, Hindrance.WAITING)
    return RuleLine(
        row=row,
        pill=PILLS[row.hindrance],
        words=standing_words(row),
        is_target=row.mode == RechargeMode.TARGET,
        pay=row.recharge if is_declined else "",
        stopped=" ".join(
            [
                _("Nothing is charged by itself in %s any more.") % row.currency,
                *_then(suspends=suspends),
            ]
        ),
    )


@dataclass(frozen=True, slots=True)
class LinkPage:
    """What whoever has the link of a declined recharge reads.

    Attributes:
        tenant: what the client is called.
        is_paid, is_waiting: of the payment that stands for it; neither while there is none, or when it came to nothing.
    """

    tenant: str
    amount: Money
    is_paid: bool
    is_waiting: bool


def link_page(tenant: TenantView, row: RechargeView) -> LinkPage:
    """Return the page of a link.

    Args:
        tenant: whose recharge.
        row: the recharge.
    """
    return LinkPage(
        tenant=tenant.name,
        amount=row.amount,
        is_paid=row.state in CREDITED,
        is_waiting=row.state in _WAITING,
    )


def _then(*, suspends: bool) -> list[str]:
    more = _("Once the balance is used up, the service stops until you top up yourself.")
    return [more] if suspends else []


def _stopped(tenant: TenantView, now: datetime, *, suspends: bool) -> str:
    ids = (tenant.provider_id, tenant.id)
    card = next((method_title(row) for row in methods_of(*ids) if row.is_default), "")
    query = DocumentQuery(tenant.id, kinds=[DocumentKind.INVOICE])
    found = count_by_status(tenant.provider_id, query, today=provider_day(ids[0], now)).counts
    unpaid = sum(found.get(state, 0) for state in (*UNPAID_STATES, Status.OVERDUE))
    words = [
        _("%s is not charged any more.") % card if card else _("Nothing is charged any more."),
        *_then(suspends=suspends),
    ]
    if unpaid:
        more = ngettext(
            "%d invoice is open and stays to be paid.",
            "%d invoices are open and stay to be paid.",
            unpaid,
        )
        words.append(more % unpaid)
    return " ".join(words)


def _lines(rows: Sequence[RechargeView], *, owed: Set[str]) -> list[RechargeLine]:
    return [_line(row, is_payable=row.public_id in owed) for row in rows]


def _line(row: RechargeView, *, is_payable: bool) -> RechargeLine:
    return RechargeLine(
        row=row,
        pill=CUSTOMER_STATES[row.state],
        title=kept_title(MethodKind.CARD, row.paid_brand, row.paid_last4),
        reason="" if row.is_by_hand else failure_words(row.code),
        is_payable=is_payable,
    )
