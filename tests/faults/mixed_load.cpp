#include "tests/faults/mixed_load.hpp"

#include "tests/faults/ledger_client.hpp"

namespace suanpan::faults {
namespace {

constexpr currency cny{156};
constexpr currency usd{840};

}  // namespace

account_number mixed_items::some() {
  if (chance_.one_in(3)) return town_.accounts.front();
  return town_.accounts[chance_.below(town_.accounts.size())];
}

transfer mixed_items::invent() {
  transfer t;
  t.id = fresh_id();
  t.debit = some();
  t.credit = some();
  while (t.credit == t.debit) t.credit = some();
  t.amount = {chance_.between(1, 60)};
  t.ccy = chance_.one_in(25) ? usd : cny;
  if (chance_.one_in(4)) t.metadata = R"({"of": "mixed"})";
  if (!holds_.empty() && chance_.one_in(4)) return end_hold(t);
  if (!posts_.empty() && chance_.one_in(6)) return reverse(t);
  if (chance_.one_in(5)) {
    t.kind = transfer_kind::hold;
    if (chance_.one_in(3)) t.expires_at = wall_millis() * 1'000 + chance_.between(1, 1'500'000);
    holds_.push_back(t);
    return t;
  }
  if (chance_.one_in(4))
    t.kind = chance_.one_in(2) ? transfer_kind::balancing_debit : transfer_kind::balancing_credit;
  posts_.push_back(t);
  return t;
}

// Of a hold that it asked for lately, whatever became of that: mostly as it should be.
transfer mixed_items::end_hold(transfer fresh) {
  const auto newest = std::min<std::size_t>(holds_.size(), 12);
  const auto& hold = holds_[holds_.size() - 1 - chance_.below(newest)];
  fresh.kind = chance_.one_in(3) ? transfer_kind::void_hold : transfer_kind::capture;
  fresh.related = hold.id;
  if (chance_.one_in(10)) return fresh;
  fresh.debit = hold.debit;
  fresh.credit = hold.credit;
  fresh.ccy = hold.ccy;
  fresh.amount = hold.amount;
  if (fresh.kind == transfer_kind::capture && chance_.one_in(2))
    fresh.amount = {chance_.between(1, hold.amount.value + 1)};
  return fresh;
}

transfer mixed_items::reverse(transfer fresh) {
  const auto newest = std::min<std::size_t>(posts_.size(), 20);
  const auto& original = posts_[posts_.size() - 1 - chance_.below(newest)];
  fresh.kind = transfer_kind::reverse;
  fresh.related = original.id;
  if (chance_.one_in(10)) return fresh;
  fresh.debit = original.credit;
  fresh.credit = original.debit;
  fresh.ccy = original.ccy;
  fresh.amount = {chance_.between(1, original.amount.value + 1)};
  return fresh;
}

void mixed_items::add_voucher(std::vector<transfer>& into) {
  const auto size = static_cast<std::size_t>(chance_.between(2, 4));
  for (std::size_t i = 0; i < size; ++i) {
    auto t = invent();
    if (is_balancing(t.kind)) t.kind = transfer_kind::post;
    t.linked = i + 1 < size;
    into.push_back(t);
  }
}

std::vector<transfer> mixed_items::next_batch() {
  std::vector<transfer> batch;
  for (auto left = 1 + chance_.below(6); left > 0; --left) {
    if (chance_.one_in(6))
      add_voucher(batch);
    else
      batch.push_back(invent());
  }
  return batch;
}

}  // namespace suanpan::faults
