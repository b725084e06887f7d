"""Say what a payment is paid with, and when the page of an open setup is asked about."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_refund_destination")]

    operations = [
        *(
            migrations.AddField(
                model_name="attempt",
                name=name,
                field=models.CharField(blank=True, default="", max_length=length),
            )
            for name, length in (
                ("paid_kind", 16),
                ("paid_brand", 32),
                ("paid_last4", 4),
                ("paid_name", 254),
            )
        ),
        migrations.AddField(
            model_name="methodsetup",
            name="failure_code",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="methodsetup",
            name="next_poll_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="methodsetup",
            name="polls",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="methodsetup",
            index=models.Index(
                condition=models.Q(("next_poll_at__isnull", False)),
                fields=["provider_id", "next_poll_at"],
                name="payments_method_setup_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="methodsetup",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "open"), ("next_poll_at__isnull", True), _connector="OR"),
                name="payments_method_setup_awaited",
            ),
        ),
        # Pages that were left open before anybody asked about them.
        migrations.RunSQL(
            "UPDATE payments_method_setup SET next_poll_at = created_at WHERE state = 'open'",
            migrations.RunSQL.noop,
        ),
    ]
