"""The long part of tools/limits: does a ledger that is full already stay as fast as it was?

Half of what the machine can do for minutes, then all of it. Each 10 seconds are a window with its
own p99.9; a window far above the others is printed with what PostgreSQL's log says of that moment.
"""

import datetime
import re
import shutil
import statistics
import sys
import time

from own_ledger import Trouble

WINDOW_SECONDS = 10
BATCH, IN_FLIGHT = 1_000, 16
BYTES_A_TRANSFER = 420             # row, key, statement and its merges, rounded up
WAL_BYTES = 9_000_000_000          # max_wal_size, and what is over it for a while
BYTES_LEFT = 10_000_000_000
RATE_MOST = 500_000                # a second; assumed while it is tried
LAG_SECONDS = 5
STALL_FACTOR = 3                   # of the median window
STAMP = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) UTC \[\d+\] (.*)$")
TELLING = ("checkpoint starting", "checkpoint complete", "duration:", "automatic", "still waiting")


def say(text):
    print(text, file=sys.stderr, flush=True)


def require_disk(ledger, transfers):
    """Trouble if so many transfers would leave less than 10 GB."""
    needed = int(transfers * BYTES_A_TRANSFER + WAL_BYTES)
    free = shutil.disk_usage(ledger.directory).free
    say(f"  disk: {transfers:,.0f} transfers may take {needed / 1e9:.0f} GB, "
        f"{free / 1e9:.0f} GB are free")
    if free - needed < BYTES_LEFT:
        raise Trouble(f"not enough disk: {needed / 1e9:.0f} GB may be written and 10 GB must stay "
                      f"free, but {free / 1e9:.0f} GB are: fewer --transfers or --minutes")


def wait_for_statements(ledger):
    """Until what was filled in is in statements: they are built beside the load otherwise."""
    began = time.monotonic()
    time.sleep(3)
    while ledger.metric("suanpan_statement_lag_seconds") > LAG_SECONDS:
        time.sleep(1)
    say(f"  statements built within {time.monotonic() - began:.0f} s")


def events(ledger, since):
    """What PostgreSQL's log tells of, as (time, text), from `since` on."""
    found = []
    text = (ledger.directory / "postgres/log/postgresql.log").read_text(errors="replace")
    for line in text.splitlines():
        parts = STAMP.match(line)
        if not parts or not any(word in parts[2] for word in TELLING):
            continue
        at = datetime.datetime.fromisoformat(parts[1] + "+00:00").timestamp()
        if at >= since:
            found.append((at, " ".join(parts[2].split())[:110]))
    return found


def report(name, load, began, told):
    windows = load["windows"]
    worst = [window["latency_us"]["p999"] / 1000 for window in windows]
    usual = statistics.median(worst)
    say(f"  {name}: {load['transfers_per_second']:,} transfers/s; p99.9 of each "
        f"{WINDOW_SECONDS} s, ms: {' '.join(f'{value:.0f}' for value in worst)}")
    stalls = []
    for index, value in enumerate(worst):
        if value < STALL_FACTOR * usual:
            continue
        first = began + index * WINDOW_SECONDS
        near = [text for at, text in told if first - 2 <= at <= first + WINDOW_SECONDS + 2]
        stalls.append({"second": index * WINDOW_SECONDS, "p999_ms": value, "beside": near})
        say(f"    stall of {value:.0f} ms after {index * WINDOW_SECONDS} s, beside: "
            f"{near or 'nothing in the log'}")
    third = max(1, len(windows) // 3)
    rss = [window["node_rss_bytes"] for window in windows]
    p50 = [window["latency_us"]["p50"] for window in windows]
    growth = {"rss_first_mb": round(statistics.median(rss[:third]) / 1e6),
              "rss_last_mb": round(statistics.median(rss[-third:]) / 1e6),
              "p50_first_us": statistics.median(p50[:third]),
              "p50_last_us": statistics.median(p50[-third:])}
    say(f"    {growth}")
    return {"transfers_per_second": load["transfers_per_second"], "latency_us": load["latency_us"],
            "p999_ms_windows": worst, "p999_ms_worst": max(worst), "p999_ms_median": usual,
            "stalls": stalls, "statements": load["statements"], **growth}


def long_run(ledger, options):
    half_seconds, full_seconds = int(60 * options.minutes), int(60 * options.full_minutes)
    require_disk(ledger, options.transfers + RATE_MOST * WINDOW_SECONDS)
    ledger.prepare(accounts=1_000_000, transfers=options.transfers)
    endpoint = ledger.start_node()
    wait_for_statements(ledger)

    def load(seconds, *more):
        return ledger.bench(endpoint, "--batch", BATCH, "--in-flight", IN_FLIGHT, "--seconds",
                            seconds, "--no-copy", "--windows", WINDOW_SECONDS, *more)

    tried = load(WINDOW_SECONDS, "--statements", 0)["transfers_per_second"]
    rate = tried // 2 // BATCH * BATCH
    require_disk(ledger, rate * half_seconds + tried * full_seconds)
    found = {"filled": options.transfers, "half_rate": rate}
    for name, seconds, more in (("half", half_seconds, ("--rate", rate)),
                                ("full", full_seconds, ())):
        began = time.time() + 2  # after the warm-up
        measured = load(seconds, "--warmup", 2, *more)
        found[name] = report(name, measured, began, events(ledger, began))
    found["rows"] = int(ledger.psql("SELECT count(*) FROM suanpan.transfer"))
    return found
