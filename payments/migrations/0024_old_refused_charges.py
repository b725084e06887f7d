"""Let the poller end what was refused in the last weeks and was never ended at its gateway."""

from django.db import migrations

# Over an hour, as each is a question to a gateway; one that is ended already is asked about once. What is older stays.
RECENT = """
UPDATE payments_attempt SET next_poll_at = now() + (id % 60) * interval '1 minute'
 WHERE kind = 'charge' AND state = 'failed' AND external_id <> '' AND next_poll_at IS NULL
   AND state_at > now() - interval '30 days'
"""


class Migration(migrations.Migration):
    """Sets the time of the next question of recent refused charges."""

    dependencies = [("payments", "0023_possible_duplicates")]

    operations = [migrations.RunSQL(RECENT, migrations.RunSQL.noop)]
