"""The forms that take on a client and change one: they check shape; services check rules."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.errors import WalletNotFound
from billing_platform.kernel import clock
from billing_platform.kernel.currencies import CURRENCY_CODES
from billing_platform.kernel.errors import DomainError, InvalidAmountError, UnknownCurrencyError
from billing_platform.kernel.formats import format_amount
from billing_platform.kernel.ids import is_public_id, new_public_id
from billing_platform.kernel.money import Money
from billing_platform.kernel.periods import hour_ceil, hour_floor
from billing_platform.portal.amounts import amount_of
from billing_platform.portal.unit_forms import UnitsForm, units_follow
from billing_platform.portal.widgets import LongSelect
from tenants.enums import BillingPlan, ContractType, TenantCategory
from tenants.errors import InvalidNameError, TenantExistsError, UnknownTimeZoneError
from tenants.services.terms import TenantTerms
from tenants.types import TenantSpec
from usage.errors import UsageError
from usage.services.clients import FirstContract

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tenants.types import ProviderView, TenantView
    from usage.selectors.sale import OfferedVersion
    from usage.selectors.units import CountedFee

FAR_DAYS: Final = 400
# Under which field a refusal of the services is shown.
_FIELDS: Final[tuple[tuple[type[DomainError], str], ...]] = (
    (TenantExistsError, "external_id"),
    (UnknownTimeZoneError, "time_zone"),
    (InvalidAmountError, "credit_limit"),
    (UnknownCurrencyError, "currency"),
    (UsageError, "plan"),
    (WalletNotFound, "currency"),
    (InvalidNameError, "name"),
)


class AmountField(forms.CharField):
    """An amount in major units, not below 0, as the reader's language writes it. Empty is 0."""

    def clean(self, value: Any) -> Any:
        """Return the exact amount."""
        text = super().clean(value)
        amount = amount_of(text or "0")
        if amount is None or amount < 0:
            raise forms.ValidationError(_("Write an amount of 0 or more, for instance 250.00."))
        return amount


