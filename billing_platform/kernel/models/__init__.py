"""The kernel's own tables: messages to send, runs of jobs, numbers, and answers given once."""

from billing_platform.kernel.models.counter import Counter
from billing_platform.kernel.models.idempotency import IdempotencyRecord
from billing_platform.kernel.models.job_run import JobRun
from billing_platform.kernel.models.outbox import OutboxMessage

__all__ = ["Counter", "IdempotencyRecord", "JobRun", "OutboxMessage"]
