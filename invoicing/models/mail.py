"""Mails of documents: to whom each one goes, and what a provider writes in them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from invoicing.enums import DocumentKind


class DocumentMail(models.Model):
    """A mail of a document to one address; the outbox holds whether it has left.

    Attributes:
        number: 0 for the one at issue, then one more each time that somebody sends it again.
        asked_by: number of the user who sent it again; None at issue.
        bounced_at: when a mail server refused it or sent it back; None while none did.
        bounce: what that server said.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    document_id = models.BigIntegerField()
    address = models.EmailField(max_length=254)
    number = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    asked_by = models.BigIntegerField(null=True)
    bounced_at = models.DateTimeField(null=True)
    bounce = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        db_table = "invoicing_mail"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "document_id", "address", "number"],
                name="invoicing_mail_once",
            ),
            models.CheckConstraint(
                condition=~Q(address="") & (Q(bounced_at__isnull=False) | Q(bounce="")),
                name="invoicing_mail_bounce",
            ),
        ]

    def __str__(self) -> str:
        return f"mail {self.number} of document {self.document_id} to {self.address}"


class MailText(models.Model):
    """What a provider writes in the mails of a kind of document, in one language; without a row the text is ours.

    Attributes:
        subject, body: with placeholders like {number}.
    """

    provider_id = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=DocumentKind)
    language = models.CharField(max_length=16)
    subject = models.CharField(max_length=200)
    body = models.CharField(max_length=5000)

    class Meta:
        db_table = "invoicing_mail_text"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "kind", "language"], name="invoicing_mail_text_one"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=DocumentKind.values)
                & ~Q(subject="")
                & ~Q(body="")
                & ~Q(subject__contains="\n")
                & ~Q(subject__contains="\r"),
                name="invoicing_mail_text_words",
            ),
        ]

    def __str__(self) -> str:
        return f"text of {self.kind} in {self.language} of provider {self.provider_id}"
