"""A provider and the host names that its people and customers use."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class Provider(models.Model):
    """A company that sells a metered service on this installation; the outermost border of every row."""

    slug = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    currency = models.CharField(
        max_length=3, help_text="Default currency of new tenants, ISO 4217."
    )
    time_zone = models.CharField(
        max_length=64, default="UTC", help_text="IANA zone in which days and months begin."
    )
    created_at = models.DateTimeField()

    # Brand: one colour, from which pages compute the three that they need.
    brand_color = models.CharField(
        max_length=7, default="#1f5eff", validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")]
    )
    logo_light = models.FileField(upload_to="brand/", blank=True)
    logo_dark = models.FileField(upload_to="brand/", blank=True)
    sender_name = models.CharField(max_length=200, blank=True)
    sender_email = models.EmailField(blank=True)
    support_url = models.URLField(blank=True)

    # Legal identity, printed on documents.
    legal_name = models.CharField(max_length=200, blank=True)
    address = models.TextField(blank=True)
    country = models.CharField(max_length=2, blank=True)
    tax_id = models.CharField(max_length=64, blank=True)
    registration_no = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="tenants_provider_currency"
            ),
            models.CheckConstraint(
                condition=Q(slug__regex=r"^[a-z0-9][a-z0-9-]*$"), name="tenants_provider_slug"
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class Host(models.Model):
    """A host name that shows a provider's brand; found before any scope is known."""

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=253, help_text="Without a port, small letters.")

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="tenants_host_name"),
            models.UniqueConstraint(fields=["provider", "name"], name="tenants_host_provider_name"),
        ]

    def __str__(self) -> str:
        return self.name
