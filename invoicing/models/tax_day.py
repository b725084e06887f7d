"""Taxes of issued documents added up by day, so that the report of a quarter reads days instead of documents."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class TaxDay(models.Model):
    """What one tax came to on all documents of a kind that a provider issued on a day.

    Written by a trigger in the transaction that issues a document, while the counter of its numbers is locked.

    Attributes:
        day: the provider's day of issue.
        kind: invoices or credit notes; the latter take back what theirs say.
        region, name, category, rate: as `DocumentTax` has them.
        buyer_country: ISO 3166, of the buyer as the document names it, "" where it names none.
        supplied_year: the calendar year of the supply; of a credit note that of what it corrects. `ConsumerDay` knows
            the sale behind more than one correction.
        documents: how many bear it.
        base_minor, tax_minor: sums, minor units of `currency`.
    """

    provider_id = models.BigIntegerField()
    day = models.DateField()
    kind = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    region = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=40)
    category = models.CharField(max_length=2)
    rate = models.DecimalField(max_digits=7, decimal_places=4)
    buyer_country = models.CharField(max_length=2, blank=True)
    supplied_year = models.SmallIntegerField()
    documents = models.BigIntegerField()
    base_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()

    class Meta:
        db_table = "invoicing_tax_day"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "provider_id",
                    "day",
                    "kind",
                    "currency",
                    "region",
                    "name",
                    "category",
                    "rate",
                    "buyer_country",
                    "supplied_year",
                ],
                name="invoicing_tax_day_natural",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["invoice", "credit_note"])
                & Q(documents__gte=1, base_minor__gte=0, tax_minor__gte=0),
                name="invoicing_tax_day_figures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.rate} % of {self.kind}s of {self.day}"
