"""Postings by hand that a second person has to approve before they are made."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.enums import ApprovalState, PostingKind


class Approval(models.Model):
    """Credit, a correction or a refund that somebody asked for; decided once, by somebody else.

    Attributes:
        amount_minor: + credits the wallet, − debits it.
        key: of the form that asked, so that it asks once.
        requested_by: number of the user who asked.
        decided_by: number of the user who decided; who asked may only withdraw.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    kind = models.CharField(max_length=24)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    key = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=ApprovalState, default=ApprovalState.WAITING)
    requested_by = models.BigIntegerField()
    requested_at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "key"], name="accounts_approval_key"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[PostingKind.CREDIT, PostingKind.ADJUSTMENT, PostingKind.REFUND]
                ),
                name="accounts_approval_kind",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ApprovalState.values), name="accounts_approval_state"
            ),
            models.CheckConstraint(
                condition=Q(
                    state=ApprovalState.WAITING, decided_by__isnull=True, decided_at__isnull=True
                )
                | Q(state=ApprovalState.WITHDRAWN, decided_at__isnull=False)
                | (
                    Q(
                        state__in=[ApprovalState.APPROVED, ApprovalState.DECLINED],
                        decided_at__isnull=False,
                    )
                    & ~Q(decided_by=F("requested_by"))
                ),
                name="accounts_approval_second_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "-id"],
                condition=Q(state=ApprovalState.WAITING),
                name="accounts_approval_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"approval {self.pk}, {self.state}"
