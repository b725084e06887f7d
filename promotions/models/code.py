"""The codes of campaigns."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from promotions.rules.codes import SHOWN_LENGTH_MAX


class Code(models.Model):
    """What a customer types; one code belongs to one campaign.

    Attributes:
        shown: as pages and mails write it.
        normal: as it is looked up: capital letters and digits only; unique per provider.
        uses_limit: 1 for a code that was made for one use, NULL for as many as the campaign allows.
        uses: living uses; written by a trigger, and the limit is a constraint on it.
        batch: the key of the form that made it, with others or alone.
        ended_at: when somebody withdrew it.
    """

    provider_id = models.BigIntegerField()
    campaign_id = models.BigIntegerField()
    shown = models.CharField(max_length=SHOWN_LENGTH_MAX)
    normal = models.CharField(max_length=40)
    uses_limit = models.IntegerField(null=True)
    uses = models.IntegerField(db_default=0)
    batch = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "normal"], name="promotions_code_word"),
            models.CheckConstraint(
                condition=Q(normal__regex=r"^[A-Z0-9]{3,40}$"), name="promotions_code_normal"
            ),
            models.CheckConstraint(
                condition=Q(uses_limit__isnull=True) | Q(uses_limit__gt=0),
                name="promotions_code_limit",
            ),
            models.CheckConstraint(
                condition=Q(uses__gte=0)
                & (Q(uses_limit__isnull=True) | Q(uses__lte=F("uses_limit"))),
                name="promotions_code_uses_limit",
            ),
        ]
        indexes = [
            models.Index(fields=["provider_id", "campaign_id", "id"], name="promotions_code_own"),
            models.Index(fields=["provider_id", "batch"], name="promotions_code_batch"),
        ]

    def __str__(self) -> str:
        return f"code {self.pk} of campaign {self.campaign_id}"
