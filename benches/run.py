#!/usr/bin/env python3
"""Measures Daybook beside the floor and beside a straightforward script.

    run.py --daybook PROGRAM [--orders 1000] [--many 10000] [--seed 7] [--repeat 3]

Each measurement has a sandbox of its own with the same seed and without the vendors' limits. What
was called is counted by the sandbox. Prints a table and writes `bench.json` beside the folder of
the program. `docs/benchmarks.md` says what is compared, and why.
"""

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Amazon's largest page, and what Xero advises as the most for one call.
AMAZON_PAGE = 100
XERO_BATCH = 50
# Xero allows an organisation sixty calls a minute.
XERO_A_MINUTE = 60
# What a client calls once, before the first order: tokens, who is connected, currencies, accounts.
SET_UP = {
    "token",
    "getMarketplaceParticipations",
    "POST /connect/token",
    "GET /connections",
    "GET /Currencies",
    "PUT /Currencies",
    "PUT /Accounts",
}
# Organisation, accounts, tax rates, tracking categories, currencies, contacts, items.
CHART_READS = 7


def main():
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="daybook-bench-") as folder:
        bench = Bench(options.daybook.resolve(), options.seed, Path(folder))
        runs = [bench.daybook(options.orders) for _ in range(options.repeat)]
        run = dict(runs[0])
        run["seconds"] = statistics.median(one["seconds"] for one in runs)
        run["rss_mb"] = max(one["rss_mb"] for one in runs)
        peer = bench.peer(options.orders)
        result = {
            "date": time.strftime("%Y-%m-%d", time.gmtime()),
            "machine": machine(),
            "seed": options.seed,
            "orders": options.orders,
            "repeat": options.repeat,
            "daybook": run,
            "peer": peer,
            "floor": floor(run, peer["did"]["orders"]),
            "live": bench.live(options.orders),
            "many": bench.daybook(options.many),
        }
    out = options.daybook.resolve().parent.parent / "bench.json"
    out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(table(result))
    print(f"\nEverything that was counted: {out}")
    wrong = [f"{name}: {said}" for name, said in complaints(result) if said]
    if wrong:
        sys.exit("\n".join(["The books are not right, so the numbers mean nothing:", *wrong]))


def arguments():
    parser = argparse.ArgumentParser(description="Measures Daybook beside the floor and a script.")
    parser.add_argument("--daybook", type=Path, required=True, help="the released program")
    parser.add_argument("--orders", type=int, default=1000)
    parser.add_argument("--many", type=int, default=10_000, help="orders of the large run")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--repeat", type=int, default=3, help="runs of Daybook; the median counts")
    return parser.parse_args()


def machine():
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"


