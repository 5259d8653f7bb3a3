"""A bank simulator of one's own, and the channel file that leads a node to it."""

import json
import pathlib
import subprocess
import time

from own_ledger import Trouble

READY_SECONDS_MAX = 20
DEV_URL = "http://127.0.0.1:7500"  # that config/channels.dev.toml names


class OwnBank:
    """suanpan-bank on a free port, its ledger in `directory`. Ends when it is left."""

    def __init__(self, root, binaries, directory):
        self.root = pathlib.Path(root)
        self.binaries = pathlib.Path(binaries)
        self.directory = pathlib.Path(directory)
        self.process = None

    def start(self, *options):
        """Starts it and waits until it listens; returns its address."""
        run_file = self.directory / "bank.json"
        run_file.unlink(missing_ok=True)
        command = [str(self.binaries / "suanpan-bank"), "--dev", "--port", "0", "--data",
                   str(self.directory / "bank"), "--run-dir", str(self.directory), *options]
        with open(self.directory / "bank.out", "w") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output)
        until = time.monotonic() + READY_SECONDS_MAX
        while not run_file.exists():
            if self.process.poll() is not None or time.monotonic() > until:
                raise Trouble("the bank did not start: " +
                              (self.directory / "bank.out").read_text().strip()[-300:])
            time.sleep(0.05)
        return json.loads(run_file.read_text())["http"]

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def channels(self, address, callbacks=True):
        """The channel file of tools/up, led to this address; the bank calls back or does not."""
        text = (self.root / "config/channels.dev.toml").read_text()
        if not callbacks:
            text = text.replace("dedupes =", "callbacks = false\ndedupes =")
        secret = self.root / "config/channels.dev.secret"
        file = self.directory / "channels.toml"
        file.write_text(text.replace(DEV_URL, f"http://{address}")
                        .replace('"channels.dev.secret"', f'"{secret}"'))
        return file
