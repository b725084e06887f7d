"""What to look at in the demo: who to log in as, what to try there, and where it is. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try, and its address under the provider's host."""

    words: StrOrPromise
    path: str


@dataclass(frozen=True, slots=True)
class Stop:
    """One person to be for a while."""

    provider: str
    email: str
    who: StrOrPromise
    story: StrOrPromise
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class BankWay:
    """A provider's bank transfers from order to balance: who looks after them, and where each step is.

    Attributes:
        buyer: who orders by transfer.
        before, after: steps of the provider's people around the statement, which is downloaded and imported.
    """

    provider: str
    name: StrOrPromise
    email: str
    buyer: str
    before: tuple[Step, ...]
    after: tuple[Step, ...]


_ORDERS = Step(
    _("See the payment orders and their proformas, or order a top-up by bank transfer"),
    "/billing/bank/",
)
_IMPORT = Step(_("Import the file: CAMT.053, Choose file, Import"), "/provider/bank/statements/new")
_SEEN = (
    Step(_("See what was matched by its reference and what waits"), "/provider/bank/?state=open"),
    Step(_("See statements that were imported before"), "/provider/bank/statements/"),
)
_MATCHED = Step(
    _("See what became of each line: matched, a return booked, outgoing"), "/provider/bank/"
)
_PAID = Step(_("See the proforma paid, and the receipt"), "/provider/invoices/?kind=proforma")
BANK_STEPS: Final = (
    BankWay(
        provider="nimbus",
        name="Nimbus Cloud",
        email="bill@nimbus.example",
        buyer="alice@acme.example",
        before=_SEEN,
        after=(
            _IMPORT,
            _MATCHED,
            Step(
                _("Match by hand what Globex Logistics sent without a reference: an order fits"),
                "/provider/bank/?state=open&q=globex",
            ),
            _PAID,
        ),
    ),
    BankWay(
        provider="sonora",
        name="Sonora Voice",
        email="olga@sonora.example",
        buyer="tina@tonwerk.example",
        before=_SEEN,
        after=(
            _IMPORT,
            _MATCHED,
            Step(
                _("See Kantine Süd return from its suspension: its transfer was matched"),
                "/provider/clients/?q=K-1003",
            ),
            Step(
                _("Match by hand what Autohaus Falke sent without a reference: an order fits"),
                "/provider/bank/?state=open&q=falke",
            ),
            _PAID,
        ),
    ),
)
GUIDE: Final = (
    Stop(
        provider="nimbus",
        email="paula@nimbus.example",
        who=_("Owner of Nimbus Cloud"),
        story=_(
            "Sells servers by the hour. One client ran out of credit, some events came in wrong."
        ),
        steps=(
            Step(_("See what was consumed and what needs attention"), "/provider/?days=90"),
            Step(
                _("Find who is suspended because the balance ran out"),
                "/provider/clients/?reason=exhausted",
            ),
            Step(
                _("Open Blue Harbor Shipping, add credit and see it return at once"),
                "/provider/clients/?q=harbor",
            ),
            Step(
                _("See which invoice is overdue, and who owes it"),
                "/provider/invoices/?status=overdue",
            ),
            Step(_("Look at events that found no client or no meter"), "/provider/events/"),
            Step(
                _("See which events were refused and why, and try them again"),
                "/provider/events/?tab=rejected",
            ),
            Step(_("Take on a client of your own"), "/provider/clients/new"),
            Step(_("See what is sold, and try a new version of a price"), "/provider/plans/"),
            Step(_("See when charging ran, and whether every job keeps up"), "/provider/jobs/"),
            Step(
                _("See what customers paid, and the timeline of each payment"),
                "/provider/payments/",
            ),
            Step(_("Decide on what customers want back"), "/provider/refund-requests/"),
            Step(_("See which payment a bank took back, and answer"), "/provider/disputes/"),
            Step(_("Add a promo code, and see what a campaign brought"), "/provider/promo-codes/"),
            Step(
                _("See which taxes are set up, and try what a sale would be taxed with"),
                "/provider/taxes/",
            ),
            Step(_("See the gateways, and test a connection"), "/provider/gateways/"),
            Step(_("Change the colour, add a logo, ask for a host name"), "/provider/brand/"),
            Step(_("See who changed what, before and after"), "/provider/audit/"),
            Step(
                _("Make an API key and send usage with the call that is shown"),
                "/provider/api-keys/",
            ),
        ),
    ),
    Stop(
        provider="nimbus",
        email="rita@nimbus.example",
        who=_("Reader at Nimbus Cloud"),
        story=_("Sees the same figures and can change none of them."),
        steps=(
            Step(_("Look for the buttons that are missing here"), "/provider/clients/"),
            Step(_("Read how the provider is set up"), "/provider/settings/"),
        ),
    ),
    Stop(
        provider="nimbus",
        email="alice@acme.example",
        who=_("Admin of Acme Robotics, a prepaid customer"),
        story=_("Grows week by week and tops up when the credit runs low."),
        steps=(
            Step(_("See the balance, the cost of today and how long it lasts"), "/dashboard/"),
            Step(_("Follow a line of the bill to its hours and their events"), "/billing/"),
            Step(
                _("See what each day, week or month cost, and what is to come"), "/billing/costs/"
            ),
            Step(_("Set a budget, and see it as a line in the chart"), "/billing/costs/budget/"),
            Step(_("Filter the transactions and take them along as CSV"), "/billing/transactions/"),
            Step(_("Pay 25 dollars by card: Continue, Pay now, then Pay"), "/billing/pay/"),
            Step(_("Top up with the code AUTUMN-20: a fifth more, for 90 days"), "/billing/pay/"),
            Step(_("Be declined: press Decline, then Back: nothing was taken"), "/billing/pay/"),
            Step(_("Let the bank ask whether it is you: press 3-D Secure"), "/billing/pay/"),
            Step(
                _("Pay by a bank debit that takes days: press Pending bank debit"), "/billing/pay/"
            ),
            Step(
                _("Log in at PayPal and agree: choose PayPal, then Continue and Pay now"),
                "/billing/pay/",
            ),
            Step(_("Save a card without paying, and make it the default one"), "/billing/methods/"),
            Step(
                _("Let the saved card top up by itself when the balance is low"),
                "/billing/auto-recharge/",
            ),
            Step(_("See what became of each payment"), "/billing/payments/"),
            Step(_("Open a payment and ask for a refund of it"), "/billing/payments/"),
            _ORDERS,
            Step(
                _("Enter a tax number, and see which tax a top-up is charged with"),
                "/company/tax/",
            ),
            Step(_("Change who gets mails about billing"), "/company/profile/"),
            Step(_("Read what you were mailed about, and what is new of it"), "/notifications/"),
        ),
    ),
    Stop(
        provider="nimbus",
        email="dana@blueharbor.example",
        who=_("Admin of Blue Harbor Shipping, suspended"),
        story=_("The credit ran out: the page says since when, why, and what to do."),
        steps=(
            Step(_("Log in as a suspended customer"), "/suspended"),
            Step(_("Pay 200 dollars by card, and be back at once"), "/billing/pay/"),
        ),
    ),
    Stop(
        provider="nimbus",
        email="erin@everline.example",
        who=_("Admin of Everline Media, a postpaid customer"),
        story=_("Pays at the end of the month, and has not paid an invoice that was due."),
        steps=(
            Step(_("See which invoice is overdue, and download its PDF"), "/billing/invoices/"),
            Step(_("See what this month comes to so far"), "/billing/"),
        ),
    ),
    Stop(
        provider="sonora",
        email="olga@sonora.example",
        who=_("Owner of Sonora Voice"),
        story=_("Sells telephony in euros: calls by 6-second steps, charges per user."),
        steps=(
            Step(_("See another provider's brand and figures"), "/provider/"),
            Step(
                _("See which invoice is overdue, and who owes it"),
                "/provider/invoices/?status=overdue",
            ),
            Step(
                _("See the taxes of a quarter by country and rate, for the return"),
                "/provider/taxes/report/",
            ),
            Step(
                _("Open Tonwerk Studio and look through its admin's eyes"),
                "/provider/clients/?q=tonwerk",
            ),
        ),
    ),
    Stop(
        provider="sonora",
        email="tina@tonwerk.example",
        who=_("Admin of Tonwerk Studio, a telephony customer"),
        story=_("Makes and takes calls all day."),
        steps=(
            Step(_("Look up a call: who, how long, what it cost"), "/billing/calls/"),
            Step(_("See the four charges per user on the bill"), "/billing/"),
            Step(_("Pay in euros, by card or by Razorpay"), "/billing/pay/"),
            _ORDERS,
            Step(_("Top up with the code HERBST-10: a tenth less to pay"), "/billing/pay/"),
        ),
    ),
)
