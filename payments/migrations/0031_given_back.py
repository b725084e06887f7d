"""What was given back while it waited in quarantine: which refund did it, and the move that closes the payment."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q

from billing_platform.kernel.isolation import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("payments", "0030_bank_accounts")]

    operations = [
        migrations.AddField(
            "attempt",
            "given_back_by",
            models.CharField(max_length=128, blank=True, default="", db_default=""),
        ),
        migrations.AddConstraint(
            "attempt",
            models.CheckConstraint(
                condition=Q(given_back_by="") | Q(state="canceled"),
                name="payments_attempt_given_back",
            ),
        ),
        run_sql_file(__file__, "0031_given_back"),
    ]
