"""The periodic work of documents. Each task takes ids and calls one service; all are safe to run twice."""

from __future__ import annotations

from billing_platform.kernel.clock import now as wall_clock
from billing_platform.kernel.heartbeats import JobIsRunningError, job_run
from billing_platform.kernel.scope import system_scope
from billing_platform.kernel.tasks import platform_task, scoped_task
from invoicing.selectors.waiting import providers_with_drafts
from invoicing.services.payment_documents import issue_payment_documents


@platform_task(name="invoicing.issue_documents", opens_scope=False)
def issue_documents() -> None:
    """Ring for each provider whose payments wait for their documents; each minute."""
    try:
        with job_run(job="issue_documents") as run:
            with system_scope():
                found = providers_with_drafts()
            for provider_id in found:
                issue_provider_documents.delay(provider_id=provider_id)
            run.counts["providers"] = len(found)
    except JobIsRunningError:
        return  # another beat rang at the same moment


@scoped_task(name="invoicing.issue_provider_documents", opens_scope=False)
def issue_provider_documents(*, provider_id: int) -> None:
    """Issue what of a provider waits."""
    try:
        with job_run(job="issue_documents", provider_id=provider_id) as run:
            issued = issue_payment_documents(provider_id=provider_id, now=wall_clock())
            run.counts["documents"] = issued.documents
            run.skipped.update(issued.failed)
    except JobIsRunningError:
        return  # the round before this one is still at it; the next minute takes what it misses
