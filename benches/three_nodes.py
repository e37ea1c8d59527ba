#!/usr/bin/env python3
"""Three nodes of `daybook serve` on one PostgreSQL and one Restate, under load; one of them is killed
with `kill -9` in the middle and comes back.

    three_nodes.py --daybook PROGRAM --restate PROGRAM [--books 60] [--orders 60] [--down 10]

Prints what was lost and what was doubled, which must be nothing, and how long the lanes waited that
the killed node had in its hands. Ends with an error if anything is wrong.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from pathlib import Path

from cluster import Balancer, Node, Postgres, Restate, Worlds, free_port, note, wait_for, wrong
from trade import Trade

# A node that is killed is given up after fifteen seconds; what it had on the wire is looked up
# ninety seconds later.
PATIENCE_S = 600


def main():
    options = arguments()
    # Whoever ends this ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    parts = []
    with tempfile.TemporaryDirectory(prefix="daybook-nodes-") as folder:
        try:
            told = run(options, Path(folder), parts)
        finally:
            for part in reversed(parts):
                part.end()
    print(json.dumps(told, indent=2) if options.json else words(told))
    sys.exit(1 if told["wrong"] else 0)


def arguments():
    parser = argparse.ArgumentParser(description="Kills one of three nodes under load.")
    parser.add_argument("--daybook", type=Path, required=True, help="the released program")
    parser.add_argument("--restate", type=Path, required=True, help="restate-server")
    parser.add_argument("--books", type=int, default=60)
    parser.add_argument("--orders", type=int, default=60, help="of each book, at the beginning")
    parser.add_argument("--down", type=float, default=10, help="seconds until the node comes back")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def run(options, folder, parts):
    def keep(part):
        parts.append(part)
        return part

    program = options.daybook.resolve()
    worlds = keep(Worlds(program, folder, options.books, options.orders, ["--no-limits"]))
    postgres = keep(Postgres(folder))
    database = postgres.database()
    restate = keep(Restate(options.restate, folder))
    ports = [free_port() for _ in range(3)]
    balancer = keep(Balancer(folder, ports))
    nodes = [
        keep(Node(program, folder / f"node{place}", database, restate.config(port, balancer.port)))
        for place, port in enumerate(ports)
    ]
    nodes[0].verb("connect", "--sandbox", worlds.url, "--worlds", options.books)
    for node in nodes:
        node.serve("--engine", "restate")
    should = worlds.sum()["should_post"]
    wait_for("a third is posted", lambda: worlds.sum()["posted"] > should // 3, PATIENCE_S, 0.2)

    # Killed with turns in its hands, seen a moment before; what it took since is not known.
    name = (nodes[1].home / "node.id").read_text().strip()
    held = f"SELECT name || ' ' || fence FROM lanes WHERE node = '{name}'"
    nodes[1].kill()
    killed = time.monotonic()
    waiting = dict(line.rsplit(" ", 1) for line in postgres.sql(held).splitlines() if line)
    at_kill = worlds.sum()["posted"]
    note(f"killed a node with {len(waiting)} lanes in its hands, {at_kill} of {should} posted")

    # New orders come while it is down, and after.
    trade = Trade(worlds)
    waited, is_back = {}, False
    end = killed + PATIENCE_S
    while waiting and time.monotonic() < end:
        trade.place(int(time.monotonic() * 10) % options.books)
        now = dict(
            line.rsplit(" ", 1)
            for line in postgres.sql("SELECT name || ' ' || fence FROM lanes").splitlines()
            if line
        )
        for lane in [lane for lane, fence in waiting.items() if now[lane] != fence]:
            waited[lane] = time.monotonic() - killed
            del waiting[lane]
        if not is_back and time.monotonic() - killed > options.down:
            is_back = True
            nodes[1].serve("--engine", "restate")
        time.sleep(0.1)
    if not is_back:
        nodes[1].serve("--engine", "restate")

    def is_even():
        told = worlds.sum()
        done = told["posted"] == told["should_post"] and told["payments_wrong"] == 0
        return told if done else None

    even = wait_for("everything is posted", is_even, PATIENCE_S, 0.5)
    took = sorted(waited.values())
    return {
        "books": options.books,
        "orders": even["orders"],
        "documents": even["made"],
        "posted_when_killed": at_kill,
        "lanes_in_its_hands": len(took),
        "waited_seconds": {"median": took[len(took) // 2], "longest": took[-1]} if took else None,
        "never_taken_over": sorted(waiting),
        "even_after_seconds": time.monotonic() - killed,
        "lost": even["lost"],
        "doubled": even["duplicates"] + even["doubles"],
        "cpu": {f"node {place + 1}": node.process.cpu() for place, node in enumerate(nodes)},
        "wrong": wrong(even) + [f"{lane} was never taken over" for lane in waiting],
    }


def words(told):
    lines = [
        f"{told['books']} books, {told['orders']} orders, {told['documents']} documents and more; "
        f"killed when {told['posted_when_killed']} were posted",
        f"lost {told['lost']}, doubled {told['doubled']}",
    ]
    if waited := told["waited_seconds"]:
        lines.append(
            f"{told['lanes_in_its_hands']} lanes were in its hands; they waited "
            f"{waited['median']:.1f} s (median), {waited['longest']:.1f} s (longest)"
        )
    lines.append(f"all even {told['even_after_seconds']:.0f} s after the kill")
    return "\n".join(lines + told["wrong"])


if __name__ == "__main__":
    main()
