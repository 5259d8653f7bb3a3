// The protocol's bodies: JSON of what is asked, checked, and of what is said.
#pragma once

#include "tools/bank/desk.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace suanpan::bank {

inline constexpr std::int64_t amount_max = (std::int64_t{1} << 53) - 1;

/// What a body asks for, or what is wrong with it: "amount: not a positive integer".
template <class T>
struct parsed {
  T asked;
  std::string fault;
};

/// A card to bind, and whose.
struct binding {
  std::string reference;
  std::string card;
  std::string name;
};

/// 1 to 64 of A-Z a-z 0-9 . _ : -
[[nodiscard]] bool is_name(std::string_view text);

/// pay, payout or refund. The card or account is as it was sent: nothing may keep it.
[[nodiscard]] parsed<money_order> read_money_order(request_kind kind, std::string_view body);
[[nodiscard]] parsed<binding> read_binding(std::string_view body);
/// No handle yet.
[[nodiscard]] parsed<online_order> read_online_order(std::string_view body);
[[nodiscard]] parsed<std::string> read_reference(std::string_view body);
[[nodiscard]] parsed<std::string> read_token(std::string_view body);

[[nodiscard]] std::string report_text(const dated_report& what);
[[nodiscard]] std::string bound_text(const bound_card& what);
[[nodiscard]] std::string bind_declined_text(const bound_card& what, std::string_view code);
[[nodiscard]] std::string unbound_text(const std::string& token, bool known);
/// An order without a handle is declined.
[[nodiscard]] std::string placed_text(const request& what, const std::string& redirect_url);
[[nodiscard]] std::string day_text(std::uint32_t day, std::size_t returned);
[[nodiscard]] std::string ledger_text(const ledger_copy& what);
[[nodiscard]] std::string error_text(std::string_view error, std::string_view detail = {});
[[nodiscard]] std::string behaviours_text();

/// `number,kind,merchant,reference,amount,currency` and a line for each; `merchant` empty: of all.
[[nodiscard]] std::string statement_csv(const std::vector<statement_line>& lines,
                                        std::string_view merchant);

}  // namespace suanpan::bank
