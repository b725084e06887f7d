"""Mark methods whose payments are disputed: not charged, and no default."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_methods_isolation")]

    operations = [
        migrations.AddField(
            model_name="method",
            name="frozen_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RemoveConstraint(model_name="method", name="payments_method_default_active"),
        migrations.AddConstraint(
            model_name="method",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_default", False))
                | models.Q(("frozen_at__isnull", True), ("state", "active")),
                name="payments_method_default_active",
            ),
        ),
    ]
