"""Forms of the portals: they check shape; services check rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_platform.portal.setting_words import choice_words
from invoicing.services.numbering import PATTERNS, is_usable
from tenants.enums import KeyScope

if TYPE_CHECKING:
    from tenants.setting import Setting

ON_OFF = (("on", gettext_lazy("On")), ("off", gettext_lazy("Off")))
KEY_DAYS = (
    (0, gettext_lazy("Never")),
    (30, gettext_lazy("In 30 days")),
    (90, gettext_lazy("In 90 days")),
    (365, gettext_lazy("In a year")),
)


class NumbersField(forms.CharField):
    """Whole numbers with commas between them."""

    default_error_messages = {
        "numbers": gettext_lazy("Write whole numbers with commas between them.")
    }

    def clean(self, value: Any) -> tuple[int, ...]:
        """Return the numbers, in the order given."""
        text = super().clean(value)
        try:
            return tuple(int(part) for part in text.split(",") if part.strip())
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["numbers"]) from error


class SettingForm(forms.Form):
    """One field, `value`, in the type of a setting."""

    def __init__(self, *args: Any, setting: Setting[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setting = setting
        self.fields["value"] = setting_field(setting)

    def setting_value(self) -> object:
        """Return the cleaned value in the setting's own type."""
        value = self.cleaned_data["value"]
        return value == "on" if self.setting.kind == "switch" else value


class ApiKeyForm(forms.Form):
    """A key that is to be made."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=64,
        help_text=gettext_lazy("The system that will use it, for instance metering."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"),
        choices=KeyScope.choices,
        initial=KeyScope.values,
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("It ends"), choices=KEY_DAYS, coerce=int, initial=0
    )
    rotate = forms.BooleanField(
        label=gettext_lazy("A second key beside a living one of this name, for the change-over"),
        required=False,
    )


def setting_field(setting: Setting[Any]) -> forms.Field:
    """Return the form field of a setting."""
    label, help_text = _(setting.description), _(setting.effect)
    if setting.kind == "switch":
        return forms.ChoiceField(label=label, help_text=help_text, choices=ON_OFF)
    if setting.kind == "number":
        return forms.IntegerField(
            label=label, help_text=help_text, min_value=setting.least, max_value=setting.most
        )
    if setting.kind == "choice":
        choices = [(choice, choice_words(setting.name, choice)) for choice in setting.choices]
        return forms.ChoiceField(label=label, help_text=help_text, choices=choices)
    if setting.kind == "numbers":
        return NumbersField(label=label, help_text=help_text, required=False)
    is_pattern = setting in PATTERNS.values()
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=is_pattern,
        max_length=500,
        validators=[_check_pattern] if is_pattern else [],
    )


def _check_pattern(pattern: str) -> None:
    """Refuse a pattern that gives no numbers: nothing could be issued any more."""
    if not is_usable(pattern):
        raise forms.ValidationError(
            _(
                "Use letters, digits, - and /, and {number} once; {year} and {yy} where you want them."
            )
        )


def initial_value(setting: Setting[Any], value: Any) -> object:
    """Return a setting's value as its form field shows it."""
    if setting.kind == "switch":
        return "on" if value else "off"
    if setting.kind == "numbers":
        return ", ".join(str(number) for number in value)
    return value


def words_of(setting: Setting[Any], value: Any) -> str:
    """Return a setting's value as a page shows it."""
    if setting.kind == "switch":
        return _("On") if value else _("Off")
    if setting.kind == "choice":
        return choice_words(setting.name, str(value))
    shown = initial_value(setting, value)
    return str(shown) if shown != "" else "–"
