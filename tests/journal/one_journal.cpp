#include "tests/journal/one_journal.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace suanpan::testing {
namespace {

caf::behavior listen(caf::event_based_actor*, journal_words* said) {
  return {
      [said](const batch_settled& m) { said->settled.push_back(m); },
      [said](const session_lost& m) { said->lost.push_back(m); },
      [said](const shards_taken& m) { said->taken.push_back(m); },
      [said](const shards_released& m) { said->released.push_back(m); },
      [](const checkpoint_written&) {},
  };
}

caf::behavior hear_checkpoints(caf::event_based_actor*, journal_words* said) {
  return {[said](const checkpoint_written& m) { said->checkpoints.push_back(m); }};
}

// Losses are told to teller and keeper; only one of them is counted.
caf::behavior hear_keeper(caf::event_based_actor*, journal_words* said) {
  return {
      [](const session_lost&) {},
      [said](const shards_taken& m) { said->taken.push_back(m); },
      [said](const shards_released& m) { said->released.push_back(m); },
  };
}

std::int64_t now_micros() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

account_row row_of(account_number number) {
  account_row row;
  row.number = number;
  row.key = {"merchant:M" + std::to_string(number.value), "2001", currency{156}, "",
             number.shard()};
  row.side = normal_side::credit;
  row.opened = {1};
  return row;
}

}  // namespace

one_journal::one_journal(std::size_t transfers_per_commit_max) {
  spdlog::set_level(spdlog::level::off);
  journal_options options;
  options.session.dsn = dsn;
  options.session.node_name = "one";
  options.session.idle_session_timeout_ms = 120'000;  // a loaded machine may keep a case waiting
  options.transfers_per_commit_max = transfers_per_commit_max;
  journal_ = system_.spawn<journal>(options, nullptr);
  listener_ = system_.spawn(listen, &said);
  points_ = system_.spawn(hear_checkpoints, &said);
  const auto keeper = system_.spawn(hear_keeper, &said);
  send(journal_peers{listener_, keeper, points_});
  take();
  auto opening = std::make_shared<batch>();
  opening->at = {++last_ticket_};
  opening->session = session();
  opening->shards = {{0}, {1}};
  for (const auto number : {from, to}) {
    batch_opening o;
    o.row = row_of(number);
    opening->openings.push_back(std::move(o));
  }
  commit(opening);
  if (said.settled.size() != 1) throw std::runtime_error("the accounts can't be opened");
  said.settled.clear();
  last_ticket_ = now_micros();
}

one_journal::~one_journal() {
  for (const auto& a : {journal_, listener_, points_})
    caf::anon_send_exit(a, caf::exit_reason::kill);
  run();
  auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  scheduler.clock().cancel_all();
}

void one_journal::run() {
  dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler()).run();
}

batch_ptr one_journal::make_batch(const std::vector<std::string>& memos) {
  auto request = std::make_shared<told_posting>();
  request->memos = memos;
  for (const auto& memo : request->memos) {
    transfer what;
    what.id = transfer_id::first_of(now_micros() / 1'000);
    what.id.bytes[14] = static_cast<std::uint8_t>(++ids_ >> 8U);
    what.id.bytes[15] = static_cast<std::uint8_t>(ids_);
    what.debit = from;
    what.credit = to;
    what.amount = {100};
    what.event_code = 1001;
    what.ccy = currency{156};
    what.memo = memo;
    request->items.push_back(what);
  }
  request->answers.resize(memos.size());
  auto b = std::make_shared<batch>();
  b->at = {++last_ticket_};
  b->session = session();
  b->date = {20'780};
  b->shards = {{0}, {1}};
  b->requests = {request};
  for (std::uint32_t i = 0; i < memos.size(); ++i) {
    entry e;
    e.request = request.get();
    e.unit = i;
    e.item = i;
    e.result = item_result::posted;
    e.what = &request->items[i];
    b->entries.push_back(e);
  }
  b->legs.resize(2 * memos.size());
  return b;
}

void one_journal::take(const std::vector<shard_id>& shards) {
  send(take_shards{shards});
  run();
}

void one_journal::kill_backend() const {
  const auto pid = std::to_string(said.taken.back().backend_pid);
  sql(dsn, "SELECT pg_terminate_backend(" + pid + ",10000)");
}

int one_journal::stored(const batch_ptr& b) const {
  int found = 0;
  for (const auto& e : b->entries)
    found += std::stoi(
        value("SELECT count(*) FROM suanpan.transfer WHERE id='" + to_string(e.what->id) + "'"));
  return found;
}

void one_journal::refuse_memo(const std::string& memo) const {
  sql(dsn, "ALTER TABLE suanpan.transfer ADD CONSTRAINT no_" + memo + " CHECK (memo <> '" + memo +
               "') NOT VALID");
}

}  // namespace suanpan::testing
