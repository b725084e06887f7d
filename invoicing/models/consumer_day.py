"""Sales to consumers added up by day of supply, so that the OSS return and the threshold read days, not documents."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ConsumerDay(models.Model):
    """What one rate came to on all documents of a kind that a provider supplied on a day.

    Written by a trigger in the transaction that issues a document, while the counter of its numbers is locked. Reverse
    charge and what lies outside the scope of tax are left out.

    Attributes:
        day: on which the tax fell due, `Document.supplied_on`.
        origin_quarter: the first day of the quarter of the sale: of a credit note, of the invoice of a refund that came
            back, and of what corrects that again, the quarter of the first invoice; else that of `day`.
        kind: invoices or credit notes; the latter take back what theirs say.
        region, rate: as `DocumentTax` has them.
        is_taxed: at a rate, zero included; False of what is exempt.
        seller_number: the provider's, under which it is declared, or "".
        buyer_country: ISO 3166, of the buyer as the document names it, "" where it names none.
        documents: how many bear it.
        base_minor, tax_minor: sums, minor units of `currency`.
    """

    provider_id = models.BigIntegerField()
    day = models.DateField()
    origin_quarter = models.DateField()
    kind = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    region = models.CharField(max_length=20, blank=True)
    rate = models.DecimalField(max_digits=7, decimal_places=4)
    is_taxed = models.BooleanField()
    seller_number = models.CharField(max_length=60, blank=True)
    buyer_country = models.CharField(max_length=2, blank=True)
    documents = models.BigIntegerField()
    base_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()

    class Meta:
        db_table = "invoicing_consumer_day"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "provider_id",
                    "day",
                    "origin_quarter",
                    "kind",
                    "currency",
                    "region",
                    "rate",
                    "is_taxed",
                    "seller_number",
                    "buyer_country",
                ],
                name="invoicing_consumer_day_natural",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["invoice", "credit_note"])
                & Q(documents__gte=1, base_minor__gte=0, tax_minor__gte=0),
                name="invoicing_consumer_day_figures",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "origin_quarter"], name="invoicing_consumer_day_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.rate} % of {self.kind}s of {self.day}"
