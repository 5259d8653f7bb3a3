"""tools/compare: measures all contenders in rounds, prints medians and ratios."""

import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import time

from compare_chart import chart
from comparing import end_well_or_say_why, parser_of, say
from own_ledger import OwnLedger, Trouble, run
from row_locks import SCRIPTS, RowLocks, newest_pgbench

CLIENTS = (1, 8, 32)
PATTERNS = {"uniform": "uniform", "hot": "hot", "two_way_hot": "two-way", "zipf": "zipf"}
IN_FLIGHT = {1: 512, 100: 64, 1_000: 16, 8_000: 8}
TIGERBEETLE_BATCH = 8_190


def parse(arguments):
    parser = parser_of("tools/compare")
    parser.add_argument("--quick", action="store_true", help="batches of 1 and 8,000 only")
    parser.add_argument("--accounts", type=int, default=10_000)
    options = parser.parse_args(arguments)
    options.quick = options.quick or options.tiny
    options.rounds = options.rounds or (1 if options.tiny else 3)
    options.seconds = options.seconds or (1 if options.tiny else 2 if options.quick else 8)
    return options


class Comparison:
    """Figures by name, one a round."""

    def __init__(self, ledger, options):
        self.ledger = ledger
        self.options = options
        self.batches = (1, 8_000) if options.quick else (1, 100, 1_000, 8_000)
        self.seconds = options.seconds
        self.statements = 20 if options.tiny else 1_000
        self.clients = (1,) if options.tiny else CLIENTS
        self.rates = {}
        self.details = {}
        self.locks = RowLocks(ledger)
        self.endpoint = ledger.start_node()

    def note(self, name, rate):
        self.rates.setdefault(name, []).append(rate)
        say(f"  {name:<44} {rate:>12,.0f}")

    def bench(self, endpoint, pattern, batch, pid, *more, environment=None):
        """One run of suanpan-bench. A tiny one on a busy machine may get no answer in a second, and
        is tried again for longer: whether all of it runs is asked, not how fast."""
        *tries, last = (1, 8, 30) if self.options.tiny else (self.seconds,)
        for seconds in tries:
            try:
                return self.bench_for(seconds, endpoint, pattern, batch, pid, *more,
                                      environment=environment)
            except Trouble as trouble:
                say(f"  {trouble}; again, for longer")
        return self.bench_for(last, endpoint, pattern, batch, pid, *more, environment=environment)

    def bench_for(self, seconds, endpoint, pattern, batch, pid, *more, environment=None):
        printed = run([str(self.ledger.binaries / "suanpan-bench"), "transfers", "--json",
                       "--endpoint", endpoint, "--pattern", pattern, "--batch", str(batch),
                       "--in-flight", str(IN_FLIGHT[batch]), "--seconds", str(seconds),
                       "--warmup", "0" if self.options.tiny else "1",
                       "--accounts", str(self.options.accounts), "--node-pid", str(pid),
                       *(["--unary"] if batch == 1 else []), *more],
                      stderr=subprocess.DEVNULL, env=environment)
        return json.loads(printed)

    def row_locks(self):
        seconds = max(1, self.seconds // 2 if self.options.quick else self.seconds)
        for name in SCRIPTS:
            self.note(name, max(self.locks.orders_per_second(name, clients, seconds)
                                for clients in self.clients))

    def suanpan(self, number):
        """Whoever follows a load inherits its write-behind, so another one begins each round."""
        last = number == self.options.rounds
        for batch in self.batches:
            names = [*PATTERNS, *(["echo"] if batch == 1 else [])]
            first = number % len(names)
            for name in names[first:] + names[:first]:
                if name == "echo":
                    self.echo()
                    continue
                pattern = PATTERNS[name]
                # COPY alone runs half before and half after the load that it is compared with.
                copies = batch == 8_000 and name == "uniform"
                found = self.bench(self.endpoint, pattern, batch, self.ledger.node.pid,
                                   "--statements", str(self.statements if last else 0),
                                   *([] if copies else ["--no-copy"]))
                self.note(f"{name}_{batch}", found["transfers_per_second"])
                self.details[f"{name}_{batch}"] = {
                    key: found[key] for key in ("latency_us", "cpu_us_per_transfer", "refused",
                                                "unavailable", "unknown", "statements")}
                if copies:
                    self.note("copy", found["copy_rows_per_second"])

    def echo(self):
        server = subprocess.Popen([str(self.ledger.binaries / "suanpan-bench"), "echo"],
                                  stdout=subprocess.PIPE, text=True)
        try:
            without = {k: v for k, v in os.environ.items() if k != "SUANPAN_DATABASE__DSN"}
            found = self.bench(server.stdout.readline().strip(), "uniform", 1, server.pid,
                               "--no-copy", "--statements", "0", environment=without)
            self.note("echo_1", found["transfers_per_second"])
        finally:
            server.terminate()
            server.wait()

    def tigerbeetle(self):
        binary = os.environ.get("TIGERBEETLE")
        if not binary:
            return
        count = TIGERBEETLE_BATCH * 40 * self.seconds
        printed = subprocess.run(
            [binary, "benchmark", f"--account-count={self.options.accounts}",
             f"--transfer-count={count}", f"--transfer-batch-size={TIGERBEETLE_BATCH}"],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            cwd=self.ledger.directory, check=False).stdout
        found = re.search(r"load accepted = ([0-9,]+) tx/s", printed)
        if not found:
            raise Trouble("TigerBeetle's benchmark printed no rate: " + printed.strip()[-200:])
        self.note("tigerbeetle", float(found[1].replace(",", "")))

    def round(self, number):
        say(f"\n== round {number} of {self.options.rounds}")
        self.row_locks()
        self.tigerbeetle()
        self.suanpan(number)
        self.tigerbeetle()


def ratios_of(median):
    """Of medians of one run; None where a part was not measured."""
    def ratio(above, below, factor=1.0):
        if median.get(above) and median.get(below):
            return round(factor * median[above] / median[below], 3)
        return None
    return {
        "hot_vs_for_update": ratio("hot_8000", "for_update_one_transaction"),
        "two_way_hot_vs_for_update":
            ratio("two_way_hot_8000", "for_update_two_transactions", 0.5),
        "uniform_vs_tigerbeetle": ratio("uniform_8000", "tigerbeetle"),
        "uniform_vs_copy": ratio("uniform_8000", "copy"),
        "hot_vs_uniform": ratio("hot_8000", "uniform_8000"),
        "zipf_vs_uniform": ratio("zipf_8000", "uniform_8000"),
        "single_vs_echo": ratio("uniform_1", "echo_1"),
        "single_vs_for_update": ratio("hot_1", "for_update_one_transaction"),
        # By posting instead of by order: an order of the one transaction has two.
        "hot_vs_for_update_by_posting": ratio("hot_8000", "for_update_one_transaction", 0.5),
        "single_vs_for_update_by_posting": ratio("hot_1", "for_update_one_transaction", 0.5),
        "two_way_hot_vs_update_only": ratio("two_way_hot_8000", "update_only", 0.5),
    }


def settings_of(ledger, comparison):
    """What the figures depend on, and how they were taken."""
    shown = ledger.psql(
        "SELECT json_object_agg(name, current_setting(name)) FROM pg_settings WHERE name IN"
        " ('wal_level', 'fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers',"
        " 'max_wal_size')")
    return {"machine": machine(), "postgres": json.loads(shown), "seconds": comparison.seconds,
            "accounts": comparison.options.accounts, "in_flight": IN_FLIGHT,
            "clients_of_pgbench": comparison.clients, "tigerbeetle_batch": TIGERBEETLE_BATCH}


def versions_of(ledger):
    suanpan = run([str(ledger.binaries / "suanpan"), "--version"]).strip()
    pgbench = run([newest_pgbench(), "--version"]).strip()
    return {"suanpan": suanpan, "postgres": ledger.psql("SHOW server_version"), "pgbench": pgbench,
            "tigerbeetle": _tigerbeetle_version()}


def _tigerbeetle_version():
    binary = os.environ.get("TIGERBEETLE")
    return run([binary, "version"]).strip().splitlines()[0] if binary else None


def machine():
    names = re.findall(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    return {"processor": names[0] if names else platform.machine(), "cores": os.cpu_count(),
            "system": platform.release()}


def table(medians, ratios, rates):
    lines = [f"{'median of rounds':<44} {'a second':>12}   {'least':>10} {'most':>10}"]
    for name, value in medians.items():
        lines.append(f"{name:<44} {value:>12,.0f}   {min(rates[name]):>10,.0f}"
                     f" {max(rates[name]):>10,.0f}")
    lines += ["", f"{'ratio':<44} {'':>12}"]
    for name, value in ratios.items():
        shown = "not measured" if value is None else format(value, "12.2f")
        lines.append(f"{name:<44} {shown:>12}")
    return "\n".join(lines)


def main():
    root = pathlib.Path(sys.argv[1])
    options = parse(sys.argv[2:])
    out = pathlib.Path(options.out or root / "build/compare.json")
    if not os.environ.get("TIGERBEETLE"):
        say("TigerBeetle: skipped, TIGERBEETLE names no binary")
    began = time.monotonic()
    with OwnLedger(root, options.bin or root / "build/bin") as ledger:
        comparison = Comparison(ledger, options)
        for number in range(1, options.rounds + 1):
            comparison.round(number)
        settings, versions = settings_of(ledger, comparison), versions_of(ledger)
    medians = {name: statistics.median(found) for name, found in comparison.rates.items()}
    ratios = ratios_of(medians)
    out.write_text(json.dumps({
        **ratios, "rounds": options.rounds, "medians": medians,
        "raw": {"rates": comparison.rates, "details": comparison.details},
        "versions": versions, "settings": settings}, indent=1) + "\n")
    out.with_suffix(".svg").write_text(chart(medians))
    print("\n" + table(medians, ratios, comparison.rates))
    print(f"\nwritten: {out} and {out.with_suffix('.svg')}")
    print(f"compare: ok seconds={time.monotonic() - began:.0f} " +
          " ".join(f"{name}={value}" for name, value in ratios.items() if value is not None))


if __name__ == "__main__":
    end_well_or_say_why(main)
