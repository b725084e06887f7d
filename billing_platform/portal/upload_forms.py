"""The form that takes a file of usage; it checks shape, the reading finds out about the content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from usage.calls import SOURCE
from usage.enums import UploadFormat
from usage.importers.asterisk_columns import NotAsteriskError, read_columns

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.datastructures import MultiValueDict

_ONLY_CALLS = _("Only call records have this; leave it empty, or choose their format.")


class UploadForm(forms.Form):
    """A file of usage and what it is written in."""

    format = forms.ChoiceField(
        label=_("Format"),
        choices=UploadFormat.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what the file is written in.")},
    )
    file = forms.FileField(label=_("File"), error_messages={"required": _("Choose a file first.")})
    columns = forms.CharField(
        label=_("Order of columns"),
        max_length=1000,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "Only when the file has neither the columns of Master.csv nor a first line with their names: names with"
            " commas between them, - for what is not needed."
        ),
    )
    source = forms.CharField(
        label=_("Telephone system"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "Only when you have several: the name of its mapping. Left empty, it is asterisk."
        ),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        is_too_large: bool = False,
    ) -> None:
        super().__init__(data, files)
        self.is_too_large = is_too_large
        self.fields["file"].help_text = _("At most %(size)s.") % {"size": largest()}

    def clean_columns(self) -> str:
        """Return the order of columns, which holds what a call needs."""
        text = str(self.cleaned_data["columns"])
        try:
            if text:
                read_columns(text)
        except NotAsteriskError as error:
            names = {"names": ", ".join(error.missing or error.twice)}
            if error.missing:
                raise ValidationError(
                    _("These columns are missing: %(names)s."), "", names
                ) from error
            raise ValidationError(
                _("These columns are there twice: %(names)s."), "", names
            ) from error
        return text

    def clean(self) -> dict[str, Any]:
        """Refuse a file that was dropped because of its size, and what only call records have."""
        said = super().clean() or self.cleaned_data
        if self.is_too_large:
            self.errors.pop("file", None)
            words = _(
                "The file is larger than %(size)s. Split it, and upload its parts one by one."
            )
            self.add_error("file", ValidationError(words, "", {"size": largest()}))
        if said.get("format") == UploadFormat.ASTERISK:
            said["source"] = said.get("source") or SOURCE
        else:
            for name in ("columns", "source"):
                if said.get(name):
                    self.add_error(name, _ONLY_CALLS)
        return said


def largest() -> str:
    """Return the size of the largest file, in words."""
    return filesizeformat(settings.UPLOAD_MAX_BYTES)
