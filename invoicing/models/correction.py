"""What staff decided about issued invoices: credit notes by hand and write-offs, each with reason and posting."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from invoicing.enums import CorrectionKind, CorrectionState


class Correction(models.Model):
    """A credit note by hand or a write-off: asked for by one person, above the limit made by another one's approval.

    Attributes:
        amount_minor: what it takes off the invoice with its tax, minor units of `currency`.
        lowered_minor: what of it was open, as the person was shown; the rest goes to the balance. None on rows of the
            version before.
        nets: net minor units by the line's position; None for all that is left, and on a write-off.
        key: of the form that asked, so that it asks once.
        decided_by: number of the second person; None where one could decide alone.
        posting_id: the posting that it made.
        note_id: the credit note.
        ended_by: number of the user who took a write-off back; None where a payment did.
        end_posting_id: the reversal.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    document_id = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=CorrectionKind)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    lowered_minor = models.BigIntegerField(null=True)
    nets = models.JSONField(null=True)
    reason = models.CharField(max_length=300)
    key = models.CharField(max_length=100)
    state = models.CharField(max_length=16, choices=CorrectionState)
    requested_by = models.BigIntegerField()
    requested_at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    posting_id = models.BigIntegerField(null=True)
    note_id = models.BigIntegerField(null=True)
    ended_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_posting_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "key"], name="invoicing_correction_key"),
            models.UniqueConstraint(
                fields=["provider_id", "document_id"],
                condition=Q(state=CorrectionState.WAITING),
                name="invoicing_correction_waits_once",
            ),
            models.UniqueConstraint(
                fields=["provider_id", "document_id"],
                condition=Q(kind=CorrectionKind.WRITE_OFF, state=CorrectionState.MADE),
                name="invoicing_correction_written_off_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=CorrectionKind.values)
                & Q(state__in=CorrectionState.values)
                & Q(amount_minor__gt=0)
                & Q(currency__regex=r"^[A-Z]{3}$")
                & ~Q(reason="")
                & ~Q(key=""),
                name="invoicing_correction_words",
            ),
            models.CheckConstraint(
                condition=Q(state=CorrectionState.WITHDRAWN, decided_by=F("requested_by"))
                | Q(decided_by__isnull=True)
                | (~Q(state=CorrectionState.WITHDRAWN) & ~Q(decided_by=F("requested_by"))),
                name="invoicing_correction_second_person",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[CorrectionState.MADE, CorrectionState.TAKEN_BACK],
                    posting_id__isnull=False,
                    decided_at__isnull=False,
                )
                | Q(state=CorrectionState.WAITING, posting_id__isnull=True, decided_at__isnull=True)
                | Q(
                    state__in=[CorrectionState.DECLINED, CorrectionState.WITHDRAWN],
                    posting_id__isnull=True,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="invoicing_correction_decided",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=CorrectionKind.CREDIT, state=CorrectionState.MADE, note_id__isnull=False
                )
                | (
                    ~Q(kind=CorrectionKind.CREDIT, state=CorrectionState.MADE)
                    & Q(note_id__isnull=True)
                ),
                name="invoicing_correction_note",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=CorrectionKind.WRITE_OFF,
                    state=CorrectionState.TAKEN_BACK,
                    ended_at__isnull=False,
                    end_posting_id__isnull=False,
                )
                | (
                    ~Q(state=CorrectionState.TAKEN_BACK)
                    & Q(ended_by__isnull=True, ended_at__isnull=True, end_posting_id__isnull=True)
                ),
                name="invoicing_correction_taken_back",
            ),
        ]
        indexes = [
            models.Index(fields=["provider_id", "document_id"], name="invoicing_correction_of"),
            models.Index(
                fields=["provider_id", "-id"],
                condition=Q(state=CorrectionState.WAITING),
                name="invoicing_correction_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of document {self.document_id}, {self.state}"
