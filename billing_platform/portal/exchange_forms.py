"""Forms of exchange rates: they check shape, services check rules."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from billing_platform.kernel.currencies import CURRENCY_CODES

# The table of all days since 1999 has some 2 MB.
BYTES_MAX: Final = 8 * 1024 * 1024
_CODES: Final = [(code, code) for code in CURRENCY_CODES]
_SOURCE_HELP: Final = _("Who published it, as documents print it: for instance ECB.")


class ExchangeRateForm(forms.Form):
    """A rate of a day."""

    base = forms.ChoiceField(label=_("One unit of"), choices=_CODES)
    rate = forms.DecimalField(
        label=_("was worth"), max_digits=24, decimal_places=12, min_value=0, localize=True
    )
    quote = forms.ChoiceField(label=_("units of"), choices=_CODES)
    on = forms.DateField(label=_("Day"), widget=forms.DateInput({"type": "date"}))
    source = forms.CharField(label=_("Source"), max_length=60, help_text=_SOURCE_HELP)


class ExchangeFileForm(forms.Form):
    """A file of rates."""

    source = forms.CharField(label=_("Source"), max_length=60, help_text=_SOURCE_HELP)
    file = forms.FileField(label=_("File"), error_messages={"required": _("Choose a file first.")})

    def __init__(self, *args: Any, is_too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_too_large = is_too_large
        self.fields["file"].help_text = _("CSV of at most %(size)s.") % {
            "size": filesizeformat(BYTES_MAX)
        }

    def clean(self) -> dict[str, Any]:
        """Refuse a file that was dropped, or would be, because of its size."""
        said = super().clean() or self.cleaned_data
        file = said.get("file")
        if self._is_too_large or (file is not None and file.size > BYTES_MAX):
            self.errors.pop("file", None)
            self.add_error("file", ValidationError(_("This file is too large.")))
        return said
