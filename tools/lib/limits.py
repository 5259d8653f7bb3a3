"""tools/limits: what a ledger costs idle, alone, with many accounts, for long. See tools/limits."""

import argparse
import json
import os
import pathlib
import statistics
import sys
import time

from long_run import long_run
from own_ledger import OwnLedger, Trouble

PARTS = ("idle", "lone", "memory", "million", "long")
SETTLE_SECONDS = 5
PASSIVATE_AFTER_S = 100  # every account is met in this time
GIVEN_BACK_S = 90        # the node looks each minute for memory that it may give back
SELDOM_MS = 10_000       # the longest pause between checkpoints that a node accepts


def parse(arguments):
    parser = argparse.ArgumentParser(prog="tools/limits")
    parser.add_argument("parts", nargs="*", metavar="PART", help=" ".join(PARTS))
    parser.add_argument("--accounts", type=int, default=1_000_000, help="of memory and million")
    parser.add_argument("--transfers", type=int, default=20_000_000, help="long: there before")
    parser.add_argument("--minutes", type=float, default=10, help="long: at half load")
    parser.add_argument("--full-minutes", type=float, default=2, help="long: at full load")
    parser.add_argument("--seconds", type=int, default=10, help="of each other measurement")
    parser.add_argument("--rounds", type=int, default=3, help="of lone")
    parser.add_argument("--bin", default=None, help="directory of the programs")
    parser.add_argument("--out", default=None, help="[build/limits.json]")
    options = parser.parse_args(arguments)
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {unknown[0]}; there are: {' '.join(PARTS)}")
    options.parts = options.parts or list(PARTS)
    return options


def say(text):
    print(text, file=sys.stderr, flush=True)


def idle(ledger, options):
    """Share of one core, in percent, of the node and of PostgreSQL with nothing to do."""
    ledger.start_node()
    time.sleep(SETTLE_SECONDS)
    before, began = ledger.cpu_seconds(), time.monotonic()
    time.sleep(options.seconds)
    spent = time.monotonic() - began
    node, postgres = (100 * (after - first) / spent
                      for first, after in zip(before, ledger.cpu_seconds()))
    say(f"  node {node:.2f} %, PostgreSQL {postgres:.2f} % of a core")
    return {"node_percent": round(node, 2), "postgres_percent": round(postgres, 2)}


def lone(ledger, options):
    """One client, one transfer a call, the next when the last is answered."""
    endpoint = ledger.start_node()
    rounds = []
    for _ in range(options.rounds):
        found = ledger.bench(endpoint, "--unary", "--batch", 1, "--in-flight", 1,
                             "--seconds", options.seconds, "--warmup", 1)
        rounds.append({"latency_us": found["latency_us"],
                       "copy_us": round(1e6 / found["copy_rows_per_second"])})
        say(f"  p50 {found['latency_us']['p50']} us, p99 {found['latency_us']['p99']} us; "
            f"COPY of one row {rounds[-1]['copy_us']} us")
    p50 = statistics.median(r["latency_us"]["p50"] for r in rounds)
    copy = statistics.median(r["copy_us"] for r in rounds)
    return {"p50_us": p50, "copy_one_row_us": copy, "ratio": round(p50 / copy, 2),
            "rounds": rounds}


def memory(ledger, options):
    """Resident bytes of the node for each account with an actor, and after they are passive."""
    endpoint = ledger.start_node(ledger__passivate_after_s=PASSIVATE_AFTER_S)
    time.sleep(1)
    empty = ledger.node_rss()
    # Few in flight and small batches, so that what batches take is not counted as accounts'; and
    # long enough that nearly all accounts are met before the first one is passive again.
    ledger.bench(endpoint, "--accounts", options.accounts, "--batch", 1_000, "--in-flight", 4,
                 "--seconds", max(options.seconds, 6 * PASSIVATE_AFTER_S // 10), "--warmup", 1,
                 "--no-copy", "--statements", 0)
    active = int(ledger.metric("suanpan_active_actors"))
    full = ledger.node_rss()
    say(f"  {empty / 1e6:.0f} MB with none, {full / 1e6:.0f} MB with {active:,} active accounts")
    until = time.monotonic() + 4 * PASSIVATE_AFTER_S
    while ledger.metric("suanpan_active_actors") > 0 and time.monotonic() < until:
        time.sleep(1)
    time.sleep(GIVEN_BACK_S)
    left, passive = int(ledger.metric("suanpan_active_actors")), ledger.node_rss()
    say(f"  {passive / 1e6:.0f} MB with {left:,} left")
    return {"active": active, "bytes_a_account": round((full - empty) / max(active, 1)),
            "rss_empty": empty, "rss_active": full, "active_later": left, "rss_passive": passive}


def million(ledger, options):
    """Uniform load on many accounts, with balance checkpoints as shipped and a tenth of them."""
    found = {}
    for name, interval in (("as_shipped", None), ("seldom", SELDOM_MS)):
        endpoint = ledger.start_node(**({"checkpoint__interval_ms": interval} if interval else {}))
        load = ledger.bench(endpoint, "--accounts", options.accounts, "--batch", 8_000,
                            "--in-flight", 8, "--seconds", 2 * options.seconds, "--warmup", 5,
                            "--windows", 1, "--no-copy", "--statements", 100)
        found[name] = {key: load[key] for key in (
            "transfers_per_second", "latency_us", "cpu_us_per_transfer", "node_rss_bytes")}
        found[name]["rows_of_checkpoints"] = int(ledger.metric("suanpan_checkpoint_rows_total"))
        say(f"  {name}: {load['transfers_per_second']:,} transfers/s, p99.9 "
            f"{load['latency_us']['p999'] / 1000:.0f} ms")
        ledger.stop_node()
    found["ratio"] = round(found["as_shipped"]["transfers_per_second"] /
                           max(found["seldom"]["transfers_per_second"], 1), 3)
    return found


def summary(found):
    """One word a figure, for the last line."""
    words = []
    if "idle" in found:
        words.append(f"idle_percent={sum(found['idle'].values()):.2f}")
    if "lone" in found:
        words.append(f"lone_p50_us={found['lone']['p50_us']:.0f}"
                     f" copy_one_row_us={found['lone']['copy_one_row_us']:.0f}")
    if "memory" in found:
        words.append(f"bytes_a_account={found['memory']['bytes_a_account']}"
                     f" active={found['memory']['active']}")
    if "million" in found:
        words.append(f"million={found['million']['as_shipped']['transfers_per_second']}"
                     f" shipped_vs_seldom_checkpoints={found['million']['ratio']}")
    if "long" in found:
        words.append(" ".join(f"{name}_p999_ms={found['long'][name]['p999_ms_worst']:.0f}"
                              for name in ("half", "full")))
    return " ".join(words)


def main():
    root = pathlib.Path(sys.argv[1])
    options = parse(sys.argv[2:])
    out = pathlib.Path(options.out or root / "build/limits.json")
    measures = {"idle": idle, "lone": lone, "memory": memory, "million": million,
                "long": long_run}
    began, found = time.monotonic(), {}
    for part in options.parts:
        say(f"\n== {part}")
        with OwnLedger(root, options.bin or root / "build/bin") as ledger:
            found[part] = measures[part](ledger, options)
        out.write_text(json.dumps({"cores": os.cpu_count(), **found}, indent=1) + "\n")
    print(f"written: {out}")
    print(f"limits: ok seconds={time.monotonic() - began:.0f} {summary(found)}")


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        print(f"limits: FAILED {trouble}")
        sys.exit(1)
    except KeyboardInterrupt:
        print("limits: FAILED interrupted")
        sys.exit(130)
