// The bank's own page, on which a payer pays an online order. HTML without anything from elsewhere.
#pragma once

#include "tools/bank/desk.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace suanpan::bank {

/// Asks for an account; `fault` says what was wrong with the last one.
[[nodiscard]] std::string payment_page(const online_order& order, std::string_view fault = {});
/// What came of it, and the way back to the merchant.
[[nodiscard]] std::string outcome_page(const online_order& order, const report& what);
[[nodiscard]] std::string unknown_order_page();

/// What the form of the page sends; nothing: it is not that form, or the account is no account.
struct form {
  std::string account;  // as typed: nothing may keep it
  bool pays = false;
};
[[nodiscard]] std::optional<form> read_form(std::string_view body);

}  // namespace suanpan::bank
