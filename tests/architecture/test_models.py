"""Models hold columns and constraints; keys between parts point down; nothing hooks on a save."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.source import place, python_files, syntax_tree

LAYERS = {
    "kernel": 0,
    "tenants": 1,
    "accounts": 2,
    "tax": 2,
    "promotions": 3,
    "payments": 4,
    "usage": 4,
    "invoicing": 5,
}
SIGNALS = re.compile(r"\b(pre_save|post_save|pre_delete|post_delete|m2m_changed)\b")


def our_relations() -> list[tuple[type[models.Model], models.ForeignKey[Any, Any]]]:
    found = []
    for config in apps.get_app_configs():
        if config.label in LAYERS:
            for model in config.get_models():
                found += [
                    (model, field)
                    for field in model._meta.local_fields
                    if isinstance(field, models.ForeignKey)
                ]
    return found


class TestModels:
    def test_keys_between_parts_point_down(self) -> None:
        upward = [
            f"{model._meta.label}.{field.name}"
            for model, field in our_relations()
            if field.related_model._meta.app_label in LAYERS
            and LAYERS[field.related_model._meta.app_label] > LAYERS[model._meta.app_label]
        ]

        assert upward == []

    def test_nothing_cascades(self) -> None:
        loose = [
            f"{model._meta.label}.{field.name}"
            for model, field in our_relations()
            if field.remote_field.on_delete not in (models.PROTECT, models.DO_NOTHING)
            and not model.__name__.endswith(
                "Event"
            )  # history rows of django-pghistory follow their own rule
        ]

        assert loose == []

    def test_no_model_signals(self) -> None:
        hooks = [
            place(path)
            for path in python_files()
            if SIGNALS.search(path.read_text(encoding="utf-8"))
        ]

        assert hooks == []

    def test_no_model_overrides_save(self) -> None:
        overrides = [
            place(path, node)
            for path in python_files()
            if "models" in path.parts
            for node in ast.walk(syntax_tree(path))
            if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}
        ]

        assert overrides == []

    @pytest.mark.parametrize("label", LAYERS)
    def test_check_constraints_carry_the_table_in_their_name(self, label: str) -> None:
        config = apps.get_app_config(label)

        wrong = [
            f"{model._meta.label}: {constraint.name}"
            for model in config.get_models()
            for constraint in model._meta.constraints
            if not constraint.name.startswith(f"{label}_")
        ]

        assert wrong == []
