// What a channel must be able to do. An adapter speaks one bank's protocol; it decides nothing and
// keeps nothing: every call ends in exactly one channel_answer, by `done`, on a thread of its own.
// A new adapter must pass tests/channel/certification.
#pragma once

#include "protocol/model/channel_answer.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace suanpan {

/// Of bind: what the bank gave us for the card.
struct card_binding {
  channel_outcome outcome = channel_outcome::unknown;  // succeeded, failed or unknown
  payment_failure failure;
  std::string token;  // secret
  std::string last_four;
};

/// A card to be bound. `card_number` lives in memory for the call alone and is never logged or
/// stored.
struct binding_request {
  channel_reference reference;
  merchant_id merchant;
  std::string card_number;
  std::string holder_name;
  std::int64_t deadline_micros = 0;
};

/// A callback as it came over HTTP.
struct callback_bytes {
  std::string path;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class channel_adapter {
 public:
  using answered = std::function<void(channel_answer)>;
  using bound = std::function<void(card_binding)>;

  virtual ~channel_adapter() = default;
  /// What the channel declares of itself; constant.
  [[nodiscard]] virtual channel_traits traits() const = 0;
  /// Charge, open_online, refund, payout, or query by our reference (a contract without that is no
  /// contract). Returns at once; `done` is called exactly once, at the latest a little after the
  /// request's deadline, on any thread, also when the adapter is destroyed.
  virtual void start(const channel_request& what, answered done) = 0;
  /// Repeating a reference gives the same token.
  virtual void bind(const binding_request& what, bound done) = 0;
  virtual void unbind(const std::string& token, answered done) = 0;
  /// Reads and authenticates a callback. Nothing: not this bank's word. No I/O.
  [[nodiscard]] virtual std::optional<channel_answer> read_callback(const callback_bytes& from,
                                                                    std::int64_t now_micros) = 0;
};
using channel_adapter_ptr = std::shared_ptr<channel_adapter>;

}  // namespace suanpan
