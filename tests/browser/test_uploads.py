"""An upload as somebody sees it: sent by the form, followed while it is read, without a click in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import DESKTOP, PHONE
from tests.usage.services.upload_files import event, json_lines

if TYPE_CHECKING:
    from tests.browser.served import Demo
    from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
# Of no client, so that no figure of the demo moves.
CONTENT = json_lines(event(1, tenant="nobody"), event(1, tenant="nobody"), "{broken")
WORK_OFF = """
from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import system_scope
from usage.selectors.uploads import open_uploads
from usage.services.upload_reading import read_upload
with system_scope():
    found = open_uploads(now())
for provider_id, upload_id in found:
    read_upload(provider_id=provider_id, upload_id=upload_id)
"""


class TestUpload:
    def test_the_page_follows_the_reading(self, demo: Demo, visitor: Visitor) -> None:
        visit = visitor.open("nimbus owner", "nimbus", "/provider/uploads/new")
        page = visit.page
        page.get_by_label("CloudEvents (JSON)", exact=True).check()
        page.get_by_label("File", exact=True).set_input_files(
            {"name": "usage.jsonl", "mimeType": "application/json", "buffer": CONTENT}
        )
        page.get_by_role("button", name="Upload").click()
        page.wait_for_url("**/provider/uploads/*/")
        expect(page.locator("#upload")).to_contain_text("waits for a worker")
        expect(page.get_by_role("progressbar")).to_have_attribute("value", "0")
        demo.worker.work(WORK_OFF)

        expect(page.locator("#upload")).to_contain_text("CSV of all 3 rows")
        expect(page.get_by_role("progressbar")).to_have_count(0)
        expect(page.get_by_role("button", name="Read again")).to_be_visible()
        expect(page.locator("#row-list tbody tr")).to_have_count(3)
        for size in (DESKTOP, PHONE):
            visit.show(size, "light")
            assert visit.sideways_px() == 0
        found = visit.violations()
        page.close()
        assert found == []