class Bench:
    def __init__(self, program, seed, folder):
        self.program = str(program)
        self.seed = seed
        self.folder = folder
        self.homes = 0

    def daybook(self, orders):
        """Connects a fresh book to a fresh sandbox and works it until nothing is left to do."""
        self.homes += 1
        base = [self.program, "--home", str(self.folder / f"home{self.homes}")]
        note(f"Daybook, {orders} orders")
        with self.sandbox(orders) as (url, _connection):
            set_up = measured([*base, "connect", "--sandbox", url])
            before = calls(url)
            ran = measured([*base, "run", "--until-quiet"])
            truth = ask(url)
            # Asked after the count: the auditor reads both vendors too.
            books = json.loads(output([*base, "books", "--json"]))
        return {
            "orders": orders,
            "seconds": ran["seconds"],
            "set_up_seconds": set_up["seconds"],
            "rss_mb": ran["rss_mb"],
            "calls": difference(split(truth), before),
            "set_up_calls": before,
            "truth": verdict(truth),
            "agrees": books["agrees"],
            "documents": {
                kind: books[kind]
                for kind in ("contacts", "items", "invoices", "credit_notes", "payments")
            },
        }

    def peer(self, orders):
        note(f"the script, {orders} orders")
        with self.sandbox(orders) as (url, connection):
            file = self.folder / "connection.json"
            file.write_text(json.dumps(connection), encoding="utf-8")
            ran = measured([sys.executable, str(HERE / "peer.py"), str(file)])
            truth = ask(url)
        return {
            "orders": orders,
            "seconds": ran["seconds"],
            "rss_mb": ran["rss_mb"],
            "calls": only(split(truth), lambda name: name not in SET_UP),
            "set_up_calls": only(split(truth), lambda name: name in SET_UP),
            "truth": verdict(truth),
            "did": json.loads(ran["output"]),
        }

    def live(self, orders):
        """The same seed with orders that come in over time and the vendors' limits kept."""
        self.homes += 1
        note(f"Daybook, {orders} orders as they come in, in simulated time")
        base = [self.program, "--home", str(self.folder / f"home{self.homes}")]
        command = [*base, "demo", "--orders-only", "--json", "--seed", str(self.seed)]
        command += ["--orders", str(orders)]
        report = json.loads(output(command))
        kept = ("orders", "agrees", "amazon_calls", "xero_calls", "setup_calls", "calls")
        return {key: report[key] for key in (*kept, "order_to_invoice_ms")}

    @contextmanager
    def sandbox(self, orders):
        """The simulated vendors in a process of their own, for one measurement."""
        command = [self.program, "sandbox", "--json", "--no-limits"]
        command += ["--seed", str(self.seed), "--orders", str(orders)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            connection = json.loads(process.stdout.readline())
            url = connection["xero_api"].removesuffix("/xero/api.xro/2.0")
            yield url, connection
        finally:
            process.terminate()
            process.wait()


def note(text):
    print(f"measuring: {text}", file=sys.stderr)


def measured(command):
    """Runs a program to its end: wall time, and the most memory that it held at once."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    text = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}\n{text}")
    unit = 1 if platform.system() == "Darwin" else 1024
    return {"seconds": seconds, "rss_mb": used.ru_maxrss * unit / 1e6, "output": text}


def output(command):
    """What a program prints, whatever its exit code: `books` fails where the books do not agree."""
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout


def ask(url):
    with urllib.request.urlopen(f"{url}/_sandbox/truth") as reply:
        return json.load(reply)


def calls(url):
    return split(ask(url))


def split(truth):
    """Calls by vendor and operation."""
    counted = {"amazon": {}, "xero": {}}
    for call in truth["calls"]:
        counted[call["vendor"]][call["name"]] = call["count"]
    return counted


def only(counted, is_wanted):
    return {
        vendor: {name: count for name, count in names.items() if is_wanted(name)}
        for vendor, names in counted.items()
    }


def difference(after, before):
    return {
        vendor: {
            name: count - before[vendor].get(name, 0)
            for name, count in names.items()
            if count > before[vendor].get(name, 0)
        }
        for vendor, names in after.items()
    }


def verdict(truth):
    """What is right and wrong with the books, by the generator and the ledger."""
    kept = {key: truth[key] for key in ("should_post", "posted", "duplicates", "lost")}
    wrong = ("totals_wrong", "payments_wrong", "unexpected", "unknown_names")
    return {**kept, **{key: len(truth[key]) for key in wrong}}


def total(counted, vendor):
    return sum(counted[vendor].values())


def both_vendors(counted):
    return [total(counted, vendor) for vendor in ("amazon", "xero")]


def floor(run, regions):
    """The fewest calls that carry these orders and these documents, set-up apart."""
    documents = {**run["documents"], "invoices": run["truth"]["should_post"]}
    writes = {kind: math.ceil(count / XERO_BATCH) for kind, count in documents.items()}
    # A credit note is allocated by a call of its own.
    writes["allocations"] = documents["credit_notes"]
    return {
        "amazon": sum(math.ceil(count / AMAZON_PAGE) for count in regions.values()),
        "xero": sum(writes.values()),
        "xero_writes": writes,
        "chart_reads": CHART_READS,
    }


def complaints(result):
    for name in ("daybook", "many"):
        run = result[name]
        truth = run["truth"]
        ok = run["agrees"] and truth["posted"] == truth["should_post"] and not truth["duplicates"]
        yield name, "" if ok else json.dumps({"agrees": run["agrees"], **truth})
    yield "live", "" if result["live"]["agrees"] else "the two sides do not agree"


def table(result):
    run, peer, least, many = (result[key] for key in ("daybook", "peer", "floor", "many"))
    columns = [
        ("", "Daybook", "the script", "the floor"),
        ("wall time", seconds(run), seconds(peer), ""),
        ("orders per second", rate(run), rate(peer), ""),
        ("peak memory", memory(run), memory(peer), ""),
        ("calls to Amazon", *each("amazon", run, peer), least["amazon"]),
        ("calls to Xero", *each("xero", run, peer), least["xero"]),
        ("calls against the floor", ratio(run, least), ratio(peer, least), "1.00"),
        ("minutes of Xero's limit", minutes(run), minutes(peer), f"{least['xero'] / 60:.1f}"),
        ("invoices that are right", right(run), right(peer), ""),
        ("payments that are wrong", *(one["truth"]["payments_wrong"] for one in (run, peer)), ""),
        ("posted that should be held", *(one["truth"]["unexpected"] for one in (run, peer)), ""),
    ]
    rows = [" | ".join(str(cell) for cell in row) for row in columns]
    where = f"{result['date']}, {result['machine']}, seed {result['seed']}"
    lines = [f"{where}, {run['orders']} orders", "", f"| {rows[0]} |", "|---|--:|--:|--:|"]
    lines += [f"| {row} |" for row in rows[1:]]
    own, its = (sum(both_vendors(one["set_up_calls"])) for one in (run, peer))
    lines += ["", f"Calls of the set-up, which are apart: Daybook {own}, the script {its}."]
    live = result["live"]
    p50, p99 = (live["order_to_invoice_ms"][key] / 60_000 for key in ("p50", "p99"))
    lines += [
        f"As they come in, limits kept, in simulated time: {live['amazon_calls']} calls to Amazon "
        f"and {live['xero_calls']} to Xero, {live['setup_calls']} of them for the set-up; from "
        f"order to invoice {p50:.1f} minutes (p50), {p99:.1f} minutes (p99)."
    ]
    amazon, xero = both_vendors(many["calls"])
    lines += [
        f"{many['orders']} orders: {seconds(many)}, {rate(many)} orders per second, "
        f"{memory(many)}, {amazon} calls to Amazon and {xero} to Xero."
    ]
    return "\n".join(lines)


def seconds(run):
    return f"{run['seconds']:.2f} s"


def rate(run):
    return f"{run['orders'] / run['seconds']:.0f}"


def memory(run):
    return f"{run['rss_mb']:.0f} MB"


def each(vendor, run, peer):
    return total(run["calls"], vendor), total(peer["calls"], vendor)


def ratio(run, least):
    return f"{sum(both_vendors(run['calls'])) / (least['amazon'] + least['xero']):.2f}"


def minutes(run):
    return f"{total(run['calls'], 'xero') / XERO_A_MINUTE:.1f}"


def right(run):
    return f"{run['truth']['posted']} of {run['truth']['should_post']}"


if __name__ == "__main__":
    main()
