"""A row's text names it and nobody else's."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps

FIELDS: dict[str, Any] = {
    "id": 7001,
    "account_id": 7001,
    "wallet_id": 7001,
    "posting_id": 7001,
    "number": 7001,
    "provider_id": 3,
    "tenant_id": 5,
    "key": "tax:7001",
    "starts": datetime(2026, 11, 1, tzinfo=UTC),
    "day": date(2026, 11, 20),
}


@pytest.mark.parametrize(
    "model", [model.__name__ for model in apps.get_app_config("accounts").get_models()]
)
def test_it_carries_its_number(model: str) -> None:
    found = apps.get_model("accounts", model)
    names = {field.attname for field in found._meta.concrete_fields}
    row = found(**{name: value for name, value in FIELDS.items() if name in names})

    assert "7001" in str(row)
