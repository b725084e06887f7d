"""Settings have a type, a default and, when changed, a row."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing_platform.kernel.scope import provider_scope, tenant_scope
from tenants import registry
from tenants.errors import InvalidSettingError, UnknownSettingError
from tenants.models import SettingValue
from tenants.selectors.settings import get_setting, get_settings, list_settings
from tenants.services.settings import reset_setting, set_setting
from tests.cast import NOW, Cast


def change(provider_id: int, name: str, value: object) -> None:
    set_setting(provider_id=provider_id, name=name, value=value, now=NOW)


class TestGetSetting:
    def test_it_returns_the_default(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            assert get_setting(cast.nimbus, registry.INGESTION_LATE_DAYS) == 35
            assert get_setting(cast.nimbus, "suspension.enabled") is True

    def test_it_returns_what_was_set(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            change(cast.nimbus, "warnings.levels_minor", [300, 100])
            change(cast.nimbus, "suspension.inbound", "reject")
            assert get_settings(
                cast.nimbus, registry.WARNING_LEVELS_MINOR, registry.SUSPENSION_INBOUND
            ) == ((300, 100), "reject")
            rows = {row.setting.name: row for row in list_settings(cast.nimbus)}

        assert rows["suspension.inbound"].is_own
        assert not rows["suspension.outbound"].is_own

    def test_it_is_the_providers_own(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            change(cast.nimbus, "ingestion.late_days", 10)
        with provider_scope(cast.sonora):
            assert get_setting(cast.sonora, "ingestion.late_days") == 35
            assert get_setting(cast.nimbus, "ingestion.late_days") == 35

    def test_a_tenant_reads_it(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            change(cast.nimbus, "ingestion.late_days", 10)
        with tenant_scope(cast.nimbus, cast.acme):
            assert get_setting(cast.nimbus, "ingestion.late_days") == 10


class TestSetSetting:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("suspension.enabled", 1),
            ("suspension.enabled", "yes"),
            ("ingestion.late_days", True),
            ("ingestion.late_days", 0),
            ("ingestion.late_days", 10**6),
            ("ingestion.late_days", 1.5),
            ("suspension.inbound", "maybe"),
            ("warnings.levels_minor", [1, "x"]),
            ("warnings.levels_minor", "1"),
        ],
    )
    def test_it_refuses_what_does_not_fit(self, cast: Cast, name: str, value: object) -> None:
        with provider_scope(cast.nimbus), pytest.raises(InvalidSettingError):
            change(cast.nimbus, name, value)

    def test_it_refuses_an_unknown_name(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            with pytest.raises(UnknownSettingError):
                change(cast.nimbus, "no.such", 1)
            with pytest.raises(UnknownSettingError):
                get_setting(cast.nimbus, "no.such")

    def test_the_same_value_changes_nothing(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            change(cast.nimbus, "ingestion.late_days", 10)
            set_setting(
                provider_id=cast.nimbus,
                name="ingestion.late_days",
                value=10,
                now=NOW + timedelta(days=1),
            )
            assert SettingValue.objects.get().changed_at == NOW

    def test_it_returns_to_the_default(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            change(cast.nimbus, "ingestion.late_days", 10)
            reset_setting(provider_id=cast.nimbus, name="ingestion.late_days")
            reset_setting(provider_id=cast.nimbus, name="ingestion.late_days")
            assert get_setting(cast.nimbus, "ingestion.late_days") == 35


class TestRegistry:
    def test_every_default_fits_its_own_setting(self) -> None:
        for setting in registry.REGISTRY.values():
            stored = list(setting.default) if setting.kind == "numbers" else setting.default
            assert setting.parse(stored) == setting.default
            assert setting.description.endswith(".")
            assert setting.effect.endswith(".")
