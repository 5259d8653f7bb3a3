// Merchants, their terms and keys, and cards on file: registry values beside the facts, written
// here and not by the journal (R7). A session of its own; each call is one transaction. One thread
// at a time.
#pragma once

#include "protocol/model/merchant.hpp"
#include "storage/keys.hpp"
#include "storage/outcome.hpp"
#include "storage/reader.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace suanpan::storage {

/// How a wish about the registry ended.
enum class registered : std::uint8_t {
  recorded,
  exists,         // a merchant or card of that id is there
  not_found,      // no such merchant, card or product; or the merchant is closed
  too_many_keys,  // two of the merchant's keys are valid already: revoke one first
};

/// Where a merchant's events go, and what signs them.
struct webhook_address {
  std::string url;                   // empty: nothing is sent
  std::string secret;                // "whsec_…": secret, never logged
  std::string former_secret;         // signs, too, during a rotation; empty: none
  std::int64_t rotated_micros = 0;   // when the former one became that
  std::int64_t disabled_micros = 0;  // when the receiver said 410; 0: it did not
};

inline constexpr int merchant_keys_max = 2;  // that are valid at a time

class registry {
 public:
  explicit registry(reader_options options);
  ~registry();
  registry(registry&&) noexcept;
  registry& operator=(registry&&) noexcept;

  /// With its products and webhook. `created_micros` 0: now.
  [[nodiscard]] outcome<registered> add_merchant(const merchant& row);
  /// Adds the product, or changes its terms for orders to come.
  [[nodiscard]] outcome<registered> set_product(const merchant_id& id, const product_terms& terms);
  [[nodiscard]] outcome<registered> remove_product(const merchant_id& id, payment_kind product);
  [[nodiscard]] outcome<registered> set_webhook(const merchant_id& id, const webhook_address& to);
  /// For ever: no new orders, cards or keys.
  [[nodiscard]] outcome<registered> close_merchant(const merchant_id& id);
  [[nodiscard]] outcome<std::optional<merchant>> find_merchant(const merchant_id& id);
  /// All, by id, products by kind.
  [[nodiscard]] outcome<std::vector<merchant>> list_merchants();

  /// A key of role merchant. At most `merchant_keys_max` are valid at a time.
  [[nodiscard]] outcome<registered> add_merchant_key(const api_key_row& row);
  [[nodiscard]] outcome<std::vector<api_key_row>> list_merchant_keys(const merchant_id& id);
  /// Not found: not a valid key of this merchant.
  [[nodiscard]] outcome<registered> revoke_merchant_key(const merchant_id& id,
                                                        const std::string& key_id);

  /// `bound_micros` 0: now.
  [[nodiscard]] outcome<registered> add_card(const bound_card& row);
  /// Not found: not an active card of this merchant.
  [[nodiscard]] outcome<registered> unbind_card(const merchant_id& owner, const card_id& card);
  /// Whoever owns them, active or not.
  [[nodiscard]] outcome<std::vector<bound_card>> find_cards(const std::vector<card_id>& cards);
  /// Of one merchant, newest first.
  [[nodiscard]] outcome<std::vector<bound_card>> list_cards(const merchant_id& owner);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace suanpan::storage
