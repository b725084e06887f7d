"""Processes of ours look for garbage seldom."""

from __future__ import annotations

import gc

from billing_platform.garbage import collect_seldom


def test_it_is_looked_for_seldom() -> None:
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    try:
        collect_seldom()

        assert gc.get_threshold() == (50_000, 20, 20)
    finally:
        gc.set_threshold(*before)
