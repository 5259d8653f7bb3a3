// Cards at banks, and the book that others read.
#include "actors/channel/channel_messages.hpp"
#include "actors/registry/registrar.hpp"
#include "actors/registry/registration_rules.hpp"
#include "actors/registry/registry_words.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

namespace suanpan {
namespace {

constexpr std::string_view overloaded_code = "channel_overloaded";
constexpr std::size_t one_by_one_max = 8;
constexpr int rest_for_work = 20;  // reading the book takes at most a 20th of the time

void end(registry_call& call, registry_result result) {
  call.result = result;
  call.finish();
}

/// The number is overwritten when the last who holds the request lets go.
std::shared_ptr<const binding_request> wiped_afterwards(binding_request what) {
  return {new binding_request(std::move(what)), [](binding_request* held) {
            wipe(held->card_number);
            delete held;
          }};
}

registry_result doubt_of(const payment_failure& failure) {
  return failure.code == overloaded_code ? registry_result::overloaded
                                         : registry_result::channel_unknown;
}

bound_card without_token(bound_card card) {
  wipe(card.token);
  return card;
}

card_wish wish_of(const card_binding_call& call) {
  return {call.request_id,  call.channel.value, call.holder,
          call.holder_name, call.card_number,   call.mandate};
}

}  // namespace

void registrar::begin_binding(const card_binding_call_ptr& call) {
  if (auto fault = fault_of(wish_of(*call)); !fault.empty()) {
    wipe(call->card_number);
    call->field = std::move(fault);
    return end(*call, registry_result::invalid);
  }
  const auto id = card_of_request(call->merchant, call->request_id);
  const auto known = session_.find_cards({id});
  if (away(known, *call)) {
    wipe(call->card_number);
    return call->finish();
  }
  if (known->empty()) return ask_bank(call, id);
  call->field = differing_field(known->front(), wish_of(*call));
  wipe(call->card_number);
  if (!call->field.empty()) return end(*call, registry_result::different_content);
  call->made = without_token(known->front());
  end(*call, registry_result::replayed);
}

void registrar::ask_bank(const card_binding_call_ptr& call, const card_id& id) {
  binding b{call, {}};
  b.card.id = id;
  b.card.owner = call->merchant;
  b.card.holder = call->holder;
  b.card.last_four = call->card_number.substr(call->card_number.size() - 4);
  b.card.mandate = call->mandate;
  const auto& channels = options_.channels;
  if (!call->channel.value.empty())
    b.card.channel = call->channel;
  else if (!channels.empty())
    b.card.channel = channels.front();
  const bool binds = std::ranges::find(channels, b.card.channel) != channels.end();
  const bool room = bindings_.size() + unbindings_.size() < options_.bindings_in_flight_max;
  if (!open_merchant(call->merchant, *call) || !binds || !room) {
    wipe(call->card_number);
    if (call->result == registry_result::none)
      call->result = binds ? registry_result::overloaded : registry_result::no_channel;
    return call->finish();
  }
  const auto number = ++numbers_;
  auto request = wiped_afterwards({.reference = reference_of(id),
                                   .merchant = call->merchant,
                                   .card_number = call->card_number,
                                   .holder_name = call->holder_name,
                                   .deadline_micros = call->answer_by_micros});
  wipe(call->card_number);
  const auto self = caf::actor_cast<caf::actor>(this);
  auto on_answer = [self, number](card_binding said) {
    caf::anon_send(self,
                   binding_ended{number, std::make_shared<const card_binding>(std::move(said))});
  };
  send(peers_.channels, ask_binding{b.card.channel, std::move(request), std::move(on_answer)});
  bindings_.emplace(number, std::move(b));
}

void registrar::ended(const binding_ended& m) {
  const auto found = bindings_.find(m.number);
  if (found == bindings_.end()) return;
  auto b = std::move(found->second);
  bindings_.erase(found);
  const auto& said = *m.said;
  if (said.outcome == channel_outcome::failed) {
    b.call->failure = said.failure;
    return end(*b.call, registry_result::channel_refused);
  }
  if (said.outcome != channel_outcome::succeeded || said.token.empty())
    return end(*b.call, doubt_of(said.failure));
  b.card.token = said.token;
  b.card.bound_micros = links_.clock->unix_micros();
  register_card(b);
}

void registrar::register_card(const binding& b) {
  const auto added = session_.add_card(b.card);
  if (away(added, *b.call)) return b.call->finish();
  if (*added == storage::registered::not_found)
    return end(*b.call, registry_result::merchant_closed);
  // The same request, twice at once: whichever came first is the card.
  const auto stored = session_.find_cards({b.card.id});
  if (away(stored, *b.call)) return b.call->finish();
  if (stored->empty()) return end(*b.call, registry_result::unavailable);
  const auto& card = stored->front();
  links_.book->learn(std::vector{card});
  const bool made = *added == storage::registered::recorded;
  const bool same = card.last_four == b.card.last_four && card.holder == b.card.holder &&
                    card.mandate == b.card.mandate && card.channel == b.card.channel;
  if (!same) {
    b.call->field = card.last_four == b.card.last_four ? "holder" : "card_number";
    return end(*b.call, registry_result::different_content);
  }
  b.call->made = without_token(card);
  end(*b.call, made ? registry_result::done : registry_result::replayed);
}

// Unusable here first, then at the bank: whatever the bank says, nothing is drawn on it any more.
void registrar::begin_unbinding(const card_unbinding_call_ptr& call) {
  const auto found = session_.find_cards({call->card});
  if (away(found, *call)) return call->finish();
  if (found->empty() || found->front().owner != call->merchant)
    return end(*call, registry_result::not_found);
  if (bindings_.size() + unbindings_.size() >= options_.bindings_in_flight_max)
    return end(*call, registry_result::overloaded);
  auto card = found->front();
  const bool was_active = card.active;
  if (was_active) {
    const auto unbound = session_.unbind_card(call->merchant, call->card);
    if (away(unbound, *call)) return call->finish();
    card.active = false;
    links_.book->learn(std::vector{card});
  }
  const auto number = ++numbers_;
  const auto self = caf::actor_cast<caf::actor>(this);
  send(peers_.channels,
       ask_unbinding{card.channel, card.token, call->answer_by_micros,
                     [self, number](channel_answer said) {
                       caf::anon_send(self, unbinding_ended{number, std::move(said)});
                     }});
  call->unbound = without_token(std::move(card));
  unbindings_.emplace(number, unbinding{call, was_active});
}

void registrar::ended(const unbinding_ended& m) {
  const auto found = unbindings_.find(m.number);
  if (found == unbindings_.end()) return;
  const auto u = std::move(found->second);
  unbindings_.erase(found);
  const auto& said = m.said;
  // Of one that was unbound before, "there is no such card" is what was to be expected.
  if (said.outcome == channel_outcome::succeeded)
    return end(*u.call, u.was_active ? registry_result::done : registry_result::replayed);
  if (said.outcome == channel_outcome::failed) {
    u.call->failure = said.failure;
    return end(*u.call,
               u.was_active ? registry_result::channel_refused : registry_result::replayed);
  }
  end(*u.call, doubt_of(said.failure));
}

void registrar::read_merchants() {
  auto merchants = session_.list_merchants();
  if (merchants)
    links_.book->learn(std::move(*merchants));
  else
    spdlog::warn("registry: {}", merchants.reason());
}

void registrar::refresh_merchants() {
  const auto began = std::chrono::steady_clock::now();
  read_merchants();
  const auto took = std::chrono::steady_clock::now() - began;
  const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(took * rest_for_work);
  delayed_send(this, std::max(options_.merchants_interval, rest), read_merchants_again{});
}

// A card that another node unbound is known as that here after the interval at the latest.
void registrar::refresh_cards() {
  const auto held = links_.book->cards_held(options_.cards_read_again_max);
  if (!held.empty()) {
    auto cards = session_.find_cards(held);
    if (cards) links_.book->keep_only(std::move(*cards));
  }
  delayed_send(this, options_.cards_interval, read_cards_again{});
}

bool registrar::look_up(const merchant_book::questions& asked) {
  bool read = true;
  std::set<merchant_id> unknown(asked.merchants.begin(), asked.merchants.end());
  std::erase_if(unknown, [this](const auto& id) { return links_.book->find(id) != nullptr; });
  if (unknown.size() > one_by_one_max) {
    auto all = session_.list_merchants();
    read = static_cast<bool>(all);
    if (all) links_.book->learn(std::move(*all));
  } else {
    for (const auto& id : unknown) {
      auto found = session_.find_merchant(id);
      read = read && found;
      if (found && *found) links_.book->learn(std::vector{std::move(**found)});
    }
  }
  if (asked.cards.empty()) return read;
  auto cards = session_.find_cards(asked.cards);
  if (cards) links_.book->learn(std::move(*cards));
  return read && cards;
}

// For all who wait at once, and no sooner after the last time than the pause allows.
void registrar::answer_questions() {
  if (looking_) return;
  const auto asked = links_.book->take_questions();
  if (asked.empty()) return;
  const bool read = look_up(asked);
  for (const auto& then : asked.waiting) then(read);
  looking_ = true;
  delayed_send(this, options_.questions_pause, look_again{});
}

}  // namespace suanpan
