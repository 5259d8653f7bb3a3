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
        raise Trouble(f"{name} ended with status {done.returncode}: {' '.join(command[1:4])} …")
    return done.stdout


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

    def start_node(self):
        """Starts the node and waits until it serves; returns its gRPC address."""
        settings = {
            "node.run_dir": self.directory, "node.log_file": self.directory / "node.log",
            "grpc.port": 0, "http.port": 0, "cluster.port": 0,
            "ledger.chart_of_accounts": self.root / "config/chart_of_accounts.toml"}
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
