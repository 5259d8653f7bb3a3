#!/usr/bin/env python3
"""A merchant's back end in Python, made from nothing but the published .proto files.

Registers a merchant and receives its webhooks; pays by card, the second card where the first is
declined; refunds a part; pays out although the bank's answer gets lost. Needs a node that leads to
the bank simulator (tools/up starts both), python3-grpcio, python3-protobuf, protobuf-compiler and
protobuf-compiler-grpc (Debian).

    tools/examples/payments_client.py [--endpoint HOST:PORT] [--ca FILE]

SUANPAN_ENDPOINT and SUANPAN_KEY (an operator's key) are read from the environment. Exit status: 0
done, 1 something was not as it should be, 4 the node is unavailable, 77 a package is missing.
"""

import argparse
import base64
import hashlib
import hmac
import http.server
import json
import os
import sys
import tempfile
import threading
import time

from stubs import connect, default_endpoint, grpc, import_stubs

PROTOS = ["suanpan/v1/payment_life.proto", "suanpan/v1/payments.proto",
          "suanpan/v1/merchants.proto"]
# At the bank simulator the last four digits say how a card behaves (suanpan-bank --list).
CARD_GOOD, CARD_DECLINED = "6225880001000000", "6225880001080002"
CARD_ANSWER_LOST = "6225880001040105"
PATIENCE_SECONDS = 60


class WebhookReceiver:
    """Takes notifications as Standard Webhooks says: check the signature over the raw body, answer
    2xx at once, and use webhook-id to tell a repeat."""

    def __init__(self):
        self.secret = ""
        self.events = {}  # by webhook-id
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                good = receiver.is_signed(self.headers, body)
                if good:
                    receiver.events[self.headers["webhook-id"]] = json.loads(body)
                self.send_response(204 if good else 401)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/webhook"

    def is_signed(self, headers, body):
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        wanted = "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
        return any(hmac.compare_digest(one, wanted)
                   for one in headers["webhook-signature"].split())

    def of(self, payment):
        """Types of the payment's events, in their order."""
        found = {event["data"]["sequence"]: event["type"] for event in self.events.values()
                 if event["data"]["payment_id"] == payment.id}
        return [found[sequence] for sequence in sorted(found)]


