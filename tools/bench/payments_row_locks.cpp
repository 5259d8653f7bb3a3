// The flow that Suanpan replaces (DESIGN section 1), with the same bank and the same notification.
#include "tools/bench/payments_load.hpp"
#include "tools/orders/bank_caller.hpp"

#include <pqxx/pqxx>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

namespace suanpan::bench {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::int64_t row_locks_amount = 100'00;
constexpr std::int64_t fee = 60;

constexpr const char* tables = R"(
  CREATE SCHEMA IF NOT EXISTS row_locks;
  CREATE TABLE IF NOT EXISTS row_locks.account
    (act_no text PRIMARY KEY, balance numeric(39) NOT NULL);
  CREATE TABLE IF NOT EXISTS row_locks.orders
    (order_no text PRIMARY KEY, amount bigint NOT NULL, status text NOT NULL,
     created_at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE IF NOT EXISTS row_locks.entry
    (id bigserial PRIMARY KEY, order_no text NOT NULL, act_no text NOT NULL,
     amount bigint NOT NULL);
  INSERT INTO row_locks.account VALUES ('TRANSIT', 0), ('MERCHANT', 0), ('FEES', 0)
    ON CONFLICT DO NOTHING;)";

void prepare(pqxx::connection& on) {
  on.prepare("new_order",
             "INSERT INTO row_locks.orders(order_no, amount, status) "
             "VALUES ($1, $2, 'PROCESSING')");
  on.prepare("lock", "SELECT balance FROM row_locks.account WHERE act_no = $1 FOR UPDATE");
  on.prepare("move", "UPDATE row_locks.account SET balance = balance + $2 WHERE act_no = $1");
  on.prepare("entry", "INSERT INTO row_locks.entry(order_no, act_no, amount) VALUES ($1, $2, $3)");
  on.prepare("paid", "UPDATE row_locks.orders SET status = 'SUCCEEDED' WHERE order_no = $1");
}

struct posting {
  const char* account;
  std::int64_t moves;
};

void post(pqxx::work& in, const std::string& order, const posting& what) {
  in.exec_prepared("lock", what.account);
  in.exec_prepared("move", what.account, what.moves);
  in.exec_prepared("entry", order, what.account, what.moves);
}

void run_order(pqxx::connection& on, orders::bank_caller& bank, const std::string& order) {
  {
    pqxx::work created(on);
    created.exec_prepared("new_order", order, row_locks_amount);
    created.commit();
  }
  if (!bank.pay(order, {row_locks_amount}))
    throw std::runtime_error("the bank did not pay " + order);
  {
    pqxx::work received(on);
    post(received, order, {"TRANSIT", row_locks_amount});
    received.commit();
  }
  {
    pqxx::work settled(on);
    post(settled, order, {"TRANSIT", -row_locks_amount});
    post(settled, order, {"MERCHANT", row_locks_amount - fee});
    post(settled, order, {"FEES", fee});
    settled.exec_prepared("paid", order);
    settled.commit();
  }
  if (!bank.tell(order)) throw std::runtime_error("the merchant did not take " + order);
}

std::string row_locks_prefix() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return "rl-" +
         std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()) + "-";
}

}  // namespace

payments_measurement measure_row_locks(const row_lock_options& options,
                                       orders::webhook_receiver& told,
                                       const std::string& webhook_secret) {
  {
    pqxx::connection on(options.dsn);
    pqxx::nontransaction(on).exec(tables);
  }
  told.expect_secret(webhook_secret);
  told.keep(false);
  std::atomic<bool> stopping{false};
  std::atomic<std::uint64_t> next{0};
  std::atomic<std::uint64_t> done{0};
  std::mutex guard;
  std::string trouble;
  const auto prefix = row_locks_prefix();
  std::vector<std::thread> clients;
  for (int i = 0; i < options.clients; ++i)
    clients.emplace_back([&] {
      try {
        pqxx::connection on(options.dsn);
        prepare(on);
        orders::bank_caller bank({.bank_address = options.bank_address,
                                  .webhook_url = told.url(),
                                  .webhook_secret = webhook_secret});
        while (!stopping) {
          run_order(on, bank, prefix + std::to_string(++next));
          ++done;
        }
      } catch (const std::exception& fault) {
        const std::scoped_lock lock(guard);
        trouble = fault.what();
      }
    });
  std::this_thread::sleep_for(std::chrono::seconds(options.warmup_seconds));
  payments_measurement found;
  const auto began = steady::now();
  const auto before = done.load();
  std::this_thread::sleep_for(std::chrono::seconds(options.seconds));
  found.complete = done - before;
  found.micros =
      std::chrono::duration_cast<std::chrono::microseconds>(steady::now() - began).count();
  stopping = true;
  for (auto& client : clients) client.join();
  if (!trouble.empty()) throw std::runtime_error(trouble);
  return found;
}

}  // namespace suanpan::bench
