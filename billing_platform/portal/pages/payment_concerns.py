"""What needs somebody's attention in payments: gateways that refuse or say nothing, money that waits for a decision."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing_platform.portal.formats import format_count
from billing_platform.portal.pages.concern import Concern
from payments.selectors.connections import broken_connections
from payments.selectors.disputes import count_waiting_disputes
from payments.selectors.endpoints import endpoints_of_other_mode, silent_endpoints
from payments.selectors.events import count_given_up
from payments.selectors.payments import count_quarantined, count_warned
from payments.selectors.refund_requests import count_open_requests
from payments.selectors.refunds import count_returned_refunds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

# So long after a refund came back it is said on the first page.
_RETURNED_FOR: Final = timedelta(days=14)
# Whoever means to give a payment back that may be fraud does so before it is disputed.
_WARNED_FOR: Final = timedelta(days=30)
_OTHER_MODE_FOR: Final = timedelta(days=1)


def payment_concerns(provider_id: int, *, now: datetime) -> Iterator[Concern]:
    """Yield what needs attention, by a fixed number of queries.

    Args:
        provider_id: whose; its scope is open.
        now: the present moment.
    """
    yield from _gateways(provider_id, now)
    yield from _events(provider_id)
    yield from _disputes(provider_id)
    yield from _warned(provider_id, now)
    yield from _quarantined(provider_id)
    yield from _refunds(provider_id)
    yield from _returned(provider_id, now)


def _gateways(provider_id: int, now: datetime) -> Iterator[Concern]:
    for row in broken_connections(provider_id):
        words = _("%(gateway)s does not take your key any more, since") % {"gateway": row.label}
        url = reverse("provider-gateway", args=[row.public_id])
        yield Concern("danger", 0, words, url, row.state_at, owner_only=True)
    for silent in silent_endpoints(provider_id, now=now):
        words = _("No webhooks of %(gateway)s arrive; what it had to tell was fetched, at last of")
        url = reverse("provider-gateway", args=[silent.public_id])
        words %= {"gateway": silent.label}
        yield Concern("warning", 0, words, url, silent.since, owner_only=True)
    for public_id, label in endpoints_of_other_mode(provider_id, since=now - _OTHER_MODE_FOR):
        words = _(
            "%(gateway)s told of money of the other mode: test instead of live, or the reverse"
        )
        url = reverse("provider-gateway", args=[public_id])
        yield Concern("warning", 0, words % {"gateway": label}, url, owner_only=True)


def _events(provider_id: int) -> Iterator[Concern]:
    for label, waiting in count_given_up(provider_id).items():
        words = ngettext(
            "%(count)s event of %(gateway)s could not be worked off",
            "%(count)s events of %(gateway)s could not be worked off",
            waiting,
        ) % {"count": format_count(waiting), "gateway": label}
        yield Concern("danger", waiting, words, reverse("provider-gateway-events"))


def _disputes(provider_id: int) -> Iterator[Concern]:
    waiting = count_waiting_disputes(provider_id)
    if waiting:
        words = ngettext(
            "%(count)s disputed payment waits for you",
            "%(count)s disputed payments wait for you",
            waiting,
        ) % {"count": format_count(waiting)}
        yield Concern("danger", waiting, words, reverse("provider-disputes"))


def _warned(provider_id: int, now: datetime) -> Iterator[Concern]:
    waiting = count_warned(provider_id, since=now - _WARNED_FOR)
    if waiting:
        words = ngettext(
            "%(count)s payment may be fraud",
            "%(count)s payments may be fraud",
            waiting,
        ) % {"count": format_count(waiting)}
        url = reverse("provider-payments") + "?state=warned"
        yield Concern("danger", waiting, words, url)


def _quarantined(provider_id: int) -> Iterator[Concern]:
    waiting = count_quarantined(provider_id)
    if waiting:
        words = ngettext(
            "%(count)s payment brought something else than was asked for",
            "%(count)s payments brought something else than was asked for",
            waiting,
        ) % {"count": format_count(waiting)}
        url = reverse("provider-payments") + "?state=quarantined"
        yield Concern("warning", waiting, words, url)


def _refunds(provider_id: int) -> Iterator[Concern]:
    waiting = count_open_requests(provider_id)
    if waiting:
        words = ngettext(
            "%(count)s refund request waits",
            "%(count)s refund requests wait",
            waiting,
        ) % {"count": format_count(waiting)}
        yield Concern("warning", waiting, words, reverse("provider-refund-requests"))


def _returned(provider_id: int, now: datetime) -> Iterator[Concern]:
    waiting = count_returned_refunds(provider_id, since=now - _RETURNED_FOR)
    if waiting:
        words = ngettext(
            "%(count)s refund came back",
            "%(count)s refunds came back",
            waiting,
        ) % {"count": format_count(waiting)}
        url = reverse("provider-payments") + "?state=refund_returned"
        yield Concern("warning", waiting, words, url)
