// What the adapter bank_http says and hears: the protocol of tools/bank, version 1, as bytes. Pure:
// no I/O, no clock.
#pragma once

#include "actors/channel/channel_contract.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace suanpan::bank_http {

inline constexpr std::size_t body_bytes_max = 65'536;

/// Signs and checks what is said in both directions.
class signer {
 public:
  /// `secret` is shared with the bank. `skew_s`: how far the bank's clock may be off.
  signer(std::string secret, std::int64_t skew_s);

  struct signed_text {
    std::string_view timestamp;  // as in the header
    std::string_view path;       // request target or callback path, with its query
    std::string_view body;
  };
  /// 64 digits of lower-case hex.
  [[nodiscard]] std::string sign(const signed_text& what) const;
  /// Whether the bank said this, and lately. Takes the same time whatever differs.
  [[nodiscard]] bool verify(const signed_text& what, std::string_view signature,
                            std::int64_t now_micros) const;

 private:
  std::string secret_;
  std::int64_t skew_s_;
};

/// A request of the protocol.
struct call {
  std::string path;
  std::string body;  // JSON; may hold secrets
};
/// Precondition: not bind or unbind. `callback_url` empty: none is asked for.
[[nodiscard]] call call_of(const channel_request& what, const std::string& callback_url);
[[nodiscard]] call call_of(const binding_request& what);
[[nodiscard]] call unbinding_call(const std::string& token);

/// Reads a report: an answer to pay, payout, refund, online, query, or a callback. Nothing: it is
/// no report. Of the result only what the bank said is set, and the excerpt.
[[nodiscard]] std::optional<channel_answer> read_report(std::string_view body);
/// Of bind. Nothing: it is no answer to that.
[[nodiscard]] std::optional<card_binding> read_binding(std::string_view body);
/// Of unbind: succeeded, or failed with card_not_bound. Nothing: it is no answer to that.
[[nodiscard]] std::optional<channel_answer> read_unbinding(std::string_view body);

/// The bank's code in our words, with advice. Any code it has not told us of is "declined".
[[nodiscard]] payment_failure failure_of(std::string_view bank_code);

/// A piece of what was said, for people: printable, without tokens and long numbers, at most 512
/// bytes.
[[nodiscard]] std::string excerpt_of(std::string_view said);

}  // namespace suanpan::bank_http
