// Every behaviour through the program: what its caller hears, what is called back, and what was
// true.
#include "tests/support/callback_receiver.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/running_bank.hpp"
#include "tools/bank/behaviour.hpp"

#include <doctest/doctest.h>

using namespace suanpan::testing;
using namespace std::chrono_literals;

namespace {

const std::vector<std::string> quick = {"--work-ms",  "4",  "--slow-ms",     "40",
                                        "--late-ms",  "60", "--callback-ms", "15",
                                        "--retry-ms", "10"};

struct expectation {
  std::string digits;
  std::string answer;
  std::string callbacks;
  std::string truth;
};

const std::vector<expectation>& all() {
  static const std::vector<expectation> table = {
      {"0000", "paid", "paid", "paid"},
      {"0002", "declined card_declined", "declined card_declined", "declined card_declined"},
      {"9995", "declined insufficient_funds", "declined insufficient_funds",
       "declined insufficient_funds"},
      {"0101", "paid", "paid", "paid"},
      {"0102", "silence", "paid", "paid"},
      {"0103", "silence", "", "not_found"},
      {"0104", "dropped", "", "not_found"},
      {"0105", "dropped", "paid", "paid"},
      {"0106", "garbage", "paid", "paid"},
      {"0107", "paid", "paid", "paid"},
      {"0108", "paid", "paid, paid", "paid"},
      {"0109", "processing", "paid +1, paid", "paid"},
      {"0110", "processing", "paid forged, paid", "paid"},
      {"0111", "silence", "paid", "paid"},
      {"0112", "paid", "paid", "paid"},
      {"0113", "paid", "paid", "paid"},
      {"0114", "paid", "paid", "paid"},
  };
  return table;
}

std::string kinds_of(const nlohmann::json& ledger, const std::string& reference) {
  std::string kinds;
  for (const auto& entry : ledger)
    if (entry["reference"] == reference) kinds += entry["kind"].get<std::string>() + ' ';
  return kinds;
}

}  // namespace

TEST_CASE("suanpan-bank: every behaviour says and does what the table says, paid or paid out") {
  running_bank bank(quick);
  callback_receiver receiver;
  bank_client client(bank.address(), 250ms);
  CHECK(all().size() == suanpan::bank::behaviours().size());
  for (const std::string kind : {"pay", "payout"}) {
    for (const auto& e : all()) {
      INFO(kind << ' ' << e.digits);
      const auto reference = kind + '-' + e.digits;
      auto body = pay(reference, e.digits);
      if (kind == "payout") body["account"] = std::exchange(body["card"], nullptr);
      body["callback_url"] = receiver.url();
      const auto reply = client.post("/v1/" + kind, body);
      CHECK(reply.words() == e.answer);
      if (reply.status != 0) CHECK(reply.is_signed);
      CHECK(eventually([&] { return receiver.words_of(reference) == e.callbacks; }));
      CHECK(client.status_of(reference) == e.truth);
      const auto kinds = kinds_of(client.ledger(), reference);
      CHECK(kinds == (e.truth == "not_found" ? "" : kind + ' '));
    }
  }
}

TEST_CASE("suanpan-bank: the callback comes before the answer where it should") {
  running_bank bank(quick);
  callback_receiver receiver;
  bank_client client(bank.address());
  auto body = pay("r", "0107");
  body["callback_url"] = receiver.url("/hear?of=me");
  receiver.answer_next({204});
  CHECK(client.post("/v1/pay", body).words() == "paid");
  REQUIRE(receiver.heard().size() == 1);
  CHECK(receiver.heard()[0].target == "/hear?of=me");
}

TEST_CASE("suanpan-bank: what is paid late is not found before and found after") {
  running_bank bank({"--late-ms", "400"});
  bank_client client(bank.address(), 50ms);
  CHECK(client.post("/v1/pay", pay("r", "0111")).words() == "silence");
  CHECK(client.status_of("r") == "not_found");
  CHECK(eventually([&] { return client.status_of("r") == "paid"; }));
}

