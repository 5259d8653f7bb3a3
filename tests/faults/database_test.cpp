// PostgreSQL gone, read-only or full: what is in flight is told UNAVAILABLE or, once known, the
// truth; what is new is refused at once; /readyz says why; service resumes by itself.
#include "tests/faults/database_trouble.hpp"
#include "tests/faults/load.hpp"
#include "tests/faults/one_node.hpp"

#include <iostream>

using namespace suanpan::faults;

namespace {

constexpr milliseconds refused_at_once{1'000};
constexpr milliseconds resume_max{30'000};

std::string reason_of(const node_process& node) {
  return node.readyz().body;
}

// While the database is in trouble, under load; then it is well again. A disk that is full may yet
// have room for a row: then it is booked, and told so.
template <class Begin, class End>
void live_through(one_node& with, const std::string& name, bool may_book, Begin begin, End end) {
  const auto pid = with.node.pid();
  load_options options;
  options.addresses = {with.node.address()};
  mixed_load load(options, open_world(with.node.address()), with.history);
  load.start();
  REQUIRE(wait_until(milliseconds(30'000), [&] { return load.acknowledged() > 200; }));
  begin();
  const auto in_trouble = [&] {
    return reason_of(with.node).find("database_unavailable: ") != std::string::npos;
  };
  REQUIRE_MESSAGE(wait_until(resume_max, in_trouble), reason_of(with.node));
  std::cout << name << ": " << reason_of(with.node);

  int booked = 0;  // on this account; a full disk can still be read
  std::int64_t slowest = 0;
  for (int i = 0; i < 20; ++i) {
    const auto began = monotonic_micros();
    const auto told = with.send(transfer_of(with.source, with.payer, 1)).told;
    slowest = std::max(slowest, (monotonic_micros() - began) / 1'000);
    CHECK((told == 200 || (may_book && told == 1)));
    if (told == 1) ++booked;
    v1::Account found;
    const auto read = with.ledger->account(with.payer, found);
    CHECK((read.ok() || read.error_code() == grpc::StatusCode::UNAVAILABLE));
    if (read.ok()) CHECK(found.totals().balance() == std::to_string(booked));
    pause_for(milliseconds(50));
  }
  std::cout << name << ": a new transfer was refused within " << slowest << " ms\n";
  CHECK(slowest < refused_at_once.count());

  const auto at = monotonic_micros();
  end();
  const auto before = load.acknowledged();
  REQUIRE_MESSAGE(wait_until(resume_max, [&] { return load.acknowledged() > before + 100; }),
                  with.node.log_tail());
  std::cout << name << ": serving again " << (monotonic_micros() - at) / 1'000
            << " ms after the cause was gone\n";
  CHECK(load.settle(milliseconds(60'000)));
  CHECK(with.node.alive());
  CHECK(with.node.pid() == pid);
  with.judge_all();
}

}  // namespace

TEST_CASE("database: gone, and back after a while") {
  one_node with;
  auto& postgres = suanpan::testing::private_postgres::instance();
  live_through(
      with, "gone", false, [&] { postgres.kill(); }, [&] { postgres.start(); });
}

TEST_CASE("database: read-only, and writable again") {
  one_node with;
  live_through(
      with, "read-only", false, [&] { set_read_only(with.dsn, true); },
      [&] { set_read_only(with.dsn, false); });
}

TEST_CASE("database: its disk is full, and has room again") {
  full_disk disk;
  if (!disk.why_not().empty()) {
    MESSAGE("skipped: " << disk.why_not());
    return;
  }
  one_node with({}, disk.dsn());
  live_through(
      with, "full", true, [&] { disk.fill(); }, [&] { disk.make_room(); });
}
