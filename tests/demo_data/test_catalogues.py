"""What the demo's providers sell, as the guide says it."""

from __future__ import annotations

from billing_platform.demo_data.catalogues import METERS, PLANS


class TestVoice:
    def test_the_plan_charges_exactly_four_kinds_of_users_each_by_tiers_of_its_own(self) -> None:
        unique = {row["code"] for row in METERS["voice"] if row["aggregation"] == "unique"}
        four = {f"users-{kind}" for kind in ("mobile", "desktop", "video", "messaging")}

        assert unique == four
        (_, _, usual), *others = PLANS["voice"]
        charged = [row for row in usual if row.get("meter") in unique]
        assert sorted(row["meter"] for row in charged) == sorted(four)
        assert len({str(row["figures"]["tiers"]) for row in charged}) == len(four)
        # Whoever has another plan is not charged for users at all.
        assert not any(row.get("meter") in unique for _, _, rows in others for row in rows)
