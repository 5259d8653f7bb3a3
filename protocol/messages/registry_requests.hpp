// What the endpoint hands to the registrar and gets back, as in requests.hpp: one object for each
// client call, answered once through finish(), which must not block or throw. What is malformed in
// itself never comes here; the registrar judges it once more all the same.
#pragma once

#include "protocol/model/channel_answer.hpp"
#include "protocol/model/merchant.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace suanpan {

/// How a call of the registry ended.
enum class registry_result : std::uint8_t {
  none,
  done,
  replayed,           // the same again: what was recorded the first time
  different_content,  // the id is taken by something else: `field` names what differs
  invalid,            // `field` names what; nothing was done
  not_found,          // the merchant, key or card; or it is another merchant's
  merchant_closed,
  too_many,         // keys that are valid, or cards of one merchant
  no_channel,       // none of that name, or none that binds cards
  channel_refused,  // the bank's explicit no: `failure` says why
  channel_unknown,  // the bank did not say; repeating the call is safe
  overloaded,       // too many wait; nothing was done
  unavailable,      // the database is away; repeating the call is safe
};

/// What all calls have in common.
class registry_call {
 public:
  virtual ~registry_call() = default;
  /// Exactly once, on a thread of the actor system or of a channel.
  virtual void finish() noexcept = 0;

  registry_result result = registry_result::none;  // out
  std::string field;                               // out: of different_content and invalid
};

/// A merchant's key, as shown afterwards: never the key itself.
struct merchant_key {
  std::string key_id;  // "k_" and 16 hex digits; safe to log
  std::string note;
  std::int64_t created_micros = 0;
  std::int64_t revoked_micros = 0;  // 0: valid
};

/// CreateMerchant. Idempotent by id: the same content answers as before, whatever became of the
/// webhook since.
class merchant_creation : public registry_call {
 public:
  merchant asked;  // in: id, name, products, webhook_url; the rest is set by the registrar
  merchant made;   // out: done, replayed. Holds the webhook's secret when it was made by this call
};
using merchant_creation_ptr = std::shared_ptr<merchant_creation>;

/// GetMerchant.
class merchant_read : public registry_call {
 public:
  merchant_id id;                  // in
  merchant found;                  // out: done; without secrets
  std::vector<merchant_key> keys;  // out: by time
};
using merchant_read_ptr = std::shared_ptr<merchant_read>;

/// CreateApiKey. Not idempotent: a key is shown once. One that nobody got is revoked by its id.
class key_creation : public registry_call {
 public:
  merchant_id merchant;  // in
  std::string note;      // in: for people, UTF-8, at most 128 bytes
  bool test = false;     // in: "sk_test_…" instead of "sk_live_…"
  std::string key;       // out: done. Secret, never logged
  merchant_key made;     // out: done
};
using key_creation_ptr = std::shared_ptr<key_creation>;

/// RevokeApiKey. Idempotent.
class key_revocation : public registry_call {
 public:
  merchant_id merchant;  // in: whose key it must be
  std::string key_id;    // in
};
using key_revocation_ptr = std::shared_ptr<key_revocation>;

/// SetWebhook: its address, or a new secret, or both. Setting the address that is set already
/// enables what a 410 had disabled, and changes nothing else.
class webhook_change : public registry_call {
 public:
  merchant_id merchant;         // in
  std::string url;              // in: empty: nothing is sent any more
  bool rotates_secret = false;  // in: a new secret; the former one signs, too, for a while
  std::string secret;           // out: where this call made one; shown once. Secret, never logged
  std::int64_t former_signs_until_micros = 0;  // out: 0: there is no former one
};
using webhook_change_ptr = std::shared_ptr<webhook_change>;

/// BindCard: 签约. Idempotent by (merchant, request_id): the same request answers with the same
/// card, also after a crash and when the bank had not answered the first time.
class card_binding_call : public registry_call {
 public:
  merchant_id merchant;     // in
  std::string request_id;   // in: printable ASCII, 1 … 64 bytes
  channel_name channel;     // in; empty: the first that binds cards
  std::string holder;       // in: owner text of the payer, "user:42"; may be empty
  std::string holder_name;  // in: told to the bank, never stored
  std::string card_number;  // in: 12 … 19 digits. Lives for the call alone, never logged;
                            // the registrar wipes it
  bool mandate = false;     // in: withholding may draw on it
  std::int64_t answer_by_micros = 0;  // in: Unix microseconds
  bound_card made;                    // out: done, replayed; without its token
  payment_failure failure;            // out: of channel_refused
};
using card_binding_call_ptr = std::shared_ptr<card_binding_call>;

/// UnbindCard. Idempotent: the card is unusable from the answer on.
class card_unbinding_call : public registry_call {
 public:
  merchant_id merchant;               // in
  card_id card;                       // in
  std::int64_t answer_by_micros = 0;  // in: Unix microseconds
  bound_card unbound;                 // out: done, replayed; without its token
  payment_failure failure;            // out: of channel_refused
};
using card_unbinding_call_ptr = std::shared_ptr<card_unbinding_call>;

/// Cards of a merchant, in order of their ids.
class card_list_read : public registry_call {
 public:
  merchant_id merchant;           // in
  card_id after;                  // in: page token; empty: from the first
  std::uint32_t limit = 100;      // in: the endpoint asks for one more than a page holds
  std::vector<bound_card> cards;  // out: done; without tokens
};
using card_list_read_ptr = std::shared_ptr<card_list_read>;

// --- endpoint -> REGISTRAR
// -------------------------------------------------------------------------------------------------
struct create_merchant {
  merchant_creation_ptr call;
};
struct read_merchant {
  merchant_read_ptr call;
};
struct create_merchant_key {
  key_creation_ptr call;
};
struct revoke_merchant_key {
  key_revocation_ptr call;
};
struct set_webhook {
  webhook_change_ptr call;
};
struct bind_card {
  card_binding_call_ptr call;
};
struct unbind_card {
  card_unbinding_call_ptr call;
};
struct list_cards {
  card_list_read_ptr call;
};

// --- NOTIFIER -> REGISTRAR
// -------------------------------------------------------------------------------------------------
/// The receiver at this address said 410: nothing more is sent to it until SetWebhook. Void where
/// the merchant's address is another one by now.
struct disable_webhook {
  merchant_id merchant;
  std::string url;
};

}  // namespace suanpan

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::create_merchant)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::read_merchant)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::create_merchant_key)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::revoke_merchant_key)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::set_webhook)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::bind_card)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::unbind_card)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::list_cards)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::disable_webhook)
