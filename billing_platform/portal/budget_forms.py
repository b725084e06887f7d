"""The form of a customer's budget: it checks shape; the service checks rules."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_platform.portal.forms_money import AmountsForm, amount_field


class BudgetForm(AmountsForm):
    """What one billing period may cost in one currency."""

    amounts = ("budget",)

    # The links to the other currencies show their own budgets: chosen beside an amount, one would take another's place.
    currency = forms.ChoiceField(label=_("Currency"), widget=forms.HiddenInput)
    budget = amount_field(
        _("Budget of a billing period"),
        _("It is drawn as a line and stops nothing. Empty for none."),
        required=False,
    )
