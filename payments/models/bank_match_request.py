"""Matches by hand above the provider's limit: asked for by one person, made once another one approves."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from payments.enums_bank import MatchRequestState


class BankMatchRequest(models.Model):
    """A match that waits for a second person, or waited; one at a time per line, decided once.

    Attributes:
        tenant_id: whose money the line would become.
        target: the reference of the order that it would pay, "" for none.
        amount_minor: the line's, minor units of `currency`.
        requested_by, decided_by: numbers of users; who asked may only withdraw.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    line_id = models.BigIntegerField()
    target = models.CharField(max_length=64, blank=True, default="")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=500)
    state = models.CharField(
        max_length=16, choices=MatchRequestState, default=MatchRequestState.WAITING
    )
    requested_by = models.BigIntegerField()
    requested_at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_bank_match_request"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "line_id"],
                condition=Q(state=MatchRequestState.WAITING),
                name="payments_bank_match_request_one",
            ),
            models.CheckConstraint(
                condition=Q(state__in=MatchRequestState.values, amount_minor__gt=0)
                & Q(currency__regex=r"^[A-Z]{3}$")
                & ~Q(reason=""),
                name="payments_bank_match_request_words",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=MatchRequestState.WAITING,
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                )
                | Q(
                    state=MatchRequestState.WITHDRAWN,
                    decided_by=F("requested_by"),
                    decided_at__isnull=False,
                )
                | (
                    Q(
                        state__in=[MatchRequestState.APPROVED, MatchRequestState.DECLINED],
                        decided_by__isnull=False,
                        decided_at__isnull=False,
                    )
                    & ~Q(decided_by=F("requested_by"))
                ),
                name="payments_bank_match_request_second",
            ),
        ]
        indexes = [
            models.Index(fields=["provider_id", "line_id"], name="payments_bank_request_of_line"),
            models.Index(
                fields=["provider_id", "-id"],
                condition=Q(state=MatchRequestState.WAITING),
                name="payments_bank_request_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"bank match request {self.pk}, {self.state}"
