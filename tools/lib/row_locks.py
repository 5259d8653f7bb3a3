"""The classical ways to book an order, through pgbench: what Suanpan is compared with.

An order is two postings: payer to transit, transit to merchant. Transit and merchant are hot: every
order has both. Orders only, no refunds in the opposite order: those make the classical way deadlock,
and leaving them out favours it.
"""

import pathlib
import re
import subprocess

from own_ledger import Trouble, run

PAYERS = 10_000
SECONDS_MOST = 60
TRANSIT, MERCHANT = 1, 2

SCHEMA = f"""
CREATE SCHEMA classical;
CREATE TABLE classical.account (id bigint PRIMARY KEY, balance bigint NOT NULL)
  WITH (fillfactor = 50);
CREATE TABLE classical.posting (id bigserial PRIMARY KEY, debit bigint NOT NULL,
  credit bigint NOT NULL, amount bigint NOT NULL, booked_at timestamptz NOT NULL DEFAULT now());
INSERT INTO classical.account SELECT n, 0 FROM generate_series(1, {PAYERS + 2}) n;
VACUUM ANALYZE classical.account;
"""

DRAW = f"\\set payer random(3, {PAYERS + 2})\n\\set amount random(1, 1000000)\n"


def _lock(*accounts):
    return "".join(f"SELECT balance FROM classical.account WHERE id = {a} FOR UPDATE;\n"
                   for a in accounts)


def _book(debit, credit):
    return (f"INSERT INTO classical.posting (debit, credit, amount)"
            f" VALUES ({debit}, {credit}, :amount);\n"
            f"UPDATE classical.account SET balance = balance - :amount WHERE id = {debit};\n"
            f"UPDATE classical.account SET balance = balance + :amount WHERE id = {credit};\n")


ARRIVAL = _book(":payer", TRANSIT)
HANDING_ON = _book(TRANSIT, MERCHANT)

SCRIPTS = {
    "for_update_two_transactions":
        DRAW + "BEGIN;\n" + _lock(TRANSIT) + ARRIVAL + "COMMIT;\n"
        "BEGIN;\n" + _lock(TRANSIT, MERCHANT) + HANDING_ON + "COMMIT;\n",
    "for_update_one_transaction":
        DRAW + "BEGIN;\n" + _lock(TRANSIT, MERCHANT) + ARRIVAL + HANDING_ON + "COMMIT;\n",
    "update_only":
        DRAW + "BEGIN;\n" + ARRIVAL + HANDING_ON + "COMMIT;\n",
}


class RowLocks:
    """Runs the scripts above in the ledger's own PostgreSQL, in a schema beside it."""

    def __init__(self, ledger):
        self.dsn = ledger.dsn
        self.directory = ledger.directory
        self.pgbench = newest_pgbench()
        run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.dsn, "-c", "SET jit = off"]
            + [argument for statement in SCHEMA.strip().split(";\n") if statement.strip()
               for argument in ("-c", statement.rstrip(";"))])
        for name, script in SCRIPTS.items():
            (self.directory / f"{name}.sql").write_text(script)

    def orders_per_second(self, name, clients, seconds):
        """Of one run. An order is both postings, whatever the number of transactions. A machine so
        busy that none was done is given more time."""
        rate = 0.0
        while rate == 0.0 and seconds <= SECONDS_MOST:
            rate = self._rate(name, clients, seconds)
            seconds *= 4
        return rate

    def _rate(self, name, clients, seconds):
        printed = run([self.pgbench, "-n", "-M", "prepared", "-c", str(clients), "-j", "2",
                       "-T", str(seconds), "-f", str(self.directory / f"{name}.sql"), self.dsn],
                      stderr=subprocess.DEVNULL)
        found = re.search(r"^tps = ([0-9.]+) \(without", printed, re.MULTILINE)
        if found:
            return float(found[1])
        if "transactions actually processed: 0" in printed:  # it says no rate then
            return 0.0
        raise Trouble("pgbench printed no rate")


def newest_pgbench():
    """The path of the pgbench of the newest PostgreSQL that is installed; Trouble without one."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pgbench"),
                   key=lambda path: int(path.parts[4]))
    if not found:
        raise Trouble("no pgbench in /usr/lib/postgresql (apt-get install postgresql)")
    return str(found[-1])
