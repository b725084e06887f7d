"""What the platform's periodic jobs are called, and what each does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class JobWords:
    """A job's task, its name for people, and what it does."""

    task: str
    label: StrOrPromise
    words: StrOrPromise


JOBS: Final[Mapping[str, JobWords]] = {
    "charge_providers": JobWords(
        "usage.charge_providers",
        _("Charging"),
        _(
            "Asks every five minutes for what is due: full hours, fees, trials and periods that end."
        ),
    ),
    "outbox": JobWords(
        "kernel.sweep_outbox", _("Mails and messages"), _("Sends what waits, and tries again.")
    ),
    "close_days": JobWords(
        "accounts.close_days",
        _("End of the day"),
        _("Lets credit expire, follows the settings, and seals the ledger's day."),
    ),
    "verify_ledgers": JobWords(
        "accounts.verify_ledgers",
        _("Check of the ledger"),
        _("Recomputes every balance, entry and seal."),
    ),
    "read_call_folders": JobWords(
        "usage.read_call_folders",
        _("Watched folders"),
        _("Reads new call records that a PBX writes."),
    ),
    "sweep_uploads": JobWords(
        "usage.sweep_uploads",
        _("Uploads"),
        _("Goes on with uploaded files whose worker stopped."),
    ),
    "sweep_exports": JobWords(
        "portal.sweep_exports",
        _("Exports"),
        _("Goes on with files of long lists whose worker stopped."),
    ),
    "forget_exports": JobWords(
        "portal.forget_exports",
        _("Old exports"),
        _("Removes files of lists after seven days, and notifications after a year."),
    ),
    "replay_parked": JobWords(
        "usage.replay_parked",
        _("Parked events"),
        _("Counts what waited for a client or a meter."),
    ),
    "fold_hours": JobWords(
        "usage.fold_hours",
        _("Sums of usage"),
        _("Adds up what all clients used, for the usage pages."),
    ),
    "record_burn_rates": JobWords(
        "usage.record_burn_rates",
        _("How long credit lasts"),
        _("Reckons how fast each balance is used up."),
    ),
    "keep_events": JobWords(
        "usage.keep_events",
        _("Retention"),
        _("Removes the personal part of old usage, and makes room for the coming month."),
    ),
    "poll_payments": JobWords(
        "payments.poll",
        _("Open payments"),
        _("Asks gateways about payments that are not decided."),
    ),
    "catch_up_payments": JobWords(
        "payments.catch_up",
        _("Gateways' changes"),
        _("Lists what gateways changed and no message told of."),
    ),
    "recharge": JobWords(
        "payments.recharge", _("Auto-recharge"), _("Tops up what has fallen below its threshold.")
    ),
    "issue_documents": JobWords(
        "invoicing.issue_documents",
        _("Documents"),
        _("Issues the documents of payments."),
    ),
    "make_pdfs": JobWords(
        "invoicing.make_pdfs",
        _("PDFs of documents"),
        _("Makes the PDFs of issued documents, each once."),
    ),
    "expire_orders": JobWords(
        "invoicing.expire_orders",
        _("Overdue payment orders"),
        _("Cancels payment orders that are long overdue."),
    ),
    "match_bank_lines": JobWords(
        "invoicing.match_bank_lines",
        _("Bank statements"),
        _("Matches new lines of bank statements with payment orders."),
    ),
    "forget_webhook_bodies": JobWords(
        "payments.forget_bodies",
        _("Gateways' messages"),
        _("Forgets what old messages of payment gateways said."),
    ),
    "move_all_subscribers": JobWords(
        "usage.move_all_subscribers",
        _("Clients that change version"),
        _("Goes on moving clients to another version of their plan, where somebody asked for it."),
    ),
    "follow_all_prices": JobWords(
        "usage.follow_all_prices",
        _("Clients that follow a changed price"),
        _("Goes on bringing clients in line with prices that were changed from an hour on."),
    ),
    "prove_hosts": JobWords(
        "tenants.prove_hosts",
        _("Host names"),
        _("Asks DNS about names that wait for their proof."),
    ),
    "check_tax_numbers": JobWords(
        "tax.check_numbers",
        _("Tax numbers"),
        _("Asks the registers of tax numbers about new ones, silent ones and old confirmations."),
    ),
    "tidy": JobWords(
        "kernel.tidy", _("Tidying up"), _("Forgets old answers, old mails' texts and old runs.")
    ),
}
