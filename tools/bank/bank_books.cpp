#include "tools/bank/bank_books.hpp"

#include <utility>

namespace suanpan::bank {

std::string_view name_of(request_kind kind) {
  switch (kind) {
    case request_kind::refund:
      return "refund";
    case request_kind::payout:
      return "payout";
    default:
      return "pay";
  }
}

std::string_view name_of(status of) {
  switch (of) {
    case status::processing:
      return "processing";
    case status::paid:
      return "paid";
    case status::declined:
      return "declined";
    default:
      return "not_found";
  }
}

std::string_view name_of(entry_kind kind) {
  if (kind == entry_kind::returned) return "returned";
  return name_of(static_cast<request_kind>(kind));
}

entry& bank_books::append(entry fresh, std::int64_t at) {
  fresh.number = entries_.size() + 1;
  fresh.day = day_;
  fresh.at = at;
  fresh.statement_amount = fresh.of.amount;
  entries_.push_back(std::move(fresh));
  return entries_.back();
}

std::string bank_books::why_not(const request& refund, const entry*& of) const {
  of = find(refund.merchant, refund.original);
  if (of == nullptr || of->kind != entry_kind::pay || !of->declined.empty())
    return "original_not_found";
  if (of->of.ccy != refund.ccy) return "wrong_currency";
  return refund.amount.value > left_of(of->number).value ? "exceeds_original" : "";
}

const entry& bank_books::book(const request& what, std::string_view decline, std::int64_t at) {
  entry fresh;
  fresh.kind = static_cast<entry_kind>(what.kind);
  fresh.of = what;
  fresh.declined = decline;
  if (what.kind == request_kind::refund && decline.empty()) {
    const entry* of = nullptr;
    fresh.declined = why_not(what, of);
    if (fresh.declined.empty()) {
      fresh.undoes = of->number;
      undone_[of->number] += what.amount.value;
    }
  }
  const auto& booked = append(std::move(fresh), at);
  const auto [known, first] =
      by_reference_.try_emplace({what.merchant, what.reference}, booked.number);
  if (!first && booked.declined.empty()) known->second = booked.number;
  return booked;
}

const entry* bank_books::give_back(std::uint64_t number, std::int64_t at) {
  const auto left = left_of(number);
  if (left.value == 0) return nullptr;
  entry fresh;
  fresh.kind = entry_kind::returned;
  fresh.of = entries_[number - 1].of;
  fresh.of.amount = left;
  fresh.undoes = number;
  undone_[number] += left.value;
  return &append(std::move(fresh), at);
}

const entry* bank_books::find(std::string_view merchant, std::string_view reference) const {
  const auto it = by_reference_.find(std::pair{std::string(merchant), std::string(reference)});
  return it == by_reference_.end() ? nullptr : &entries_[it->second - 1];
}

minor_units bank_books::left_of(std::uint64_t number) const {
  const auto& of = entries_[number - 1];
  if (!of.declined.empty()) return {0};
  const auto it = undone_.find(number);
  return {of.of.amount.value - (it == undone_.end() ? 0 : it->second)};
}

std::vector<statement_line> bank_books::statement(std::uint32_t day) const {
  std::vector<statement_line> lines;
  for (const auto& e : entries_) {
    if (e.day != day || !e.declined.empty() || e.off_statement) continue;
    lines.push_back(
        {e.number, e.kind, e.of.merchant, e.of.reference, e.statement_amount, e.of.ccy});
  }
  return lines;
}

}  // namespace suanpan::bank
