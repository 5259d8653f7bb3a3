// PAYMENT_READER. Recovery, look-ups and reports of payments on a database session of its own;
// never writes. Detached, as READER: a query blocks its thread, and only its thread. A node has
// several: one for recovery and look-ups of the payment actors and the notifier, one for people's
// reports.
#pragma once

#include "protocol/messages/payment_messages.hpp"
#include "protocol/messages/payment_reads.hpp"
#include "storage/payment_reader.hpp"

#include <caf/event_based_actor.hpp>

namespace suanpan {

class payment_reader final : public caf::event_based_actor {
 public:
  payment_reader(caf::actor_config& cfg, storage::reader_options session);
  const char* name() const override { return "payment_reader"; }
  caf::behavior make_behavior() override;

 private:
  void load_open(const load_open_payments& m);
  void find(const find_payments& m);
  void load_notifications(const load_undelivered& m);
  void read(const payment_read_ptr& read);
  void list(const notification_list_read_ptr& read);
  void list(const case_list_read_ptr& read);

  storage::payment_reader session_;
};

}  // namespace suanpan
