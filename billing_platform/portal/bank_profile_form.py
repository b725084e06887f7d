"""The form of how a bank writes CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.statements.csv_profile import (
    DATE_FORMATS,
    DECIMALS,
    DELIMITERS,
    ENCODINGS,
    SKIPPED_MAX,
    CsvProfile,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_BRIEF: Final = {"autocomplete": "off", "spellcheck": "false"}
_DELIMITER_WORDS: Final = {";": _("Semicolon"), ",": _("Comma"), "\t": _("Tab"), "|": "|"}
_DATE_WORDS: Final = {
    "%Y-%m-%d": "2026-11-20",
    "%d.%m.%Y": "20.11.2026",
    "%d.%m.%y": "20.11.26",
    "%d/%m/%Y": "20/11/2026",
    "%m/%d/%Y": "11/20/2026",
    "%Y%m%d": "20261120",
}


def _column(label: StrOrPromise, help_text: StrOrPromise = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=100,
        required=False,
        help_text=help_text,
        widget=forms.TextInput(_BRIEF),
    )


class ProfileForm(forms.Form):
    """How a bank writes CSV; a file shows what would be read by it."""

    file = forms.FileField(
        label=_("A statement to try it with"),
        required=False,
        help_text=_("It is only shown, not imported."),
    )
    delimiter = forms.ChoiceField(
        label=_("Between columns"),
        choices=[(each, _DELIMITER_WORDS[each]) for each in DELIMITERS],
    )
    encoding = forms.ChoiceField(
        label=_("Written in"), choices=[(each, each) for each in ENCODINGS]
    )
    decimal = forms.ChoiceField(
        label=_("Before the cents"), choices=[(each, each) for each in DECIMALS]
    )
    date_format = forms.ChoiceField(
        label=_("Days are written"), choices=[(each, _DATE_WORDS[each]) for each in DATE_FORMATS]
    )
    skipped = forms.IntegerField(
        label=_("Lines before the head"), min_value=0, max_value=SKIPPED_MAX
    )
    booked = _column(_("Column of the day"))
    valued = _column(_("Column of the value day"))
    amount = _column(_("Column of the amount"), _("With a sign, or with a word in another column."))
    debit = _column(_("Column of what went out"), _("Only without a column of the amount."))
    credit = _column(_("Column of what came in"), _("Only without a column of the amount."))
    mark = _column(_("Column that says which way"))
    debit_words = _column(_("Its words for “out”"), _("With commas between them."))
    currency = _column(_("Column of the currency"))
    default_currency = forms.CharField(
        label=_("Currency without such a column"), min_length=3, max_length=3
    )
    name = _column(_("Column of the payer's name"))
    iban = _column(_("Column of the payer's IBAN"))
    texts = _column(_("Columns of the purpose"), _("With commas between them."))
    reference = _column(_("Column of the structured reference"))
    end_to_end = _column(_("Column of the end-to-end reference"))
    bank_ref = _column(_("Column of the bank's reference"))
    account = _column(_("Column of your own account"))
    kind = _column(
        _("Column of the sort of booking"),
        _("Without it no line says that it is a return or holds several payments."),
    )
    return_words = _column(_("Its words for returns"), _("With commas between them."))
    batch_words = _column(
        _("Its words for several payments in one"), _("With commas between them.")
    )

    def clean_default_currency(self) -> str:
        """Return the currency's code in capitals."""
        return str(self.cleaned_data["default_currency"]).upper()

    def profile(self) -> CsvProfile:
        """Return what was filled in."""
        return CsvProfile.of({**self.cleaned_data})
