"""tools/compare --lanes: what the fast lane of a channel feels of a slow lane full of silence.

Quick pays at half of what the node can do, with and without payouts beside them to a card of which
the bank never says a word; in rounds, the one first and then the other.
"""

import json
import os
import pathlib
import re
import statistics
import sys
import time

from comparing import end_well_or_say_why, parser_of, say
from own_bank import OwnBank
from own_ledger import OwnLedger, run

SILENT_PAYOUTS = 160  # at once: every place of both slow lanes, and a queue before them
COUNT_LEAST = 0.9
P99_MOST = 1.5


def parse(arguments):
    parser = parser_of("tools/compare --lanes")
    parser.add_argument("--lanes", action="store_true")
    options = parser.parse_args(arguments)
    options.rounds = options.rounds or (1 if options.tiny else 5)
    options.seconds = options.seconds or (1 if options.tiny else 10)
    return options


class Lanes:
    """Every measurement has a database, a bank and a node of its own: payouts into silence are
    asked about for a long time."""

    def __init__(self, root, options):
        self.root = root
        self.options = options
        self.binaries = pathlib.Path(options.bin or root / "build/bin")
        self.found = {"alone": [], "beside": []}

    def bench(self, *arguments):
        with OwnLedger(self.root, self.binaries) as ledger:
            bank = OwnBank(self.root, self.binaries, ledger.directory)
            try:
                address = bank.start("--work-ms", "0", "--callback-ms", "0")
                channels = bank.channels(address)
                # A breaker would empty the lane that is to be full.
                channels.write_text(re.sub(r"failures = \d+", "failures = 1_000",
                                           channels.read_text()))
                endpoint = ledger.start_node(payments__channels=channels,
                                             notifier__allow_private_addresses="true")
                return json.loads(run([
                    str(self.binaries / "suanpan-bench"), "payments", "--json", "--endpoint",
                    endpoint, "--bank", address, "--seconds", str(self.options.seconds),
                    "--warmup", "0" if self.options.tiny else "5", *map(str, arguments)]))
            finally:
                bank.stop()

    def measure(self, name, rate):
        silent = SILENT_PAYOUTS if name == "beside" else 0
        found = self.bench("--rate", rate, "--silent-payouts", silent)
        self.found[name].append(found)
        beside = found.get("silent_payouts")
        say(f"  {name:<8} {found['answered']:>7,} paid   p50 "
            f"{found['latency_us']['p50'] / 1000:.1f} ms   p99 "
            f"{found['latency_us']['p99'] / 1000:.1f} ms" +
            (f"   beside {beside['unknown']} unknown, {beside['others']} turned back"
             if beside else ""))

    def median(self, name, value):
        return statistics.median(value(f) for f in self.found[name])


def main():
    root = pathlib.Path(sys.argv[1])
    options = parse(sys.argv[2:])
    out = pathlib.Path(options.out or root / "build/compare_lanes.json")
    began = time.monotonic()
    lanes = Lanes(root, options)
    most = lanes.bench("--in-flight", 256)["orders_per_second"]
    rate = max(1, most // 2)
    say(f"\n{most} complete orders/s at most; from here {rate}/s")
    for number in range(1, options.rounds + 1):
        say(f"\n== round {number} of {options.rounds}")
        for name in ("alone", "beside") if number % 2 else ("beside", "alone"):
            lanes.measure(name, rate)
    count = (lanes.median("beside", lambda f: f["answered"]) /
             max(1, lanes.median("alone", lambda f: f["answered"])))
    p99 = (lanes.median("beside", lambda f: f["latency_us"]["p99"]) /
           max(1, lanes.median("alone", lambda f: f["latency_us"]["p99"])))
    out.write_text(json.dumps({"cores": os.cpu_count(), "rate": rate, "rounds": options.rounds,
                               "seconds": options.seconds, "silent_payouts": SILENT_PAYOUTS,
                               "count_beside_vs_alone": round(count, 3),
                               "p99_beside_vs_alone": round(p99, 3), **lanes.found}, indent=1) + "\n")
    print()
    print(f"  fast lane beside a slow lane full of silence, medians of {options.rounds} rounds:")
    print(f"  paid {count:.3f} of what it is alone (at least {COUNT_LEAST}), "
          f"p99 {p99:.2f} times (at most {P99_MOST})")
    print(f"\nwritten: {out}")
    print(f"compare: ok seconds={time.monotonic() - began:.0f} count_beside_vs_alone={count:.3f} "
          f"p99_beside_vs_alone={p99:.2f}")


if __name__ == "__main__":
    end_well_or_say_why(main)
