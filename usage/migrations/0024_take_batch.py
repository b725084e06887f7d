"""Take a batch of events with fewer steps, and check an hourly row's hour without arithmetic of decimals.

Each step may be repeated: one that does not get its lock within five seconds fails, and `migrate` is run again.
"""

from django.db import migrations

from billing_platform.kernel.isolation import run_sql_file

_HOUR = "hour = date_bin('1 hour', hour, timestamptz '1970-01-01 00:00:00+00') AND isfinite(hour)"
_HOUR_BEFORE = "extract(epoch FROM hour) % 3600 = 0"


def _check(rule: str) -> list[str]:
    """Return the statements that change the check; writers wait for none of them while the rows that stand are read.

    Who waits for a lock of the whole table lets everybody behind it wait, too; so each waits for a moment only.
    """
    return [
        "SET lock_timeout = '5s'",
        "ALTER TABLE usage_hour DROP CONSTRAINT IF EXISTS usage_hour_new_full_hour",
        f"ALTER TABLE usage_hour ADD CONSTRAINT usage_hour_new_full_hour CHECK ({rule}) NOT VALID",
        "ALTER TABLE usage_hour VALIDATE CONSTRAINT usage_hour_new_full_hour",
        "ALTER TABLE usage_hour DROP CONSTRAINT IF EXISTS usage_hour_full_hour",
        "ALTER TABLE usage_hour RENAME CONSTRAINT usage_hour_new_full_hour TO usage_hour_full_hour",
        "RESET lock_timeout",
    ]


class Migration(migrations.Migration):
    """The function that ingestion calls for each batch, and the check of each row that it writes."""

    atomic = False
    dependencies = [("usage", "0023_subscription_version")]
    operations = [
        run_sql_file(__file__, "0024_take_batch"),
        *[
            migrations.RunSQL(forwards, backwards)
            for forwards, backwards in zip(
                _check(_HOUR), reversed(_check(_HOUR_BEFORE)), strict=True
            )
        ],
    ]
