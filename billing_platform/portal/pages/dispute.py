"""One dispute for the provider's people: what is known, what to answer where, what was posted, what was told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from billing_platform.portal.dispute_words import PROBLEMS, STAFF_STATES, reason_words
from billing_platform.portal.pages.disputes import answer_by
from billing_platform.portal.pages.payment import Step, event_step
from billing_platform.portal.words import POSTING_KINDS
from payments.enums import DisputeState
from payments.selectors.disputes import postings_of_dispute
from payments.selectors.events import events_about
from payments.services.gateways import dispute_address
from tenants.selectors.changes import emails_of
from tenants.selectors.tenants import tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accounts.selectors.keyed import KeyedPosting
    from payments.selectors.disputes import DisputeView
    from tenants.types import ProviderView, TenantView


@dataclass(frozen=True, slots=True)
class DisputePage:
    """A dispute.

    Attributes:
        reason: in plain words.
        answer_by: until when the gateway takes an answer, None when it awaits none.
        is_late: that moment is over.
        answer_url: the dispute in the gateway's own dashboard, "" when it has no such page.
        problem: why it waits for a decision, in words.
        accepter: who decided, or "".
        client_bears, we_bear: what a decision would post.
        may_accept, may_ask, may_release: what this person may do now.
    """

    row: DisputeView
    pill: str
    client: TenantView | None
    reason: str
    answer_by: datetime | None
    is_late: bool
    answer_url: str
    problem: str
    accepter: str
    steps: Sequence[Step]
    may_accept: bool
    may_ask: bool
    may_release: bool
    zone: str


def dispute_page(
    provider: ProviderView, row: DisputeView, *, may_post: bool, now: datetime
) -> DisputePage:
    """Return a dispute with its timeline, by a fixed number of queries.

    Args:
        provider: whose; its scope is open.
        row: the dispute.
        may_post: whether this person may move money.
        now: the present moment.
    """
    people = emails_of({row.accepted_by} if row.accepted_by else set())
    steps = [
        Step(row.created_at, "plus", _("We heard of it")),
        *map(_posting_step, postings_of_dispute(row, provider.id)),
        *map(event_step, events_about(provider.id, row.attempt_id, row.external_id)),
    ]
    if row.state_at > row.created_at:
        title = _("Since then: %s") % DisputeState(row.state).label
        steps.append(Step(row.state_at, "clock", title))
    if row.next_poll_at is not None:
        asked = _("asked %s times so far") % row.polls
        steps.append(Step(row.next_poll_at, "refresh", _("The gateway is asked again"), asked))
    until = answer_by(row)
    return DisputePage(
        row=row,
        pill="dispute_undecided" if row.waits else STAFF_STATES[row.state],
        client=tenants_by_id(provider.id, {row.tenant_id}).get(row.tenant_id),
        reason=reason_words(row),
        answer_by=until,
        is_late=until is not None and until < now,
        answer_url=dispute_address(row.gateway, row.external_id, is_live=row.is_live),
        problem=PROBLEMS[row.problem] if row.problem else "",
        accepter=people.get(row.accepted_by or 0, ""),
        steps=sorted(steps, key=lambda step: step.at),
        may_accept=may_post and row.waits,
        may_ask=may_post,
        may_release=may_post and row.is_frozen and row.state == DisputeState.WON,
        zone=provider.time_zone,
    )


def _posting_step(one: KeyedPosting) -> Step:
    number = _("posting %s") % one.id
    amount = f"{one.wallet} · {number}" if one.wallet else number
    return Step(one.at, "wallet", POSTING_KINDS[one.kind], amount)
