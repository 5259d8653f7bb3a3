// The auditor's laws of openings, and of what must have ended.
#include "tests/simulation/auditor.hpp"

#include <map>

namespace suanpan::simulation {

void auditor::check_openings() {
  std::map<account_key, account_number> numbers;
  for (const auto& opening : told_.openings) {
    const auto result = opening.answer.result;
    if (!opening.answered) continue;
    if (result != opening_result::opened && result != opening_result::exists) continue;
    const auto it = database_.accounts().find(opening.answer.number);
    if (it == database_.accounts().end() || it->second.key != opening.what.key)
      breach("an account that was opened is not there: " + opening.what.key.owner);
    const auto [known, fresh] = numbers.try_emplace(opening.what.key, opening.answer.number);
    if (!fresh && known->second != opening.answer.number)
      breach("one key was told two numbers: " + opening.what.key.owner);
  }
}

// What was told of a change is in the rows, at the place that was told; a closed account is empty,
// and nothing about it changed since.
void auditor::check_changes() {
  std::map<account_number, account_flags> last;
  for (const auto& [number, row] : database_.accounts())
    last[number] = database_.first_flags(number);
  for (const auto& change : database_.changes()) {
    auto& flags = last.at(change.number);
    if (has(flags, account_flags::closed))
      breach("a closed account changed: " + std::to_string(change.number.value));
    flags = change.flags;
  }
  for (const auto& [number, row] : database_.accounts()) {
    if (row.flags != last.at(number))
      breach("flags of " + std::to_string(number.value) + " are not those of its last change");
    const bool was_closed = has(database_.first_flags(number), account_flags::closed);
    if (!has(row.flags, account_flags::closed) || was_closed) continue;
    int128 balance = 0;
    for (const auto& [id, t] : database_.rows()) {
      if (t.result != item_result::posted) continue;
      if (t.what.debit == number) balance += t.what.amount.value;
      if (t.what.credit == number) balance -= t.what.amount.value;
    }
    if (balance != 0) breach("a balance stands on closed account " + std::to_string(number.value));
  }
  for (const auto& read : told_.reads) {  // R8: no flags that never came to be
    if (!read.answered || read.result != read_result::found) continue;
    bool were = read.row.flags == database_.first_flags(read.number);
    for (const auto& change : database_.changes())
      were = were || (change.number == read.number && change.flags == read.row.flags);
    if (!were)
      breach("a read of " + std::to_string(read.number.value) + " told flags that never were");
  }
  for (const auto& asked : told_.changes) {
    if (!asked.answered || asked.result != change_result::changed) continue;
    auto flags = database_.first_flags(asked.number);
    for (const auto& change : database_.changes())
      if (change.number == asked.number && change.at <= asked.at) flags = change.flags;
    if (flags != asked.flags)
      breach("a change of " + std::to_string(asked.number.value) + " was told, and is not there");
  }
}

void auditor::check_everything_ended() {
  const auto check = [this](const auto& asked, const std::string& what) {
    if (!asked.answered && !asked.lost) breach(what);
  };
  for (const auto& item : told_.items) check(item, "never answered: " + to_string(item.what.id));
  for (const auto& read : told_.reads)
    check(read, "a read was never answered: " + std::to_string(read.number.value));
  for (const auto& opening : told_.openings)
    check(opening, "an opening was never answered: " + opening.what.key.owner);
  for (const auto& change : told_.changes)
    check(change, "a change was never answered: " + std::to_string(change.number.value));
}

}  // namespace suanpan::simulation
