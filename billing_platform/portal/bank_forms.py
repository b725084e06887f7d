"""Forms of bank transfers: statements, accounts, and decisions on lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from billing_platform.portal.packed import PACKED_MAX, digest_of, unpacked
from payments.enums_bank import StatementFormat
from payments.services.bank_accounts import AccountTerms
from payments.statements.values import BYTES_MAX

if TYPE_CHECKING:
    from collections.abc import Sequence

_BRIEF: Final = {"autocomplete": "off", "spellcheck": "false"}
# Which field a refusal of the services belongs to.
ACCOUNT_FIELDS: Final = {
    "invalid_iban": "iban",
    "invalid_bic": "bic",
    "invalid_currency": "currency",
    "invalid_holder": "holder",
}


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


class ShownForm(forms.Form):
    """A statement as it was shown: packed beside its digest, which the second step holds it against."""

    name = forms.CharField(max_length=255, required=False, widget=forms.HiddenInput)
    account = forms.CharField(max_length=42, required=False, widget=forms.HiddenInput)
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    packed = forms.CharField(max_length=PACKED_MAX, strip=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Unpack the file, and refuse another one than was shown."""
        said = super().clean() or self.cleaned_data
        data = unpacked(said.get("packed", ""))
        if data is None or digest_of(data) != said.get("digest"):
            raise ValidationError(_("This is not the file that was shown. Choose it again."))
        return {**said, "data": data}


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
