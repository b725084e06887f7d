"""What a provider taxes and how high: categories, places and their dated rates."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, new_public_id


def new_rate_id() -> str:
    """Return a public id of a rate."""
    return new_public_id("rate")


class Category(models.Model):
    """A kind of what is sold that is taxed in its own way; `standard` needs no row.

    Attributes:
        provision: of the law that exempts it, as documents name it.
    """

    provider_id = models.BigIntegerField()
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=100)
    is_exempt = models.BooleanField(default=False, help_text="Exempt wherever it would be taxed.")
    provision = models.CharField(max_length=100, blank=True, db_default="", default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "code"], name="tax_category_code"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z][a-z0-9_]{0,31}$") & ~Q(name=""),
                name="tax_category_words",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class RatePlace(models.Model):
    """A place and a category; its rates follow each other in time.

    Attributes:
        region: state, "" for the whole country.
        postcode_prefix: capital letters and digits, "" for every postcode.
        category: code of a category.
    """

    provider_id = models.BigIntegerField()
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=10, blank=True, default="")
    postcode_prefix = models.CharField(max_length=10, blank=True, default="")
    category = models.CharField(max_length=32)

    class Meta:
        db_table = "tax_rate_place"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "country", "region", "postcode_prefix", "category"],
                name="tax_rate_place_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    country__regex=r"^[A-Z]{2}$",
                    region__regex=r"^[A-Z0-9]{0,10}$",
                    postcode_prefix__regex=r"^[A-Z0-9]{0,10}$",
                ),
                name="tax_rate_place_codes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country}/{self.region}/{self.postcode_prefix}/{self.category}"


class Rate(models.Model):
    """A rate of a place for a stretch of days; two of one place never overlap.

    Attributes:
        name: as documents name the tax.
        percent: of the net amount.
        valid: days, half-open.
        source: who said so: `hand`, or the seed and its day.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_rate_id)
    provider_id = models.BigIntegerField()
    place_id = models.BigIntegerField()
    name = models.CharField(max_length=40)
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    valid = DateRangeField()
    source = models.CharField(max_length=60)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "public_id"], name="tax_rate_public_id"),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100) & ~Q(name=""),
                name="tax_rate_percent",
            ),
        ]
        indexes = [models.Index(fields=["provider_id", "place_id"], name="tax_rate_of_place")]

    def __str__(self) -> str:
        return f"{self.name} {self.percent} %"
