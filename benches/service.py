#!/usr/bin/env python3
"""Measures `daybook serve` with many books.

    service.py --daybook PROGRAM --moto PROGRAM [--restate PROGRAM] [--books 1000] [--busy 500] [--quick]

From a change of an order to its authorised invoice; what idle books take; intents a second on each
engine; how long an hour's outage is worked off. The vendors are simulated in a process of their own,
with a seller and an organisation for each book; Amazon's messages go through a server that speaks
SQS. Prints a table, writes `bench-service.json`, and fails if the books are not right in the end.
`docs/benchmarks.md` says how to read it.
"""

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
import time
from pathlib import Path

from cluster import (
    Balancer,
    Node,
    Postgres,
    Queue,
    Restate,
    Worlds,
    free_port,
    note,
    wait_for,
    wrong,
)
from trade import Trade, spread

# Xero carries 5,000 calls a day and organisation: about an order a minute, day and night.
BUSY_A_MINUTE = 1
# Between two single orders, so that one does not wait for the other.
APART_S = 0.3
REGIONS = 3
# A call that a node left open at the queue takes a message with it, which is not seen for a while.
LONG_POLL_S = 20
SETTLED_S = 4


def main():
    options = arguments()
    # Whoever ends this ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    with tempfile.TemporaryDirectory(prefix="daybook-bench-") as folder:
        bench = Bench(options, Path(folder))
        try:
            bench.run()
        finally:
            bench.end()
    result = bench.result
    out = options.daybook.resolve().parent.parent / "bench-service.json"
    out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(table(result))
    print(f"\nEverything that was measured: {out}")
    if result["wrong"]:
        sys.exit("\n".join(["The books are not right, so the numbers mean nothing:", *result["wrong"]]))