TEST_CASE("suanpan-bank: refunds take what is left, and behave as the card of the payment") {
  running_bank bank(quick);
  bank_client client(bank.address(), 250ms);
  const auto refund = [&](const std::string& original, const std::string& reference, int amount) {
    return client
        .post("/v1/refund", {{"reference", reference},
                             {"original", original},
                             {"amount", amount},
                             {"currency", "CNY"}})
        .words();
  };
  client.post("/v1/pay", pay("honest", "0000"));
  CHECK(refund("honest", "b-1", 400) == "paid");
  CHECK(refund("honest", "b-2", 601) == "declined exceeds_original");
  CHECK(refund("honest", "b-3", 600) == "paid");
  CHECK(refund("nobody", "b-4", 1) == "declined original_not_found");
  client.post("/v1/pay", pay("dropped", "0105"));
  CHECK(refund("dropped", "b-5", 1'000) == "dropped");
  CHECK(client.status_of("b-5") == "paid");
  const auto last = client.ledger().back();
  CHECK(last["undoes"] == last["number"].get<int>() - 1);
  CHECK(last["card_last4"] == "0105");
  CHECK(last["original"] == "dropped");
}

TEST_CASE("suanpan-bank: the same reference moves money once, unless it declares otherwise") {
  for (const bool dedupes : {true, false}) {
    auto options = quick;
    if (!dedupes) options.emplace_back("--no-dedupe");
    running_bank bank(options);
    bank_client client(bank.address());
    client.post("/v1/pay", pay("r", "0000"));
    const auto again = client.post("/v1/pay", pay("r", "0000"));
    CHECK(again.words() == "paid");
    CHECK(again.dedupes == (dedupes ? "true" : "false"));
    CHECK(client.ledger().size() == (dedupes ? 1 : 2));
    auto other = pay("r", "0000");
    other["amount"] = 999;
    CHECK(client.post("/v1/pay", other).words() ==
          (dedupes ? "declined reference_reused" : "paid"));
  }
}

TEST_CASE("suanpan-bank: a bound card pays by its token, and behaves as its digits say") {
  running_bank bank(quick);
  bank_client client(bank.address());
  const auto bind = [&](const std::string& reference, const std::string& card) {
    return client.post("/v1/bind", {{"reference", reference}, {"card", card}, {"name", "Li Lei"}});
  };
  const auto bound = bind("k-1", "6222020000009995");
  REQUIRE(bound.words() == "bound");
  CHECK(bound.json()["last4"] == "9995");
  CHECK(bind("k-1", "6222020000009995").body == bound.body);
  CHECK(bind("k-1", "6222020000000000").words() == "declined reference_reused");
  CHECK(bind("k-2", "6222020000000002").words() == "declined card_declined");
  auto body = pay("r-1", "0000");
  body["card"] = bound.json()["token"];
  CHECK(client.post("/v1/pay", body).words() == "declined insufficient_funds");
  CHECK(client.ledger().back()["card_last4"] == "9995");
  const nlohmann::json token = {{"token", bound.json()["token"]}};
  const bank_call stranger{.path = "/v1/unbind", .body = token.dump(), .merchant = "M2"};
  CHECK(client.send(stranger).words() == "not_found");
  CHECK(client.post("/v1/unbind", token).words() == "unbound");
  CHECK(client.post("/v1/unbind", token).words() == "unbound");
  body["reference"] = "r-2";
  CHECK(client.post("/v1/pay", body).words() == "declined unknown_token");
}

TEST_CASE("suanpan-bank: statements tell each merchant its day, but for their lies") {
  running_bank bank(quick);
  bank_client client(bank.address());
  for (const std::string digits : {"0000", "0113", "0114", "0112", "0002"})
    client.post("/v1/pay", pay("r-" + digits, digits));
  const bank_call other{.path = "/v1/pay", .body = pay("theirs", "0000").dump(), .merchant = "M2"};
  client.send(other);
  const auto advanced = client.command("/admin/advance-day").json();
  CHECK(advanced == nlohmann::json{{"day", 1}, {"returned", 1}});
  const std::string head = "number,kind,merchant,reference,amount,currency\n";
  const auto ours =
      "1,pay,M1,r-0000,1000,CNY\n3,pay,M1,r-0114,1001,CNY\n4,pay,M1,r-0112,1000,CNY\n";
  CHECK(client.get("/v1/statement?day=0").body == head + ours);
  CHECK(client.get("/admin/statement?day=0").body == head + ours + "6,pay,M2,theirs,1000,CNY\n");
  CHECK(client.get("/v1/statement").body == head + "7,returned,M1,r-0112,1000,CNY\n");
  CHECK(client.get("/v1/statement?day=0").is_signed);
  for (const auto& entry : client.ledger())
    CHECK(entry["off_statement"] == (entry["number"] == 2 || entry["number"] == 3));
  CHECK(client.get("/admin/ledger?after=6").json()["entries"].size() == 1);
}
