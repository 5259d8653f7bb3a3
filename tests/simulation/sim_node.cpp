#include "tests/simulation/sim_node.hpp"

#include "actors/account/account_supervisor.hpp"

#include <caf/send.hpp>

namespace suanpan::simulation {

sim_node::sim_node(sim_world& world, simulated_database& database, const sim_faults& faults,
                   sim_node_options options)
    : world_(world),
      database_(database),
      faults_(faults),
      options_(std::move(options)),
      clock_(world, options_.skew),
      status_(std::make_unique<node_status>()) {}

template <class Actor, class... Args>
caf::actor sim_node::spawn(Args&&... args) {
  auto made = world_.system().spawn<Actor>(std::forward<Args>(args)...);
  world_.adopt(party_, made);
  return made;
}

caf::actor sim_node::spawn_journal() {
  if (!options_.make_journal) return spawn<sim_journal>(world_, database_, faults_, session_);
  auto made = options_.make_journal();
  world_.adopt(party_, made);
  return made;
}

caf::actor sim_node::spawn_reader() {
  if (!options_.make_reader)
    return spawn<sim_reader>(world_, database_, faults_, clock_, options_.reader);
  auto made = options_.make_reader();
  world_.adopt(party_, made);
  return made;
}

void sim_node::start() {
  ++life_;
  running_ = true;
  stalled_ = false;
  party_ = world_.new_party(options_.name + std::to_string(life_));
  status_->refuse("starting");
  world_.log("node " + options_.name + " starts");
  const wall_clock* clock = options_.clock == nullptr ? &clock_ : options_.clock;
  teller_ = spawn<teller>(options_.teller, clock, nullptr);
  const auto journal = spawn_journal();
  const auto points = spawn<checkpointer>(options_.checkpointer);
  const auto keeper = spawn<shard_keeper>(options_.keeper, status_.get(), nullptr);
  const auto look_ups = spawn_reader();
  const auto recoverer = spawn_reader();
  auto links = std::make_shared<account_links>();
  links->teller = teller_;
  links->checkpointer = points;
  links->journal = journal;
  links->defer_rounds = options_.defer_rounds;
  std::vector<caf::actor> supervisors;
  for (std::uint16_t s = 0; s < options_.shards; ++s)
    supervisors.push_back(spawn<account_supervisor>(
        supervisor_options{.shard = {s}, .restart_intensity = options_.restart_intensity}, links,
        keeper, clock, nullptr));
  caf::anon_send(teller_, teller_peers{journal, look_ups, keeper, points, supervisors});
  caf::anon_send(journal, journal_peers{teller_, keeper, points});
  caf::anon_send(points, checkpointer_peers{teller_, journal});
  caf::anon_send(keeper, shard_keeper_peers{journal, recoverer, teller_, {}});
}

void sim_node::crash() {
  world_.log("node " + options_.name + " crashes");
  world_.end(party_);
  running_ = false;
  stalled_ = false;
  teller_ = {};
  end_session(world_.chance.between(0, 400 * millis));
}

void sim_node::end_session(sim_time after) {
  world_.after(after, [&database = database_, session = *session_] {
    database.end_session(session, "its node is gone");
  });
}

void sim_node::stall(bool stalled) {
  if (!running_) return;
  world_.log("node " + options_.name + (stalled ? " stands still" : " goes on"));
  stalled_ = stalled;
  world_.stall(party_, stalled);
}

void sim_node::post(posting_request_ptr request) {
  caf::anon_send(teller_, post_transfers{std::move(request)});
}
void sim_node::open(opening_request_ptr request) {
  caf::anon_send(teller_, open_accounts{std::move(request)});
}
void sim_node::read(account_read_ptr read) {
  caf::anon_send(teller_, read_account{std::move(read)});
}
void sim_node::change(account_change_ptr request) {
  caf::anon_send(teller_, change_account{std::move(request)});
}

}  // namespace suanpan::simulation
