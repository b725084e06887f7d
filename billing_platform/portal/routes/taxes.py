"""Routes of tax: the provider's rates, its clients' tax details, and a tenant's own."""

from __future__ import annotations

from typing import Final

from django.urls import path

from billing_platform.portal.views import (
    client_tax,
    company_tax,
    exchange_rates,
    tax_report,
    taxes,
)

_TAXES: Final = "provider/taxes"
_CLIENT: Final = "provider/clients/<str:public_id>/tax"
_COMPANY: Final = "company/tax"

ROUTES = (
    path(f"{_TAXES}/", taxes.taxes, name="provider-taxes"),
    path(f"{_TAXES}/rates/new", taxes.new_rate, name="provider-tax-rate-new"),
    path(f"{_TAXES}/rates/end", taxes.end, {"what": "rates"}, name="provider-tax-rate-end"),
    path(f"{_TAXES}/rates/drop", taxes.drop, name="provider-tax-rate-drop"),
    path(
        f"{_TAXES}/registrations/new",
        taxes.new_registration,
        name="provider-tax-registration-new",
    ),
    path(
        f"{_TAXES}/registrations/end",
        taxes.end,
        {"what": "registrations"},
        name="provider-tax-registration-end",
    ),
    path(f"{_TAXES}/categories/save", taxes.category, name="provider-tax-category"),
    path(f"{_TAXES}/review", taxes.review, name="provider-tax-review"),
    path(f"{_TAXES}/preview", taxes.preview, name="provider-tax-preview"),
    path(f"{_TAXES}/exchange/", exchange_rates.rates, name="provider-exchange-rates"),
    path(f"{_TAXES}/exchange/new", exchange_rates.new_rate, name="provider-exchange-rate-new"),
    path(
        f"{_TAXES}/exchange/upload",
        exchange_rates.upload,
        name="provider-exchange-rates-upload",
    ),
    path(f"{_TAXES}/report/", tax_report.report, name="provider-tax-report"),
    path(f"{_TAXES}/report.csv", tax_report.report_csv, name="provider-tax-report-csv"),
    path(f"{_TAXES}/sales-list.csv", tax_report.sales_csv, name="provider-sales-list-csv"),
    path(f"{_TAXES}/oss.csv", tax_report.oss_csv, name="provider-oss-csv"),
    path(f"{_CLIENT}/", client_tax.details, name="provider-client-tax"),
    path(f"{_CLIENT}/edit", client_tax.edit, name="provider-client-tax-edit"),
    *(
        path(f"{_CLIENT}/{place}", view, name=f"provider-client-tax-{name}")
        for place, view, name in (
            ("numbers/add", client_tax.number_add, "number-add"),
            ("numbers/remove", client_tax.number_remove, "number-remove"),
            ("numbers/check", client_tax.number_check, "number-check"),
            ("numbers/record", client_tax.number_record, "number-record"),
            ("proofs/add", client_tax.proof_add, "proof-add"),
            ("exemptions/decide", client_tax.exemption_decide, "exemption-decide"),
        )
    ),
    path(
        f"{_CLIENT}/exemptions/<str:exemption>/file",
        client_tax.exemption_file,
        name="provider-client-tax-file",
    ),
    path(f"{_COMPANY}/", company_tax.details, name="company-tax"),
    path(f"{_COMPANY}/edit", company_tax.edit, name="company-tax-edit"),
    *(
        path(f"{_COMPANY}/{place}", view, name=f"company-tax-{name}")
        for place, view, name in (
            ("numbers/add", company_tax.number_add, "number-add"),
            ("numbers/remove", company_tax.number_remove, "number-remove"),
            ("exemptions/add", company_tax.exemption_add, "exemption-add"),
        )
    ),
    path(
        f"{_COMPANY}/exemptions/<str:exemption>/file",
        company_tax.exemption_file,
        name="company-tax-file",
    ),
)
