"""Routes of bank transfers: a customer orders; the provider's people import statements and decide on lines."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import (
    bank,
    bank_accounts,
    bank_equal,
    bank_orders,
    bank_requests,
    bank_statements,
)

_LINE = "provider/bank/lines/<str:line>"
_ACCOUNT = "provider/bank/accounts/<str:iban>"
_STATEMENTS = "provider/bank/statements"

ROUTES = (
    path("billing/bank/", bank_orders.orders, name="billing-bank"),
    path("billing/bank/order", bank_orders.order, name="billing-bank-order"),
    path("billing/bank/<str:document>/cancel", bank_orders.cancel, name="billing-bank-cancel"),
    path("provider/bank/", bank.bank, name="provider-bank"),
    path("provider/bank/equal/", bank_equal.equal, name="provider-bank-equal"),
    path("provider/bank/equal/same", bank_equal.same, name="provider-bank-equal-same"),
    path("provider/bank/equal/others", bank_equal.others, name="provider-bank-equal-others"),
    path("provider/bank.csv", bank.bank_csv, name="provider-bank-csv"),
    path(f"{_LINE}/", bank.line, name="provider-bank-line"),
    path(f"{_LINE}/match", bank.match, name="provider-bank-match"),
    path(f"{_LINE}/approve", bank_requests.approve, name="provider-bank-approve"),
    path(f"{_LINE}/decline", bank_requests.decline, name="provider-bank-decline"),
    path(f"{_LINE}/unmatch", bank.unmatch, name="provider-bank-unmatch"),
    path(f"{_LINE}/return", bank.book_return, name="provider-bank-return"),
    path(f"{_LINE}/aside", bank.aside, name="provider-bank-aside"),
    path(f"{_LINE}/another", bank.another, name="provider-bank-another"),
    path(f"{_LINE}/again", bank.again, name="provider-bank-again"),
    path(f"{_STATEMENTS}/", bank_statements.statements, name="provider-statements"),
    path(f"{_STATEMENTS}/new", bank_statements.new_statement, name="provider-statement-new"),
    path(f"{_STATEMENTS}/shown", bank_statements.import_shown, name="provider-statement-shown"),
    path(f"{_STATEMENTS}/<str:statement>/", bank_statements.statement, name="provider-statement"),
    path("provider/bank/accounts/", bank_accounts.accounts, name="provider-bank-accounts"),
    path(f"{_ACCOUNT}/on", bank_accounts.name_on_documents, name="provider-bank-account-on"),
    path(f"{_ACCOUNT}/off", bank_accounts.leave_off_documents, name="provider-bank-account-off"),
    path("provider/bank/profile/", bank_statements.csv_profile, name="provider-bank-profile"),
    path(
        "provider/bank/profile/save",
        bank_statements.save_csv_profile,
        name="provider-bank-profile-save",
    ),
)
