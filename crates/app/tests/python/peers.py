"""Uses both vendors' public Python clients on a sandbox, as their users do.

    peers.py BENCHES CONNECTION

BENCHES is the folder of `vendors.py`, CONNECTION the first line of `daybook sandbox --json`. Prints
what it found as one object; whoever called compares it with what the sandbox knows.
"""

import json
import sys
from datetime import datetime, timezone
from decimal import Decimal

sys.path.insert(0, sys.argv[1])

import vendors
from sp_api.api import OrdersV20260101, Sellers
from xero_python.accounting import (
    Account,
    AccountType,
    Contact,
    Contacts,
    CurrencyCode,
    Invoice,
    Invoices,
    LineAmountTypes,
    LineItem,
    Payment,
)


def main(connection):
    orders = list(every_order(connection))
    sale = next(order for order in orders if is_plain_sale(order))
    found = {"orders": len(orders), "order_id": sale["orderId"], **post(connection, sale)}
    print(json.dumps(found))


def every_order(connection):
    since = datetime.fromtimestamp(connection["since"] / 1000, timezone.utc)
    for region in [one["region"].lower() for one in connection["amazon_regions"]]:
        sellers = vendors.amazon(Sellers, connection, region, "")
        places = [
            one["marketplace"]["id"]
            for one in sellers.get_marketplace_participation().payload
            if one["participation"]["isParticipating"]
        ]
        client = vendors.amazon(OrdersV20260101, connection, region, places[0])
        asked = {
            "lastUpdatedAfter": since.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "marketplaceIds": places,
            "includedData": ["PROCEEDS", "FULFILLMENT"],
            # Small pages, so that their tokens are used too.
            "maxResultsPerPage": 5,
        }
        token = None
        while True:
            page = client.search_orders(**asked, **({"paginationToken": token} if token else {}))
            yield from page.orders
            token = page.next_token
            if not token:
                break


def is_plain_sale(order):
    total = order.get("proceeds", {}).get("grandTotal", {})
    return (
        order["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
        and order["salesChannel"]["channelName"] == "AMAZON"
        and total.get("currencyCode") == "GBP"
        and Decimal(total["amount"]) > 0
    )


def post(connection, order):
    """An invoice of the order's total and its payment, written and read back."""
    api, tenant = vendors.xero(connection)
    account = Account(
        code="AMZ1", name="Amazon GBP", type=AccountType.CURRENT, enable_payments_to_account=True
    )
    account = api.create_account(tenant, account).accounts[0]
    contact = Contacts(contacts=[Contact(name=order["salesChannel"]["marketplaceName"])])
    contact = api.create_contacts(tenant, contact).contacts[0]
    total = Decimal(order["proceeds"]["grandTotal"]["amount"])
    # The client writes a price as a JSON number only when it is given a float.
    line = LineItem(
        description="Sold on Amazon",
        quantity=1,
        unit_amount=float(total),
        account_code="200",
        tax_type="NONE",
    )
    day = datetime.fromisoformat(order["createdTime"].replace("Z", "+00:00")).date()
    invoice = Invoice(
        type="ACCREC",
        contact=Contact(contact_id=contact.contact_id),
        invoice_number=f"AMZ-{order['orderId']}",
        reference=order["orderId"],
        date=day,
        due_date=day,
        currency_code=CurrencyCode.GBP,
        line_amount_types=LineAmountTypes.INCLUSIVE,
        line_items=[line],
        status="AUTHORISED",
    )
    created = api.create_invoices(tenant, Invoices(invoices=[invoice])).invoices[0]
    payment = Payment(
        invoice=Invoice(invoice_id=created.invoice_id),
        account=Account(account_id=account.account_id),
        date=day,
        amount=float(total),
    )
    paid = api.create_payment(tenant, payment).payments[0]
    kept = api.get_invoice(tenant, created.invoice_id).invoices[0]
    payment = api.get_payment(tenant, paid.payment_id).payments[0]
    return {
        "expected": str(total),
        "invoice_number": kept.invoice_number,
        "invoice_status": kept.status,
        "invoice_total": str(kept.total),
        "amount_due": str(kept.amount_due),
        "payment_amount": str(payment.amount),
        "payment_date": str(payment.date),
        "invoice_date": str(day),
        "paid_invoice_id_is_ours": payment.invoice.invoice_id == created.invoice_id,
    }


if __name__ == "__main__":
    main(json.loads(sys.argv[2]))
