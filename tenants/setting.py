"""What a setting of a provider is: a name, a type, a default, and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext as _

from tenants.errors import InvalidSettingError

T = TypeVar("T")


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One setting.

    Attributes:
        name: `<group>.<word>`, stable.
        default: the value without an own one; its type is the setting's type.
        description: one line for the settings page.
        effect: what changes when it changes, and when.
        choices: the only texts that are allowed, for settings of type text.
        least: the smallest number allowed.
        most: the largest number allowed.
        is_listed: shown and changed on the settings page; others have a page that checks them together.
    """

    name: str
    default: T
    description: str
    effect: str
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    is_listed: bool = True

    @property
    def group(self) -> str:
        """Return the heading under which the settings page shows it."""
        return self.name.partition(".")[0]

    @property
    def kind(self) -> str:
        """Return the type's word: switch, number, choice, text or numbers."""
        if isinstance(self.default, bool):
            return "switch"
        if isinstance(self.default, int):
            return "number"
        if isinstance(self.default, tuple):
            return "numbers"
        return "choice" if self.choices else "text"

    def parse(self, raw: object) -> T:
        """Return a value from JSON or a form in the setting's type.

        Args:
            raw: what was stored or entered.

        Raises:
            InvalidSettingError: another type, not a choice, or out of range.
        """
        value: Any = tuple(raw) if self.kind == "numbers" and isinstance(raw, list) else raw
        if type(value) is not type(self.default):
            raise self._refusal()
        if self.choices and value not in self.choices:
            raise self._refusal()
        numbers = value if isinstance(value, tuple) else (value,) if self.kind == "number" else ()
        for number in numbers:
            self._check_range(number)
        return value

    def _check_range(self, number: object) -> None:
        if not isinstance(number, int) or isinstance(number, bool):
            raise self._refusal()
        if (self.least is not None and number < self.least) or (
            self.most is not None and number > self.most
        ):
            raise self._refusal()

    def _refusal(self) -> InvalidSettingError:
        return InvalidSettingError(message=_("This value does not fit the setting %s.") % self.name)
