// storage/ on a private PostgreSQL behind the contract's interface.
#include "storage/journal_session.hpp"
#include "storage/reader.hpp"
#include "tests/simulation/contract_stores.hpp"
#include "tests/support/postgres.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <stdexcept>

namespace suanpan::simulation {
namespace {

using testing::private_postgres;
using testing::sql;
using testing::sql_value;

template <class T>
T value_of(storage::outcome<T> got) {
  if (!got) throw std::runtime_error(got.reason());
  return std::move(*got);
}

ended verdict_of(const storage::write_outcome& outcome) {
  if (const auto* why = std::get_if<storage::rejected>(&outcome))
    return why->duplicate ? ended::duplicate : ended::refused;
  if (const auto* why = std::get_if<storage::failed>(&outcome))
    return why->fenced ? ended::fenced : ended::unknown;
  return std::holds_alternative<storage::committed>(outcome) ? ended::committed : ended::unknown;
}

class real_store final : public contract_store {
 public:
  session open() override {
    storage::session_options options;
    options.dsn = dsn_;
    options.node_name = "contract";
    options.idle_session_timeout_ms = 120'000;
    sessions_.push_back(value_of(storage::journal_session::open(options)));
    return sessions_.size() - 1;
  }
  bool try_lock(session of, shard_id shard) override {
    const auto got = sessions_[of]->try_lock(std::vector{shard});
    return got && !got->empty();
  }
  std::vector<shard_claim> raise_epochs(session of, std::vector<shard_id> shards) override {
    auto raised = sessions_[of]->raise_epochs(shards);
    return raised ? std::move(*raised) : std::vector<shard_claim>{};
  }
  bool release(session of, shard_id shard) override {
    return static_cast<bool>(sessions_[of]->release(std::vector{shard}));
  }
  ended write(session of, const sim_write& what, mid_commit meets) override;
  ended write_checkpoint(session of, const sim_checkpoint& what) override {
    return verdict_of(sessions_[of]->write_checkpoint(what.claims, what.balances, what.positions));
  }
  ended write_watermark(session of, ticket settled) override {
    return verdict_of(sessions_[of]->write_watermark(settled));
  }
  bool alive(session of) override { return sessions_[of]->fence(); }
  void terminate(session of) override;

  std::vector<stored_transfer> find(std::vector<transfer_id> ids) override {
    return value_of(reader_.find_transfers(ids));
  }
  std::vector<account_row> load(std::vector<account_number> numbers) override {
    return value_of(reader_.load_accounts(numbers));
  }
  std::vector<account_row> find_keys(std::vector<account_key> keys) override {
    return value_of(reader_.find_accounts(keys));
  }
  sim_recovery recover(const std::vector<shard_claim>& claims, std::int64_t since_millis,
                       std::size_t most) override {
    auto r = value_of(reader_.recover(claims, since_millis, most));
    return {std::move(r.touched),           std::move(r.expiring),      std::move(r.recent),
            r.recent_complete_since_millis, std::move(r.last_sequence), r.newest};
  }
  transfer_id detached_id() override { return transfer_id::first_of(1'000'000); }

 private:
  [[nodiscard]] ended write_now(session of, const sim_write& what);
  void await_wait(session of, const std::string& condition) const;

  std::string dsn_ = private_postgres::instance().fresh_database();
  std::vector<std::unique_ptr<storage::journal_session>> sessions_;
  storage::reader reader_{{dsn_, "contract"}};
};

ended real_store::write_now(session of, const sim_write& what) {
  std::vector<transfer_row> rows;
  for (const auto& t : what.transfers)
    rows.push_back({t.at, t.index, t.result, t.date, &t.what,
                    t.voucher == transfer_id{} ? nullptr : &t.voucher});
  std::ranges::sort(rows, {}, [](const transfer_row& r) { return r.what->id; });
  return verdict_of(
      sessions_[of]->write({what.claims, what.openings, rows, what.settled, what.changes}));
}

// Until the backend waits as `condition` says of its pg_stat_activity row.
void real_store::await_wait(session of, const std::string& condition) const {
  const auto query = "SELECT count(*) FROM pg_stat_activity WHERE pid=" +
                     std::to_string(sessions_[of]->backend_pid()) + " AND " + condition;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (sql_value(dsn_, query) != "1")
    if (std::chrono::steady_clock::now() > until) throw std::runtime_error("it does not wait");
}

// Without effect: it waits for somebody who has locked the commit log, and is terminated there.
// With effect: it waits for a standby that does not exist, and that wait is cancelled.
ended real_store::write(session of, const sim_write& what, mid_commit meets) {
  if (meets == mid_commit::nothing) return write_now(of, what);
  const auto pid = std::to_string(sessions_[of]->backend_pid());
  const auto begin = [&] {
    return std::async(std::launch::async, [this, of, &what] { return write_now(of, what); });
  };
  if (meets == mid_commit::dies_with_effect) {
    sql(dsn_, "ALTER SYSTEM SET synchronous_standby_names='nobody'");
    sql(dsn_, "SELECT pg_reload_conf()");
    while (sql_value(dsn_, "SHOW synchronous_standby_names") != "nobody") {
    }
    static_cast<void>(alive(of));  // its backend has read the setting, too
    auto done = begin();
    await_wait(of, "wait_event='SyncRep'");
    sql(dsn_, "SELECT pg_cancel_backend(" + pid + ")");
    const auto verdict = done.get();
    sql(dsn_, "ALTER SYSTEM RESET synchronous_standby_names");
    sql(dsn_, "SELECT pg_reload_conf()");
    return verdict;
  }
  auto rival = std::async(std::launch::async, [this] {
    return testing::sql_fault(dsn_,
                              "DO $$BEGIN LOCK TABLE suanpan.journal_commit IN ACCESS EXCLUSIVE "
                              "MODE; PERFORM pg_sleep(60); END$$");
  });
  const std::string holds =
      "SELECT coalesce(max(pid),0) FROM pg_locks WHERE mode='AccessExclusiveLock' AND granted AND "
      "relation='suanpan.journal_commit'::regclass";
  while (sql_value(dsn_, holds) == "0") {
  }
  const auto rival_pid = sql_value(dsn_, holds);
  auto done = begin();
  await_wait(of, "wait_event_type='Lock'");
  terminate(of);
  const auto verdict = done.get();
  sql(dsn_, "SELECT pg_terminate_backend(" + rival_pid + ")");
  static_cast<void>(rival.get());
  return verdict;
}

void real_store::terminate(session of) {
  const auto pid = std::to_string(sessions_[of]->backend_pid());
  sql(dsn_, "SELECT pg_terminate_backend(" + pid + ")");
  while (sql_value(dsn_, "SELECT count(*) FROM pg_locks WHERE locktype='advisory' AND pid=" +
                             pid) != "0") {
  }
}

}  // namespace

std::unique_ptr<contract_store> make_real_store() {
  return std::make_unique<real_store>();
}

}  // namespace suanpan::simulation
