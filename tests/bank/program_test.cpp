// The program: its options and exit statuses, who may speak to it, and that those who hang or do
// not listen disturb nobody.
#include "tests/support/callback_receiver.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/running_bank.hpp"
#include "tools/bank/signature.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace suanpan::testing;
using namespace std::chrono_literals;

namespace {

/// A connection that sends one signed request and waits for ever.
class hanging_caller {
 public:
  hanging_caller(const std::string& address, const std::string& body) {
    const auto at = std::to_string(std::time(nullptr));
    const auto signature =
        suanpan::bank::sign(bank_secret, {.timestamp = at, .path = "/v1/pay", .body = body});
    const auto text =
        "POST /v1/pay HTTP/1.1\r\nHost: bank\r\nX-Bank-Merchant: M1\r\n"
        "X-Bank-Timestamp: " +
        at + "\r\nX-Bank-Signature: " + signature +
        "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port =
        htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.find(':') + 1))));
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sent_ =
        ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 &&
        ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }
  ~hanging_caller() {
    if (fd_ >= 0) ::close(fd_);
  }
  hanging_caller(hanging_caller&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), sent_(other.sent_) {}
  hanging_caller& operator=(hanging_caller&&) = delete;
  [[nodiscard]] bool has_sent() const { return sent_; }

 private:
  int fd_ = -1;
  bool sent_ = false;
};

std::ptrdiff_t entries_of(const std::string& directory) {
  return std::distance(std::filesystem::directory_iterator(directory), {});
}

std::ptrdiff_t descriptors_of(const running_bank& bank) {
  return entries_of("/proc/" + std::to_string(bank.pid()) + "/fd");
}

std::ptrdiff_t threads_of(const running_bank& bank) {
  return entries_of("/proc/" + std::to_string(bank.pid()) + "/task");
}

}  // namespace

TEST_CASE("suanpan-bank: its list names every behaviour, for people and for programs") {
  const auto people = run_bank({"--list"});
  const auto programs = run_bank({"--list", "--json"});
  CHECK(people.status == 0);
  CHECK(programs.status == 0);
  const auto all = nlohmann::json::parse(programs.printed).at("behaviours");
  CHECK(all.size() == 17);
  CHECK(all[4] == nlohmann::json{{"digits", "0102"},
                                 {"name", "timeout_then_paid"},
                                 {"sentence", "Never answers; paid."}});
  for (const auto& each : all)
    for (const auto* field : {"digits", "name", "sentence"})
      CHECK(people.printed.find(each.at(field)) != std::string::npos);
}

TEST_CASE("suanpan-bank: exit statuses are those that programs rely on") {
  CHECK(run_bank({"--version"}).printed.starts_with("suanpan-bank "));
  CHECK(run_bank({"--help"}).status == 0);
  CHECK(run_bank({"--nonsense"}).status == 2);
  CHECK(run_bank({"--rates", "nonsense=3"}).status == 2);
  CHECK(run_bank({"--rates", "slow=often"}).status == 2);
  CHECK(run_bank({}).status == 3);  // no secret
  CHECK(run_bank({"--secret-file", "/nowhere"}).status == 3);
  CHECK(run_bank({"--dev", "--address", "0.0.0.0"}).status == 3);
  running_bank bank;
  const auto port = bank.address().substr(bank.address().find(':') + 1);
  const auto other = bank.directory() + "/other";
  const std::vector<std::string> twice = {"--dev", "--port", port, "--run-dir", other};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), twice.begin(), twice.end());
    return run_bank(more).status;
  };
  CHECK(with({"--data", other}) == 4);
  CHECK(with({"--data", bank.directory() + "/ledger"}) == 3);
  CHECK(bank.stop() == 0);
  CHECK_FALSE(std::filesystem::exists(bank.directory() + "/bank.json"));
}

TEST_CASE("suanpan-bank: who does not sign rightly and in time is refused, and nothing happens") {
  running_bank bank;
  bank_client client(bank.address());
  bank_call call{.path = "/v1/pay", .body = pay("r", "0000").dump()};
  call.secret = "another secret";
  const auto refused = client.send(call);
  CHECK(refused.status == 401);
  CHECK(refused.body == R"({"error":"signature"})");
  CHECK(refused.is_signed);
  call.secret = bank_secret;
  call.clock_off_seconds = -400;
  CHECK(client.send(call).status == 401);
  call.clock_off_seconds = 400;
  CHECK(client.send(call).status == 401);
  call.clock_off_seconds = 200;
  call.merchant = "M 1";
  CHECK(client.send(call).status == 401);
  CHECK(client.ledger().empty());
  call.merchant = "M1";
  CHECK(client.send(call).status == 200);
}

