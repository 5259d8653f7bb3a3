"""tools/compare --payments: complete quick-pay orders on one hot merchant, three ways, in rounds.

A node; row locks in SQL (two transactions with select for update); and a relay that only passes
orders on to the bank and tells the merchant. The same bank simulator, the same notification
receiver, all on this machine. The bank's answer is all that they hear: none asks to be called back.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

from comparing import end_well_or_say_why, parser_of, say
from own_bank import OwnBank
from own_ledger import OwnLedger, run

CLIENTS = (1, 8, 32)  # of the row locks; the best one counts


def parse(arguments):
    parser = parser_of("tools/compare --payments")
    parser.add_argument("--payments", action="store_true")
    parser.add_argument("--in-flight", type=int, default=256)
    options = parser.parse_args(arguments)
    options.rounds = options.rounds or (1 if options.tiny else 3)
    options.seconds = options.seconds or (1 if options.tiny else 8)
    return options


class Comparison:
    def __init__(self, ledger, bank, options):
        self.ledger = ledger
        self.options = options
        self.bank = bank
        self.address = bank.start("--work-ms", "0", "--callback-ms", "0")
        channels = bank.channels(self.address, callbacks=False)
        self.endpoint = ledger.start_node(payments__channels=channels,
                                          notifier__allow_private_addresses="true")
        self.rates = {}
        self.costs = {}

    def bench(self, *arguments):
        printed = run([str(self.ledger.binaries / "suanpan-bench"), "payments", "--json",
                       "--bank", self.address, "--bank-pid", str(self.bank.process.pid),
                       "--seconds", str(self.options.seconds),
                       "--warmup", "0" if self.options.tiny else "2", *map(str, arguments)])
        return json.loads(printed)

    def note(self, name, found):
        self.rates.setdefault(name, []).append(found["orders_per_second"])
        self.costs.setdefault(name, []).append(found["cpu_us_per_order"])
        say(f"  {name:<12} {found['orders_per_second']:>8,} orders/s   " +
            "  ".join(f"{who} {cost:.0f} us" for who, cost in found["cpu_us_per_order"].items()))

    def row_locks(self):
        clients = (1,) if self.options.tiny else CLIENTS
        self.note("row_locks", max((self.bench("--by", "row-locks", "--clients", n)
                                    for n in clients), key=lambda f: f["orders_per_second"]))

    def node(self):
        self.note("node", self.bench("--endpoint", self.endpoint, "--node-pid",
                                     self.ledger.node.pid, "--in-flight", self.options.in_flight,
                                     "--dsn", self.ledger.dsn))

    def relay(self):
        server = subprocess.Popen([str(self.ledger.binaries / "suanpan-bench"), "relay", "--bank",
                                   self.address], stdout=subprocess.PIPE, text=True)
        try:
            self.note("relay", self.bench("--by", "relay", "--endpoint",
                                          server.stdout.readline().strip(), "--node-pid",
                                          server.pid, "--in-flight", self.options.in_flight))
        finally:
            server.terminate()
            server.wait()


def busy(rates, costs):
    """The share of all cores that the orders of a round took, in the median round."""
    spent = [rate * sum(cost.values()) / 1e6 for rate, cost in zip(rates, costs)]
    return round(statistics.median(spent) / os.cpu_count(), 2)


def ratio(above, below):
    """The median of the rounds' own ratios: a machine that is slow for a round is slow for both."""
    return round(statistics.median(a / b for a, b in zip(above, below)), 3) if all(below) else None


def main():
    root = pathlib.Path(sys.argv[1])
    options = parse(sys.argv[2:])
    out = pathlib.Path(options.out or root / "build/compare_payments.json")
    began = time.monotonic()
    with OwnLedger(root, options.bin or root / "build/bin") as ledger:
        bank = OwnBank(root, ledger.binaries, ledger.directory)
        try:
            comparison = Comparison(ledger, bank, options)
            for number in range(1, options.rounds + 1):
                say(f"\n== round {number} of {options.rounds}")
                comparison.row_locks()
                comparison.node()
                comparison.relay()
        finally:
            bank.stop()
    medians = {name: statistics.median(found) for name, found in comparison.rates.items()}
    rates = comparison.rates
    ratios = {"payments_vs_row_locks": ratio(rates["node"], rates["row_locks"]),
              "payments_vs_relay": ratio(rates["node"], rates["relay"]),
              "cores_busy": busy(rates["node"], comparison.costs["node"])}
    out.write_text(json.dumps({"cores": os.cpu_count(), "rounds": options.rounds,
                               "seconds": options.seconds, **ratios, "medians": medians,
                               "rates": rates, "cpu_us_per_order": comparison.costs},
                              indent=1) + "\n")
    print()
    for name, value in {**medians, **ratios}.items():
        print(f"  {name:<24} {value:>10,}")
    print(f"\nwritten: {out}")
    print(f"compare: ok seconds={time.monotonic() - began:.0f} " +
          " ".join(f"{name}={value}" for name, value in ratios.items()))


if __name__ == "__main__":
    end_well_or_say_why(main)
