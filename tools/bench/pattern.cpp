// See pattern.hpp.
#include "tools/bench/pattern.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace suanpan::bench {
namespace {

namespace v1 = suanpan::v1;

constexpr std::uint32_t amount_max = 1'000'000;
constexpr std::uint32_t refunds_of_thousand = 50;
constexpr std::uint32_t voucher_legs = 3;
constexpr std::int64_t pattern_fee_basis_points = 60;
constexpr std::uint32_t first_payer = 2;  // what lies below is transit, merchant or fee income

constexpr std::array<std::pair<load_pattern, std::string_view>, 6> names{{
    {load_pattern::uniform, "uniform"},
    {load_pattern::hot, "hot"},
    {load_pattern::two_way, "two-way"},
    {load_pattern::zipf, "zipf"},
    {load_pattern::holds, "holds"},
    {load_pattern::vouchers, "vouchers"},
}};

}  // namespace

std::string_view name_of(load_pattern pattern) {
  return std::ranges::find(names, pattern, &decltype(names)::value_type::first)->second;
}

load_pattern pattern_named(std::string_view name) {
  const auto* const found = std::ranges::find(names, name, &decltype(names)::value_type::second);
  return found == names.end() ? load_pattern::uniform : found->first;
}

zipf_ranks::zipf_ranks(std::uint32_t size, double skew) {
  double sum = 0;
  below_.reserve(size);
  for (std::uint32_t k = 0; k < size; ++k) below_.push_back(sum += std::pow(k + 1.0, -skew));
  for (auto& bound : below_) bound /= sum;
}

std::uint32_t zipf_ranks::draw(random_source& from) const {
  const double point = static_cast<double>(from.next() >> 11U) * 0x1p-53;
  const auto place = std::ranges::upper_bound(below_, point);
  const auto rank = static_cast<std::size_t>(place - below_.begin());
  return static_cast<std::uint32_t>(std::min(rank, below_.size() - 1));
}

pattern_writer::pattern_writer(load_pattern pattern, double skew,
                               std::span<const std::int64_t> accounts, std::uint64_t seed)
    : pattern_(pattern),
      accounts_(accounts),
      random_(seed),
      ranks_(pattern == load_pattern::zipf ? static_cast<std::uint32_t>(accounts.size()) : 0,
             skew) {}

void pattern_writer::write(v1::PostTransfersRequest& message) {
  std::uint32_t index = 0;
  const auto size = static_cast<std::uint32_t>(message.transfers_size());
  const auto whole = size - size % voucher_legs;  // what is left over stands alone
  for (auto& to : *message.mutable_transfers()) {
    switch (pattern_) {
      case load_pattern::two_way:
        write_order(to);
        break;
      case load_pattern::holds:
        write_hold(to);
        break;
      case load_pattern::vouchers:
        if (index < whole)
          write_voucher(to, index % voucher_legs, index % voucher_legs == voucher_legs - 1);
        else
          write_plain(to);
        break;
      default:
        write_plain(to);
    }
    ++index;
  }
}

void pattern_writer::fill(item& to, std::uint32_t debit, std::uint32_t credit,
                          std::int64_t amount) {
  to.set_debit_account(accounts_[debit]);
  to.set_credit_account(accounts_[credit]);
  to.set_amount(amount);
}

std::uint32_t pattern_writer::other_than(std::uint32_t index) {
  const auto size = static_cast<std::uint32_t>(accounts_.size());
  const std::uint32_t moved = index + 1 + random_.below(size - 1);
  return moved < size ? moved : moved - size;
}

std::uint32_t pattern_writer::draw_payer() {
  return first_payer + random_.below(static_cast<std::uint32_t>(accounts_.size()) - first_payer);
}

void pattern_writer::write_plain(item& to) {
  std::uint32_t credit = 0;
  std::uint32_t debit = 0;
  if (pattern_ == load_pattern::zipf) {
    credit = ranks_.draw(random_);
    do debit = ranks_.draw(random_);
    while (debit == credit);
  } else {
    if (pattern_ != load_pattern::hot)
      credit = random_.below(static_cast<std::uint32_t>(accounts_.size()));
    debit = other_than(credit);
  }
  fill(to, debit, credit, 1 + random_.below(amount_max));
}

// The callback flow: the bank's money arrives in transit, then it is the merchant's. A refund takes
// the same accounts in the opposite order, which is what made row locks deadlock.
void pattern_writer::write_order(item& to) {
  constexpr std::uint32_t transit = 0;
  constexpr std::uint32_t merchant = 1;
  if (!half_done_) {
    payer_ = draw_payer();
    amount_ = 1 + random_.below(amount_max);
    refund_ = random_.chance(refunds_of_thousand);
    refund_ ? fill(to, merchant, transit, amount_) : fill(to, payer_, transit, amount_);
  } else {
    refund_ ? fill(to, transit, payer_, amount_) : fill(to, transit, merchant, amount_);
  }
  half_done_ = !half_done_;
}

void pattern_writer::write_hold(item& to) {
  if (to.kind() == v1::TRANSFER_KIND_HOLD) {
    to.set_pending_id(to.id());
    to.set_kind(v1::TRANSFER_KIND_CAPTURE);
    return;
  }
  to.clear_pending_id();
  to.set_kind(v1::TRANSFER_KIND_HOLD);
  const auto credit = random_.below(static_cast<std::uint32_t>(accounts_.size()));
  fill(to, other_than(credit), credit, 1 + random_.below(amount_max));
}

void pattern_writer::write_voucher(item& to, std::uint32_t leg, bool last) {
  constexpr std::uint32_t transit = 0;
  constexpr std::uint32_t fees = 1;
  to.set_linked(!last);
  if (leg == 0) {
    payer_ = draw_payer();
    do merchant_ = draw_payer();
    while (merchant_ == payer_);
    amount_ = 1'000 + random_.below(amount_max);
    return fill(to, payer_, transit, amount_);
  }
  const std::int64_t fee = (amount_ * pattern_fee_basis_points + 5'000) / 10'000;
  if (leg == 1) return fill(to, transit, merchant_, amount_ - fee);
  fill(to, transit, fees, fee);
}

}  // namespace suanpan::bench
