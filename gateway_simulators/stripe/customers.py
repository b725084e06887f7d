"""Customers and their saved methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway_simulators.stripe.account import listing
from gateway_simulators.stripe.cards import BY_TOKEN, new_method
from gateway_simulators.stripe.events import emit
from gateway_simulators.stripe.problems import Form, Object, Problem, check, metadata, missing

if TYPE_CHECKING:
    from gateway_simulators.stripe.account import Account

FIELDS = ("email", "name", "description", "metadata")


def find_customer(account: Account, name: str, param: str = "customer") -> Object:
    """Return a customer that is not deleted.

    Args:
        account: whose.
        name: the id.
        param: the parameter that names it.

    Raises:
        Problem: `resource_missing`.
    """
    found = account.find("customer", name, param)
    if found.get("deleted"):
        raise missing("customer", name, param)
    return found


def create_customer(account: Account, form: Form) -> Object:
    """Make a customer: `POST /v1/customers`."""
    check(form, optional=FIELDS)
    made = account.add(
        "cus",
        "customer",
        email=form.get("email"),
        name=form.get("name"),
        description=form.get("description"),
        metadata=metadata(form),
        invoice_settings={"default_payment_method": None},
    )
    emit(account, "customer.created", made)
    return made


def update_customer(account: Account, form: Form, name: str) -> Object:
    """Change a customer: `POST /v1/customers/{id}`."""
    check(form, optional=(*FIELDS, "invoice_settings[default_payment_method]"))
    found = find_customer(account, name, "id")
    found.update({field: form[field] for field in ("email", "name") if field in form})
    found["metadata"] |= metadata(form)
    if method := form.get("invoice_settings[default_payment_method]"):
        account.find("payment_method", method, "invoice_settings[default_payment_method]")
        found["invoice_settings"] = {"default_payment_method": method}
    return found


def delete_customer(account: Account, form: Form, name: str) -> Object:
    """Delete a customer with the saved methods: `DELETE /v1/customers/{id}`."""
    check(form)
    found = find_customer(account, name, "id")
    gone = {"id": name, "object": "customer", "deleted": True}
    made = found["created"]
    found.clear()
    found.update(gone, created=made)
    for method in account.all("payment_method", customer=name):
        method["customer"] = None
    emit(account, "customer.deleted", gone)
    return gone


def list_customers(account: Account, form: Form) -> Object:
    """List customers: `GET /v1/customers`."""
    found = [one for one in account.all("customer") if not one.get("deleted")]
    return listing("/v1/customers", form, found, filters=("email",))


def list_methods(account: Account, form: Form, name: str) -> Object:
    """List a customer's methods: `GET /v1/customers/{id}/payment_methods`."""
    find_customer(account, name)
    found = account.all("payment_method", customer=name)
    return listing(f"/v1/customers/{name}/payment_methods", form, found, filters=("type",))


def attach(account: Account, form: Form, name: str) -> Object:
    """Save a method: `POST /v1/payment_methods/{id}/attach`; Stripe's test tokens make one."""
    check(form, required=("customer",))
    customer = find_customer(account, form["customer"])
    if name in BY_TOKEN:
        made = new_method(account, BY_TOKEN[name], holder=customer["name"] or "")
    else:
        made = account.find("payment_method", name)
        if made.get("_is_used"):
            words = (
                "This PaymentMethod was previously used without being attached to a Customer or was"
                " detached from a Customer, and may not be used again."
            )
            raise Problem(400, words)
    return keep(account, made, customer["id"])


def keep(account: Account, method: Object, customer: str) -> Object:
    """Attach a method to a customer.

    Args:
        account: whose.
        method: one that belongs to nobody.
        customer: the id.
    """
    method.update(customer=customer, _is_used=True)
    emit(account, "payment_method.attached", method)
    return method


def detach(account: Account, form: Form, name: str) -> Object:
    """Forget a method for ever: `POST /v1/payment_methods/{id}/detach`."""
    check(form)
    found = account.find("payment_method", name)
    if found["customer"] is None:
        words = "The payment method you provided is not attached to a customer so detachment is impossible."
        raise Problem(400, words)
    found["customer"] = None
    emit(account, "payment_method.detached", found)
    return found
