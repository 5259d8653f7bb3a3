// NOTIFIER, one per node: carries events of orders to merchants' webhooks, and records what came of
// each try. An event is a row before it is here, and stays one until its end is recorded; a crash
// in between means that the merchant hears it once more, under the same webhook-id, never that it
// does not hear it. Which event goes when: delivery_queue; what becomes of it: delivery_rules.
#pragma once

#include "actors/notifier/delivery_queue.hpp"
#include "actors/notifier/delivery_rules.hpp"
#include "actors/notifier/notifier_metrics.hpp"
#include "actors/notifier/webhook_sender.hpp"
#include "actors/registry/merchant_book.hpp"
#include "protocol/messages/notifier_messages.hpp"
#include "protocol/messages/payment_messages.hpp"
#include "protocol/messages/registry_requests.hpp"
#include "protocol/model/clock.hpp"

#include <absl/container/flat_hash_map.h>
#include <caf/event_based_actor.hpp>

#include <chrono>
#include <deque>
#include <map>
#include <memory>

namespace suanpan {

struct notifier_options {
  delivery_policy policy;
  delivery_bounds bounds;
  std::int64_t former_secret_micros = 86'400'000'000;  // a rotated secret signs, too, for so long
  std::uint64_t jitter_seed = 0;
  std::size_t records_per_commit_max = 1'000;
  std::chrono::milliseconds tick{200};
};

/// What the notifier needs beside actors. All outlive it; `counters` may be null.
struct notifier_links {
  merchant_book* merchants = nullptr;
  webhook_sender* sender = nullptr;
  const wall_clock* clock = nullptr;
  notifier_metrics* counters = nullptr;
};

struct notifier_peers {
  caf::actor journal;
  caf::actor reader;     // PAYMENT_READER: load_undelivered
  caf::actor desk;       // NOTIFICATION_DESK: find_notifications
  caf::actor registrar;  // disable_webhook
};

class notifier final : public caf::event_based_actor {
 public:
  notifier(caf::actor_config& cfg, notifier_options options, notifier_links links);
  const char* name() const override { return "notifier"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

  /// To itself: what a receiver said.
  struct delivery_ended {
    std::uint64_t number = 0;
    delivery_answer answer;
  };
  /// To itself: the book has been read again.
  struct merchant_looked_up {
    std::uint64_t number = 0;
    bool read = false;
  };
  struct look_around {};

 private:
  /// An event between take_due() and its answer.
  struct sending {
    due_delivery due;
    std::string url;
  };
  void serve(const serve_payments& m);
  void forget(const forget_payments& m);
  void take(const notify_merchant& m);
  void loaded(const undelivered_loaded& m);
  void look();
  void measure();
  void pump();
  void begin(const due_delivery& what);
  void send_to(std::uint64_t number, const merchant& receiver);
  void looked_up(const merchant_looked_up& m);
  void ended(const delivery_ended& m);
  void give_up(std::uint64_t number, std::string why);
  void conclude(const sending& what, const delivery_ruling& ruling, std::int32_t http_status);
  void commit();
  void settled(const deliveries_settled& m);
  void resend(const resend_notifications& m);
  void resend_found(const notifications_found& m);
  [[nodiscard]] std::int64_t now() const { return links_.clock->unix_micros(); }

  notifier_options options_;
  notifier_links links_;
  notifier_peers peers_;
  delivery_queue queue_;
  chance_source chance_;
  incarnation session_;
  std::uint64_t numbers_ = 0;
  absl::flat_hash_map<std::uint64_t, sending> sending_;
  std::deque<delivery_record> records_;  // to be committed
  std::size_t alone_ = 0;  // of these the first so many one by one: one of them was refused (R12)
  bool committing_ = false;
  std::map<std::pair<shard_id, std::uint64_t>, wanted_load> loads_;
  std::map<std::uint64_t, notification_resend_ptr> resends_;
  std::int64_t measured_ = 0;
};

}  // namespace suanpan

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::notifier_peers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::notifier::delivery_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::notifier::merchant_looked_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::notifier::look_around)
