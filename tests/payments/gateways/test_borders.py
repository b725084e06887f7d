"""Gateways know no models, no database and no other part."""

import ast

from tests.architecture.source import place, python_files, syntax_tree

FOREIGN = ("django", "tenants", "accounts", "usage", "invoicing", "promotions", "tax")


def names_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def is_allowed(name: str) -> bool:
    top, *rest = name.split(".")
    if top == "payments":
        return rest[:1] == ["gateways"]
    if top == "billing_platform":
        return rest[:1] == ["kernel"]
    return top not in {*FOREIGN, "gateway_simulators"}


class TestBorders:
    def test_gateways_import_only_gateways_and_the_kernel(self) -> None:
        files = [path for path in python_files("payments") if "gateways" in path.parts]

        found = [
            f"{place(path, node)} {name}"
            for path in files
            for node in ast.walk(syntax_tree(path))
            for name in names_of(node)
            if not is_allowed(name)
        ]

        assert files
        assert found == []

    def test_the_check_sees_a_model(self) -> None:
        assert not is_allowed("payments.models")
        assert not is_allowed("django.db")
        assert is_allowed("billing_platform.kernel.money")
