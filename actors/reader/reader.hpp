// READER. Look-ups, recovery and reports on a database session of their own; never writes.
// Detached: a query blocks its thread, and only its thread. A node has several: one for the
// teller's look-ups, which are on the path of a transfer, one for recovery, one for reports, which
// may be slow.
#pragma once

#include "actors/metrics/metrics.hpp"
#include "protocol/messages/messages.hpp"
#include "protocol/model/clock.hpp"
#include "storage/reader.hpp"

#include <caf/event_based_actor.hpp>

namespace suanpan {

struct reader_settings {
  storage::reader_options session;
  std::size_t recent_ids_max = 200'000;  // loaded at a recovery
  std::int64_t recent_ids_ms = 60'000;   // id time that recovery tries to cover
  std::int64_t id_skew_ms = 300'000;
};

class reader final : public caf::event_based_actor {
 public:
  reader(caf::actor_config& cfg, reader_settings settings, const wall_clock* clock,
         metrics* counters);
  const char* name() const override { return "reader"; }
  caf::behavior make_behavior() override;

 private:
  void recover(const recover_shards& m);
  void find_ids(const look_up_ids& m);
  void find_keys(const look_up_keys& m);
  void load(const load_accounts& m);
  void find_one(const transfer_read_ptr& read);
  void list(const account_list_read_ptr& read);
  void sum_up(const trial_balance_read_ptr& read);
  void publish_imbalance(const std::vector<trial_balance_line>& lines);

  reader_settings settings_;
  const wall_clock* clock_;
  metrics* counters_;
  storage::reader session_;
};

}  // namespace suanpan
