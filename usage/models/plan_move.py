"""Subscribers who are moved to another version of their plan: the order, and what came of each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from usage.enums import MoveOutcome, MoveStart


class PlanMove(models.Model):
    """An order to move those who have a plan to one of its versions; worked off by a job.

    Attributes:
        key: of the form that asked, so that one form asks once.
        starts: when each subscription moves.
        through_id: the newest subscription when it was asked; later ones chose their version themselves.
        asked_by_id: who asked.
        stopped_by_id: who stopped it before it was done.
        finished_at: null while there is something to do; one order of a plan at a time.
    """

    provider_id = models.BigIntegerField()
    plan_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    key = models.CharField(max_length=40)
    starts = models.CharField(max_length=8, choices=MoveStart)
    through_id = models.BigIntegerField()
    asked_by_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    stopped_by_id = models.BigIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "usage_plan_move"
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "key"], name="usage_plan_move_key"),
            models.UniqueConstraint(
                fields=["provider_id", "plan_id"],
                condition=Q(finished_at__isnull=True),
                name="usage_plan_move_one_open",
            ),
            models.CheckConstraint(
                condition=Q(starts__in=MoveStart.values), name="usage_plan_move_starts"
            ),
        ]
        indexes = [
            models.Index(fields=["provider_id", "version_id"], name="usage_plan_move_version")
        ]

    def __str__(self) -> str:
        return f"move {self.pk} to version {self.version_id}"


class PlanMoveResult(models.Model):
    """What came of one subscription; written with the change itself, so that it is there once or not at all.

    Attributes:
        at: the hour from which the new version holds; null when nothing changed.
        reason: a code, why nothing changed; empty when it moved.
        words: what the refusal said, where the code is no word of ours.
    """

    pk = models.CompositePrimaryKey("provider_id", "move_id", "subscription_id")
    provider_id = models.BigIntegerField()
    move_id = models.BigIntegerField()
    subscription_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    outcome = models.CharField(max_length=8, choices=MoveOutcome)
    at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=60, default="", blank=True)
    words = models.CharField(max_length=300, default="", blank=True)
    done_at = models.DateTimeField()

    class Meta:
        db_table = "usage_plan_move_result"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=MoveOutcome.values), name="usage_plan_move_result_outcome"
            ),
            models.CheckConstraint(
                condition=Q(outcome=MoveOutcome.MOVED) ^ Q(at__isnull=True),
                name="usage_plan_move_result_at",
            ),
        ]

    def __str__(self) -> str:
        return f"subscription {self.subscription_id} in move {self.move_id}"
