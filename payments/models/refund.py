"""Money of a payment that goes back to the payer: written down and committed before the gateway is asked."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, new_public_id
from payments.enums import RefundDestination, RefundState


def new_refund_id() -> str:
    """Return a public id of a refund; the gateway carries it as its reference."""
    return new_public_id("ref")


class Refund(models.Model):
    """One refund of a payment, ours or one that was made in the gateway's dashboard.

    Attributes:
        destination: where it goes; one to the balance is done when it is written and never leaves for the gateway.
        reason: a person's words, "" for one of the dashboard.
        key: the gateway's idempotency key; one refund has one for ever.
        request_key: of the form that asked, so that it asks once; of the dashboard's, the gateway's id.
        asked_by: number of the user, None for one of the dashboard.
        given_up_by: number of the user who took it for not made, since its gateway never answered.
        external_id: the gateway's id, "" until it is known.
        posting_id: the posting that took it from the wallet; None when it had failed before we knew of it. To the
            balance: what of the payment was still unused, None when nothing was.
        tax_parts: what of it is tax of a taxed top-up, minor units, one per tax of it; empty without tax.
        credit_id: the posting that credits the whole of it, to the balance only.
        reversal_id: the posting that gave it back to the wallet once it had failed.
        next_poll_at: when the gateway is asked again; None when nothing is awaited.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_refund_id)
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    connection_id = models.BigIntegerField()
    attempt_id = models.BigIntegerField()
    destination = models.CharField(
        max_length=16, choices=RefundDestination, default=RefundDestination.ORIGINAL
    )
    amount_minor = models.BigIntegerField(help_text="Minor units of `currency`.")
    currency = models.CharField(max_length=3)
    tax_parts = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    reason = models.CharField(max_length=500, blank=True, default="")
    key = models.CharField(max_length=64)
    request_key = models.CharField(max_length=150)
    asked_by = models.BigIntegerField(null=True)
    given_up_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=RefundState, default=RefundState.CREATED)
    state_at = models.DateTimeField()
    external_id = models.CharField(max_length=128, blank=True, default="")
    failure_code = models.CharField(max_length=64, blank=True, default="")
    posting_id = models.BigIntegerField(null=True)
    credit_id = models.BigIntegerField(null=True)
    reversal_id = models.BigIntegerField(null=True)
    next_poll_at = models.DateTimeField(null=True)
    polls = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "public_id"], name="payments_refund_public_id"
            ),
            models.UniqueConstraint(fields=["provider_id", "key"], name="payments_refund_key"),
            models.UniqueConstraint(
                fields=["provider_id", "attempt_id", "request_key"], name="payments_refund_request"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "connection_id", "external_id"],
                condition=~Q(external_id=""),
                name="payments_refund_external",
            ),
            models.UniqueConstraint(
                fields=["provider_id", "posting_id"],
                condition=Q(posting_id__isnull=False),
                name="payments_refund_posting",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0) & Q(currency__regex=r"^[A-Z]{3}$"),
                name="payments_refund_amount",
            ),
            models.CheckConstraint(
                condition=Q(state__in=RefundState.values), name="payments_refund_state"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "credit_id"],
                condition=Q(credit_id__isnull=False),
                name="payments_refund_credit",
            ),
            # The wallet pays while it is open and once it is given back; a failed one has its money again. What goes
            # to the balance is credited at once and has no life at the gateway.
            models.CheckConstraint(
                condition=(
                    Q(destination=RefundDestination.ORIGINAL, credit_id__isnull=True)
                    & (
                        ~Q(state=RefundState.FAILED)
                        & Q(posting_id__isnull=False, reversal_id__isnull=True)
                        | Q(
                            state=RefundState.FAILED,
                            posting_id__isnull=False,
                            reversal_id__isnull=False,
                        )
                        | Q(
                            state=RefundState.FAILED,
                            posting_id__isnull=True,
                            reversal_id__isnull=True,
                        )
                    )
                )
                | Q(
                    destination=RefundDestination.BALANCE,
                    state=RefundState.SUCCEEDED,
                    credit_id__isnull=False,
                    reversal_id__isnull=True,
                    external_id="",
                    next_poll_at__isnull=True,
                ),
                name="payments_refund_paid",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "next_poll_at"],
                condition=Q(next_poll_at__isnull=False),
                name="payments_refund_due",
            ),
            models.Index(
                fields=["provider_id", "tenant_id", "-id"], name="payments_refund_of_tenant"
            ),
        ]

    def __str__(self) -> str:
        return f"refund {self.public_id}, {self.state}"
