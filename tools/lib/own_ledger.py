"""A PostgreSQL and a node of one's own in a temporary directory, for measurements."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.request

READY_SECONDS_MAX = 120


class Trouble(Exception):
    """What ends a measurement, in words."""


def run(command, **options):
    """Runs a program to its end and returns what it printed; Trouble if it failed."""
    try:
        done = subprocess.run(command, text=True, stdout=subprocess.PIPE, **options)
    except OSError as fault:
        raise Trouble(f"{command[0]}: {fault.strerror}") from fault
    if done.returncode != 0:
        name = pathlib.Path(command[0]).name
        raise Trouble(f"{name} ended with status {done.returncode}: {' '.join(command[1:4])} … "
                      f"{done.stdout.strip()[-300:]}")
    return done.stdout


def _stat_of(pid):
    """The fields of /proc/PID/stat after the name; none if there is no such process."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


def _children_of(parent):
    pids = [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]
    return [pid for pid in pids if _stat_of(pid)[1:2] == [str(parent)]]


def _cpu_seconds(pid):
    """User and system time of a process and of the children that it waited for."""
    fields = _stat_of(pid)
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") if fields else 0.0


class OwnLedger:
    """PostgreSQL with the settings of tools/up, and a node on it. Ends both when it is left."""

    def __init__(self, root, binaries):
        self.root = pathlib.Path(root)
        self.binaries = pathlib.Path(binaries)
        self.node = None

    def __enter__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp())
        self.directory.chmod(0o755)  # PostgreSQL's user must pass
        try:
            started = run([self._postgres_script(), "start", str(self.directory / "postgres")])
            self.dsn = json.loads(started)["dsn"]
            self.postmaster = json.loads(started)["pid"]
            os.environ["SUANPAN_DATABASE__DSN"] = self.dsn
            run([str(self.binaries / "suanpan"), "migrate"])
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop_node()
        subprocess.run([self._postgres_script(), "wipe", str(self.directory / "postgres")])
        shutil.rmtree(self.directory, ignore_errors=True)

    def _postgres_script(self):
        return str(self.root / "tools/lib/postgres.sh")

    def start_node(self, **more):
        """Starts the node and waits until it serves; returns its gRPC address. `more`: settings,
        with __ for the dot."""
        (self.directory / "node-1.json").unlink(missing_ok=True)
        settings = {
            "node.run_dir": self.directory, "node.log_file": self.directory / "node.log",
            "grpc.port": 0, "http.port": 0, "cluster.port": 0,
            "ledger.chart_of_accounts": self.root / "config/chart_of_accounts.toml",
            **{name.replace("__", "."): value for name, value in more.items()}}
        command = [str(self.binaries / "suanpan-node"), "--dev"]
        for key, value in settings.items():
            command += ["--set", f"{key}={value}"]
        with open(self.directory / "node.out", "w") as output:
            self.node = subprocess.Popen(command, stdout=output, stderr=output)
        until = time.monotonic() + READY_SECONDS_MAX
        while not self._is_ready():
            if self.node.poll() is not None or time.monotonic() > until:
                raise Trouble("the node did not start: " + self._last_of_log())
            time.sleep(0.1)
        return self.addresses()["grpc"]

    def stop_node(self):
        """Ends the node, if there is one, and waits for it."""
        if self.node is None:
            return
        self.node.terminate()
        try:
            self.node.wait(60)
        except subprocess.TimeoutExpired:
            self.node.kill()
            self.node.wait()
        self.node = None

    def addresses(self):
        """The node's run file."""
        return json.loads((self.directory / "node-1.json").read_text())

    def metric(self, name):
        """The sum of a metric's values over its labels, from the node's /metrics."""
        with urllib.request.urlopen(f"http://{self.addresses()['http']}/metrics") as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines
                   if line.split("{")[0].split(" ")[0] == name)

    def bench(self, endpoint, *arguments):
        """What `suanpan-bench transfers` with these arguments reports."""
        printed = run([str(self.binaries / "suanpan-bench"), "transfers", "--json",
                       "--endpoint", endpoint, "--node-pid", str(self.node.pid),
                       *map(str, arguments)])
        return json.loads(printed)

    def prepare(self, accounts, transfers):
        """Fills the empty ledger; no node may run."""
        run([str(self.binaries / "suanpan-bench"), "prepare", "--accounts", str(accounts),
             "--transfers", str(transfers)])

    def cpu_seconds(self):
        """CPU time so far of the node, and of PostgreSQL with all its backends."""
        family = [self.postmaster] + _children_of(self.postmaster)
        return _cpu_seconds(self.node.pid), sum(_cpu_seconds(pid) for pid in family)

    def node_rss(self):
        """Resident bytes of the node."""
        pages = int(pathlib.Path(f"/proc/{self.node.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE")

    def psql(self, statement):
        """What a statement answers, unaligned."""
        return run(["psql", "-X", "-At", "-d", self.dsn, "-c", statement]).strip()

    def _is_ready(self):
        try:
            with urllib.request.urlopen(f"http://{self.addresses()['http']}/readyz") as answer:
                return answer.status == 200
        except (OSError, ValueError):
            return False

    def _last_of_log(self):
        for name in ("node.log", "node.out"):
            file = self.directory / name
            if file.exists() and file.read_text().strip():
                return file.read_text().strip().splitlines()[-1]
        return "it said nothing"
