#include "tools/orders/reconcile.hpp"

#include <algorithm>
#include <map>

namespace suanpan::orders {
namespace {

std::string amount_text(minor_units amount, const std::string& currency) {
  return std::to_string(amount.value) + ' ' + currency;
}

std::string sentence(const our_success& one, const std::string& what) {
  return one.order + ", reference " + one.reference + ": " + what;
}

}  // namespace

std::vector<std::string> differences(std::vector<our_success> ours,
                                     const std::vector<bank_entry>& banks) {
  std::ranges::sort(ours, {}, &our_success::reference);
  std::map<std::string, std::vector<const bank_entry*>> paid;
  for (const auto& entry : banks)
    if (entry.declined.empty() && entry.kind != "returned") paid[entry.reference].push_back(&entry);

  std::vector<std::string> found;
  for (const auto& one : ours) {
    const auto at = paid.find(one.reference);
    if (at == paid.end()) {
      found.push_back(sentence(one, "ours only, the bank moved nothing"));
      continue;
    }
    const auto& entry = *at->second.front();
    if (at->second.size() > 1)
      found.push_back(
          sentence(one, "the bank moved money " + std::to_string(at->second.size()) + " times"));
    if (entry.amount != one.amount || entry.currency != one.currency)
      found.push_back(sentence(one, "ours " + amount_text(one.amount, one.currency) +
                                        ", the bank's " +
                                        amount_text(entry.amount, entry.currency)));
    if (entry.kind != one.kind)
      found.push_back(sentence(one, "ours is a " + one.kind + ", the bank's a " + entry.kind));
    paid.erase(at);
  }
  for (const auto& [reference, entries] : paid)
    found.push_back("reference " + reference + ": the bank's only, a " + entries.front()->kind +
                    " of " + amount_text(entries.front()->amount, entries.front()->currency));
  return found;
}

}  // namespace suanpan::orders
