"""The form of a price that holds from an hour on: the figures of a price, and the provider's own day and hour."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_platform.kernel.periods import hour_floor
from billing_platform.portal.price_forms import FIGURES, PriceForm

if TYPE_CHECKING:
    from collections.abc import Mapping

_FAR: Final = timedelta(days=370)


class PriceChangeForm(PriceForm):
    """New figures of a price on sale, and from when they hold; name, meter and currency stay as they are."""

    def __init__(
        self,
        *args: Any,
        kind: str,
        model: str,
        zone: str,
        now: datetime,
        may_continue: bool,
        initial: Mapping[str, Any],
        **kwargs: Any,
    ) -> None:
        self._zone, self._now = ZoneInfo(zone), now
        local = (hour_floor(now) + timedelta(hours=1)).astimezone(self._zone)
        # Boundaries are full hours of UTC, which begin at another minute in some zones.
        self._minute = local.minute
        first = {"day": local.date(), "hour": local.hour, "goes_on": True, **initial}
        super().__init__(*args, kind=kind, model=model, meters=(), initial=first, **kwargs)
        for name in self.fields.keys() - set(FIGURES):
            del self.fields[name]
        if may_continue:
            self.fields["goes_on"] = forms.BooleanField(
                label=_("Within a period, tiers and included units go on counting"),
                required=False,
                help_text=_("Otherwise they begin anew with the hour of the change."),
            )
        self.fields["day"] = forms.DateField(
            label=_("Holds from"), widget=forms.DateInput({"type": "date"})
        )
        self.fields["hour"] = forms.TypedChoiceField(
            label=_("Hour"),
            coerce=int,
            choices=[(hour, f"{hour:02d}:{self._minute:02d}") for hour in range(24)],
            help_text=_("Of your own time zone, %(zone)s.") % {"zone": zone},
        )

    @property
    def goes_on(self) -> bool | None:
        """Whether the tiers go on counting; None where that was not asked."""
        return self.cleaned_data["goes_on"] if "goes_on" in self.fields else None

    @property
    def valid_from(self) -> datetime:
        """The hour from which the price holds; of one that a clock shows twice, the first."""
        return self._local().astimezone(UTC)

    def clean(self) -> dict[str, Any]:
        """Refuse an hour that the zone leaves out, and a day that was hardly meant."""
        said = super().clean() or self.cleaned_data
        if "day" not in said or "hour" not in said:
            return said
        local = self._local()
        if local.astimezone(UTC).astimezone(self._zone).replace(tzinfo=None) != local.replace(
            tzinfo=None
        ):
            self.add_error(
                "hour", _("The clocks go forward: this hour does not exist on that day.")
            )
        elif abs(local - self._now) > _FAR:
            self.add_error("day", _("Choose a day within a year of today."))
        return said

    def _local(self) -> datetime:
        said = self.cleaned_data
        return datetime.combine(said["day"], time(said["hour"], self._minute), self._zone)
