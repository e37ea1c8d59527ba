#!/usr/bin/env python3
"""Posts Amazon's orders to Xero the straightforward way: order after order, a call per thing.

It is what an engineer writes in an afternoon with the two public clients, and it is what Daybook is
measured beside. Per order: look for the marketplace's contact (create it when it is missing),
create the invoice, pay what has shipped. There is no memory between runs, no look-up after an
unclear answer, no tax, no promotion or tip: its books are simpler than Daybook's, and wrong in
places (`docs/benchmarks.md`).

    peer.py CONNECTION.json

CONNECTION.json holds the first line of `daybook sandbox --json`. Prints what it did as one object.
"""

import json
import sys
from datetime import datetime, timezone

from sp_api.api import OrdersV20260101, Sellers
from xero_python.accounting import (
    Account,
    AccountType,
    Contact,
    Contacts,
    Currency,
    CurrencyCode,
    Invoice,
    Invoices,
    LineAmountTypes,
    LineItem,
    Payment,
)
from xero_python.exceptions import HTTPStatusException

import vendors

INCLUDED = ["PROCEEDS", "FULFILLMENT"]
SHIPPED = "SHIPPED"
REVENUE_CODE = "200"
CURRENCIES = ["GBP", "EUR", "USD", "CAD", "AUD", "JPY"]


def main(path):
    with open(path, encoding="utf-8") as file:
        connection = json.load(file)
    api, tenant = vendors.xero(connection)
    accounts = set_up(api, tenant)
    counts = {"invoices": 0, "payments": 0, "skipped": 0, "failed": 0}
    regions = {}
    failures = []
    for region, order in orders(connection):
        regions[region] = regions.get(region, 0) + 1
        total = order.get("proceeds", {}).get("grandTotal")
        if order["salesChannel"]["channelName"] != "AMAZON" or not is_sale(order, total):
            counts["skipped"] += 1
            continue
        try:
            post(api, tenant, accounts, order, total, counts)
        except HTTPStatusException as error:
            counts["failed"] += 1
            failures.append(f"{order['orderId']}: {error.reason}")
    print(json.dumps({"orders": regions, **counts, "failures": failures}))


def set_up(api, tenant):
    """Adds the currencies, and an account to be paid into for each of them."""
    have = {one.code.value for one in api.get_currencies(tenant).currencies}
    for code in CURRENCIES:
        if code not in have:
            api.create_currency(tenant, Currency(code=CurrencyCode(code)))
    accounts = {}
    for number, code in enumerate(CURRENCIES):
        account = Account(
            code=f"A{number}",
            name=f"Amazon {code}",
            type=AccountType.BANK,
            bank_account_number=f"AMAZON-{code}",
            currency_code=CurrencyCode(code),
        )
        accounts[code] = api.create_account(tenant, account).accounts[0].account_id
    return accounts


def orders(connection):
    """Every order of every region, page after page."""
    since = datetime.fromtimestamp(connection["since"] / 1000, timezone.utc)
    for region in [one["region"].lower() for one in connection["amazon_regions"]]:
        payload = vendors.amazon(Sellers, connection, region, "").get_marketplace_participation()
        places = [one["marketplace"]["id"] for one in payload.payload if sells(one)]
        client = vendors.amazon(OrdersV20260101, connection, region, places[0])
        asked = {
            "lastUpdatedAfter": since.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "marketplaceIds": places,
            "includedData": INCLUDED,
        }
        token = None
        while True:
            more = {"paginationToken": token} if token else {}
            page = client.search_orders(**asked, **more)
            for order in page.orders:
                yield region, order
            token = page.next_token
            if not token:
                break


def sells(one):
    return one["participation"]["isParticipating"]


def is_sale(order, total):
    status = order["fulfillment"]["fulfillmentStatus"]
    return status not in ("PENDING", "CANCELLED") and total and float(total["amount"]) > 0


def post(api, tenant, accounts, order, total, counts):
    name = order["salesChannel"]["marketplaceName"]
    found = api.get_contacts(tenant, where=f'Name=="{name}"').contacts
    if not found:
        new = Contacts(contacts=[Contact(name=name)])
        found = api.create_contacts(tenant, new).contacts
    lines = [
        LineItem(
            description=item["product"]["title"],
            quantity=1,
            unit_amount=float(item["proceeds"]["proceedsTotal"]["amount"]),
            account_code=REVENUE_CODE,
            tax_type="NONE",
        )
        for item in order["orderItems"]
        if "proceeds" in item
    ]
    invoice = Invoice(
        type="ACCREC",
        contact=Contact(contact_id=found[0].contact_id),
        invoice_number=f"AMZ-{order['orderId']}",
        reference=order["orderId"],
        date=day(order["createdTime"]),
        due_date=day(order["createdTime"]),
        currency_code=CurrencyCode(total["currencyCode"]),
        line_amount_types=LineAmountTypes.INCLUSIVE,
        line_items=lines,
        status="AUTHORISED",
    )
    created = api.create_invoices(tenant, Invoices(invoices=[invoice])).invoices[0]
    counts["invoices"] += 1
    if order["fulfillment"]["fulfillmentStatus"] != SHIPPED:
        return
    payment = Payment(
        invoice=Invoice(invoice_id=created.invoice_id),
        account=Account(account_id=accounts[total["currencyCode"]]),
        date=day(order["lastUpdatedTime"]),
        amount=created.amount_due,
    )
    api.create_payment(tenant, payment)
    counts["payments"] += 1


def day(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).date()


if __name__ == "__main__":
    main(sys.argv[1])
