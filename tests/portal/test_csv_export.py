"""Downloads of lists."""

from __future__ import annotations

from billing_platform.portal.csv_export import csv_response, text_cell


class TestCsvResponse:
    def test_streams_head_and_rows(self) -> None:
        response = csv_response("clients.csv", ["a", "b"], iter([["1", 'say "hi", x'], ["2", "ü"]]))

        body = b"".join(response).decode()

        assert body.splitlines() == ["a,b", '1,"say ""hi"", x"', "2,ü"]
        assert response["Content-Disposition"] == 'attachment; filename="clients.csv"'


class TestTextCell:
    def test_disarms_formulas(self) -> None:
        assert text_cell("=1+1") == "'=1+1"
        assert text_cell("@SUM(A1)") == "'@SUM(A1)"
        assert text_cell("Acme") == "Acme"
