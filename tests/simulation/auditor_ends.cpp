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
  std::map<account_number, account_terms> last;
  for (const auto& [number, row] : database_.accounts())
    last[number] = database_.first_terms(number);
  for (const auto& change : database_.changes()) {
    auto& terms = last.at(change.number);
    if (has(terms.flags, account_flags::closed))
      breach("a closed account changed: " + std::to_string(change.number.value));
    terms = change.terms;
  }
  for (const auto& [number, row] : database_.accounts()) {
    if (account_terms{row.flags, row.limits} != last.at(number))
      breach("terms of " + std::to_string(number.value) + " are not those of its last change");
    check_closed(row);
  }
  for (const auto& read : told_.reads) {  // R8: no terms that never came to be
    if (!read.answered || read.result != read_result::found) continue;
    const account_terms told{read.row.flags, read.row.limits};
    bool were = told == database_.first_terms(read.number);
    for (const auto& change : database_.changes())
      were = were || (change.number == read.number && change.terms == told);
    if (!were)
      breach("a read of " + std::to_string(read.number.value) + " told terms that never were");
  }
  for (const auto& asked : told_.changes) {
    if (!asked.answered || asked.result != change_result::changed) continue;
    auto terms = database_.first_terms(asked.number);
    for (const auto& change : database_.changes())
      if (change.number == asked.number && change.at <= asked.at) terms = change.terms;
    if (terms != asked.terms)
      breach("a change of " + std::to_string(asked.number.value) + " was told, and is not there");
  }
}

void auditor::check_closed(const account_row& row) {
  const bool was_closed = has(database_.first_terms(row.number).flags, account_flags::closed);
  if (!has(row.flags, account_flags::closed) || was_closed) return;
  int128 balance = 0;
  for (const auto& [id, t] : database_.rows()) {
    if (t.result != item_result::posted) continue;
    if (t.what.debit == row.number) balance += t.amount().value;
    if (t.what.credit == row.number) balance -= t.amount().value;
  }
  if (balance != 0)
    breach("a balance stands on closed account " + std::to_string(row.number.value));
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
