#include "actors/registry/registrar.hpp"

#include "actors/channel/channel_messages.hpp"
#include "actors/quiet_actor.hpp"
#include "actors/registry/registration_rules.hpp"
#include "actors/registry/registry_words.hpp"
#include "protocol/webhook/signature.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace suanpan {
namespace {

using storage::registered;

registry_result result_of(registered how) {
  switch (how) {
    case registered::recorded:
      return registry_result::done;
    case registered::exists:
      return registry_result::different_content;
    case registered::not_found:
      return registry_result::not_found;
    case registered::too_many_keys:
      return registry_result::too_many;
  }
  return registry_result::unavailable;
}

merchant without_secrets(merchant m) {
  wipe(m.webhook_secret);
  wipe(m.former_webhook_secret);
  return m;
}

void refuse(registry_call& call, std::string field) {
  call.result = registry_result::invalid;
  call.field = std::move(field);
}

}  // namespace

registrar::registrar(caf::actor_config& cfg, registrar_options options, registrar_links links)
    : event_based_actor(cfg),
      options_(std::move(options)),
      links_(links),
      session_(options_.session) {}

caf::behavior registrar::make_behavior() {
  make_quiet(this);
  const auto self = caf::actor_cast<caf::actor>(this);
  links_.book->on_question([weak = caf::actor_cast<caf::weak_actor_ptr>(self)] {
    if (const auto strong = weak.lock())
      caf::anon_send(caf::actor_cast<caf::actor>(strong), look_for_questions{});
  });
  caf::message_handler calls{
      [this](const create_merchant& m) { create(*m.call), m.call->finish(); },
      [this](const read_merchant& m) { read(*m.call), m.call->finish(); },
      [this](const create_merchant_key& m) { create_key(*m.call), m.call->finish(); },
      [this](const revoke_merchant_key& m) { revoke_key(*m.call), m.call->finish(); },
      [this](const set_webhook& m) { change_webhook(*m.call), m.call->finish(); },
      [this](const disable_webhook& m) { disable(m); },
  };
  caf::message_handler about_cards{
      [this](const bind_card& m) { begin_binding(m.call); },
      [this](const binding_ended& m) { ended(m); },
      [this](const unbind_card& m) { begin_unbinding(m.call); },
      [this](const unbinding_ended& m) { ended(m); },
      [this](const list_cards& m) { list(*m.call), m.call->finish(); },
  };
  caf::message_handler about_the_book{
      [this](const registrar_peers& p) { peers_ = p; },
      [this](const read_merchants_again&) { refresh_merchants(); },
      [this](const read_cards_again&) { refresh_cards(); },
      [this](const look_for_questions&) { answer_questions(); },
      [this](const look_again&) {
        looking_ = false;
        answer_questions();
      },
  };
  send(this, read_merchants_again{});
  delayed_send(this, options_.cards_interval, read_cards_again{});
  return calls.or_else(about_cards).or_else(about_the_book);
}

void registrar::on_exit() {
  peers_ = {};
  links_.book->on_question({});
  for (const auto& then : links_.book->take_questions().waiting) then(false);
  for (auto& [number, b] : bindings_) {
    b.call->result = registry_result::channel_unknown;
    b.call->finish();
  }
  for (auto& [number, u] : unbindings_) {
    u.call->result = registry_result::channel_unknown;
    u.call->finish();
  }
  bindings_.clear();
  unbindings_.clear();
}

void registrar::note_away(const std::string& reason, registry_call& call) {
  spdlog::warn("registry: {}", reason);
  call.result = registry_result::unavailable;
}

std::optional<merchant> registrar::open_merchant(const merchant_id& id, registry_call& call) {
  auto found = session_.find_merchant(id);
  if (away(found, call)) return std::nullopt;
  call.result = registry_result::not_found;
  if (!*found) return std::nullopt;
  call.result = registry_result::merchant_closed;
  if ((*found)->closed) return std::nullopt;
  call.result = registry_result::none;
  return std::move(**found);
}

void registrar::create(merchant_creation& call) {
  if (auto fault = fault_of(call.asked, options_.plain_http); !fault.empty())
    return refuse(call, std::move(fault));
  merchant row;
  row.id = call.asked.id;
  row.name = call.asked.name;
  row.products = call.asked.products;
  row.webhook_url = call.asked.webhook_url;
  row.created_micros = links_.clock->unix_micros();
  if (!row.webhook_url.empty()) {
    auto secret = webhook::make_secret();
    if (!secret) return static_cast<void>(call.result = registry_result::unavailable);
    row.webhook_secret = std::move(*secret);
  }
  const auto added = session_.add_merchant(row);
  if (away(added, call)) return;
  auto stored = session_.find_merchant(row.id);
  if (away(stored, call)) return;
  if (!*stored) return static_cast<void>(call.result = registry_result::unavailable);
  const bool made = *added == registered::recorded;
  links_.book->learn(std::vector{**stored});
  call.field = made ? std::string{} : differing_field(**stored, call.asked);
  call.result = made                 ? registry_result::done
                : call.field.empty() ? registry_result::replayed
                                     : registry_result::different_content;
  if (call.result == registry_result::different_content) return;
  call.made = made ? std::move(**stored) : without_secrets(std::move(**stored));
  if (made) spdlog::info("merchant {} is registered", row.id.value);
}

