"""The periodic work of documents. Each task takes ids and calls one service; all are safe to run twice."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta
from typing import Final

from billing_platform.kernel.clock import now as wall_clock
from billing_platform.kernel.doorbells import ring_providers
from billing_platform.kernel.heartbeats import JobIsRunningError, job_run
from billing_platform.kernel.tasks import platform_task, scoped_task
from invoicing.errors import PdfUnavailable, RenderFailed
from invoicing.selectors.files import providers_without_pdfs
from invoicing.selectors.waiting import providers_with_drafts
from invoicing.services.bank_matching import match_new_lines
from invoicing.services.bank_orders import expire_bank_orders
from invoicing.services.files import make_pdfs
from invoicing.services.payment_documents import issue_payment_documents
from invoicing.services.refund_notes import credit_refunds
from invoicing.services.refund_returns import invoice_returns
from payments.selectors.bank_lines import providers_with_new_lines
from payments.selectors.settled import providers_with_taxed_refunds
from tenants.selectors.providers import provider_ids

# Longer than any outage of the worker; what is older is caught up with by `issue_topup_documents`.
_REFUNDS_WATCHED: Final = timedelta(days=7)
# A provider with many documents to draw lets others have their turn after so many seconds.
_TURN_S: Final = 45


def _providers_that_wait() -> list[int]:
    fresh = providers_with_taxed_refunds(wall_clock() - _REFUNDS_WATCHED)
    return sorted({*providers_with_drafts(), *fresh})


@platform_task(name="invoicing.issue_documents", opens_scope=False)
def issue_documents() -> None:
    """Ring for each provider whose payments wait for their documents; each minute."""
    ring_providers(job="issue_documents", find=_providers_that_wait, task=issue_provider_documents)


# A bell that nobody heard for so long says nothing that the sweep of each minute has not found.
@scoped_task(name="invoicing.issue_provider_documents", opens_scope=False, expires=120)
def issue_provider_documents(*, provider_id: int) -> None:
    """Issue what of a provider waits."""
    # Nothing is done while the round before this one is still at it; the next minute takes what it misses.
    with (
        suppress(JobIsRunningError),
        job_run(job="issue_documents", provider_id=provider_id) as run,
    ):
        issued = issue_payment_documents(provider_id=provider_id, now=wall_clock())
        run.counts["documents"] = issued.documents
        if issued.ended:
            run.counts["ended_drafts"] = issued.ended
        run.skipped.update(issued.failed)
        since = wall_clock() - _REFUNDS_WATCHED
        notes, failed = credit_refunds(provider_id=provider_id, now=wall_clock(), since=since)
        run.counts["credit_notes"] = notes
        run.skipped.update(failed)
        again, failed = invoice_returns(provider_id=provider_id, now=wall_clock(), since=since)
        run.counts["returned_refunds"] = again
        run.skipped.update(failed)
    make_provider_pdfs.delay(provider_id=provider_id)


@platform_task(name="invoicing.make_pdfs", opens_scope=False)
def make_all_pdfs() -> None:
    """Ring for each provider with documents that lack their PDF; each minute."""
    ring_providers(job="make_pdfs", find=providers_without_pdfs, task=make_provider_pdfs)


@scoped_task(name="invoicing.make_provider_pdfs", opens_scope=False)
def make_provider_pdfs(*, provider_id: int) -> None:
    """Draw what of a provider is not drawn yet, for some seconds; what is left after them waits for the next turn."""
    ends = time.monotonic() + _TURN_S
    left = False
    # Nothing is done while another worker draws them.
    with suppress(JobIsRunningError), job_run(job="make_pdfs", provider_id=provider_id) as run:
        try:
            made = make_pdfs(
                provider_id=provider_id,
                now=wall_clock(),
                go_on=lambda: time.monotonic() < ends,
            )
        except PdfUnavailable as error:
            run.skipped[error.code] = 1
        else:
            left = bool(made.pop("left", 0))
            failed = made.pop("failed", 0)
            run.counts.update(made)
            run.skipped.update({RenderFailed.code: failed} if failed else {})
    if left:
        make_provider_pdfs.delay(provider_id=provider_id)


@platform_task(name="invoicing.match_bank_lines", opens_scope=False)
def match_bank_lines() -> None:
    """Ring for each provider with bank lines that nobody looked at; each minute."""
    ring_providers(job="match_bank_lines", find=providers_with_new_lines, task=match_provider_lines)


@scoped_task(name="invoicing.match_provider_lines", opens_scope=False)
def match_provider_lines(*, provider_id: int) -> None:
    """Match what of a provider's bank lines is new."""
    # Nothing is done while the round before this one is still at it; the next minute takes what it misses.
    with (
        suppress(JobIsRunningError),
        job_run(job="match_bank_lines", provider_id=provider_id) as run,
    ):
        matched = match_new_lines(provider_id=provider_id, now=wall_clock())
        run.counts["lines"] = sum(matched.states.values())
        run.skipped.update(matched.failed)


@platform_task(name="invoicing.expire_orders", opens_scope=False)
def expire_orders() -> None:
    """Ring for each provider, whose payment orders may be long overdue; each night."""
    ring_providers(job="expire_orders", find=provider_ids, task=expire_provider_orders)


@scoped_task(name="invoicing.expire_provider_orders", opens_scope=False)
def expire_provider_orders(*, provider_id: int) -> None:
    """Cancel what of a provider's payment orders is long overdue."""
    # Nothing is done while another worker is still at it.
    with (
        suppress(JobIsRunningError),
        job_run(job="expire_orders", provider_id=provider_id) as run,
    ):
        run.counts["orders"] = expire_bank_orders(provider_id=provider_id, now=wall_clock())
