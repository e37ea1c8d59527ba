"""Orders for the simulated sellers, and how long their invoices took."""

import http.client
import itertools
import json
import math
import time
from urllib.parse import urlsplit

SKU = "MUG-BLUE-350"


def order(order_id, now):
    """An order as Amazon writes it: paid, not shipped, with its VAT."""

    def amount(text):
        return {"amount": text, "currencyCode": "GBP"}

    tax = {
        "type": "TAX",
        "subtotal": amount("4.00"),
        "detailedBreakdowns": [{"subtype": "ITEM", "value": amount("4.00")}],
    }
    item = {
        "orderItemId": "1",
        "quantityOrdered": 1,
        "product": {"asin": "B0SBX00001", "title": "Stoneware Mug", "sellerSku": SKU},
        "proceeds": {
            "proceedsTotal": amount("24.00"),
            "breakdowns": [{"type": "ITEM", "subtotal": amount("20.00")}, tax],
        },
        "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": 1},
    }
    return json.dumps(
        {
            "orderId": order_id,
            "createdTime": now,
            "lastUpdatedTime": now,
            "salesChannel": {
                "channelName": "AMAZON",
                "marketplaceId": "A1F83G8C2ARO7P",
                "marketplaceName": "Amazon.co.uk",
            },
            "proceeds": {"grandTotal": amount("24.00")},
            "fulfillment": {"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "AMAZON"},
            "orderItems": [item],
        }
    )


def iso(seconds):
    whole, part = divmod(seconds, 1)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + f".{int(part * 1000):03}Z"


class Trade:
    """Puts orders into the worlds. Their ids say in which."""

    def __init__(self, worlds):
        self.worlds = worlds
        self.numbers = itertools.count(1)
        self.line = http.client.HTTPConnection(urlsplit(worlds.url).netloc, timeout=60)

    def place(self, world):
        """One order, as of now; gives its id."""
        order_id = f"202-{world:07}-{next(self.numbers):07}"
        path = f"{self.worlds.below(world)}/_sandbox/orders?region=eu"
        self.ask("POST", path, order(order_id, iso(time.time())))
        return order_id

    def ask(self, method, url, body=None):
        self.line.request(method, urlsplit(url)._replace(scheme="", netloc="").geturl(), body)
        reply = self.line.getresponse()
        text = reply.read()
        if reply.status >= 300:
            raise SystemExit(f"{method} {url}: {reply.status} {text[:300]}")
        return text

    def invoiced(self, world, order_id):
        """When it came about and when its invoice was authorised, once it is."""
        found = json.loads(self.ask("GET", f"{self.worlds.below(world)}/_sandbox/progress"))
        for one in found["orders"]:
            if one["id"] == order_id and one["invoiced_ms"] is not None:
                return one["placed_ms"], one["invoiced_ms"]
        return None

    def at_rate(self, worlds, a_second, seconds):
        """One order after the other, each in the next world; gives their ids."""
        placed = []
        began = time.monotonic()
        for number, world in zip(range(int(a_second * seconds)), itertools.cycle(worlds)):
            pause = began + number / a_second - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            placed.append(self.place(world))
        return placed


def spread(delays_ms):
    """The median, the 99th percentile and the longest, in milliseconds."""
    ordered = sorted(delays_ms)

    def at(share):
        return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]

    return {"count": len(ordered), "p50": at(0.5), "p99": at(0.99), "max": ordered[-1]}
