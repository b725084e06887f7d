"""Forms of bank transfers: orders, statements, decisions on lines, and how a bank writes CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from billing_platform.kernel.money import Money
from payments.enums_bank import StatementFormat
from payments.services.bank_accounts import AccountTerms
from payments.statements.csv_profile import (
    DATE_FORMATS,
    DECIMALS,
    DELIMITERS,
    ENCODINGS,
    SKIPPED_MAX,
    CsvProfile,
)
from payments.statements.values import BYTES_MAX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

_DIGITS: Final = 12
_BRIEF: Final = {"autocomplete": "off", "spellcheck": "false"}
# Which field a refusal of the services belongs to.
ACCOUNT_FIELDS: Final = {
    "invalid_iban": "iban",
    "invalid_bic": "bic",
    "invalid_currency": "currency",
    "invalid_holder": "holder",
}
_PLACES: Final = 3
_DELIMITER_WORDS: Final = {";": _("Semicolon"), ",": _("Comma"), "\t": _("Tab"), "|": "|"}
_DATE_WORDS: Final = {
    "%Y-%m-%d": "2026-11-20",
    "%d.%m.%Y": "20.11.2026",
    "%d.%m.%y": "20.11.26",
    "%d/%m/%Y": "20/11/2026",
    "%m/%d/%Y": "11/20/2026",
    "%Y%m%d": "20261120",
}


class OrderForm(forms.Form):
    """How much is to be ordered; `key` makes that one form opens one order.

    Attributes:
        currencies: in which of them; none where nobody takes transfers.
    """

    amount = forms.DecimalField(
        label=_("Amount to top-up"), max_digits=_DIGITS, decimal_places=_PLACES, min_value=0
    )
    currency = forms.ChoiceField(label=_("Currency"))
    code = forms.CharField(
        label=_("Promotion code"),
        max_length=64,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, currencies: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currencies = currencies
        field = self.fields["currency"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(code, code) for code in currencies]

    def money(self) -> Money:
        """Return the amount.

        Raises:
            InvalidAmountError: it is finer than the currency's minor unit.
        """
        return Money.from_major(self.cleaned_data["amount"], self.cleaned_data["currency"])


class StatementForm(forms.Form):
    """A statement and what it is written in."""

    format = forms.ChoiceField(
        label=_("Format"), choices=StatementFormat.choices, widget=forms.RadioSelect
    )
    file = forms.FileField(label=_("File"), error_messages={"required": _("Choose a file first.")})
    account = forms.ChoiceField(
        label=_("Account"),
        required=False,
        help_text=_("Of a CSV. The other formats say themselves whose they are."),
    )

    def __init__(
        self, *args: Any, ibans: Sequence[str], is_too_large: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._is_too_large = is_too_large
        field = self.fields["account"]
        if len(ibans) < 2:
            del self.fields["account"]
        elif isinstance(field, forms.ChoiceField):
            field.choices = [(each, each) for each in ibans]
        self.fields["file"].help_text = _("At most %(size)s.") % {"size": filesizeformat(BYTES_MAX)}

    def clean(self) -> dict[str, Any]:
        """Refuse a file that was dropped, or would be, because of its size."""
        said = super().clean() or self.cleaned_data
        file = said.get("file")
        if self._is_too_large or (file is not None and file.size > BYTES_MAX):
            self.errors.pop("file", None)
            self.add_error(
                "file",
                ValidationError(
                    _("This file is too large for a statement. Ask the bank for shorter ones.")
                ),
            )
        return said


class AccountForm(forms.Form):
    """A bank account that documents of a currency name."""

    iban = forms.CharField(label=_("IBAN"), max_length=42, widget=forms.TextInput(_BRIEF))
    holder = forms.CharField(label=_("Account holder"), max_length=70)
    bic = forms.CharField(
        label=_("BIC"),
        max_length=14,
        required=False,
        widget=forms.TextInput(_BRIEF),
        help_text=_("Where the payer's bank is in another country."),
    )
    currency = forms.CharField(
        label=_("Currency"),
        min_length=3,
        max_length=3,
        widget=forms.TextInput(_BRIEF),
        help_text=_("Three letters, for instance USD."),
    )
    is_default = forms.BooleanField(
        label=_("Documents in this currency name it"), required=False, initial=True
    )

    def terms(self) -> AccountTerms:
        """Return what was typed."""
        said = self.cleaned_data
        return AccountTerms(
            iban=said["iban"],
            holder=said["holder"],
            bic=said["bic"],
            currency=str(said["currency"]).upper(),
            is_default=said["is_default"],
        )


class DecisionForm(forms.Form):
    """Why somebody decides as they do."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("It stands beside the posting in the ledger."),
    )


class LinesField(forms.Field):
    """The public ids of lines that were chosen on a list."""

    def to_python(self, value: Any) -> list[str]:
        """Return them as texts."""
        return [str(each) for each in value or ()]


class EqualForm(DecisionForm):
    """One answer for the lines that were chosen."""

    line = LinesField(
        label=_("Lines"),
        widget=forms.MultipleHiddenInput,
        error_messages={"required": _("Choose a line first.")},
    )


class MatchForm(DecisionForm):
    """Whose money a line is."""

    target = forms.CharField(
        label=_("Payment order or client"),
        max_length=100,
        help_text=_("A reference, the number of a proforma, or the id of a client."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("target", "reason")


class ReturnForm(DecisionForm):
    """Which payments came back; of one it may be a part."""

    credited = forms.MultipleChoiceField(
        label=_("Which payment came back"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Of one payment a part may have come back, of several all that is left of each."
        ),
    )
    others = forms.CharField(
        label=_("Payments that are not listed"),
        max_length=2000,
        required=False,
        help_text=_("Numbers of their lines, with blanks between; a line’s number is on its page."),
        widget=forms.TextInput(_BRIEF),
    )
    field_order = ("credited", "others", "reason")

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["credited"]
        if not choices:
            del self.fields["credited"]
        elif isinstance(field, forms.MultipleChoiceField):
            field.choices = list(choices)

    def clean(self) -> dict[str, Any]:
        """Refuse an answer that names no payment."""
        said = super().clean() or self.cleaned_data
        if not self.errors and not self.lines():
            self.add_error(None, ValidationError(_("Say which payment came back.")))
        return said

    def lines(self) -> list[str]:
        """Return the public ids of the lines that were chosen or typed."""
        return [*self.cleaned_data.get("credited", ()), *self.cleaned_data["others"].split()]


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

    def clean_default_currency(self) -> str:
        """Return the currency's code in capitals."""
        return str(self.cleaned_data["default_currency"]).upper()

    def profile(self) -> CsvProfile:
        """Return what was filled in."""
        return CsvProfile.of({**self.cleaned_data})
