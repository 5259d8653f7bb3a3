// A suanpan-bank of the build, run by a test on a free port, and a caller that speaks its protocol.
#pragma once

#include <nlohmann/json.hpp>
#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace suanpan::testing {

inline constexpr const char* bank_secret = "dev-bank-secret";

class running_bank {
 public:
  /// Starts `suanpan-bank --dev --port 0` with a directory of its own and `more` options; returns
  /// when it listens. Throws if it doesn't.
  explicit running_bank(const std::vector<std::string>& more = {});
  /// Ends it and deletes its directory.
  ~running_bank();
  running_bank(const running_bank&) = delete;
  running_bank& operator=(const running_bank&) = delete;

  [[nodiscard]] const std::string& address() const { return address_; }  // "127.0.0.1:40123"
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const std::string& directory() const { return directory_; }
  [[nodiscard]] std::string journal() const { return directory_ + "/ledger/journal"; }
  /// What it has written to standard output and standard error.
  [[nodiscard]] std::string printed() const;

  /// SIGTERM; its exit status.
  int stop();
  /// SIGKILL.
  void kill();
  /// After stop() or kill(): again, on the same ledger.
  void start(const std::vector<std::string>& more = {});

 private:
  std::string directory_;
  std::string address_;
  pid_t pid_ = -1;
};

/// Runs suanpan-bank to its end.
struct bank_end {
  int status = 0;
  std::string printed;
};
[[nodiscard]] bank_end run_bank(const std::vector<std::string>& words);

/// Status 0: no answer, for the connection was dropped or patience ended.
struct bank_reply {
  long status = 0;
  bool timed_out = false;
  bool is_signed = false;  // by the bank, rightly
  std::string dedupes;     // the header
  std::string body;

  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
  /// "paid", "declined card_declined", "garbage", "dropped", "silence".
  [[nodiscard]] std::string words() const;
};

/// What one caller sends; signed unless told otherwise.
struct bank_call {
  std::string path;
  std::string body;  // empty: a GET
  std::string merchant = "M1";
  std::string secret = bank_secret;
  std::int64_t clock_off_seconds = 0;
  std::string type = "application/json";
};

/// The body of a payment of ten yuan from a card that ends so.
[[nodiscard]] inline nlohmann::json pay(const std::string& reference, const std::string& digits) {
  return {{"reference", reference},
          {"card", "622202000000" + digits},
          {"amount", 1'000},
          {"currency", "CNY"}};
}

class bank_client {
 public:
  explicit bank_client(std::string address,
                       std::chrono::milliseconds patience = std::chrono::seconds(5));
  ~bank_client();
  bank_client(const bank_client&) = delete;
  bank_client& operator=(const bank_client&) = delete;

  bank_reply send(const bank_call& what);
  bank_reply post(const std::string& path, const nlohmann::json& body);
  bank_reply get(const std::string& path) { return send({.path = path, .body = {}}); }
  /// POST without a body.
  bank_reply command(const std::string& path);
  [[nodiscard]] std::string status_of(const std::string& reference);
  [[nodiscard]] nlohmann::json ledger() { return get("/admin/ledger").json()["entries"]; }

 private:
  bank_reply perform(const bank_call& what, bool posts);

  std::string address_;
  std::chrono::milliseconds patience_;
  void* easy_;  // CURL
};

}  // namespace suanpan::testing
