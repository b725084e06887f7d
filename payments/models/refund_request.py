"""Requests for refunds: asked for by a customer, or by staff above the limit of one person, and decided once."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, new_public_id
from payments.enums import OPEN_REQUESTS, RefundDestination, RequestState


def new_request_id() -> str:
    """Return a public id of a request for a refund."""
    return new_public_id("rrq")


class RefundRequest(models.Model):
    """One wish to have money of a payment back; a payment has one open request at a time.

    Attributes:
        by_staff: asked by the provider's people, since it needs a second person.
        reason: who asks, says why.
        destination, granted_minor, overdraws: what was decided, or is proposed to a second person.
        proposed_by: number of the user who proposed it to a second person, who is somebody else.
        proposals: how often that was done; makes the approval's key.
        decided_by: number of the user who decided or withdrew it.
        answer: of who rejected it, for the customer.
        refund_id: what came of it.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_request_id)
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    attempt_id = models.BigIntegerField()
    amount_minor = models.BigIntegerField(help_text="Minor units of `currency`.")
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=500)
    request_key = models.CharField(max_length=150)
    by_staff = models.BooleanField(default=False)
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=RequestState, default=RequestState.ASKED)
    destination = models.CharField(max_length=16, choices=RefundDestination, blank=True, default="")
    granted_minor = models.BigIntegerField(null=True)
    overdraws = models.BooleanField(default=False)
    proposed_by = models.BigIntegerField(null=True)
    proposals = models.PositiveSmallIntegerField(default=0)
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True, default="")
    refund_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "public_id"], name="payments_refund_request_public_id"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "attempt_id", "request_key"],
                name="payments_refund_request_key",
            ),
            models.UniqueConstraint(
                fields=["provider_id", "attempt_id"],
                condition=Q(state__in=OPEN_REQUESTS),
                name="payments_refund_request_open",
            ),
            models.UniqueConstraint(
                fields=["provider_id", "refund_id"],
                condition=Q(refund_id__isnull=False),
                name="payments_refund_request_refund",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0)
                & Q(currency__regex=r"^[A-Z]{3}$")
                & Q(state__in=RequestState.values)
                & ~Q(reason=""),
                name="payments_refund_request_words",
            ),
            models.CheckConstraint(
                condition=Q(
                    granted_minor__isnull=True, destination="", state__in=RequestState.values
                )
                & ~Q(state__in=[RequestState.WAITING, RequestState.APPROVED])
                | Q(
                    granted_minor__gt=0,
                    granted_minor__lte=F("amount_minor"),
                    destination__in=RefundDestination.values,
                ),
                name="payments_refund_request_granted",
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.ASKED, proposed_by__isnull=True)
                & Q(decided_at__isnull=True, refund_id__isnull=True)
                | Q(state=RequestState.WAITING, proposed_by__isnull=False)
                & Q(decided_at__isnull=True, refund_id__isnull=True)
                | Q(state=RequestState.APPROVED, decided_at__isnull=False)
                & Q(decided_by__isnull=False, refund_id__isnull=False)
                | Q(state=RequestState.REJECTED, decided_at__isnull=False)
                & Q(decided_by__isnull=False, refund_id__isnull=True)
                & ~Q(answer="")
                | Q(state=RequestState.WITHDRAWN, decided_at__isnull=False, refund_id__isnull=True),
                name="payments_refund_request_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state=RequestState.APPROVED)
                | Q(proposed_by__isnull=True)
                | ~Q(proposed_by=F("decided_by")),
                name="payments_refund_request_second_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "-id"],
                condition=Q(state__in=OPEN_REQUESTS),
                name="payments_refund_request_queue",
            ),
            models.Index(
                fields=["provider_id", "tenant_id", "-id"],
                name="payments_refund_request_tenant",
            ),
        ]

    def __str__(self) -> str:
        return f"refund request {self.public_id}, {self.state}"
