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

void auditor::check_everything_ended() {
  const auto check = [this](const auto& asked, const std::string& what) {
    if (!asked.answered && !asked.lost) breach(what);
  };
  for (const auto& item : told_.items) check(item, "never answered: " + to_string(item.what.id));
  for (const auto& read : told_.reads)
    check(read, "a read was never answered: " + std::to_string(read.number.value));
  for (const auto& opening : told_.openings)
    check(opening, "an opening was never answered: " + opening.what.key.owner);
}

}  // namespace suanpan::simulation
