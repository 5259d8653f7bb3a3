// Bad input is answered precisely and alone (point by point as the .proto says it): the items and
// the callers beside it never notice.
#include "tests/faults/one_node.hpp"
#include "tests/faults/raw_call.hpp"
#include "tests/support/random.hpp"

#include <limits>

using namespace suanpan::faults;

namespace {

constexpr auto invalid = grpc::StatusCode::INVALID_ARGUMENT;
constexpr std::int64_t hour_ms = 3'600'000;

struct bad_item {
  const char* why;
  item what;
  int told;
};

std::vector<bad_item> bad_items(const one_node& with) {
  std::vector<bad_item> all;
  const auto add = [&](const char* why, int told, auto spoil) {
    auto what = transfer_of(with.source, with.payer, 10);
    spoil(what);
    all.push_back({why, what, told});
  };
  add("zero id", 10, [](item& t) { t.id = {}; });
  add("zero amount", 12, [](item& t) { t.amount = 0; });
  add("negative amount", 12, [](item& t) { t.amount = -1; });
  add("least amount", 12, [](item& t) { t.amount = std::numeric_limits<std::int64_t>::min(); });
  add("no such currency", 13, [](item& t) { t.currency = "XQZ"; });
  add("no currency", 13, [](item& t) { t.currency = ""; });
  add("debit account zero", 14, [](item& t) { t.debit = 0; });
  add("debit account negative", 14, [](item& t) { t.debit = -1025; });
  add("credit account of no shard", 15, [](item& t) { t.credit = 1024 + 1023; });
  add("same accounts", 16, [](item& t) { t.credit = t.debit; });
  add("event code too large", 17, [](item& t) { t.event_code = 65'536; });
  add("event code huge", 17, [](item& t) { t.event_code = -1; });
  add("reference too long", 19, [](item& t) { t.reference = std::string(129, 'r'); });
  add("reference with NUL", 20, [](item& t) { t.reference = std::string("a\0b", 3); });
  add("memo too long", 21, [](item& t) { t.memo = std::string(257, 'm'); });
  add("memo with NUL", 22, [](item& t) { t.memo = std::string(1, '\0'); });
  add("id of last year", 60, [](item& t) { t.id = fresh_id(milliseconds(-365 * 24 * hour_ms)); });
  add("id before the window", 60, [](item& t) { t.id = fresh_id(milliseconds(-169 * hour_ms)); });
  add("id of 1970", 60, [](item& t) { t.id = suanpan::transfer_id::first_of(1); });
  add("id in an hour", 61, [](item& t) { t.id = fresh_id(milliseconds(hour_ms)); });
  add("id in the year 10889", 61,
      [](item& t) { t.id = suanpan::transfer_id::first_of((std::int64_t{1} << 48) - 1); });
  add("debit account unknown", 80, [](item& t) { t.debit = t.debit + (std::int64_t{1} << 30); });
  add("credit account unknown", 81, [](item& t) { t.credit = t.credit + (std::int64_t{1} << 30); });
  add("mixed currencies", 82, [](item& t) { t.currency = "USD"; });
  return all;
}

}  // namespace

TEST_CASE("bad input: each bad item in a batch has its own precise answer, the others are booked") {
  one_node with;
  const auto bad = bad_items(with);
  std::vector<item> batch;
  for (const auto& one : bad) {
    batch.push_back(transfer_of(with.source, with.payer, 3));
    batch.push_back(one.what);
  }
  batch.push_back(transfer_of(with.source, with.payer, std::numeric_limits<std::int64_t>::max()));
  batch.push_back(transfer_of(with.source, with.payer, std::numeric_limits<std::int64_t>::max()));
  const auto answers = with.send(batch);
  for (std::size_t i = 0; i < bad.size(); ++i) {
    CAPTURE(bad[i].why);
    CHECK(answers[2 * i].told == 1);
    CHECK(answers[2 * i + 1].told == bad[i].told);
    CHECK((answers[2 * i + 1].ticket != 0) == (bad[i].told >= 80));
  }
  // 64 bits hold each amount, and 128 their sum: two of the largest are no overflow.
  CHECK(answers[answers.size() - 2].told == 1);
  CHECK(answers.back().told == 1);
  v1::Account found;
  REQUIRE(with.ledger->account(with.payer, found).ok());
  CHECK(found.totals().balance() ==
        suanpan::to_string(suanpan::int128{2} * std::numeric_limits<std::int64_t>::max() +
                           3 * static_cast<suanpan::int128>(bad.size())));
  with.judge_all();
}

TEST_CASE("bad input: texts that are not UTF-8 are named, item by item") {
  one_node with;
  const std::string cut = "\xe5\x95";  // the beginning of a character
  for (const auto& text : {cut, std::string("\xff"), std::string("\xc0\x80"),
                           std::string("\xed\xa0\x80"), std::string("\xf4\x90\x80\x80")}) {
    const auto what = transfer_of(with.source, with.payer, 1);
    std::string answered;
    const auto good = raw_request(transfer_of(with.source, with.payee, 1), "ok", "好");
    const auto status =
        call_raw(*with.ledger, "PostTransfers",
                 raw_request(what, text, "") + raw_request(what, "", text) + good, &answered);
    REQUIRE_MESSAGE(status.ok(), status.error_message());
    v1::PostTransfersResponse response;
    REQUIRE(response.ParseFromString(answered));
    REQUIRE(response.results_size() == 3);
    CHECK(response.results(0).result() == 20);
    CHECK(response.results(1).result() == 22);
    CHECK(response.results(2).result() == 1);
  }
}

TEST_CASE("bad input: ids of any other length than sixteen are refused alone") {
  one_node with;
  v1::PostTransfersRequest request;
  for (const std::size_t length : {0U, 1U, 15U, 16U, 17U, 4'000U}) {
    fill(*request.add_transfers(), transfer_of(with.source, with.payer, 1));
    auto& last = *request.mutable_transfers(request.transfers_size() - 1);
    if (length != 16) last.set_id(std::string(length, 'x'));
  }
  grpc::ClientContext context;
  limit(context, milliseconds(10'000));
  v1::PostTransfersResponse response;
  REQUIRE(with.ledger->stub().PostTransfers(&context, request, &response).ok());
  for (int i = 0; i < response.results_size(); ++i)
    CHECK(static_cast<int>(response.results(i).result()) == (i == 3 ? 1 : i == 0 ? 10 : 11));
}

TEST_CASE(
    "bad input: a batch too large, in items or in bytes, is refused whole and nothing of it") {
  one_node with;
  std::vector<item> items;
  for (int i = 0; i < 10'001; ++i) items.push_back(transfer_of(with.source, with.payer, 1));
  grpc::Status status;
  static_cast<void>(with.ledger->post(items, milliseconds(10'000), &status));
  CHECK(status.error_code() == invalid);
  CHECK(status.error_details().find("BATCH_TOO_LARGE") != std::string::npos);
  items.pop_back();
  const auto most = with.ledger->post(items, milliseconds(30'000), &status);
  CHECK(status.ok());
  CHECK(std::ranges::count(most, 1, &answer::told) == 10'000);

  const std::string huge = wire_field(1, std::string(5 << 20, 'x'));
  CHECK(call_raw(*with.ledger, "PostTransfers", huge).error_code() ==
        grpc::StatusCode::RESOURCE_EXHAUSTED);
  CHECK(with.ledger->balance(with.payer) == 10'000);
}

TEST_CASE("bad input: garbage to a method or to the port harms nobody") {
  one_node with;
  suanpan::samples::random_source random(7);
  const auto noise = [&random](std::size_t bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i) text += static_cast<char>(random.below(256));
    return text;
  };
  const auto valid = request_of(std::vector<item>{transfer_of(with.source, with.payee, 1)});
  const auto bytes = valid.SerializeAsString();
  for (int i = 0; i < 300; ++i) {
    auto garbage = i % 2 == 0 ? noise(1 + random.below(400)) : bytes;
    if (i % 2 == 1)
      garbage[random.below(garbage.size())] ^= static_cast<char>(1U << random.below(8));
    for (const auto* method : {"PostTransfers", "OpenAccounts", "GetAccount", "GetTransfer"}) {
      const auto code = call_raw(*with.ledger, method, garbage).error_code();
      CHECK((code == grpc::StatusCode::OK || code == invalid ||
             code == grpc::StatusCode::NOT_FOUND || code == grpc::StatusCode::UNAVAILABLE));
    }
  }
  CHECK(call_raw(*with.ledger, "PostTransfers", std::string(1'000, '\xff')).error_code() ==
        invalid);
  CHECK(call_raw(*with.ledger, "NoSuchMethod", bytes).error_code() ==
        grpc::StatusCode::UNIMPLEMENTED);
  for (int i = 0; i < 3; ++i) {
    send_to_port(with.node.grpc_port(), noise(10'000));
    send_to_port(with.node.grpc_port(), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + noise(4'000));
    send_to_port(with.node.http_port(), noise(10'000));
    send_to_port(with.node.grpc_port(), "GET / HTTP/1.1\r\n\r\n");
  }
  CHECK(with.node.alive());
  CHECK(with.send(transfer_of(with.source, with.payer, 1)).told == 1);
  CHECK(with.node.ready());
  CHECK(verify_line(with.dsn, with.node.address()).starts_with("verify: ok "));
}
