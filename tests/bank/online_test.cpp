// Online orders through the program: the page, what the payer chooses, and what the merchant hears.
#include "tests/support/callback_receiver.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/running_bank.hpp"

#include <doctest/doctest.h>

using namespace suanpan::testing;
using namespace std::chrono_literals;

namespace {

class payer {
 public:
  explicit payer(const std::vector<std::string>& more = {}) : bank_(with(more)) {}

  /// The path of the order's page.
  std::string place(const std::string& reference) {
    const auto reply = merchant().post("/v1/online", order(reference));
    CHECK(reply.words() == "processing");
    const std::string at = reply.json().value("redirect_url", "");
    REQUIRE(at.starts_with("http://" + bank_.address() + "/online/"));
    return at.substr(at.find("/online/"));
  }
  [[nodiscard]] nlohmann::json order(const std::string& reference) const {
    return {{"reference", reference},
            {"amount", 123'456},
            {"currency", "CNY"},
            {"callback_url", receiver_.url()},
            {"return_url", "https://shop.example/back?order=1&of=\"me\""}};
  }
  bank_reply choose(const std::string& page, const std::string& choice,
                    const std::string& account) {
    return merchant(150ms).send({.path = page,
                                 .body = "account=" + account + "&choice=" + choice,
                                 .type = "application/x-www-form-urlencoded"});
  }
  bank_client& merchant(std::chrono::milliseconds patience = 5'000ms) {
    clients_.push_back(std::make_unique<bank_client>(bank_.address(), patience));
    return *clients_.back();
  }
  running_bank& bank() { return bank_; }
  bool hears(const std::string& reference, const std::string& words) {
    return eventually([&] { return receiver_.words_of(reference) == words; });
  }

 private:
  static std::vector<std::string> with(const std::vector<std::string>& more) {
    std::vector<std::string> all = {"--work-ms", "2", "--callback-ms", "2", "--late-ms", "50"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  running_bank bank_;
  callback_receiver receiver_{123'456};
  std::vector<std::unique_ptr<bank_client>> clients_;
};

bool has(const bank_reply& page, const std::string& text) {
  return page.body.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("suanpan-bank: an online order is paid on the bank's page and called back") {
  payer p;
  const auto page = p.place("o-1");
  CHECK(p.place("o-1") == page);
  CHECK(p.merchant().status_of("o-1") == "processing");
  const auto shown = p.merchant().get(page);
  CHECK(shown.status == 200);
  for (const std::string part : {"CNY 1,234.56", "to M1, order o-1", "name=\"account\"", "Decline"})
    CHECK(has(shown, part));
  CHECK_FALSE(has(shown, "src="));
  const auto paid = p.choose(page, "pay", "6222+0200+0000+0000");
  CHECK(has(paid, "Paid."));
  CHECK(has(paid, "href=\"https://shop.example/back?order=1&amp;of=&quot;me&quot;\""));
  CHECK(p.hears("o-1", "paid"));
  CHECK(p.merchant().status_of("o-1") == "paid");
  CHECK(has(p.choose(page, "pay", "6222020000000000"), "Paid."));
  CHECK(has(p.merchant().get(page), "Paid."));
  CHECK(p.merchant().ledger().size() == 1);
  CHECK(p.place("o-1") == page);
}

TEST_CASE("suanpan-bank: an online order behaves as the account that the payer chose") {
  payer p;
  CHECK(has(p.choose(p.place("funds"), "pay", "6222020000009995"), "has not so much"));
  CHECK(p.hears("funds", "declined insufficient_funds"));
  CHECK(has(p.choose(p.place("no"), "decline", ""), "Declined."));
  CHECK(p.hears("no", "declined payer_declined"));
  CHECK(p.choose(p.place("gone"), "pay", "6222020000000105").words() == "dropped");
  CHECK(p.hears("gone", "paid"));
  CHECK(has(p.choose(p.place("lie"), "pay", "6222020000000109"), "still at it"));
  CHECK(p.hears("lie", "paid +1, paid"));
  CHECK(p.choose(p.place("late"), "pay", "6222020000000111").words() == "silence");
  CHECK(p.hears("late", "paid"));
}

TEST_CASE("suanpan-bank: an online payment that came to nothing leaves the order open") {
  payer p;
  const auto page = p.place("o");
  CHECK(p.choose(page, "pay", "6222020000000104").words() == "dropped");
  CHECK(p.merchant().status_of("o") == "processing");
  CHECK(has(p.choose(page, "pay", "1"), "An account has"));
  CHECK(has(p.choose(page, "pay", "6222020000000000"), "Paid."));
  CHECK(p.hears("o", "paid"));
}

TEST_CASE("suanpan-bank: an online order that nobody pays expires, also over a restart") {
  payer p({"--expire-ms", "60000"});
  const auto page = p.place("o");
  p.bank().kill();
  p.bank().start({"--work-ms", "0", "--callback-ms", "0", "--expire-ms", "0"});
  CHECK(p.hears("o", "declined expired"));
  CHECK(p.merchant().status_of("o") == "declined expired");
  CHECK(has(p.merchant().get(page), "has expired"));
  CHECK(has(p.choose(page, "pay", "6222020000000000"), "has expired"));
}

TEST_CASE("suanpan-bank: online orders share the references of payments, and no page is guessed") {
  payer p;
  p.place("o");
  auto other = p.order("o");
  other["amount"] = 1;
  CHECK(p.merchant().post("/v1/online", other).words() == "declined reference_reused");
  const nlohmann::json pay = {
      {"reference", "o"}, {"card", "6222020000000000"}, {"amount", 1}, {"currency", "CNY"}};
  CHECK(p.merchant().post("/v1/pay", pay).words() == "declined reference_reused");
  auto fresh = pay;
  fresh["reference"] = "p";
  p.merchant().post("/v1/pay", fresh);
  CHECK(p.merchant().post("/v1/online", p.order("p")).words() == "declined reference_reused");
  const auto guessed = p.merchant().get("/online/00000000000000000000000000000000");
  CHECK(guessed.status == 404);
  CHECK(has(guessed, "no such order"));
}