class Merchant:
    def __init__(self, channel, payments, merchants):
        self.messages, self.registry = payments[0], merchants[0]
        self.payments = payments[1].PaymentsStub(channel)
        self.merchants = merchants[1].MerchantsStub(channel)
        key = os.environ.get("SUANPAN_KEY", "").strip()
        self.metadata = [("authorization", f"Bearer {key}")] if key else []
        self.receiver = WebhookReceiver()
        self.id = f"example-{int(time.time() * 1000)}"

    def register(self):
        kinds = self.messages.PaymentKind
        answer = self.merchants.CreateMerchant(self.registry.CreateMerchantRequest(
            id=self.id, name="Example", webhook_url=self.receiver.url,
            products=[dict(product=kind, fee_basis_points=60)
                      for kind in (kinds.Value("PAYMENT_KIND_QUICK_PAY"),
                                   kinds.Value("PAYMENT_KIND_PAYOUT"))]),
            metadata=self.metadata, timeout=10)
        self.receiver.secret = answer.webhook_secret
        made = self.merchants.CreateApiKey(self.registry.CreateApiKeyRequest(
            merchant=self.id, note="example", test=True), metadata=self.metadata, timeout=10)
        self.metadata = [("authorization", f"Bearer {made.secret}")]  # from here on as itself

    def bind(self, number):
        return self.merchants.BindCard(self.registry.BindCardRequest(
            request_id=f"card-{number[-4:]}", card_number=number, holder_name="Example"),
            metadata=self.metadata, timeout=10).id

    def call(self, method, request):
        """Repeats the call under the same order number until it is answered: an answer that is
        lost is no reason for a new number."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return getattr(self.payments, method)(request, metadata=self.metadata, timeout=5)
            except grpc.RpcError as error:
                again = error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.ABORTED,
                                         grpc.StatusCode.DEADLINE_EXCEEDED)
                if not again or time.monotonic() > until:
                    raise
                time.sleep(0.5)

    def ended(self, payment):
        """The payment once it is decided. PROCESSING and UNKNOWN are no failures: wait and ask."""
        until = time.monotonic() + PATIENCE_SECONDS
        open_states = ("PAYMENT_STATE_PROCESSING", "PAYMENT_STATE_UNKNOWN")
        while self.state(payment) in open_states and time.monotonic() < until:
            time.sleep(0.2)
            payment = self.call("GetPayment", self.messages.GetPaymentRequest(
                payment_id=payment.id))
        return payment

    def state(self, payment):
        return self.messages.PaymentState.Name(payment.state)


def expect(what, found, wanted):
    print(f"{what}: {found}")
    if found != wanted:
        print(f"example: FAILED {what}: expected {wanted}", file=sys.stderr)
        sys.exit(1)


def second_card(shop, good):
    v1 = shop.messages
    order = v1.CreateQuickPayRequest(order_number="order-1", amount=10_000, currency="CNY",
                                     card=shop.bind(CARD_DECLINED), cards_max=2)
    paid = shop.ended(shop.call("CreateQuickPay", order))
    expect("the first card", (shop.state(paid), paid.failure.code),
           ("PAYMENT_STATE_CREATED", "card_declined"))
    paid = shop.ended(shop.call("RetryPayment", v1.RetryPaymentRequest(payment_id=paid.id,
                                                                       card=good)))
    expect("the second card", shop.state(paid), "PAYMENT_STATE_SUCCEEDED")
    again = shop.call("CreateQuickPay", order)
    expect("the same request again", (again.replayed, again.id == paid.id), (True, True))
    order.amount += 1
    try:
        shop.call("CreateQuickPay", order)
    except grpc.RpcError as error:
        expect("the same number for another amount", error.code().name, "ALREADY_EXISTS")
    else:
        expect("the same number for another amount", "OK", "ALREADY_EXISTS")
    return paid


def refund(shop, paid):
    v1 = shop.messages
    back = shop.ended(shop.call("CreateRefund", v1.CreateRefundRequest(
        order_number="refund-1", payment_id=paid.id, amount=2_500, currency="CNY")))
    expect("a refund of a part", shop.state(back), "PAYMENT_STATE_SUCCEEDED")
    paid = shop.call("GetPayment", v1.GetPaymentRequest(payment_id=paid.id))
    expect("refunded of the order", paid.refunded, 2_500)
    return back


def payout(shop):
    # The bank pays and drops the connection: UNKNOWN until it is asked, and never paid twice.
    v1 = shop.messages
    out = shop.call("CreatePayout", v1.CreatePayoutRequest(
        order_number="payout-1", amount=5_000, currency="CNY", card=shop.bind(CARD_ANSWER_LOST)))
    print(f"a payout whose answer is lost, at first: {shop.state(out)}")
    out = shop.ended(out)
    expect("and in the end", shop.state(out), "PAYMENT_STATE_SUCCEEDED")
    return out


def run(shop):
    shop.register()
    print(f"merchant {shop.id}, webhooks at {shop.receiver.url}")
    good = shop.bind(CARD_GOOD)
    paid = second_card(shop, good)
    for each in (paid, refund(shop, paid), payout(shop)):
        until = time.monotonic() + PATIENCE_SECONDS
        while not any(kind.endswith(".succeeded") for kind in shop.receiver.of(each)):
            if time.monotonic() > until:
                expect(f"events of {each.order_number}", shop.receiver.of(each), "….succeeded")
            time.sleep(0.1)
        print(f"events of {each.order_number}: {', '.join(shop.receiver.of(each))}")
    print("example: ok orders=3")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--endpoint", default=default_endpoint())
    parser.add_argument("--ca", help="PEM file: speak TLS and trust these certificates")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        payments, merchants = import_stubs(directory, PROTOS, "payments", "merchants")
        try:
            run(Merchant(connect(options.endpoint, options.ca), payments, merchants))
        except grpc.RpcError as error:
            print(f"example: FAILED {error.code().name}: {error.details()}", file=sys.stderr)
            away = error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
            sys.exit(4 if away else 1)


if __name__ == "__main__":
    main()
