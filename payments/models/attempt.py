"""An attempt to take money through a gateway: written down and committed before the gateway is asked."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, new_public_id
from payments.enums import CREDITED, OPEN_STATES, AttemptKind, AttemptState, Problem


def new_payment_id() -> str:
    """Return a public id of a payment; the gateway carries it as its reference."""
    return new_public_id("pay")


class Attempt(models.Model):
    """A payment from its intent to its end. States move forward only, held by a trigger.

    Attributes:
        reference: what it is for, as whoever asked named it; never read here.
        key: the gateway's idempotency key, for its page with the customer behind it; one attempt has one for ever.
        page_brand, page_language: how the gateway's page looks, every time that it is asked for.
        request_key: of the form or job that asked, so that it asks once.
        external_id: the gateway's id of the payment, "" until it is known.
        received_minor, received_currency: what the gateway has taken, from the fetched object.
        problem: why it is quarantined, or was before somebody accepted it.
        paid_kind, paid_brand, paid_last4, paid_name: what it is paid with, as `PaidWith`.
        posting_id: the posting that credited it.
        next_poll_at: when the gateway is asked again; None when nothing is awaited.
        opened_by: number of the user who opened it, None for a job.
        accepted_by: number of the user who took what was received.
        given_up_by: number of the user who took a charge for not made, since its gateway never said what became of it.
        warned_at: when its gateway first warned that it may be fraud; None where it did not, or no money was left.
        given_back_by: the gateway's id of the refund that gave all of it back while it waited in quarantine, or "".
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_payment_id)
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    connection_id = models.BigIntegerField()

    # What is asked for: never changes.
    kind = models.CharField(max_length=16, choices=AttemptKind)
    amount_minor = models.BigIntegerField(help_text="Minor units of `currency`.")
    currency = models.CharField(max_length=3)
    description = models.CharField(max_length=200)
    reference = models.CharField(max_length=64, blank=True, default="")
    return_url = models.CharField(max_length=500, blank=True, default="")
    # Empty of a charge, and where the version before opened it.
    page_brand = models.CharField(max_length=200, blank=True, default="", db_default="")
    page_language = models.CharField(max_length=8, blank=True, default="", db_default="")
    key = models.CharField(max_length=64)
    request_key = models.CharField(max_length=100)
    opened_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    # What the gateway says: written from fetched objects only.
    state = models.CharField(max_length=16, choices=AttemptState, default=AttemptState.CREATED)
    state_at = models.DateTimeField()
    customer_id = models.CharField(max_length=128, blank=True, default="")
    method_id = models.CharField(max_length=128, blank=True, default="")
    checkout_id = models.CharField(max_length=128, blank=True, default="")
    checkout_url = models.TextField(blank=True, default="")
    external_id = models.CharField(max_length=128, blank=True, default="")
    failure_code = models.CharField(max_length=64, blank=True, default="")
    received_minor = models.BigIntegerField(null=True)
    received_currency = models.CharField(max_length=3, blank=True, default="")
    fee_minor = models.BigIntegerField(null=True)
    # Empty with a fee of before: it was in the currency that came.
    fee_currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    problem = models.CharField(max_length=16, choices=Problem, blank=True, default=Problem.NONE)
    posting_id = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)
    accepted_by = models.BigIntegerField(null=True)
    given_up_by = models.BigIntegerField(null=True)
    given_back_by = models.CharField(max_length=128, blank=True, default="", db_default="")
    warned_at = models.DateTimeField(null=True)

    # What it is paid with: from the fetched object, or from the saved method before it is charged.
    paid_kind = models.CharField(max_length=16, blank=True, default="")
    paid_brand = models.CharField(max_length=32, blank=True, default="")
    paid_last4 = models.CharField(max_length=4, blank=True, default="")
    paid_name = models.CharField(max_length=254, blank=True, default="")

    # When it is asked again: written by the poller.
    next_poll_at = models.DateTimeField(null=True)
    polls = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "public_id"], name="payments_attempt_public_id"
            ),
            models.UniqueConstraint(fields=["provider_id", "key"], name="payments_attempt_key"),
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id", "request_key"], name="payments_attempt_request"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "connection_id", "external_id"],
                condition=~Q(external_id=""),
                name="payments_attempt_external",
            ),
            models.UniqueConstraint(
                fields=["provider_id", "connection_id", "checkout_id"],
                condition=~Q(checkout_id=""),
                name="payments_attempt_checkout",
            ),
            models.UniqueConstraint(
                fields=["provider_id", "posting_id"],
                condition=Q(posting_id__isnull=False),
                name="payments_attempt_posting",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0) & Q(currency__regex=r"^[A-Z]{3}$"),
                name="payments_attempt_amount",
            ),
            models.CheckConstraint(
                condition=Q(state__in=AttemptState.values)
                & Q(kind__in=AttemptKind.values)
                & Q(problem__in=Problem.values),
                name="payments_attempt_words",
            ),
            # Credited if and only if it succeeded, disputed or not, as much as was asked for unless somebody accepted
            # otherwise.
            models.CheckConstraint(
                condition=(
                    Q(state__in=CREDITED)
                    & Q(posting_id__isnull=False, settled_at__isnull=False)
                    & Q(received_minor__gt=0)
                    & ~Q(external_id="")
                )
                | (~Q(state__in=CREDITED) & Q(posting_id__isnull=True)),
                name="payments_attempt_credited",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=CREDITED)
                | Q(received_minor=F("amount_minor"), received_currency=F("currency"))
                | Q(accepted_by__isnull=False),
                name="payments_attempt_exact",
            ),
            models.CheckConstraint(
                condition=~Q(state=AttemptState.QUARANTINED) | ~Q(problem=Problem.NONE),
                name="payments_attempt_quarantine",
            ),
            models.CheckConstraint(
                condition=Q(given_back_by="") | Q(state=AttemptState.CANCELED),
                name="payments_attempt_given_back",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "next_poll_at"],
                condition=Q(next_poll_at__isnull=False),
                name="payments_attempt_due",
            ),
            models.Index(
                fields=["provider_id", "tenant_id", "-id"], name="payments_attempt_of_tenant"
            ),
            models.Index(
                fields=["provider_id", "created_at"],
                condition=Q(state__in=[*OPEN_STATES, AttemptState.QUARANTINED]),
                name="payments_attempt_unresolved",
            ),
            models.Index(
                fields=["provider_id", "warned_at"],
                condition=Q(warned_at__isnull=False),
                name="payments_attempt_warned",
            ),
        ]

    def __str__(self) -> str:
        return f"payment {self.public_id}, {self.state}"
