"""Calls go down, events go up, nothing goes sideways: the contracts in .importlinter hold."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from tests.architecture.source import PARTS, ROOT, place, python_files, syntax_tree


class TestImports:
    def test_the_contracts_hold(self) -> None:
        linter = Path(sys.executable).with_name("lint-imports")

        result = subprocess.run(
            [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
        )

        assert result.returncode == 0, result.stdout + result.stderr

    def test_functions_import_nothing_of_ours(self) -> None:
        hidden = [
            place(path, node)
            for path in python_files()
            if path.name != "apps.py"
            for function in ast.walk(syntax_tree(path))
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
            for node in ast.walk(function)
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PARTS
        ]

        assert hidden == []

    def test_no_drawer_without_a_noun(self) -> None:
        drawers = {"utils.py", "helpers.py", "common.py", "misc.py", "tools.py"}

        assert [place(path) for path in python_files() if path.name in drawers] == []

    def test_settings_are_read_through_django(self) -> None:
        readers = [
            place(path, node)
            for path in python_files()
            if "settings" not in path.parts
            for node in ast.walk(syntax_tree(path))
            if isinstance(node, ast.ImportFrom)
            and (node.module or "").startswith("billing_platform.settings")
        ]

        assert readers == []

    def test_errors_of_gateways_end_where_a_refused_key_is_written_down(self) -> None:
        """Services know `errors_gateways`; who caught a gateway's own errors would forget the key."""
        raw = {"GatewayRejected", "GatewayUnavailable"}
        may = {"payments/services/asking.py", "payments/services/gateways.py"}
        knowing = {
            str(path.relative_to(ROOT))
            for path in python_files()
            if "gateways" not in path.parts
            for node in ast.walk(syntax_tree(path))
            if isinstance(node, ast.ImportFrom) and raw & {alias.name for alias in node.names}
        }

        assert knowing == may
