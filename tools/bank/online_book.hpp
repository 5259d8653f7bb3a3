// Orders that a payer pays at the bank's own page. An order is open from when the merchant places
// it until something comes of what the payer (or the time) decides. Pure.
#pragma once

#include "tools/bank/bank_messages.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace suanpan::bank {

struct online_order {
  std::string handle;  // of its page; nobody can guess it
  request what;        // no card yet
  std::string callback_url;
  std::string return_url;
  std::int64_t at = 0;  // placed, Unix microseconds
  bool open = true;
};

class online_book {
 public:
  /// Its reference must be new to the merchant.
  const online_order& place(online_order fresh);
  /// Something has come of it, for ever.
  void close(std::string_view handle);

  /// Nothing: none.
  [[nodiscard]] const online_order* find(std::string_view handle) const;
  [[nodiscard]] const online_order* find(std::string_view merchant,
                                         std::string_view reference) const;
  [[nodiscard]] const std::map<std::string, online_order, std::less<>>& orders() const {
    return orders_;
  }

 private:
  std::map<std::string, online_order, std::less<>> orders_;  // by handle
  std::map<std::pair<std::string, std::string>, std::string, std::less<>> handle_by_reference_;
};

}  // namespace suanpan::bank
