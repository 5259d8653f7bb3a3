// The auditor's laws of money at a bank: the bank's books, the ledger's rows and what the payer
// came to tell one story; nobody sent again without evidence.
#include "tests/simulation/auditor.hpp"

#include <algorithm>
#include <map>

namespace suanpan::simulation {
namespace {

std::string order_of(const std::string& reference) {
  return reference.substr(0, reference.find('/'));
}

struct at_bank {
  std::int64_t paid = 0;
  std::int64_t refunded = 0;
  std::int64_t returned = 0;
  int payments = 0;
};

std::map<std::string, at_bank> by_order(const bank::bank_books& books) {
  std::map<std::string, at_bank> found;
  for (const auto& e : books.entries()) {
    if (!e.declined.empty()) continue;
    auto& order = found[order_of(e.of.reference)];
    if (e.kind == bank::entry_kind::pay) {
      order.paid += e.of.amount.value;
      ++order.payments;
    }
    if (e.kind == bank::entry_kind::refund) order.refunded += e.of.amount.value;
    if (e.kind == bank::entry_kind::returned) order.returned += e.of.amount.value;
  }
  return found;
}

}  // namespace

// R20, R21: what the order came to is what bank and ledger hold of it.
void auditor::check_orders(const bank::bank_books& books) {
  auto banked = by_order(books);
  for (const auto& order : told_.orders) {
    const auto& has = banked[order.number];
    const auto net = has.paid - has.refunded - has.returned;
    const auto row = database_.rows().find(order.booking.id);
    const bool booked = row != database_.rows().end() && row->second.result == item_result::posted;
    if (has.payments > 1) breach("R20: the bank paid twice: " + order.number);
    if (order.fate == order_fate::open) breach("an order never ended: " + order.number);
    if (booked != (order.fate == order_fate::booked))
      breach("an order's fate is not the ledger's: " + order.number);
    // What the bank returned of its own accord is found by its statement, not by the order.
    const auto due = order.fate == order_fate::booked ? order.booking.amount.value : 0;
    if (order.fate != order_fate::open && net != due && net + has.returned != due)
      breach("the bank holds " + std::to_string(net) + " of " + order.number + ", not " +
             std::to_string(due));
    banked.erase(order.number);
  }
  for (const auto& [number, has] : banked) breach("the bank moved what no order asked: " + number);
}

// R20: a second number only after the first was declined, or not found when that was final; the
// same number again only where the bank dedupes.
void auditor::check_evidence(bool dedupes, sim_time not_found_is_final_after) {
  std::map<std::pair<std::string, bank::request_kind>, const asked_payment*> before;
  for (const auto& sent : told_.payments) {
    auto& earlier = before[{sent.order, sent.what.kind}];
    const auto* last = std::exchange(earlier, &sent);
    if (last == nullptr) continue;
    const auto& reference = last->what.reference;
    if (sent.what.reference == reference) {
      if (!dedupes) breach("R20: sent twice under one number: " + reference);
      continue;
    }
    const bool known = std::ranges::any_of(told_.reports, [&](const heard_report& heard) {
      if (heard.forged || heard.what.reference != reference || heard.heard > sent.sent)
        return false;
      if (heard.what.is == bank::status::declined) return true;
      return !dedupes && heard.queried && heard.what.is == bank::status::not_found &&
             heard.asked >= last->sent + not_found_is_final_after;
    });
    if (!known) breach("R20: sent again without evidence: " + sent.what.reference);
  }
}

}  // namespace suanpan::simulation
