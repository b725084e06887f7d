"""Money of a payment that the payer's bank asks back, as the gateway tells it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, new_public_id
from payments.enums import DECIDABLE, DisputeProblem, DisputeState


def new_dispute_id() -> str:
    """Return a public id of a dispute; its postings are found by it."""
    return new_public_id("dis")


class Dispute(models.Model):
    """One dispute of a payment. States move forward only, held by a trigger; all is written from fetched objects.

    Attributes:
        external_id: the gateway's id.
        method_id: the gateway's id of the method that paid, "" when nobody knows.
        is_return: a bank debit that came back after it had succeeded; nobody can answer to it.
        amount_minor: what the payer wants back, minor units of `currency`.
        reason: the gateway's word.
        evidence_due_at: until when the gateway takes an answer, None when it takes none.
        withdrawn_minor: what the gateway says has left its balance and not come back.
        taken_minor: what of it the ledger holds the client to.
        borne_minor: what of it the provider bears: it is more than what was left of the payment.
        fee_minor: what the gateway keeps for it, posted to the provider's fees.
        posting_id: the posting that holds all of `taken_minor` and `borne_minor`; None when several do, or none.
        moves: how many postings were made; each has its number in its key.
        problem: why money that has left is not taken from the client by itself.
        accepted_by: number of the user who decided on the problem.
        asked_at: when the gateway last said where it stands.
        next_poll_at: when it is asked again; None when nothing is awaited.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_dispute_id)
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    connection_id = models.BigIntegerField()
    attempt_id = models.BigIntegerField()
    external_id = models.CharField(max_length=128)
    method_id = models.CharField(max_length=128, blank=True, default="")
    is_return = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField()

    # What the gateway says.
    state = models.CharField(max_length=16, choices=DisputeState)
    state_at = models.DateTimeField()
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=64, blank=True, default="")
    evidence_due_at = models.DateTimeField(null=True)
    withdrawn_minor = models.BigIntegerField(default=0)

    # What the ledger holds: written in the transaction of the posting.
    taken_minor = models.BigIntegerField(default=0)
    borne_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    posting_id = models.BigIntegerField(null=True)
    moves = models.PositiveIntegerField(default=0)
    problem = models.CharField(
        max_length=16, choices=DisputeProblem, blank=True, default=DisputeProblem.NONE
    )
    accepted_by = models.BigIntegerField(null=True)

    # When it is asked again: written by the poller.
    asked_at = models.DateTimeField()
    next_poll_at = models.DateTimeField(null=True)
    polls = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "public_id"], name="payments_dispute_public_id"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "connection_id", "external_id"],
                name="payments_dispute_external",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$")
                & ~Q(external_id="")
                & Q(amount_minor__gte=0, withdrawn_minor__gte=0, fee_minor__gte=0)
                & Q(taken_minor__gte=0, borne_minor__gte=0),
                name="payments_dispute_amounts",
            ),
            models.CheckConstraint(
                condition=Q(state__in=DisputeState.values) & Q(problem__in=DisputeProblem.values),
                name="payments_dispute_words",
            ),
            # The provider bears only what somebody of the provider decided.
            models.CheckConstraint(
                condition=Q(borne_minor=0) | Q(accepted_by__isnull=False),
                name="payments_dispute_borne",
            ),
            models.CheckConstraint(
                condition=Q(posting_id__isnull=True) | Q(taken_minor__gt=0) | Q(borne_minor__gt=0),
                name="payments_dispute_posted",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "next_poll_at"],
                condition=Q(next_poll_at__isnull=False),
                name="payments_dispute_due",
            ),
            models.Index(fields=["provider_id", "attempt_id"], name="payments_dispute_of_payment"),
            models.Index(fields=["provider_id", "state", "-id"], name="payments_dispute_queue"),
            models.Index(
                fields=["provider_id", "-id"],
                condition=Q(problem__in=DECIDABLE, accepted_by__isnull=True),
                name="payments_dispute_undecided",
            ),
        ]

    def __str__(self) -> str:
        return f"dispute {self.public_id}, {self.state}"
