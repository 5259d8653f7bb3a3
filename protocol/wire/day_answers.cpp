#include "protocol/wire/day_answers.hpp"

#include "protocol/wire/answers.hpp"
#include "suanpan/v1/ledger.pb.h"

#include <string>
#include <string_view>

namespace suanpan::wire {

void fill(const day_record& from, v1::AccountingDay& to) {
  to.set_date(date_text(from.date));
  to.set_state(static_cast<v1::AccountingDayState>(from.state));
  to.set_begins_ticket(from.begins.micros);
  to.set_ends_ticket(from.ends.micros);
  to.set_settled_ticket(from.settled.micros);
  to.set_transfers(from.transfers);
  to.set_closed_by(from.closed_by);
  to.set_closed_at_micros(from.closed_micros);
}

void fill(const unsettled_shard& from, v1::UnsettledShard& to) {
  to.set_shard(from.shard.value);
  to.set_node(from.node);
  to.set_owned(from.owned);
  to.set_settled_ticket(from.settled.micros);
}

void fill(const ledger_line& from, normal_side side, v1::GeneralLedgerLine& to) {
  const auto opening = balance_of(from.before, side);
  to.set_subject(from.subject);
  to.set_normal_side(side == normal_side::debit ? v1::NORMAL_SIDE_DEBIT : v1::NORMAL_SIDE_CREDIT);
  to.set_currency(std::string(letters(from.ccy)));
  to.set_exponent(exponent(from.ccy));
  to.set_opening(suanpan::to_string(opening));
  to.set_debits(suanpan::to_string(from.movement.debits_posted));
  to.set_credits(suanpan::to_string(from.movement.credits_posted));
  to.set_closing(suanpan::to_string(opening + balance_of(from.movement, side)));
  to.set_postings(from.postings);
}

void fill(const std::map<currency, earnings>& from, v1::GeneralLedger& to) {
  std::map<std::string_view, currency> by_letters;
  for (const auto& [ccy, sums] : from) by_letters.emplace(letters(ccy), ccy);
  for (const auto& [name, ccy] : by_letters) {
    const auto& sums = from.at(ccy);
    auto& line = *to.add_profit_and_loss();
    line.set_currency(std::string(name));
    line.set_exponent(exponent(ccy));
    line.set_income(suanpan::to_string(sums.income));
    line.set_expense(suanpan::to_string(sums.expense));
    line.set_profit(suanpan::to_string(sums.income - sums.expense));
  }
}

}  // namespace suanpan::wire
