"""Let postings take bonus back; the rows that stand are checked while others are written."""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('accounts', '0009_refunds_need_second'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='posting',
            name='accounts_posting_kind',
        ),
        migrations.AlterField(
            model_name='posting',
            name='kind',
            field=models.CharField(choices=[('top_up', 'Top-up'), ('payment', 'Payment'), ('credit', 'Credit'), ('adjustment', 'Adjustment'), ('discount', 'Top-up discount'), ('grant', 'Bonus credit'), ('grant_expiry', 'Expired credit'), ('grant_return', 'Bonus taken back'), ('usage', 'Usage'), ('usage_correction', 'Usage correction'), ('invoice', 'Invoice'), ('cycle_tax', 'Tax'), ('settlement', 'Invoice paid'), ('credit_note', 'Credit note'), ('refund', 'Refund'), ('bank_return', 'Returned payment'), ('dispute', 'Disputed payment'), ('dispute_won', 'Dispute won'), ('gateway_fee', 'Gateway fee'), ('payout', 'Payout'), ('signup_fee', 'Sign-up fee'), ('deposit', 'Verification deposit'), ('deposit_return', 'Deposit returned'), ('write_off', 'Write-off'), ('conversion', 'Currency conversion'), ('reversal', 'Reversal')], max_length=24),
        ),
        AddConstraintNotValid(
            model_name='posting',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['top_up', 'payment', 'credit', 'adjustment', 'discount', 'grant', 'grant_expiry', 'grant_return', 'usage', 'usage_correction', 'invoice', 'cycle_tax', 'settlement', 'credit_note', 'refund', 'bank_return', 'dispute', 'dispute_won', 'gateway_fee', 'payout', 'signup_fee', 'deposit', 'deposit_return', 'write_off', 'conversion', 'reversal'])), name='accounts_posting_kind'),
        ),
        ValidateConstraint(model_name='posting', name='accounts_posting_kind'),
    ]
