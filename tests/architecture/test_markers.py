"""Every marked step of a job stands in a list of its module, and every list in a test that kills at its steps."""

from __future__ import annotations

import ast
import re
from importlib import import_module

import pytest

from tests.architecture.source import ROOT, place, python_files, syntax_tree

BY_MODULE = re.compile(r"\b(\w+)\.MARKERS\b")
BY_IMPORT = re.compile(r"^from [\w.]*?(\w+) import (?:\(([^)]*)\)|(.*))$", re.MULTILINE)
BY_NAME = re.compile(r'"([a-z_]+\.[a-z_]+)(?::\d+)?"')


@pytest.fixture(scope="module")
def marked() -> list[tuple[str, str]]:
    """Return each call of `marker` in the source: where it stands, and the step it names."""
    found = []
    for path in python_files():
        for node in ast.walk(syntax_tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "marker":
                (step,) = node.args
                assert isinstance(step, ast.Constant), place(path, node)
                found.append((place(path, node), str(step.value)))
    return found


@pytest.fixture(scope="module")
def lists() -> dict[str, tuple[str, ...]]:
    """Return the lists of steps by the last name of their module."""
    return {
        path.stem: import_module(".".join(path.relative_to(ROOT).with_suffix("").parts)).MARKERS
        for path in python_files()
        if re.search(r"^MARKERS\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }


def told_in_tests(lists: dict[str, tuple[str, ...]]) -> set[str]:
    """Return the steps that tests name, one by one or by their list."""
    told: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        if path.parent.name == "architecture":
            continue
        text = path.read_text(encoding="utf-8")
        told.update(BY_NAME.findall(text))
        modules = set(BY_MODULE.findall(text)) | {
            module for module, *names in BY_IMPORT.findall(text) if "MARKERS" in "".join(names)
        }
        told.update(step for module in modules for step in lists.get(module, ()))
    return told


class TestMarkers:
    def test_each_stands_in_a_list_and_each_list_holds_steps(
        self, marked: list[tuple[str, str]], lists: dict[str, tuple[str, ...]]
    ) -> None:
        listed = {step for steps in lists.values() for step in steps}

        assert [found for found in marked if found[1] not in listed] == []
        assert listed == {step for _, step in marked}

    def test_a_test_kills_at_each(
        self, marked: list[tuple[str, str]], lists: dict[str, tuple[str, ...]]
    ) -> None:
        told = told_in_tests(lists)

        assert [found for found in marked if found[1] not in told] == []
