// Merchants and cards on the wire: judging what is asked, telling how they stand. Secrets are never
// part of either.
#pragma once

#include "protocol/model/merchant.hpp"
#include "protocol/wire/payments.hpp"

#include <optional>
#include <string>

namespace suanpan::v1 {
class BindCardRequest;
class Card;
class CreateMerchantRequest;
class Merchant;
}  // namespace suanpan::v1

namespace suanpan::wire {

inline constexpr std::size_t name_bytes_max = 128;  // also of a key's note, of a card's holder
inline constexpr std::size_t webhook_bytes_max = 512;

/// Id, name, products by kind, webhook's address; the rest is not set.
[[nodiscard]] judged<merchant> translate(const v1::CreateMerchantRequest& in);

/// https:// or http:// and a host, printable ASCII, at most 512 bytes; or empty. Which of them may
/// be reached is judged by the registrar.
[[nodiscard]] std::optional<request_error> fault_of_webhook(const std::string& url,
                                                            const char* field);
/// UTF-8 without NUL, at most 128 bytes.
[[nodiscard]] std::optional<request_error> fault_of_note(const std::string& note);
/// "k_" and 16 hex digits.
[[nodiscard]] std::optional<request_error> fault_of_key_id(const std::string& key_id);

/// A card to bind, as it is asked for.
struct asked_binding {
  merchant_id merchant;
  std::string request_id;
  std::string card_number;  // secret: wipe it
  std::string holder_name;
  std::string holder;
  channel_name channel;
  bool mandate = false;
};
[[nodiscard]] judged<asked_binding> translate(const v1::BindCardRequest& in,
                                              const std::optional<merchant_id>& own);

void fill(const merchant& from, v1::Merchant& to);
void fill(const bound_card& from, v1::Card& to);

}  // namespace suanpan::wire