TEST_CASE("suanpan-bank: a body that is not of the protocol is refused with the field at fault") {
  running_bank bank;
  bank_client client(bank.address());
  const auto fault = [&](const char* field, const nlohmann::json& value) {
    auto body = pay("r", "0000");
    body[field] = value;
    const auto reply = client.post("/v1/pay", body);
    return std::to_string(reply.status) + ' ' + reply.json().value("detail", "").substr(0, 9);
  };
  CHECK(fault("amount", 0) == "400 amount: n");
  CHECK(fault("amount", 1.5) == "400 amount: n");
  CHECK(fault("amount", "1") == "400 amount: n");
  CHECK(fault("currency", "XXX") == "400 currency:");
  CHECK(fault("reference", "a b") == "400 reference");
  CHECK(fault("card", "0000") == "400 card: nei");
  CHECK(fault("callback_url", "file:///etc/passwd") == "400 callback_");
  CHECK(client.send({.path = "/v1/pay", .body = "{"}).words() == "400 malformed");
  CHECK(client.send({.path = "/v1/pay", .body = std::string(70'000, 'x')}).words() ==
        "413 too_large");
  CHECK(client.post("/v1/nothing", {{"a", 1}}).words() == "404 no_such_path");
  CHECK(client.get("/v1/pay").words() == "405 method");
  CHECK(client.command("/admin/ledger").words() == "405 method");
  CHECK(client.get("/").words() == "404 no_such_path");
  CHECK(client.ledger().empty());
}

TEST_CASE("suanpan-bank: a thousand callers that hang hold no thread and stop nobody") {
  rlimit limit{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  running_bank bank({"--work-ms", "1"});
  bank_client client(bank.address());
  const auto threads = threads_of(bank);
  const auto descriptors = descriptors_of(bank);
  {
    std::vector<hanging_caller> callers;
    for (int i = 0; i < 1'000; ++i) {
      callers.emplace_back(bank.address(), pay("h-" + std::to_string(i), "0103").dump());
      REQUIRE(callers.back().has_sent());
    }
    CHECK(eventually([&] { return descriptors_of(bank) >= descriptors + 1'000; }));
    for (int i = 0; i < 20; ++i)
      CHECK(client.post("/v1/pay", pay("r-" + std::to_string(i), "0000")).words() == "paid");
    CHECK(threads_of(bank) == threads);
  }
  // Whoever left is let go.
  CHECK(eventually([&] { return descriptors_of(bank) < descriptors + 50; }));
  CHECK(bank.stop() == 0);
}

TEST_CASE("suanpan-bank: a connection that hangs is let go after its time, and at the end") {
  running_bank bank({"--hang-ms", "60"});
  bank_client client(bank.address());
  CHECK(client.post("/v1/pay", pay("r", "0103")).words() == "dropped");
  bank.stop();
  bank.start({"--hang-ms", "60000"});
  const hanging_caller caller(bank.address(), pay("r", "0103").dump());
  const bank_client other(bank.address());
  CHECK(bank.stop() == 0);
}

TEST_CASE("suanpan-bank: a callback is tried four times until it is accepted, and delays nobody") {
  running_bank bank({"--work-ms", "1", "--callback-ms", "0", "--retry-ms", "5"});
  callback_receiver receiver;
  bank_client client(bank.address());
  auto body = pay("r-1", "0000");
  body["callback_url"] = receiver.url();
  receiver.answer_next({500, 302, 200});
  client.post("/v1/pay", body);
  CHECK(eventually([&] { return receiver.words_of("r-1") == "paid, paid, paid"; }));
  body["reference"] = "r-2";
  receiver.answer_next({500, 500, 500, 500});
  client.post("/v1/pay", body);
  CHECK(eventually([&] { return receiver.words_of("r-2") == "paid, paid, paid, paid"; }));
  body["reference"] = "r-3";
  body["callback_url"] = "http://127.0.0.1:1/nobody?secret=1";
  client.post("/v1/pay", body);
  CHECK(eventually([&] {
    return bank.printed().find("given up: http://127.0.0.1:1/nobody (") != std::string::npos;
  }));
  CHECK(receiver.heard().size() == 7);
}

TEST_CASE("suanpan-bank: no card number and no secret is written or told anywhere") {
  running_bank bank({"--work-ms", "1"});
  bank_client client(bank.address());
  const std::string card = "6222029912340000";
  auto body = pay("r-1", "0000");
  body["card"] = card;
  std::string told = client.post("/v1/pay", body).body;
  body["card"] = nullptr;
  body["account"] = card;
  body["reference"] = "r-2";
  told += client.post("/v1/payout", body).body;
  told += client.post("/v1/bind", {{"reference", "k"}, {"card", card}, {"name", "Li Lei"}}).body;
  body["amount"] = -1;
  told += client.post("/v1/payout", body).body;
  told += client.get("/admin/ledger").body + client.get("/admin/statement").body;
  bank.stop();
  std::ifstream journal(bank.journal());
  told += std::string{std::istreambuf_iterator<char>(journal), {}} + bank.printed();
  CHECK(told.find("\"k\"") != std::string::npos);
  for (const std::string& secret :
       {card.substr(0, 12), std::string(bank_secret), std::string("Li Lei")})
    CHECK(told.find(secret) == std::string::npos);
}