class TermsForm(forms.Form):
    """What may be agreed anew with a client at any time."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    external_id = forms.CharField(
        label=gettext_lazy("Client id"),
        max_length=200,
        help_text=gettext_lazy("Your own name for the client. Usage is sent under it."),
    )
    category = forms.ChoiceField(label=gettext_lazy("Category"), choices=TenantCategory.choices)
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        max_length=64,
        widget=forms.TextInput({"list": "zones", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "In which the client's days and months begin, for instance Europe/Berlin."
        ),
    )
    billing_plan = forms.ChoiceField(
        label=gettext_lazy("Billing plan"), choices=BillingPlan.choices
    )
    contract_type = forms.ChoiceField(
        label=gettext_lazy("Contract type"), choices=ContractType.choices
    )
    credit_limit = AmountField(
        label=gettext_lazy("Credit limit"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "How far below zero the balance may fall before the client is suspended."
        ),
    )

    def refuse(self, error: DomainError) -> None:
        """Show a refusal of the services under the field that it is about."""
        field = next((name for kind, name in _FIELDS if isinstance(error, kind)), None)
        self.add_error(field if field in self.fields else None, error.message)

    def terms(self, currency: str) -> TenantTerms:
        """Return the cleaned terms.

        Args:
            currency: the client's.

        Raises:
            InvalidAmountError: the credit limit is finer than the currency.
        """
        clean = self.cleaned_data
        return TenantTerms(
            name=clean["name"],
            external_id=clean["external_id"],
            category=clean["category"],
            time_zone=clean["time_zone"],
            billing_plan=clean["billing_plan"],
            contract_type=clean["contract_type"],
            credit_limit_minor=Money.from_major(clean["credit_limit"], currency).amount_minor,
        )


class NewClientForm(UnitsForm, TermsForm):
    """A new client with its first admin and its first subscription.

    `key` is made with the form and becomes the client's public id, so that sending the form twice makes one client.
    """

    email = forms.EmailField(
        label=gettext_lazy("E-mail address of the first admin"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off"}),
        help_text=gettext_lazy("An invitation is mailed there."),
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        choices=[(c, c) for c in CURRENCY_CODES],
        widget=LongSelect,
    )
    plan = forms.ChoiceField(label=gettext_lazy("Plan"), required=False)
    starts_on = forms.DateField(
        label=gettext_lazy("Begins on"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text=gettext_lazy(
            "The beginning of this day in the client's time zone. Left empty: this hour."
        ),
    )
    key = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        versions: Sequence[OfferedVersion],
        chosen: str,
        fees_of: Callable[[int], Sequence[CountedFee]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {
            f"{version.code}@{version.number}": version
            for version in versions
            if version.is_on_sale
        }
        plan = self.fields["plan"]
        assert isinstance(plan, forms.ChoiceField)  # noqa: S101 (declared above)
        plan.choices = [("", _("None yet")), *((k, _label(v)) for k, v in self.versions.items())]
        plan.widget.attrs.update(units_follow(reverse("provider-client-new")))
        version = self.versions.get(chosen)
        self.ask_units(fees_of(version.version_id) if version else ())

    def clean_key(self) -> str:
        """Return the key when it has its shape."""
        key: str = self.cleaned_data["key"]
        if not is_public_id(key, "ten"):
            raise forms.ValidationError(_("Open this page anew, please."))
        return key

    def spec(self) -> TenantSpec:
        """Return who is taken on."""
        currency = self.cleaned_data["currency"]
        terms = self.terms(currency)
        return TenantSpec(
            external_id=terms.external_id,
            name=terms.name,
            currency=currency,
            time_zone=terms.time_zone,
            category=terms.category,
            billing_plan=terms.billing_plan,
            contract_type=terms.contract_type,
            credit_limit_minor=terms.credit_limit_minor,
        )

    def contract(self, zone: str, *, now: datetime) -> FirstContract | None:
        """Return the first subscription, or None.

        Args:
            zone: the client's, checked.
            now: the present moment.
        """
        if not self.cleaned_data["plan"]:
            return None
        day = self.cleaned_data["starts_on"]
        begins = hour_floor(now)
        if day is not None:
            begins = hour_ceil(datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC))
        version_id = self.versions[self.cleaned_data["plan"]].version_id
        return FirstContract(version_id=version_id, starts_at=begins, quantities=self.units())

    def clean_starts_on(self) -> Any:
        """Return the day, when it lies near enough to be meant."""
        day = self.cleaned_data["starts_on"]
        if day and abs((day - clock.now().date()).days) > FAR_DAYS:
            raise forms.ValidationError(_("Choose a day within a year of today."))
        return day


def new_client_values(provider: ProviderView) -> dict[str, object]:
    """Return what the form of a new client shows at first."""
    return {
        "key": new_public_id("ten"),
        "currency": provider.currency,
        "time_zone": provider.time_zone,
        "category": TenantCategory.ORGANISATION,
        "billing_plan": BillingPlan.PREPAID,
        "contract_type": ContractType.PAYG,
    }


def terms_values(tenant: TenantView) -> dict[str, object]:
    """Return a client's terms as the form shows them."""
    limit = Money(tenant.credit_limit_minor, tenant.currency)
    return {
        "name": tenant.name,
        "external_id": tenant.external_id,
        "category": tenant.category,
        "time_zone": tenant.time_zone,
        "billing_plan": tenant.billing_plan,
        "contract_type": tenant.contract_type,
        "credit_limit": format_amount(limit, get_language() or "en"),
    }


def _label(version: OfferedVersion) -> str:
    return _("%(name)s, version %(number)s (%(currencies)s)") % {
        "name": version.name,
        "number": version.number,
        "currencies": ", ".join(version.currencies),
    }
