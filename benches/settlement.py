#!/usr/bin/env python3
"""Measures how fast Daybook reads a settlement report, beside polars and pandas.

    settlement.py --daybook PROGRAM --writer PROGRAM [--rows 1000000] [--seed 7] [--repeat 3] [--core 0]

The writer makes the file: ROWS SEED OUT. Everything runs on one core, each time as a process of its
own from start to end. Daybook reads, classifies, foots and plans, once with the rows sealed too;
polars and pandas only add the amounts up by Amazon's three words. Prints a table. `docs/benchmarks.md` says how to read it.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

# One core for all: polars and pandas count what they may use by this, and by these.
ALONE = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
WORDS = ["transaction-type", "amount-type", "amount-description"]
# Amounts of a million rows added as binary fractions differ in the last digits only.
NEAR = 0.005


def main():
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="daybook-bench-") as folder:
        file = options.file or written(options, Path(folder))
        named = commands(options, file, Path(folder))
        runs = [(name, best(command, options)) for name, command in named]
        megabytes = file.stat().st_size / 1e6
    print(table(options, megabytes, runs))
    sums = [sum_of(run["output"]) for _, run in runs]
    if any(abs(one - sums[0]) > NEAR for one in sums):
        sys.exit(f"they do not add up to the same: {sums}")


def arguments():
    parser = argparse.ArgumentParser(description="Measures the reading of a settlement report.")
    parser.add_argument("--daybook", type=Path, required=True, help="the released program")
    parser.add_argument("--writer", type=Path, help="the example settlement_file of the sandbox")
    parser.add_argument("--file", type=Path, help="a report that is there already")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--repeat", type=int, default=3, help="runs of each; the best counts")
    parser.add_argument("--core", type=int, default=0, help="the one that everything runs on")
    return parser.parse_args()


def written(options, folder):
    file = folder / "settlement.txt"
    note(f"writing {options.rows} rows")
    subprocess.run([options.writer, str(options.rows), str(options.seed), file], check=True)
    return file


def commands(options, file, folder):
    daybook = [str(options.daybook.resolve()), "settlement", str(file), "--json"]
    yield "Daybook, summary", daybook
    yield "Daybook, per order", [*daybook, "--per-order"]
    yield "Daybook, sealed, with its page", [*daybook, "--html", str(folder / "page.html")]
    for peer in PEERS:
        yield peer, [sys.executable, __file__, peer, str(file)]


def polars(file):
    import polars as pl

    rows = pl.scan_csv(file, separator="\t", quote_char=None)
    return rows.group_by(WORDS).agg(pl.col("amount").sum()).collect()["amount"].sum()


def polars_streaming(file):
    import polars as pl

    rows = pl.scan_csv(file, separator="\t", quote_char=None)
    summed = rows.group_by(WORDS).agg(pl.col("amount").sum())
    return summed.collect(engine="streaming")["amount"].sum()


def polars_exact(file):
    """As decimals, as money is to be added."""
    import polars as pl

    rows = pl.scan_csv(file, separator="\t", quote_char=None, infer_schema=False)
    amount = pl.col("amount").cast(pl.Decimal(18, 2))
    return float(rows.group_by(WORDS).agg(amount.sum()).collect()["amount"].sum())


def pandas(file):
    import pandas as pd

    # 3 is `csv.QUOTE_NONE`.
    wanted = [*WORDS, "amount"]
    rows = pd.read_csv(file, sep="\t", quoting=3, usecols=wanted)
    return rows.groupby(WORDS, dropna=False)["amount"].sum().sum()


def pandas_whole(file):
    """Without naming the columns beforehand, as a notebook begins."""
    import pandas as pd

    rows = pd.read_csv(file, sep="\t", quoting=3, dtype=str)
    rows["amount"] = pd.to_numeric(rows["amount"])
    return rows.groupby(WORDS, dropna=False)["amount"].sum().sum()


PEERS = {
    "polars": polars,
    "polars, streaming": polars_streaming,
    "polars, decimals": polars_exact,
    "pandas": pandas,
    "pandas, all columns": pandas_whole,
}


def best(command, options):
    note(" ".join(command))
    runs = [measured(command, options.core) for _ in range(options.repeat)]
    fastest = min(runs, key=lambda run: run["cpu"])
    return {**fastest, "rss_mb": max(run["rss_mb"] for run in runs)}


def measured(command, core):
    """Runs a program on one core to its end: time, and the most memory that it held at once.

    Processor time is what is compared: on a machine with other work, wall time tells of that too.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        [*on_one(core), *command], stdout=subprocess.PIPE, text=True, env={**os.environ, **ALONE}
    )
    text = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}\n{text}")
    unit = 1 if platform.system() == "Darwin" else 1024
    cpu = used.ru_utime + used.ru_stime
    return {"seconds": seconds, "cpu": cpu, "rss_mb": used.ru_maxrss * unit / 1e6, "output": text}


def on_one(core):
    return ["taskset", "-c", str(core)] if platform.system() == "Linux" else []


def sum_of(text):
    told = json.loads(text)
    if "settlements" in told:
        # The header row's total is no row of the sum.
        return float(told["settlements"][0]["sum"])
    return told["sum"]


def table(options, megabytes, runs):
    polars_cpu = dict(runs)["polars"]["cpu"]
    lines = [
        f"{time.strftime('%Y-%m-%d', time.gmtime())}, one core of {os.cpu_count()}, "
        f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}, "
        f"polars {version('polars')}, pandas {version('pandas')}; "
        f"{options.rows} rows, {megabytes:.0f} MB, seed {options.seed}",
        "",
        "|  | processor time | wall time | MB per second | peak memory | beside polars |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, run in runs:
        lines.append(
            f"| {name} | {run['cpu']:.2f} s | {run['seconds']:.2f} s "
            f"| {megabytes / run['cpu']:.0f} | {run['rss_mb']:.0f} MB "
            f"| {run['cpu'] / polars_cpu:.2f} |"
        )
    return "\n".join(lines)


def note(text):
    print(f"measuring: {text}", file=sys.stderr)


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in PEERS:
        print(json.dumps({"sum": float(PEERS[sys.argv[1]](sys.argv[2]))}))
    else:
        main()
