#include "tests/simulation/sim_node.hpp"

#include "actors/account/account_supervisor.hpp"
#include "actors/payment/booker.hpp"
#include "actors/payment/callback_desk.hpp"
#include "actors/payment/payment_supervisor.hpp"
#include "tests/simulation/sim_payment_reader.hpp"

#include <caf/send.hpp>

namespace suanpan::simulation {

sim_node::sim_node(sim_world& world, simulated_database& database, const sim_faults& faults,
                   sim_node_options options)
    : world_(world),
      database_(database),
      faults_(faults),
      options_(std::move(options)),
      clock_(world, options_.skew),
      boot_(world),
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
  payment_supervisors_.clear();
  desk_ = {};
  if (options_.payments) spawn_payments(journal, keeper);
  caf::anon_send(teller_, teller_peers{journal, look_ups, keeper, points, supervisors});
  caf::anon_send(journal, journal_peers{teller_, keeper, points, payment_supervisors_});
  caf::anon_send(points, checkpointer_peers{teller_, journal});
  caf::anon_send(keeper,
                 shard_keeper_peers{journal, recoverer, teller_, {}, payment_supervisors_, {}});
}

void sim_node::spawn_payments(const caf::actor& journal, const caf::actor& keeper) {
  auto& p = *options_.payments;
  payment_means means;
  means.policy = p.policy;
  means.rules = &p.rules;
  means.clock = options_.clock == nullptr ? &clock_ : options_.clock;
  means.boot = &boot_;
  means.book = p.book;
  const auto health = std::make_shared<channel_health>(std::vector{p.setup.terms});
  means.channels = health;
  const auto reader = spawn<sim_payment_reader>(world_, database_, faults_);
  channel_supervisor_options bank;
  bank.channels = {p.setup};
  bank.health = health;
  const auto channels = spawn<channel_supervisor>(bank, means.clock, nullptr);
  for (std::uint16_t s = 0; s < options_.shards; ++s) {
    const auto books = spawn<booker>(
        booker_options{.shard = {s}, .shards = options_.shards, .side_of = p.side_of}, teller_);
    payment_supervisor_options o;
    o.shard = {s};
    o.id_seed = p.ids.seed();
    o.restart_intensity = options_.restart_intensity;
    o.quiet_for = p.quiet_for;
    payment_supervisors_.push_back(
        spawn<payment_supervisor>(o, payment_links{means, journal, channels, books, {}, {}},
                                  payment_supervisor_peers{keeper, reader}, p.counters));
  }
  desk_ = spawn<callback_desk>(callback_desk_options{}, means,
                               callback_desk_peers{reader, payment_supervisors_});
}

void sim_node::crash() {
  world_.log("node " + options_.name + " crashes");
  world_.end(party_);
  running_ = false;
  stalled_ = false;
  teller_ = {};
  payment_supervisors_.clear();
  desk_ = {};
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
void sim_node::pay(payment_call_ptr call) {
  const auto& merchant = call->merchant;
  const auto shard = shard_of_owner("merchant:" + merchant.value, options_.shards);
  caf::anon_send(payment_supervisors_.at(shard.value), handle_payment{std::move(call)});
}
void sim_node::hear_callback(channel_answer answer, callback_call_ptr acknowledge) {
  caf::anon_send(desk_, channel_reported{options_.payments->channel, std::move(answer),
                                         std::move(acknowledge)});
}
void sim_node::change(account_change_ptr request) {
  caf::anon_send(teller_, change_account{std::move(request)});
}

}  // namespace suanpan::simulation
