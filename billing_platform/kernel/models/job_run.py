"""The heartbeat of a job: one row per run, with the lease under which it runs."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q, Value


class JobRun(models.Model):
    """One run of a job. Written by heartbeats.py alone.

    Attributes:
        provider_id: the provider it ran for, 0 for all of them.
        fence: counts up per provider and job; a newer run has a higher one.
        lease_until: until then nobody else may start; extended by progress.
        covered_from: start of what the run worked off, or None.
        covered_to: end of it, exclusive.
        counts: what was done, word to whole number.
        skipped: what was left out and why, reason to whole number.
        error: why it failed, empty after a good run.
    """

    provider_id = models.BigIntegerField()
    job = models.CharField(max_length=64)
    fence = models.BigIntegerField()
    started_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    covered_from = models.DateTimeField(null=True)
    covered_to = models.DateTimeField(null=True)
    counts = models.JSONField(db_default=Value({}, output_field=models.JSONField()))
    skipped = models.JSONField(db_default=Value({}, output_field=models.JSONField()))
    error = models.CharField(max_length=500, db_default="")

    class Meta:
        db_table = "kernel_job_run"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "job", "fence"], name="kernel_job_run_fence"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "job"],
                condition=Q(finished_at__isnull=True),
                name="kernel_job_run_one_open",
            ),
            models.CheckConstraint(condition=~Q(job=""), name="kernel_job_run_job"),
            models.CheckConstraint(
                condition=Q(covered_from__isnull=True, covered_to__isnull=True)
                | Q(
                    covered_from__isnull=False,
                    covered_to__isnull=False,
                    covered_from__lte=F("covered_to"),
                ),
                name="kernel_job_run_covered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "job", "-finished_at"],
                condition=Q(error=""),
                name="kernel_job_run_good",
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.fence} of {self.job} for provider {self.provider_id}"