void registrar::read(merchant_read& call) {
  auto found = session_.find_merchant(call.id);
  if (away(found, call)) return;
  call.result = registry_result::not_found;
  if (!*found) return;
  const auto keys = session_.list_merchant_keys(call.id);
  if (away(keys, call)) return;
  for (const auto& key : *keys)
    call.keys.push_back({key.key_id, key.note, key.created_micros, key.revoked_micros});
  call.found = without_secrets(std::move(**found));
  call.result = registry_result::done;
}

void registrar::create_key(key_creation& call) {
  if (call.note.size() > key_note_bytes_max) return refuse(call, "note");
  if (!open_merchant(call.merchant, call)) return;
  auto fresh = make_key(call.test);
  if (!fresh) return static_cast<void>(call.result = registry_result::unavailable);
  storage::api_key_row row;
  row.key_id = fresh->key_id;
  row.as = storage::role::merchant;
  row.merchant = call.merchant.value;
  row.note = call.note;
  row.sha256 = fresh->sha256_hex;
  row.created_micros = links_.clock->unix_micros();
  const auto added = session_.add_merchant_key(row);
  if (away(added, call)) return;
  call.result = result_of(*added);
  if (*added != registered::recorded) return;
  call.key = std::move(fresh->key);
  call.made = {row.key_id, row.note, row.created_micros, 0};
  spdlog::info("key {} of merchant {} is made", row.key_id, call.merchant.value);
}

void registrar::revoke_key(key_revocation& call) {
  const auto revoked = session_.revoke_merchant_key(call.merchant, call.key_id);
  if (away(revoked, call)) return;
  call.result = result_of(*revoked);
  if (*revoked == registered::recorded)
    return spdlog::info("key {} of merchant {} is revoked", call.key_id, call.merchant.value);
  // Revoked already: the same answer as before.
  const auto keys = session_.list_merchant_keys(call.merchant);
  if (away(keys, call)) return;
  if (std::ranges::find(*keys, call.key_id, &storage::api_key_row::key_id) != keys->end())
    call.result = registry_result::replayed;
}

void registrar::change_webhook(webhook_change& call) {
  if (!call.url.empty() && !is_webhook_url(call.url, options_.plain_http))
    return refuse(call, "webhook_url");
  const auto known = open_merchant(call.merchant, call);
  if (!known) return;
  storage::webhook_address to{.url = call.url,
                              .secret = known->webhook_secret,
                              .former_secret = known->former_webhook_secret,
                              .rotated_micros = known->webhook_rotated_micros,
                              .disabled_micros = 0};
  if (call.rotates_secret || (to.secret.empty() && !to.url.empty())) {
    auto secret = webhook::make_secret();
    if (!secret) return static_cast<void>(call.result = registry_result::unavailable);
    to.former_secret = std::exchange(to.secret, std::move(*secret));
    to.rotated_micros = to.former_secret.empty() ? 0 : links_.clock->unix_micros();
    call.secret = to.secret;
  }
  const auto set = session_.set_webhook(call.merchant, to);
  if (away(set, call)) return;
  call.result = result_of(*set);
  if (*set != registered::recorded) return;
  if (!to.former_secret.empty())
    call.former_signs_until_micros = to.rotated_micros + options_.former_secret_micros;
  spdlog::info("the webhook of merchant {} is set{}", call.merchant.value,
               call.secret.empty() ? "" : ", with a new secret");
  read_merchants();
}

void registrar::disable(const disable_webhook& m) {
  const auto known = session_.find_merchant(m.merchant);
  if (!known) return spdlog::warn("registry: {}", known.reason());
  if (!*known || (*known)->webhook_url != m.url || (*known)->webhook_disabled_micros != 0) return;
  const auto set =
      session_.set_webhook(m.merchant, {.url = m.url,
                                        .secret = (*known)->webhook_secret,
                                        .former_secret = (*known)->former_webhook_secret,
                                        .rotated_micros = (*known)->webhook_rotated_micros,
                                        .disabled_micros = links_.clock->unix_micros()});
  if (!set) return spdlog::warn("registry: {}", set.reason());
  read_merchants();
}

void registrar::list(card_list_read& call) {
  auto cards = session_.list_cards(call.merchant);
  if (away(cards, call)) return;
  std::ranges::sort(*cards, {}, &bound_card::id);
  for (auto& card : *cards) {
    if (card.id <= call.after) continue;
    if (call.cards.size() >= call.limit) break;
    wipe(card.token);
    call.cards.push_back(std::move(card));
  }
  call.result = registry_result::done;
}

}  // namespace suanpan
