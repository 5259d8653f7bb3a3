#!/usr/bin/env python3
"""A client of Suanpan in Python, made from nothing but the published .proto files.

Opens accounts, posts a batch in which one item is bad, streams 10,000 transfers, reads a balance.
Needs python3-grpcio, python3-protobuf, protobuf-compiler and protobuf-compiler-grpc (Debian).

    tools/examples/ledger_client.py [--endpoint HOST:PORT] [--ca FILE] [--transfers N]

SUANPAN_ENDPOINT and SUANPAN_KEY (a caller's key) are read from the environment. Exit status: 0
done, 1 something was not as it should be, 4 the ledger is unavailable, 77 a package is missing.
"""

import argparse
import os
import secrets
import sys
import tempfile
import time

from stubs import connect, default_endpoint, grpc, import_stubs

PROTOS = ["suanpan/v1/common.proto", "suanpan/v1/accounts.proto", "suanpan/v1/monitors.proto",
          "suanpan/v1/reports.proto", "suanpan/v1/ledger.proto"]
BATCH = 1_000  # transfers a message; the ledger takes up to 10,000


def new_id():
    """A UUIDv7: 48 bits of Unix milliseconds, then random bits. The ledger refuses other ids as too
    old or in the future. The id is the idempotency key: a retry must carry the same one."""
    value = bytearray(int(time.time() * 1000).to_bytes(6, "big") + secrets.token_bytes(10))
    value[6] = 0x70 | value[6] & 0x0F
    value[8] = 0x80 | value[8] & 0x3F
    return bytes(value)


class Ledger:
    """The stub, the caller's key, and a deadline for every unary call."""

    def __init__(self, v1, v1_grpc, endpoint, ca_file):
        channel = connect(endpoint, ca_file)
        key = os.environ.get("SUANPAN_KEY", "").strip()
        self.metadata = [("authorization", f"Bearer {key}")] if key else []
        self.stub = v1_grpc.LedgerStub(channel)
        self.v1 = v1

    def call(self, method, request):
        return getattr(self.stub, method)(request, timeout=30, metadata=self.metadata)

    def open_accounts(self, owners):
        """Opening is idempotent: running this program twice finds the same accounts."""
        request = self.v1.OpenAccountsRequest()
        for owner, subject in owners:
            request.accounts.add(owner=owner, subject=subject, currency="CNY", label="example")
        return [answer.number for answer in self.call("OpenAccounts", request).results]

    def transfer(self, debit, credit, amount):
        return self.v1.Transfer(id=new_id(), debit_account=debit, credit_account=credit,
                                amount=amount, currency="CNY", event_code=1001,
                                reference="example")

    def balance(self, number):
        return int(self.call("GetAccount", self.v1.GetAccountRequest(number=number)).totals.balance)

    def stream(self, transfers):
        """Sends batches without waiting for answers; yields each item's result. Answers carry the
        sequence of their batch and may overtake each other."""
        batches = (self.v1.PostTransfersRequest(transfers=transfers[at:at + BATCH],
                                                sequence=at // BATCH)
                   for at in range(0, len(transfers), BATCH))
        for answer in self.stub.StreamTransfers(batches, metadata=self.metadata):
            yield from answer.results


def expect(what, found, wanted):
    print(f"{what}: {found}")
    if found != wanted:
        print(f"example: FAILED {what}: expected {wanted}", file=sys.stderr)
        sys.exit(1)


def run(ledger, count):
    v1 = ledger.v1
    name = v1.TransferResult.Name
    bank, shop = ledger.open_accounts([("internal", "1012"), ("merchant:EXAMPLE", "2001")])
    print(f"accounts: bank {bank}, shop {shop}")
    before = ledger.balance(shop)

    # Three items, the second of which is bad: it is refused alone.
    batch = [ledger.transfer(bank, shop, 1250), ledger.transfer(bank, shop, 0),
             ledger.transfer(bank, shop, 99)]
    answer = ledger.call("PostTransfers", v1.PostTransfersRequest(transfers=batch))
    expect("a batch with a bad item", [name(item.result) for item in answer.results],
           ["TRANSFER_RESULT_POSTED", "TRANSFER_RESULT_AMOUNT_MUST_BE_POSITIVE",
            "TRANSFER_RESULT_POSTED"])

    # As after a lost answer: the same items under the same ids. Nothing is booked twice.
    again = ledger.call("PostTransfers", v1.PostTransfersRequest(transfers=batch))
    expect("the same batch again", [name(item.result) for item in again.results],
           ["TRANSFER_RESULT_EXISTS", "TRANSFER_RESULT_AMOUNT_MUST_BE_POSITIVE",
            "TRANSFER_RESULT_EXISTS"])

    transfers = [ledger.transfer(bank, shop, 1) for _ in range(count)]
    began = time.monotonic()
    posted = sum(item.result == v1.TRANSFER_RESULT_POSTED for item in ledger.stream(transfers))
    print(f"streamed {count} transfers in {time.monotonic() - began:.2f} s")
    expect("posted by the stream", posted, count)
    expect("the shop's balance grew by", ledger.balance(shop) - before, 1250 + 99 + count)
    print(f"example: ok transfers={count + 2}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--endpoint", default=default_endpoint())
    parser.add_argument("--ca", help="PEM file: speak TLS and trust these certificates")
    parser.add_argument("--transfers", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        v1, v1_grpc = import_stubs(directory, PROTOS, "ledger")[0]
        try:
            run(Ledger(v1, v1_grpc, options.endpoint, options.ca), options.transfers)
        except grpc.RpcError as error:
            print(f"example: FAILED {error.code().name}: {error.details()}", file=sys.stderr)
            away = error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
            sys.exit(4 if away else 1)


if __name__ == "__main__":
    main()
