// Two nodes on a database of their own, and the history of what their clients were told.
#pragma once

#include "tests/faults/checker.hpp"
#include "tests/faults/ledger_client.hpp"
#include "tests/faults/load.hpp"
#include "tests/faults/process.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <string>

namespace suanpan::faults {

/// `first` owns everything once the constructor is done; `second` runs beside it.
struct two_nodes {
  explicit two_nodes(const std::vector<std::string>& settings = {}) {
    first = std::make_unique<node_process>(node_options{"node-1", dsn, settings});
    second = std::make_unique<node_process>(node_options{"node-2", dsn, settings});
    first->start();
    first->await_ready();
    second->start();
    REQUIRE(wait_until(milliseconds(30'000), [this] { return owns_nothing(*second); }));
  }
  [[nodiscard]] static bool owns_nothing(const node_process& node) {
    const auto seen = node.readyz();
    return seen.status == 503 && seen.body.find("owns_no_shard") != std::string::npos;
  }
  ~two_nodes() {
    if (failed) keep_logs();
    std::error_code ignored;
    if (!failed) std::filesystem::remove_all(directory, ignored);
  }
  two_nodes(const two_nodes&) = delete;
  two_nodes& operator=(const two_nodes&) = delete;

  /// Both have changed their parts: what was `second` owns.
  void swap() { std::swap(first, second); }
  /// Milliseconds until `second` serves, from `since`. Requires that it does within 30 s.
  std::int64_t await_take_over(std::int64_t since) {
    const bool took = wait_until(milliseconds(30'000), [this] { return second->ready(); });
    if (!took) failed = true;
    REQUIRE_MESSAGE(took, second->readyz().body << second->log_tail());
    return (monotonic_micros() - since) / 1'000;
  }
  /// Judges all that was recorded, and verifies the books.
  void judge_all() {
    history.flush();
    const auto told = read_history(history.path());
    const auto violations = judge(told, read_books(dsn));
    const auto verified = verify_line(dsn, second->address());
    failed = !violations.empty() || !verified.starts_with("verify: ok ");
    CHECK(text_of(violations) == "");
    CHECK(verified.starts_with("verify: ok "));
    if (failed) MESSAGE("history kept in " << history.path() << "\n" << verified);
  }

  std::string dsn = testing::private_postgres::instance().fresh_database();
  std::string directory = fresh_directory("cluster");
  history_writer history{directory + "/history.jsonl"};
  std::unique_ptr<node_process> first;
  std::unique_ptr<node_process> second;
  bool failed = false;
};

}  // namespace suanpan::faults
