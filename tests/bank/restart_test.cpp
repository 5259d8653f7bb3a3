// Killed at any moment, the bank knows afterwards all that it had said, and ends what it had begun.
#include "tests/support/callback_receiver.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/running_bank.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

using namespace suanpan::testing;
using namespace std::chrono_literals;

namespace {

/// Callers that pay one after the other until nobody answers, and what they were told.
class traffic {
 public:
  explicit traffic(const std::string& address, const std::string& name) {
    for (int caller = 0; caller < 8; ++caller)
      callers_.emplace_back([this, address, name = name + std::to_string(caller)] {
        bank_client client(address);
        for (int i = 0;; ++i) {
          const auto reference = name + '-' + std::to_string(i);
          const auto reply = client.post("/v1/pay", pay(reference, "0000"));
          if (reply.status == 0) return;
          const std::lock_guard lock(mutex_);
          told_[reference] = reply.json().at("bank_number");
        }
      });
  }
  [[nodiscard]] std::size_t count() {
    const std::lock_guard lock(mutex_);
    return told_.size();
  }
  std::map<std::string, std::uint64_t> finish() {
    for (auto& caller : callers_) caller.join();
    return told_;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::uint64_t> told_;  // bank number by reference
  std::vector<std::thread> callers_;
};

std::map<std::string, std::uint64_t> numbers_in(const nlohmann::json& ledger) {
  std::map<std::string, std::uint64_t> numbers;
  std::uint64_t next = 1;
  for (const auto& entry : ledger) {
    CHECK(entry["number"] == next++);
    CHECK(numbers.emplace(entry["reference"], entry["number"]).second);
  }
  return numbers;
}

bool journal_has(const running_bank& bank, const std::string& text) {
  std::ifstream file(bank.journal());
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  return all.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("suanpan-bank: killed amid traffic, it has lost nothing that it had said") {
  running_bank bank({"--work-ms", "1"});
  std::map<std::string, std::uint64_t> told;
  for (const std::string round : {"a", "b", "c"}) {
    traffic callers(bank.address(), round);
    CHECK(eventually([&] { return callers.count() >= 60; }));
    bank.kill();
    told.merge(callers.finish());
    // Its machine died while the last line was written.
    std::ofstream(bank.journal(), std::ios::app) << R"({"booked":{"at":17)";
    bank.start({"--work-ms", "1"});
    CHECK(bank.printed().find("torn last line") != std::string::npos);
  }
  bank_client client(bank.address());
  // What was received and not booked when it died is booked afterwards.
  CHECK(eventually([&] { return client.ledger().size() >= told.size(); }));
  const auto known = numbers_in(client.ledger());
  for (const auto& [reference, number] : told) CHECK(known.at(reference) == number);
  CHECK(told.size() >= 180);
  CHECK(client.post("/v1/pay", pay("a0-0", "0000")).json()["bank_number"] == told["a0-0"]);
}

TEST_CASE("suanpan-bank: after a restart tokens, days, returns and declared lies are as before") {
  running_bank bank({"--work-ms", "1"});
  std::string token;
  {
    bank_client client(bank.address());
    const auto bind = [&](const std::string& reference) {
      return client
          .post("/v1/bind", {{"reference", reference}, {"card", "6222020000000000"}, {"name", "L"}})
          .json()["token"]
          .get<std::string>();
    };
    token = bind("k-1");
    client.post("/v1/unbind", {{"token", bind("k-2")}});
    client.command("/admin/advance-day");
    for (const std::string digits : {"0112", "0113", "0114"})
      client.post("/v1/pay", pay("r-" + digits, digits));
  }
  bank.kill();
  bank.start({"--work-ms", "1"});
  bank_client client(bank.address());
  auto body = pay("r-1", "0000");
  body["card"] = token;
  CHECK(client.post("/v1/pay", body).words() == "paid");
  CHECK(client.get("/v1/statement?day=1").body ==
        "number,kind,merchant,reference,amount,currency\n1,pay,M1,r-0112,1000,CNY\n"
        "3,pay,M1,r-0114,1001,CNY\n4,pay,M1,r-1,1000,CNY\n");
  CHECK(client.command("/admin/advance-day").json() == nlohmann::json{{"day", 2}, {"returned", 1}});
  const auto again =
      client.post("/v1/bind", {{"reference", "k-1"}, {"card", "6222020000000000"}, {"name", "L"}});
  CHECK(again.json()["token"] == token);
  const auto k2 =
      client.post("/v1/bind", {{"reference", "k-2"}, {"card", "6222020000000000"}, {"name", "L"}});
  body["reference"] = "r-2";
  body["card"] = k2.json()["token"];
  CHECK(client.post("/v1/pay", body).words() == "declined unknown_token");
}

TEST_CASE("suanpan-bank: what it had received it books, and what it owes it calls back, later") {
  running_bank bank({"--work-ms", "60000", "--callback-ms", "0"});
  callback_receiver receiver;
  {
    bank_client client(bank.address(), 50ms);
    auto body = pay("r-1", "0102");
    body["callback_url"] = receiver.url();
    CHECK(client.post("/v1/pay", body).words() == "silence");
    CHECK(client.status_of("r-1") == "processing");
  }
  bank.kill();
  bank.start({"--work-ms", "0", "--callback-ms", "60000"});
  bank_client client(bank.address());
  CHECK(eventually([&] { return client.status_of("r-1") == "paid"; }));
  CHECK(receiver.heard().empty());
  bank.stop();
  bank.start({"--work-ms", "0", "--callback-ms", "0"});
  CHECK(eventually([&] { return receiver.words_of("r-1") == "paid"; }));
  CHECK(eventually([&] { return journal_has(bank, "called"); }));
  bank.kill();
  bank.start({"--work-ms", "0", "--callback-ms", "0"});
  bank_client last(bank.address());
  CHECK(last.status_of("r-1") == "paid");
  CHECK(last.ledger().size() == 1);
  CHECK(receiver.heard().size() == 1);
}

TEST_CASE("suanpan-bank: a journal that is damaged in its middle is not believed") {
  running_bank bank({"--work-ms", "1"});
  bank_client(bank.address()).post("/v1/pay", pay("r", "0000"));
  bank.stop();
  std::string text;
  {
    std::ifstream file(bank.journal());
    text = {std::istreambuf_iterator<char>(file), {}};
  }
  text[text.find("received") + 2] = 'X';
  std::ofstream(bank.journal(), std::ios::trunc) << text;
  const auto end = run_bank({"--dev", "--port", "0", "--data", bank.directory() + "/ledger",
                             "--run-dir", bank.directory()});
  CHECK(end.status == 3);
  CHECK(end.printed.find("line 2 ") != std::string::npos);
}
