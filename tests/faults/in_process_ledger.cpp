#include "tests/faults/in_process_ledger.hpp"

#include "actors/account/account_supervisor.hpp"
#include "actors/checkpointer/checkpointer.hpp"
#include "actors/journal/journal.hpp"
#include "actors/reader/reader.hpp"
#include "actors/shard/shard_keeper.hpp"
#include "actors/teller/teller.hpp"
#include "tests/support/eventually.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include <future>
#include <stdexcept>

namespace suanpan::faults {
namespace {

constexpr std::uint32_t shards = 64;
constexpr std::chrono::seconds answer_max{30};

template <class Request>
class awaited final : public Request {
 public:
  void finish() noexcept override { done_.set_value(); }
  void wait() {
    if (done_.get_future().wait_for(answer_max) != std::future_status::ready)
      throw std::runtime_error("no answer");
  }

 private:
  std::promise<void> done_;
};

struct two_threads : caf::actor_system_config {
  two_threads() {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{2});
  }
};

// Stands where the node watch would: nobody is to be evicted here.
caf::behavior watch_nothing() {
  return {[](const journal_backend&) {}};
}

reader_settings settings_of(const std::string& dsn, const char* purpose) {
  reader_settings settings;
  settings.session.dsn = dsn;
  settings.session.node_name = "in-process";
  settings.session.purpose = purpose;
  return settings;
}

}  // namespace

struct in_process_ledger::parts {
  two_threads config;
  caf::actor_system system{config};
  node_status status;
  std::vector<caf::actor> all;
  caf::actor the_teller;

  template <class Actor, caf::spawn_options Options = caf::no_spawn_options, class... Args>
  caf::actor spawn(Args&&... args) {
    all.push_back(system.spawn<Actor, Options>(std::forward<Args>(args)...));
    return all.back();
  }
  void wire(const std::string& dsn, const wall_clock& clock);
  void stop() {
    for (const auto& a : all) caf::anon_send_exit(a, caf::exit_reason::user_shutdown);
    all.clear();
    the_teller = nullptr;
    system.await_all_actors_done();
  }
};

void in_process_ledger::parts::wire(const std::string& dsn, const wall_clock& clock) {
  teller_options for_teller;
  for_teller.shards = shards;
  journal_options for_journal;
  for_journal.session.dsn = dsn;
  for_journal.session.node_name = "in-process";
  the_teller = spawn<teller>(for_teller, &clock, nullptr);
  const auto the_journal = spawn<journal, caf::detached>(for_journal, nullptr);
  const auto points = spawn<checkpointer>(checkpointer_options{});
  const auto keeper = spawn<shard_keeper>(shard_keeper_options{}, &status, nullptr);
  const auto look_ups = spawn<reader, caf::detached>(settings_of(dsn, "look-ups"), &clock, nullptr);
  const auto recoverer =
      spawn<reader, caf::detached>(settings_of(dsn, "recovery"), &clock, nullptr);
  auto links = std::make_shared<account_links>();
  links->teller = the_teller;
  links->checkpointer = points;
  links->journal = the_journal;
  std::vector<caf::actor> supervisors;
  for (std::uint16_t s = 0; s < shards; ++s) {
    supervisor_options of_shard;
    of_shard.shard = {s};
    supervisors.push_back(spawn<account_supervisor>(of_shard, links, keeper, &clock, nullptr));
  }
  caf::anon_send(the_teller, teller_peers{the_journal, look_ups, keeper, points, supervisors});
  caf::anon_send(the_journal, journal_peers{the_teller, keeper, points});
  caf::anon_send(points, checkpointer_peers{the_teller, the_journal});
  const auto watch = system.spawn(watch_nothing);
  all.push_back(watch);
  caf::anon_send(keeper, shard_keeper_peers{the_journal, recoverer, the_teller, watch});
}

in_process_ledger::in_process_ledger(const std::string& dsn, const wall_clock& clock)
    : parts_(std::make_unique<parts>()) {
  parts_->wire(dsn, clock);
  if (testing::eventually([this] { return parts_->status.ready(); }, answer_max)) return;
  parts_->stop();
  throw std::runtime_error("the ledger does not serve: " + parts_->status.reason());
}

in_process_ledger::~in_process_ledger() {
  parts_->stop();
}

std::vector<item_answer> in_process_ledger::post(const std::vector<transfer>& items) {
  auto request = std::make_shared<awaited<posting_request>>();
  request->items = items;
  request->answers.resize(items.size());
  caf::anon_send(parts_->the_teller, post_transfers{request});
  request->wait();
  return request->answers;
}

account_number in_process_ledger::open(const std::string& owner, bool no_overdraft) {
  auto request = std::make_shared<awaited<opening_request>>();
  account_opening wish;
  wish.key = {owner, "2002", currency{156}, "", {1}};
  wish.side = normal_side::credit;
  wish.flags = no_overdraft ? account_flags::no_overdraft : account_flags::none;
  request->items = {wish};
  request->answers.resize(1);
  caf::anon_send(parts_->the_teller, open_accounts{request});
  request->wait();
  return request->answers.front().number;
}

}  // namespace suanpan::faults
