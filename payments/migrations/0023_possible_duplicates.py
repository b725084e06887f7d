"""Lines of bank statements that may be second copies of lines in other files: a person says."""

from django.db import migrations, models

from billing_platform.kernel.isolation import composite_fk, run_sql_file


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0022_topup_limits'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='bankline',
            name='payments_bank_line_words',
        ),
        migrations.AddField(
            model_name='bankline',
            name='equal_line_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='bankline',
            name='reason',
            field=models.CharField(blank=True, choices=[('', 'None'), ('missing', 'No reference'), ('unknown', 'Unknown reference'), ('ambiguous', 'Several references'), ('currency', 'Another currency'), ('batch', 'Several payments in one'), ('return', 'Return of an unknown payment'), ('own_return', 'One of your own payments came back'), ('unmatched', 'Match taken back'), ('over', 'More than was open'), ('duplicate', 'Possible duplicate')], default='', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['new', 'open', 'matched', 'returned', 'outgoing', 'aside']), ('reason__in', ['', 'missing', 'unknown', 'ambiguous', 'currency', 'batch', 'return', 'own_return', 'unmatched', 'over', 'duplicate']), ('currency__regex', '^[A-Z]{3}$'), models.Q(('key', ''), _negated=True)), name='payments_bank_line_words'),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.CheckConstraint(condition=models.Q(('equal_line_id__isnull', True), models.Q(('bank_ref', ''), ('equal_line_id__lt', models.F('id'))), _connector='OR'), name='payments_bank_line_equal'),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', 'duplicate'), _negated=True), models.Q(('equal_line_id__isnull', False), ('state', 'open')), models.Q(('decided_by__isnull', False), ('equal_line_id__isnull', False), ('state', 'aside')), _connector='OR'), name='payments_bank_line_duplicate'),
        ),
        composite_fk("payments_bank_line", "equal_line_id", "payments_bank_line"),
        run_sql_file(__file__, "0023_possible_duplicates"),
    ]
