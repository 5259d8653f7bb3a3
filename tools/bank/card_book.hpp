// The cards that merchants have bound at the bank, by token. A token ends with the last four digits
// of its card, so that it behaves as they say. No card number is kept. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace suanpan::bank {

struct bound_card {
  std::string merchant;
  std::string reference;
  std::string fingerprint;  // tells one card and holder from another, and does not tell which
  std::string token;        // "tok_…0000"
  std::string last4;
  bool bound = true;  // false: it was, and is no more
};

class card_book {
 public:
  /// Its reference and its token must be new to the merchant.
  void bind(bound_card fresh);
  /// False: this merchant never had the token. Again is as good.
  bool unbind(std::string_view merchant, std::string_view token);

  /// By the reference of its binding. Nothing: none.
  [[nodiscard]] const bound_card* find(std::string_view merchant, std::string_view reference) const;
  [[nodiscard]] const bound_card* find_token(std::string_view merchant,
                                             std::string_view token) const;

 private:
  using key = std::pair<std::string, std::string>;

  std::map<key, bound_card, std::less<>> by_token_;             // merchant, token
  std::map<key, std::string, std::less<>> token_by_reference_;  // merchant, reference
};

[[nodiscard]] bool is_token(std::string_view card);

}  // namespace suanpan::bank
