#include "actors/channel/routing_rules.hpp"

#include <algorithm>

namespace suanpan {
namespace {

constexpr std::size_t reasons_bytes_max = 512;

template <class List, class Value>
bool holds(const List& list, const Value& value) {
  return std::ranges::find(list, value) != list.end();
}

/// Why the channel can't do it, however it is; empty: it can.
std::string unfit(const channel_terms& terms, const route_question& q) {
  if (q.only && *q.only != terms.name) return "not where the card or the payment is";
  if (!q.only && !holds(terms.products, q.product)) {
    return std::string(name_of(q.product)) + " not offered";
  }
  if (q.operation == channel_operation::refund && !terms.traits.refunds) return "does not refund";
  if (!holds(terms.currencies, q.ccy)) return std::string(letters(q.ccy)) + " not taken";
  // A part of a payment may be less than the channel takes as a payment.
  const bool whole = q.operation != channel_operation::refund;
  if (whole && q.amount < terms.amount_least) {
    return "amount below " + format_plain(terms.amount_least.value, q.ccy);
  }
  if (q.amount > terms.amount_most) {
    return "amount above " + format_plain(terms.amount_most.value, q.ccy);
  }
  return {};
}

bool takes(lane_condition condition) {
  return condition == lane_condition::open || condition == lane_condition::trying;
}

bool is_before(const route_candidate* a, const route_candidate* b) {
  if (a->terms->priority != b->terms->priority) return a->terms->priority < b->terms->priority;
  return a->terms->name < b->terms->name;
}

void add_reason(std::string& to, const channel_terms& terms, std::string_view why) {
  std::string more = to.empty() ? "" : "; ";
  more.append(terms.name.value).append(": ").append(why);
  if (to.size() + more.size() <= reasons_bytes_max) to += more;
}

/// The first that would take it; the others with their reasons, in the order in which they were
/// looked at.
const channel_terms* first_fit(const route_question& q,
                               std::span<const route_candidate* const> order,
                               std::string& reasons) {
  const channel_terms* chosen = nullptr;
  const channel_terms* unsent = nullptr;
  for (const auto* candidate : order) {
    const auto& terms = *candidate->terms;
    const auto condition = candidate->condition.of(terms.lane_of(q.operation));
    if (auto why = unfit(terms, q); !why.empty()) {
      add_reason(reasons, terms, why);
    } else if (!takes(condition)) {
      add_reason(reasons, terms, name_of(condition));
    } else if (chosen != nullptr) {
      add_reason(reasons, terms, "later in priority");
    } else if (holds(q.unsent_at, terms.name)) {
      if (unsent == nullptr) unsent = &terms;
      add_reason(reasons, terms, "could not be reached for this order");
    } else {
      chosen = &terms;
    }
  }
  return chosen != nullptr ? chosen : unsent;
}

}  // namespace

std::string_view name_of(channel_lane lane) {
  switch (lane) {
    case channel_lane::fast:
      return "fast";
    case channel_lane::slow:
      return "slow";
  }
  return {};
}

std::string_view name_of(lane_condition condition) {
  switch (condition) {
    case lane_condition::open:
      return "open";
    case lane_condition::trying:
      return "failed of late, being tried";
    case lane_condition::broken:
      return "breaker open";
    case lane_condition::full:
      return "lane full";
    case lane_condition::out_of_order:
      return "out of order";
  }
  return {};
}

channel_lane channel_terms::lane_of(channel_operation operation) const noexcept {
  return holds(slow_operations, operation) ? channel_lane::slow : channel_lane::fast;
}

route_choice choose_route(const route_question& question,
                          std::span<const route_candidate> candidates) {
  std::vector<const route_candidate*> order;
  order.reserve(candidates.size());
  for (const auto& c : candidates) order.push_back(&c);
  std::ranges::sort(order, is_before);
  route_choice choice;
  const auto* chosen = first_fit(question, order, choice.reasons);
  if (chosen != nullptr) {
    choice.chosen = chosen_channel{chosen->name, chosen->traits, choice.reasons};
  }
  return choice;
}

}  // namespace suanpan
