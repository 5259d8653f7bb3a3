// A node on a database of its own, for tests that say what they send. All that is sent through
// `send` is recorded and judged in the end.
#pragma once

#include "tests/faults/checker.hpp"
#include "tests/faults/ledger_client.hpp"
#include "tests/faults/process.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace suanpan::faults {

struct one_node {
  explicit one_node(const std::vector<std::string>& settings = {},
                    std::string database = testing::private_postgres::instance().fresh_database())
      : dsn(std::move(database)), node({"node-1", dsn, settings}) {
    node.start();
    node.await_ready();
    connect();
    source = ledger->open({.owner = "channel:source", .subject = "1122"});
    payer = ledger->open({.owner = "user:payer", .subject = "2002", .no_overdraft = true});
    payee = ledger->open({.owner = "merchant:payee", .subject = "2001", .no_overdraft = true});
  }
  ~one_node() {
    std::error_code ignored;
    if (!failed) std::filesystem::remove_all(directory, ignored);
  }
  one_node(const one_node&) = delete;
  one_node& operator=(const one_node&) = delete;

  void connect() { ledger = std::make_unique<ledger_client>(node.address()); }
  /// kill -9, start again, wait until it serves.
  void restart() {
    node.kill();
    node.start();
    node.await_ready();
    connect();
  }
  std::vector<answer> send(const std::vector<item>& items,
                           milliseconds deadline = milliseconds(10'000)) {
    return ledger->post_recorded(items, history, 1, deadline);
  }
  answer send(const item& what) { return send(std::vector<item>{what})[0]; }
  /// A booked payment from `source` to `payer`.
  void top_up(std::int64_t amount) { REQUIRE(send(transfer_of(source, payer, amount)).told == 1); }
  /// Judges all that was sent, and verifies the books, live actors included.
  void judge_all() {
    history.flush();
    const auto violations = judge(read_history(history.path()), read_books(dsn));
    const auto verified = verify_line(dsn, node.address());
    failed = !violations.empty() || !verified.starts_with("verify: ok ");
    CHECK(text_of(violations) == "");
    CHECK_MESSAGE(verified.starts_with("verify: ok "), verified);
    if (!failed) return;
    keep_logs();
    MESSAGE("history kept in " << history.path());
  }

  std::string dsn;
  node_process node;
  std::unique_ptr<ledger_client> ledger;
  std::string directory = fresh_directory("history");
  history_writer history{directory + "/history.jsonl"};
  std::int64_t source = 0;  // may be overdrawn
  std::int64_t payer = 0;
  std::int64_t payee = 0;
  bool failed = false;
};

}  // namespace suanpan::faults
