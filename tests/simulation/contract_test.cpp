// The contract between the simulated database and the real one: every scenario runs on both and
// must end alike. What the simulation found out about the ledger holds only as far as this does.
#include "tests/simulation/contract_stores.hpp"
#include "tests/support/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

using namespace suanpan;
using namespace suanpan::simulation;
using enum item_result;

namespace {

struct simulated {
  static std::unique_ptr<contract_store> make() { return make_simulated_store(); }
};
struct real {
  static std::unique_ptr<contract_store> make() { return make_real_store(); }
};

constexpr shard_id shard_0{0};
constexpr shard_id shard_1{1};

std::int64_t now_millis() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

account_row account_at(shard_id shard, std::int64_t sequence) {
  account_row row;
  row.number = account_number::make(shard, sequence);
  row.key = {"merchant:M" + std::to_string(sequence), "2001", samples::cny, "", shard};
  row.side = normal_side::credit;
  row.opened = {1'000};
  return row;
}

// A store where one session owns shards 0 and 1 with two accounts each.
template <class Which>
struct owned {
  owned() {
    claims = take(session);
    sim_write opening;
    opening.claims = claims;
    for (const auto shard : {shard_0, shard_1})
      for (const auto sequence : {1, 2}) opening.openings.push_back(account_at(shard, sequence));
    opening.settled = {1'000};
    REQUIRE(store->write(session, opening) == ended::committed);
  }

  std::vector<shard_claim> take(contract_store::session of) {
    REQUIRE(store->try_lock(of, shard_0));
    REQUIRE(store->try_lock(of, shard_1));
    auto raised = store->raise_epochs(of, {shard_0, shard_1});
    REQUIRE(raised.size() == 2);
    return raised;
  }
  stored_transfer row(account_number debit, account_number credit, std::int64_t amount, ticket at,
                      item_result result = posted) {
    stored_transfer t;
    t.what.id = samples::id_at(now_millis(), ++ids);
    t.what.debit = debit;
    t.what.credit = credit;
    t.what.amount = {amount};
    t.what.event_code = 1001;
    t.what.ccy = samples::cny;
    t.at = at;
    t.result = result;
    t.date = {20'780};
    return t;
  }
  sim_write of(std::vector<stored_transfer> rows) {
    sim_write what;
    what.claims = claims;
    what.transfers = std::move(rows);
    what.settled = what.transfers.back().at;
    return what;
  }
  ended write(std::vector<stored_transfer> rows, mid_commit meets = mid_commit::nothing) {
    return store->write(session, of(std::move(rows)), meets);
  }
  bool is_there(const stored_transfer& t) { return store->find({t.what.id}).size() == 1; }

  std::unique_ptr<contract_store> store = Which::make();
  contract_store::session session = store->open();
  std::vector<shard_claim> claims;
  account_number a = account_number::make(shard_0, 1);
  account_number b = account_number::make(shard_0, 2);
  account_number c = account_number::make(shard_1, 1);
  account_number d = account_number::make(shard_1, 2);
  std::uint64_t ids = 0;
};

}  // namespace

// --- locks and epochs (R16)

TEST_CASE_TEMPLATE("contract: a lock is got once, by one session, until it is released", T,
                   simulated, real) {
  const auto store = T::make();
  const auto one = store->open();
  const auto two = store->open();
  CHECK(store->try_lock(one, shard_0));
  CHECK_FALSE(store->try_lock(one, shard_0));
  CHECK_FALSE(store->try_lock(two, shard_0));
  CHECK(store->release(one, shard_0));
  CHECK(store->try_lock(two, shard_0));
}

TEST_CASE_TEMPLATE("contract: releasing what is not held fails and costs the session", T, simulated,
                   real) {
  const auto store = T::make();
  const auto one = store->open();
  CHECK_FALSE(store->release(one, shard_0));
  CHECK_FALSE(store->alive(one));
}

TEST_CASE_TEMPLATE("contract: a session that is terminated is dead, and its locks are free", T,
                   simulated, real) {
  const auto store = T::make();
  const auto one = store->open();
  const auto two = store->open();
  CHECK(store->try_lock(one, shard_0));
  CHECK(store->alive(one));
  store->terminate(one);
  CHECK_FALSE(store->alive(one));
  CHECK_FALSE(store->try_lock(one, shard_1));
  CHECK(store->try_lock(two, shard_0));
}

TEST_CASE_TEMPLATE("contract: an epoch grows by one with each take-over, only under the lock", T,
                   simulated, real) {
  const auto store = T::make();
  const auto one = store->open();
  CHECK(store->raise_epochs(one, {shard_0}).empty());
  CHECK(store->try_lock(one, shard_0));
  const auto first = store->raise_epochs(one, {shard_0});
  CHECK(store->release(one, shard_0));
  const auto two = store->open();
  CHECK(store->try_lock(two, shard_0));
  const auto second = store->raise_epochs(two, {shard_0});
  REQUIRE(first.size() == 1);
  REQUIRE(second.size() == 1);
  CHECK(second[0].at_epoch.value == first[0].at_epoch.value + 1);
}

TEST_CASE_TEMPLATE("contract: a commit with a stale epoch is fenced and leaves nothing", T,
                   simulated, real) {
  owned<T> s;
  CHECK(s.store->release(s.session, shard_0));
  const auto next = s.store->open();
  CHECK(s.store->try_lock(next, shard_0));
  CHECK(s.store->raise_epochs(next, {shard_0}).size() == 1);
  const auto late = s.row(s.a, s.b, 5, {2'000});
  SUBCASE("its rows") {
    CHECK(s.write({late}) == ended::fenced);
    CHECK_FALSE(s.is_there(late));
  }
  SUBCASE("its checkpoint") {
    sim_checkpoint c{s.claims, {{s.a, {7, 7}, {5'000}}}, {{shard_0, {5'000}}}};
    CHECK(s.store->write_checkpoint(s.session, c) == ended::fenced);
    CHECK(s.store->load({s.a})[0].covers == ticket{});
  }
  CHECK_FALSE(s.store->alive(s.session));
}

TEST_CASE_TEMPLATE("contract: another session's epoch does not pass as ours", T, simulated, real) {
  owned<T> s;
  const auto other = s.store->open();
  const auto row = s.row(s.a, s.b, 5, {2'000});
  CHECK(s.store->write(other, s.of({row})) == ended::fenced);
  CHECK_FALSE(s.is_there(row));
}

// --- commits

TEST_CASE_TEMPLATE("contract: what is committed is seen at once, with every field", T, simulated,
                   real) {
  owned<T> s;
  auto booked = s.row(s.a, s.c, 25, {2'000});
  booked.reference = "order-1";
  booked.memo = "早餐";
  booked.what.reference = booked.reference;
  booked.what.memo = booked.memo;
  auto refused = s.row(s.b, s.c, 99, {2'000}, debit_insufficient_funds);
  refused.index = 1;
  auto linked = s.row(s.a, s.c, 7, {2'000});
  linked.index = 2;
  linked.what.linked = true;
  linked.voucher = linked.what.id;
  CHECK(s.write({booked, refused, linked}) == ended::committed);
  const auto of_voucher = s.store->find({linked.what.id});
  REQUIRE(of_voucher.size() == 1);
  CHECK(compare_content(of_voucher[0].what, linked.what) == exists);
  CHECK(of_voucher[0].voucher == linked.what.id);
  const auto found = s.store->find({booked.what.id});
  REQUIRE(found.size() == 1);
  CHECK(compare_content(found[0].what, booked.what) == exists);
  CHECK(found[0].at == booked.at);
  CHECK(found[0].index == 0);
  CHECK(found[0].result == posted);
  CHECK(found[0].date == booked.date);
  CHECK(found[0].voucher == transfer_id{});
  const auto other = s.store->find({refused.what.id});
  REQUIRE(other.size() == 1);
  CHECK(other[0].result == debit_insufficient_funds);
  CHECK(other[0].index == 1);
}

TEST_CASE_TEMPLATE("contract: an id that is there costs the whole COPY; the session lives", T,
                   simulated, real) {
  owned<T> s;
  const auto first = s.row(s.a, s.b, 5, {2'000});
  REQUIRE(s.write({first}) == ended::committed);
  auto again = s.row(s.a, s.b, 6, {3'000});
  const auto with_it = s.row(s.a, s.b, 7, {3'000});
  again.what.id = first.what.id;
  CHECK(s.write({with_it, again}) == ended::duplicate);
  CHECK_FALSE(s.is_there(with_it));
  CHECK(s.store->find({first.what.id})[0].what.amount.value == 5);
  CHECK(s.write({with_it}) == ended::committed);
  CHECK(s.is_there(with_it));
}

TEST_CASE_TEMPLATE("contract: one id twice in one COPY is a duplicate, also of a refusal", T,
                   simulated, real) {
  owned<T> s;
  const auto one = s.row(s.a, s.b, 5, {2'000}, debit_insufficient_funds);
  auto two = s.row(s.a, s.b, 5, {2'000});
  two.what.id = one.what.id;
  two.index = 1;
  CHECK(s.write({one, two}) == ended::duplicate);
  CHECK_FALSE(s.is_there(one));
}

TEST_CASE_TEMPLATE("contract: an id whose partition is gone is refused and not found", T, simulated,
                   real) {
  owned<T> s;
  auto old = s.row(s.a, s.b, 5, {2'000});
  old.what.id = s.store->detached_id();
  CHECK(s.write({old}) == ended::refused);
  CHECK_FALSE(s.is_there(old));
  CHECK(s.store->alive(s.session));
}

TEST_CASE_TEMPLATE("contract: a key that is there is a duplicate, a number is refused", T,
                   simulated, real) {
  owned<T> s;
  sim_write again;
  again.claims = s.claims;
  again.openings = {account_at(shard_0, 3)};
  auto verdict = ended::duplicate;
  SUBCASE("the key") {
    again.openings[0].key = account_at(shard_0, 1).key;
  }
  SUBCASE("the number, under another key: somebody's mistake, not a second try") {
    again.openings[0].number = s.a;
    verdict = ended::refused;
  }
  CHECK(s.store->write(s.session, again) == verdict);
  CHECK(s.store->load({account_number::make(shard_0, 3)}).empty());
}

TEST_CASE_TEMPLATE("contract: a session terminated mid-commit without effect", T, simulated, real) {
  owned<T> s;
  const auto row = s.row(s.a, s.b, 5, {2'000});
  CHECK(s.write({row}, mid_commit::dies_without_effect) == ended::unknown);
  CHECK_FALSE(s.store->alive(s.session));
  const auto next = s.store->open();
  s.claims = s.take(next);
  CHECK_FALSE(s.is_there(row));
}

TEST_CASE_TEMPLATE("contract: a session lost mid-commit with effect", T, simulated, real) {
  owned<T> s;
  const auto row = s.row(s.a, s.b, 5, {2'000});
  CHECK(s.write({row}, mid_commit::dies_with_effect) == ended::unknown);
  s.store->terminate(s.session);
  const auto next = s.store->open();
  s.claims = s.take(next);
  CHECK(s.is_there(row));
  CHECK(s.store->recover(s.claims, now_millis() - 60'000, 100).newest >= row.at);
}

// --- checkpoints, watermarks, recovery (R13, R14)

TEST_CASE_TEMPLATE("contract: balances and positions only move forward", T, simulated, real) {
  owned<T> s;
  const auto store = [&](std::int64_t debits, ticket covers, ticket position) {
    return s.store->write_checkpoint(
        s.session, {s.claims, {{s.a, {debits, 1}, covers}}, {{shard_0, position}}});
  };
  CHECK(store(30, {5'000}, {4'000}) == ended::committed);
  CHECK(store(20, {4'500}, {3'000}) == ended::committed);
  CHECK(store(20, {5'000}, {4'000}) == ended::committed);
  const auto row = s.store->load({s.a});
  REQUIRE(row.size() == 1);
  CHECK(row[0].totals.debits_posted == 30);
  CHECK(row[0].covers == ticket{5'000});
  s.store->terminate(s.session);
  CHECK(s.take(s.store->open())[0].position == ticket{4'000});
}

TEST_CASE_TEMPLATE("contract: a watermark without rows is heard of at the take-over (R3)", T,
                   simulated, real) {
  owned<T> s;
  CHECK(s.store->write_watermark(s.session, {7'777}) == ended::committed);
  s.store->terminate(s.session);
  const auto claims = s.take(s.store->open());
  CHECK(claims[0].newest >= ticket{7'777});
  CHECK(s.store->recover(claims, now_millis(), 10).newest >= ticket{7'777});
}

TEST_CASE_TEMPLATE("contract: recovery after a take-over sees the last commit", T, simulated,
                   real) {
  owned<T> s;
  REQUIRE(s.write({s.row(s.a, s.c, 100, {2'000})}) == ended::committed);
  sim_checkpoint half{s.claims, {{s.a, {100, 0}, {2'500}}}, {{shard_0, {1'500}}}};
  REQUIRE(s.store->write_checkpoint(s.session, half) == ended::committed);
  const auto last = s.row(s.c, s.a, 30, {3'000});
  REQUIRE(s.write({last, s.row(s.b, s.d, 9, {3'000}, debit_insufficient_funds)}) ==
          ended::committed);
  s.store->terminate(s.session);
  const auto claims = s.take(s.store->open());
  CHECK(claims[0].newest >= ticket{3'000});
  const auto r = s.store->recover(claims, now_millis() - 60'000, 100);
  CHECK(r.newest >= ticket{3'000});
  CHECK(r.recent.size() == 3);
  REQUIRE(r.touched.size() == 2);
  CHECK(r.touched[0].number == s.a);
  CHECK(r.touched[0].totals == account_totals{100, 30});
  CHECK(r.touched[0].covers == ticket{3'000});
  CHECK(r.touched[1].number == s.c);
  CHECK(r.touched[1].totals == account_totals{30, 100});
  REQUIRE(r.last_sequence.size() == 2);
  CHECK(r.last_sequence[0] == std::pair<shard_id, std::int64_t>{shard_0, 2});
}

TEST_CASE_TEMPLATE("contract: recovery of one shard folds its debits and its credits alone", T,
                   simulated, real) {
  owned<T> s;
  REQUIRE(s.write({s.row(s.a, s.c, 100, {2'000}), s.row(s.d, s.b, 7, {2'000})}) ==
          ended::committed);
  const std::vector<shard_claim> ours{s.claims[1]};
  const auto r = s.store->recover(ours, now_millis() - 60'000, 100);
  REQUIRE(r.touched.size() == 2);
  CHECK(r.touched[0].number == s.c);
  CHECK(r.touched[0].totals == account_totals{0, 100});
  CHECK(r.touched[1].number == s.d);
  CHECK(r.touched[1].totals == account_totals{7, 0});
}

TEST_CASE_TEMPLATE("contract: recovery reads nothing at or below a position", T, simulated, real) {
  owned<T> s;
  REQUIRE(s.write({s.row(s.a, s.b, 100, {2'000})}) == ended::committed);
  sim_checkpoint all{
      s.claims, {{s.a, {100, 0}, {2'000}}, {s.b, {0, 100}, {2'000}}}, {{shard_0, {2'000}}}};
  REQUIRE(s.store->write_checkpoint(s.session, all) == ended::committed);
  s.store->terminate(s.session);
  const auto r = s.store->recover(s.take(s.store->open()), now_millis() - 60'000, 100);
  CHECK(r.touched.empty());
  CHECK(r.newest >= ticket{2'000});
}

TEST_CASE_TEMPLATE("contract: recent ids are cut at a whole millisecond, and say since when", T,
                   simulated, real) {
  owned<T> s;
  const auto base = now_millis();
  std::vector<stored_transfer> rows;
  for (std::uint64_t i = 0; i < 9; ++i) {
    rows.push_back(s.row(s.a, s.b, 1, {2'000}));
    rows.back().index = static_cast<std::int32_t>(i);
    rows.back().what.id = samples::id_at(base - static_cast<std::int64_t>(i / 3) * 10, i);
  }
  REQUIRE(s.write(rows) == ended::committed);
  const auto cut = s.store->recover(s.claims, base - 60'000, 5);
  CHECK(cut.recent.size() == 3);
  CHECK(cut.recent_complete_since_millis == base - 10 + 1);
  const auto all = s.store->recover(s.claims, base - 60'000, 9);
  CHECK(all.recent.size() == 9);
  CHECK(all.recent_complete_since_millis == base - 60'000);
  CHECK(std::ranges::is_sorted(all.recent, std::ranges::greater{},
                               [](const auto& t) { return t.what.id; }));
}

TEST_CASE_TEMPLATE("contract: accounts are found by number and by their whole key", T, simulated,
                   real) {
  owned<T> s;
  const auto some = s.store->load({s.d, s.a, account_number::make(shard_0, 9)});
  CHECK(some.size() == 2);
  auto key = account_at(shard_0, 2).key;
  const auto known = s.store->find_keys({key});
  REQUIRE(known.size() == 1);
  CHECK(known[0].number == s.b);
  key.label = "other";
  CHECK(s.store->find_keys({key}).empty());
}
