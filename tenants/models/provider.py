"""A provider and the host names that its people and customers use."""

from __future__ import annotations

from typing import Final

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from tenants.enums import HostOutcome

_HTTPS: Final = "^(https://.+)?$"
_IBAN: Final = "^([A-Z]{2}[0-9]{2}[A-Z0-9]{11,30})?$"
_BIC: Final = "^([A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?)?$"


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

    # What the law wants linked on every page and mail; https only.
    imprint_url = models.URLField(blank=True, db_default="", default="")
    terms_url = models.URLField(blank=True, db_default="", default="")
    privacy_url = models.URLField(blank=True, db_default="", default="")

    # Legal identity, printed on documents. The address holds street and number, its lines as they are printed.
    legal_name = models.CharField(max_length=200, blank=True)
    address = models.TextField(blank=True)
    postcode = models.CharField(max_length=16, blank=True, db_default="", default="")
    city = models.CharField(max_length=100, blank=True, db_default="", default="")
    region = models.CharField(max_length=40, blank=True, db_default="", default="")
    country = models.CharField(max_length=2, blank=True)
    tax_id = models.CharField(max_length=64, blank=True)
    registration_no = models.CharField(max_length=64, blank=True)

    # What documents say of paying, and at their foot.
    bank_holder = models.CharField(max_length=70, blank=True, db_default="", default="")
    bank_iban = models.CharField(max_length=34, blank=True, db_default="", default="")
    bank_bic = models.CharField(max_length=11, blank=True, db_default="", default="")
    payment_terms = models.CharField(max_length=500, blank=True, db_default="", default="")
    legal_text = models.CharField(max_length=2000, blank=True, db_default="", default="")

    # The whole provider: since when the platform suspends it, why, and how often it has been suspended.
    suspended_at = models.DateTimeField(null=True, editable=False)
    suspension_note = models.CharField(
        max_length=500, blank=True, db_default="", default="", editable=False
    )
    suspension_epoch = models.PositiveIntegerField(db_default=0, default=0, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="tenants_provider_currency"
            ),
            models.CheckConstraint(
                condition=Q(slug__regex=r"^[a-z0-9][a-z0-9-]*$"), name="tenants_provider_slug"
            ),
            models.CheckConstraint(
                condition=Q(
                    imprint_url__regex=_HTTPS, terms_url__regex=_HTTPS, privacy_url__regex=_HTTPS
                ),
                name="tenants_provider_legal_links",
            ),
            models.CheckConstraint(
                condition=Q(bank_iban__regex=_IBAN, bank_bic__regex=_BIC)
                & (Q(bank_iban="", bank_bic="") | ~Q(bank_iban="") & ~Q(bank_holder="")),
                name="tenants_provider_bank",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class Host(models.Model):
    """A host name that is to show a provider's brand; it does from the moment its ownership is proved.

    Attributes:
        challenge: what the TXT record has to say; empty where an operator vouched for the name.
        asked_at: when its provider asked for it.
        proved_at: since when it shows the brand; None while it is pending.
        checked_at: when DNS was asked last.
        outcome: what DNS said then, of HostOutcome; empty before.
    """

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=253, help_text="Without a port, small letters.")
    challenge = models.CharField(max_length=64, blank=True, db_default="", default="")
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    proved_at = models.DateTimeField(null=True, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    outcome = models.CharField(
        max_length=16, choices=HostOutcome.choices, blank=True, db_default="", default=""
    )

    class Meta:
        constraints = [
            # Asking for a name keeps nobody else from proving it.
            models.UniqueConstraint(
                Lower("name"), condition=Q(proved_at__isnull=False), name="tenants_host_proved_name"
            ),
            models.UniqueConstraint(fields=["provider", "name"], name="tenants_host_provider_name"),
            models.CheckConstraint(
                condition=Q(proved_at__isnull=False) | ~Q(challenge=""),
                name="tenants_host_challenge",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *HostOutcome.values]), name="tenants_host_outcome"
            ),
        ]
        indexes = [
            # The look-up before a scope is known also finds names that wait.
            models.Index(
                Lower("name"), condition=Q(proved_at__isnull=True), name="tenants_host_pending"
            )
        ]

    def __str__(self) -> str:
        return self.name