def arguments():
    parser = argparse.ArgumentParser(description="Measures daybook serve with many books.")
    parser.add_argument("--daybook", type=Path, required=True, help="the released program")
    parser.add_argument("--moto", type=Path, required=True, help="moto_server")
    parser.add_argument("--restate", type=Path, help="restate-server")
    parser.add_argument("--books", type=int, default=1000)
    parser.add_argument("--busy", type=int, default=500, help="books that get orders meanwhile")
    parser.add_argument("--orders", type=int, default=3, help="what each book has to begin with")
    parser.add_argument("--alone", type=int, default=200, help="single orders that are timed")
    parser.add_argument("--busy-seconds", type=int, default=240)
    parser.add_argument("--idle-seconds", type=int, default=300, help="a whole round of asking")
    parser.add_argument("--hour-orders", type=int, default=10, help="a book's, in an hour")
    parser.add_argument("--outage-minutes", type=float, default=12)
    parser.add_argument("--backlog-books", type=int, default=40)
    parser.add_argument("--backlog-orders", type=int, default=100, help="of each of them")
    parser.add_argument("--stores", default="sqlite,postgres")
    parser.add_argument("--without", default="", help="alone, busy, idle or outage")
    parser.add_argument("--only", default="service,backlog", help="service, backlog or both")
    parser.add_argument("--quick", action="store_true", help="a smoke run of two minutes")
    options = parser.parse_args()
    if options.quick:
        options.books, options.busy, options.alone = 20, 10, 10
        options.busy_seconds, options.idle_seconds, options.outage_minutes = 10, 10, 0.3
        options.backlog_books, options.backlog_orders, options.hour_orders = 4, 30, 2
    return options


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.program = options.daybook.resolve()
        self.parts = []
        self.result = {
            "date": time.strftime("%Y-%m-%d", time.gmtime()),
            "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
            "load_before": os.getloadavg()[0],
            "books": options.books,
            "busy": options.busy,
            "service": {},
            "backlog": {},
            "wrong": [],
        }

    def run(self):
        if "service" in self.options.only:
            self.service()
        if "backlog" in self.options.only:
            self.backlogs()
        self.result["load_after"] = os.getloadavg()[0]

    def keep(self, part):
        self.parts.append(part)
        return part

    def end(self, *parts):
        for part in reversed(parts or self.parts[:]):
            part.end()
            self.parts.remove(part)

    # A service with many books.

    def service(self):
        options = self.options
        queue = self.keep(Queue(options.moto, self.folder))
        worlds = Worlds(self.program, self.folder, options.books, options.orders, queue.flags())
        self.keep(worlds)
        self.trade = Trade(worlds)
        home = self.folder / "service"
        node = Node(self.program, home, config=queue.config())
        note(f"connecting {options.books} books")
        seconds = node.verb("connect", "--sandbox", worlds.url, "--worlds", options.books)
        self.result["connect_seconds"] = seconds
        note(f"connected in {seconds:.0f} s")
        postgres = None
        for name in options.stores.split(","):
            if name == "postgres":
                postgres = self.keep(Postgres(self.folder))
                database = postgres.database()
                copied = node.verb("store", "copy", "--to", database)
                note(f"copied to PostgreSQL in {copied:.0f} s")
                node = Node(self.program, self.folder / "on-postgres", database, queue.config())
            self.keep(node)
            meters = {"serve": node, "vendors": worlds, "queue": queue, "database": postgres}
            self.one_store(name, node, worlds, Meters(meters))
            self.end(node)
            time.sleep(LONG_POLL_S)
        self.end()

    def one_store(self, name, node, worlds, meters):
        told = self.result["service"][name] = {}
        began = time.monotonic()
        node.serve()
        told["ready_seconds"] = time.monotonic() - began
        self.subscribed(worlds)
        # Each organisation knows the seller and the item before anything is timed.
        for world in range(self.options.books):
            self.trade.place(world)
        self.settle(f"{name}: first readings", worlds)
        told["settled_seconds"] = time.monotonic() - began
        note(f"{name}: ready in {told['ready_seconds']:.1f} s, settled in {told['settled_seconds']:.0f} s")
        measures = [("alone", self.alone), ("busy", self.busy), ("idle", self.idle)]
        if name == self.options.stores.split(",")[0]:
            measures.append(("outage", self.outage))
        for measure, take in measures:
            if measure in self.options.without:
                continue
            before = meters.read()
            told[measure] = take(node, worlds)
            told[measure]["cpu"] = meters.since(before)
            told[measure]["load"] = os.getloadavg()[0]
            note(f"{name}, {measure}: {json.dumps(told[measure])}")
        told["peak_mb"] = node.process.memory_mb()["peak"]
        self.check(name, worlds)

    def subscribed(self, worlds):
        """Waits until Amazon was told where to send its messages, for every region of every book."""

        def are_all():
            calls = worlds.sum()["calls"]
            return calls.get("amazon createSubscription", 0) >= REGIONS * self.options.books

        wait_for("subscriptions", are_all, 1800, 1)

    def settle(self, what, worlds, seconds=1800):
        """Waits until the books are even and nothing was written for a while; gives the truth."""

        def is_even():
            sum_ = worlds.sum()
            quiet = time.time() * 1000 - (sum_["last_ms"] or 0) > SETTLED_S * 1000
            done = sum_["posted"] == sum_["should_post"] and sum_["payments_wrong"] == 0
            return sum_ if done and quiet else None

        return wait_for(what, is_even, seconds, 2)

    def check(self, what, worlds):
        self.result["wrong"] += [f"{what}: {words}" for words in wrong(worlds.sum())]

    def alone(self, _node, _worlds):
        """One order at a time, all other books idle."""
        delays = []
        for number in range(self.options.alone):
            world = number % self.options.books
            order_id = self.trade.place(world)
            placed, invoiced = wait_for(
                order_id, lambda: self.trade.invoiced(world, order_id), 300, 0.005
            )
            delays.append(invoiced - placed)
            time.sleep(APART_S)
        return spread(delays)

    def busy(self, _node, worlds):
        """Orders in many books at once; those in the others are told apart."""
        busy = list(range(self.options.busy))
        others = list(range(self.options.busy, self.options.books))
        every = max(1, int(self.options.busy / 60 * BUSY_A_MINUTE))
        mixed = []
        for number, world in enumerate(busy):
            mixed.append(world)
            if others and number % every == 0:
                mixed.append(others[number // every % len(others)])
        rate = len(mixed) * BUSY_A_MINUTE / 60
        placed = self.trade.at_rate(mixed, rate, self.options.busy_seconds)
        self.settle("the busy books", worlds)
        arrivals = worlds.arrivals()
        delays = [(one, arrivals[one][1] - arrivals[one][0]) for one in placed]
        is_other = {f"{world:07}" for world in others}
        calm = [delay for one, delay in delays if one.split("-")[1] in is_other]
        found = spread([delay for _, delay in delays])
        return {**found, "orders_a_second": rate, "others": spread(calm) if calm else None}

    def idle(self, node, _worlds):
        time.sleep(min(20, self.options.idle_seconds))
        began, cpu = time.monotonic(), node.process.cpu()
        time.sleep(self.options.idle_seconds)
        minutes = (time.monotonic() - began) / 60
        memory = node.process.memory_mb()
        return {"cpu_a_minute": (node.process.cpu() - cpu) / minutes, "memory_mb": memory["now"]}

    def outage(self, _node, worlds):
        """Xero is away while an hour's orders come; how long until all is even again."""
        options = self.options
        orders = options.books * options.hour_orders
        seconds = options.outage_minutes * 60
        worlds.set_away("xero", True)
        self.trade.at_rate(range(options.books), orders / seconds, seconds)
        back = time.time() * 1000
        worlds.set_away("xero", False)
        even = self.settle("after the outage", worlds)
        return {"orders": orders, "seconds": (even["last_ms"] - back) / 1000}

    # A backlog without limits.

    def backlogs(self):
        options = self.options
        postgres = self.keep(Postgres(self.folder))
        self.backlog("SQLite, embedded", None, 1, False)
        self.backlog("PostgreSQL, embedded", postgres, 1, False)
        if options.restate:
            self.backlog("Restate, 1 node", postgres, 1, True)
            self.backlog("Restate, 3 nodes", postgres, 3, True)
        self.end()

    def backlog(self, name, postgres, count, by_restate):
        options = self.options
        folder = self.folder / name.replace(", ", "-").replace(" ", "-")
        folder.mkdir()
        mine = []
        worlds = Worlds(
            self.program, folder, options.backlog_books, options.backlog_orders, ["--no-limits"]
        )
        mine.append(self.keep(worlds))
        database = postgres.database() if postgres else None
        configs, flags = [""] * count, []
        if by_restate:
            restate = self.keep(Restate(options.restate, folder))
            ports = [free_port() for _ in range(count)]
            balancer = self.keep(Balancer(folder, ports))
            mine += [restate, balancer]
            configs = [restate.config(port, balancer.port) for port in ports]
            flags = ["--engine", "restate"]
        nodes = [
            Node(self.program, folder / f"node{place}", database, config)
            for place, config in enumerate(configs)
        ]
        nodes[0].verb("connect", "--sandbox", worlds.url, "--worlds", options.backlog_books)
        meters = {"vendors": worlds, "database": postgres}
        mine += [self.keep(node) for node in nodes]
        for place, node in enumerate(nodes):
            meters[f"serve {place + 1}"] = node
        if by_restate:
            meters |= {"restate": restate, "balancer": balancer}
        meters = Meters(meters)
        before = meters.read()
        began = time.time() * 1000
        for node in nodes:
            node.serve(*flags)
        even = self.settle(name, worlds)
        seconds = (even["last_ms"] - began) / 1000
        told = {"intents": even["made"], "seconds": seconds, "a_second": even["made"] / seconds}
        told["cpu"] = meters.since(before)
        self.result["backlog"][name] = told
        note(f"{name}: {json.dumps(told)}")
        self.check(name, worlds)
        self.end(*mine)


class Meters:
    """Processor seconds of everything that takes part."""

    def __init__(self, parts):
        self.parts = {name: part for name, part in parts.items() if part is not None}

    def read(self):
        taken = {}
        for name, part in self.parts.items():
            process = getattr(part, "process", part)
            taken[name] = process.cpu() if process is not None else 0.0
        return taken | {"wall": time.monotonic()}

    def since(self, before):
        now = self.read()
        return {name: round(now[name] - before[name], 2) for name in now}


def table(result):
    lines = [
        f"{result['date']}, {result['machine']}, load {result['load_before']:.1f} before and "
        f"{result['load_after']:.1f} after, {result['books']} books, {result['busy']} of them busy",
        "",
    ]
    lines += service_lines(result["service"])
    if result["backlog"]:
        lines += ["", "|  | intents | seconds | a second | vendors' share of the processors |"]
        lines += ["|---|--:|--:|--:|--:|"]
    for name, told in result["backlog"].items():
        lines.append(
            f"| {name} | {told['intents']} | {told['seconds']:.1f} | {told['a_second']:.0f} "
            f"| {share(told['cpu']):.0f} % |"
        )
    return "\n".join(lines)


def service_lines(service):
    if not service:
        return []
    rows = [["", *service]]

    def row(name, cell):
        rows.append([name, *(cell(told) for told in service.values())])

    def times(told):
        return f"{told['p50']} / {told['p99']} / {told['max']} ms" if told else "–"

    def of(measure, words):
        return lambda told: words(told[measure]) if measure in told else "–"

    row("order to invoice, alone: p50 / p99 / longest", of("alone", times))
    row("with the busy books", of("busy", times))
    row("of other books meanwhile", of("busy", lambda told: times(told["others"])))
    row("orders a second meanwhile", of("busy", lambda told: f"{told['orders_a_second']:.1f}"))
    row("vendors' share of the processors", of("busy", lambda told: f"{share(told['cpu']):.0f} %"))
    row("idle: memory", of("idle", lambda told: f"{told['memory_mb']:.0f} MB"))
    row("idle: processor time a minute", of("idle", lambda told: f"{told['cpu_a_minute']:.2f} s"))
    row("most memory", lambda told: f"{told['peak_mb']:.0f} MB")
    row("first readings of all books", lambda told: f"{told['settled_seconds']:.0f} s")
    row("an hour's outage worked off", of("outage", outage))
    head, *rest = [" | ".join(str(cell) for cell in one) for one in rows]
    return [f"| {head} |", "|---" + "|--:" * len(service) + "|", *(f"| {one} |" for one in rest)]


def outage(told):
    return f"{told['seconds']:.0f} s ({told['orders']} orders)"


def share(cpu):
    """Of what this machine has, in percent."""
    return 100 * cpu.get("vendors", 0) / (cpu["wall"] * os.cpu_count())


if __name__ == "__main__":
    main()
