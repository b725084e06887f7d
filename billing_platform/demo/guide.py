"""What to look at in the demo: who to log in as, what to try there, and where it is. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try, and its address under the provider's host."""

    words: str
    path: str


@dataclass(frozen=True, slots=True)
class Stop:
    """One person to be for a while."""

    provider: str
    email: str
    who: str
    story: str
    steps: tuple[Step, ...]


GUIDE: Final = (
    Stop(
        provider="nimbus",
        email="paula@nimbus.example",
        who="Owner of Nimbus Cloud",
        story="Sells servers by the hour. One client ran out of credit, some events came in wrong.",
        steps=(
            Step("See what was consumed and what needs attention", "/provider/?days=90"),
            Step(
                "Find who is suspended because the balance ran out",
                "/provider/clients/?reason=exhausted",
            ),
            Step(
                "Open Blue Harbor Shipping, add credit and see it return at once",
                "/provider/clients/?q=harbor",
            ),
            Step("Look at events that found no client or no meter", "/provider/events/"),
            Step(
                "See which events were refused and why, and try them again",
                "/provider/events/?tab=rejected",
            ),
            Step("Take on a client of your own", "/provider/clients/new"),
            Step("See what is sold, and try a new version of a price", "/provider/plans/"),
            Step("See when charging ran, and whether every job keeps up", "/provider/jobs/"),
            Step(
                "See what customers paid, and the timeline of each payment", "/provider/payments/"
            ),
            Step("Decide on what customers want back", "/provider/refund-requests/"),
            Step("See the gateways, and test a connection", "/provider/gateways/"),
            Step("Change the colour, add a logo, ask for a host name", "/provider/brand/"),
            Step("See who changed what, before and after", "/provider/audit/"),
            Step(
                "Make an API key and send usage with the call that is shown", "/provider/api-keys/"
            ),
        ),
    ),
    Stop(
        provider="nimbus",
        email="rita@nimbus.example",
        who="Reader at Nimbus Cloud",
        story="Sees the same figures and can change none of them.",
        steps=(
            Step("Look for the buttons that are missing here", "/provider/clients/"),
            Step("Read how the provider is set up", "/provider/settings/"),
        ),
    ),
    Stop(
        provider="nimbus",
        email="alice@acme.example",
        who="Admin of Acme Robotics, a prepaid customer",
        story="Grows week by week and tops up when the credit runs low.",
        steps=(
            Step("See the balance, the cost of today and how long it lasts", "/dashboard/"),
            Step("Follow a line of the bill to its hours and their events", "/billing/"),
            Step("Filter the transactions and take them along as CSV", "/billing/transactions/"),
            Step("Pay 25 dollars by card: Pay Now, then Pay", "/billing/pay/"),
            Step("Be declined: press Decline, then Back: nothing was taken", "/billing/pay/"),
            Step("Let the bank ask whether it is you: press 3-D Secure", "/billing/pay/"),
            Step("Pay by a bank debit that takes days: press Pending bank debit", "/billing/pay/"),
            Step("Log in at PayPal and agree: choose PayPal, then Pay Now", "/billing/pay/"),
            Step("See what became of each payment", "/billing/payments/"),
            Step("Open a payment and ask for a refund of it", "/billing/payments/"),
            Step("Change who gets mails about billing", "/company/profile/"),
        ),
    ),
    Stop(
        provider="nimbus",
        email="dana@blueharbor.example",
        who="Admin of Blue Harbor Shipping, suspended",
        story="The credit ran out: the page says since when, why, and what to do.",
        steps=(
            Step("Log in as a suspended customer", "/suspended"),
            Step("Pay 200 dollars by card, and be back at once", "/billing/pay/"),
        ),
    ),
    Stop(
        provider="sonora",
        email="olga@sonora.example",
        who="Owner of Sonora Voice",
        story="Sells telephony in euros: calls by 6-second steps, charges per user.",
        steps=(
            Step("See another provider's brand and figures", "/provider/"),
            Step(
                "Open Tonwerk Studio and look through its admin's eyes",
                "/provider/clients/?q=tonwerk",
            ),
        ),
    ),
    Stop(
        provider="sonora",
        email="tina@tonwerk.example",
        who="Admin of Tonwerk Studio, a telephony customer",
        story="Makes and takes calls all day.",
        steps=(
            Step("Look up a call: who, how long, what it cost", "/billing/calls/"),
            Step("See the four charges per user on the bill", "/billing/"),
            Step("Pay in euros, by card or by Razorpay", "/billing/pay/"),
        ),
    ),
)
