// REGISTRAR. Merchants, their keys, webhooks and cards: writes what is registered, through a
// database session of its own, and keeps the book of it that others read. Not a journal (R7):
// orders store the terms under which they were accepted. Detached: a statement blocks its thread,
// and only its thread; a bank never does.
//
// A card's number passes through here for one call: it goes to the channel, is never logged or
// stored, and is overwritten when the call ends.
#pragma once

#include "actors/channel/channel_contract.hpp"
#include "actors/registry/merchant_book.hpp"
#include "protocol/messages/registry_requests.hpp"
#include "protocol/model/clock.hpp"
#include "storage/registry.hpp"

#include <caf/event_based_actor.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace suanpan {

struct registrar_options {
  storage::reader_options session;
  std::vector<channel_name> channels;  // that bind cards; the first is taken where none is named
  bool plain_http = false;             // webhooks without TLS: in development only
  std::int64_t former_secret_micros = 86'400'000'000;  // as the notifier's
  std::size_t bindings_in_flight_max = 64;             // calls at banks
  std::size_t cards_read_again_max = 20'000;
  std::chrono::milliseconds merchants_interval{1'000};
  std::chrono::milliseconds cards_interval{5'000};
  std::chrono::milliseconds questions_pause{20};  // between looks for who waits
};

/// What the registrar needs beside actors. Both outlive it.
struct registrar_links {
  merchant_book* book = nullptr;
  const wall_clock* clock = nullptr;
};

struct registrar_peers {
  caf::actor channels;  // CHANNEL_SUPERVISOR: ask_binding, ask_unbinding
};

class registrar final : public caf::event_based_actor {
 public:
  registrar(caf::actor_config& cfg, registrar_options options, registrar_links links);
  const char* name() const override { return "registrar"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

  /// To itself: what the bank said of a card.
  struct binding_ended {
    std::uint64_t number = 0;
    std::shared_ptr<const card_binding> said;
  };
  struct unbinding_ended {
    std::uint64_t number = 0;
    channel_answer said;
  };
  /// To itself: read merchants again, cards, or what somebody waits for.
  struct read_merchants_again {};
  struct read_cards_again {};
  struct look_for_questions {};
  struct look_again {};

 private:
  struct binding {
    card_binding_call_ptr call;
    bound_card card;  // as it will be registered, but for the token
  };
  struct unbinding {
    card_unbinding_call_ptr call;
    bool was_active = false;
  };

  void create(merchant_creation& call);
  void read(merchant_read& call);
  void create_key(key_creation& call);
  void revoke_key(key_revocation& call);
  void change_webhook(webhook_change& call);
  void disable(const disable_webhook& m);
  void begin_binding(const card_binding_call_ptr& call);
  void ask_bank(const card_binding_call_ptr& call, const card_id& id);
  void ended(const binding_ended& m);
  void register_card(const binding& b);
  void begin_unbinding(const card_unbinding_call_ptr& call);
  void ended(const unbinding_ended& m);
  void list(card_list_read& call);
  void read_merchants();
  void refresh_merchants();
  void refresh_cards();
  void answer_questions();
  [[nodiscard]] bool look_up(const merchant_book::questions& asked);
  /// The merchant, if the call may go on; else the call's result is set.
  [[nodiscard]] std::optional<merchant> open_merchant(const merchant_id& id, registry_call& call);
  /// True: nothing is there to go on with, and the call's result is set.
  template <class T>
  [[nodiscard]] static bool away(const storage::outcome<T>& found, registry_call& call) {
    if (!found) note_away(found.reason(), call);
    return !found;
  }
  static void note_away(const std::string& reason, registry_call& call);

  registrar_options options_;
  registrar_links links_;
  registrar_peers peers_;
  storage::registry session_;
  std::uint64_t numbers_ = 0;
  std::map<std::uint64_t, binding> bindings_;
  std::map<std::uint64_t, unbinding> unbindings_;
  bool looking_ = false;
};

}  // namespace suanpan

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::registrar_peers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::registrar::binding_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::registrar::unbinding_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::registrar::read_merchants_again)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::registrar::read_cards_again)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::registrar::look_for_questions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::registrar::look_again)
