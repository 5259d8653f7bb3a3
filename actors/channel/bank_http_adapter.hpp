// The adapter "bank_http": one bank, spoken to in JSON over HTTP, every word signed in both
// directions (the protocol of tools/bank, version 1). What is not signed was not said by the bank.
#pragma once

#include "actors/channel/bank_http_words.hpp"
#include "actors/channel/channel_contract.hpp"
#include "actors/http/http_client.hpp"
#include "protocol/model/clock.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace suanpan {

struct bank_http_options {
  channel_name name;  // for logs
  std::string url;    // "https://bank.example.org:8443"
  std::string merchant_at_bank;
  std::string secret;  // shared with the bank. Secret
  /// Asked at each submission, on any thread; empty: the bank is asked for no callback.
  std::function<std::string()> callback_url = [] { return std::string(); };
  channel_traits traits;
  std::chrono::milliseconds connect_timeout{1'000};
  std::chrono::milliseconds unbind_timeout{5'000};
  std::int64_t skew_s = 300;
};

class bank_http_adapter final : public channel_adapter {
 public:
  /// Client and clock outlive the adapter and what it has under way.
  bank_http_adapter(bank_http_options options, http_client& client, const wall_clock* clock);
  [[nodiscard]] channel_traits traits() const override { return options_.traits; }
  void start(const channel_request& what, answered done) override;
  void bind(const binding_request& what, bound done) override;
  void unbind(const std::string& token, answered done) override;
  /// Thread-safe.
  [[nodiscard]] std::optional<channel_answer> read_callback(const callback_bytes& from,
                                                            std::int64_t now_micros) override;

 private:
  /// What answers are judged by; outlives the adapter as long as one is awaited.
  struct judge;
  [[nodiscard]] http_request request_of(bank_http::call what,
                                        std::chrono::milliseconds timeout) const;
  [[nodiscard]] std::chrono::milliseconds time_left(std::int64_t deadline_micros) const;

  bank_http_options options_;
  http_client& client_;
  const wall_clock* clock_;
  std::shared_ptr<const judge> judge_;
};

}  // namespace suanpan
