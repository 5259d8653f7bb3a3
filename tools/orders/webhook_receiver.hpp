// A merchant's end of notifications: takes webhooks over HTTP, checks their signatures by code of
// its own (Standard Webhooks 1.0.0), and keeps what it was told. For tools/up, tests and the bench.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

struct mg_context;
struct mg_connection;

namespace suanpan::orders {

/// One verified delivery.
struct received_event {
  std::string webhook_id;
  std::string type;     // "payment.succeeded"
  std::string payment;  // "pay_…"
  std::string order;    // the merchant's order number
  std::int64_t sequence = 0;
  std::string body;
};

/// "v1,<base64>": the signature of `secret` ("whsec_…") over id.timestamp.body. Empty: no such
/// secret.
[[nodiscard]] std::string webhook_signature(std::string_view secret, const std::string& content);
/// Whether one of the signatures in `signatures` ("v1,… v1,…") is that of `secret` ("whsec_…") over
/// id.timestamp.body. Pure.
[[nodiscard]] bool is_signed(std::string_view secret, std::string_view signatures,
                             const std::string& content);

class webhook_receiver {
 public:
  /// Listens on a free port of loopback. Throws std::runtime_error if it can't.
  explicit webhook_receiver(int threads = 4);
  ~webhook_receiver();
  webhook_receiver(const webhook_receiver&) = delete;
  webhook_receiver& operator=(const webhook_receiver&) = delete;

  /// "http://127.0.0.1:PORT/hook".
  [[nodiscard]] std::string url() const;
  /// Without one nothing verifies. Thread-safe, as all below.
  void expect_secret(const std::string& secret);
  /// What deliveries are answered from now on; 200 at first.
  void answer_with(int status) { status_ = status; }
  /// Whether verified events are kept, or only counted.
  void keep(bool events) { keeps_ = events; }

  /// Verified ones in the order in which they came, repeats included.
  [[nodiscard]] std::vector<received_event> events() const;
  [[nodiscard]] std::uint64_t verified() const { return verified_; }
  /// Deliveries whose signature was wrong or that could not be read.
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

 private:
  static int on_request(mg_connection* connection, void* self);
  [[nodiscard]] int take(mg_connection* connection);

  mg_context* running_ = nullptr;
  std::uint16_t port_ = 0;
  mutable std::mutex guard_;
  std::string secret_;
  std::vector<received_event> events_;
  std::atomic<int> status_{200};
  std::atomic<bool> keeps_{true};
  std::atomic<std::uint64_t> verified_{0};
  std::atomic<std::uint64_t> refused_{0};
};

}  // namespace suanpan::orders
