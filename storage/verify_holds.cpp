#include "storage/verify_holds.hpp"

#include "storage/row_text.hpp"

namespace suanpan::storage {

const open_hold* hold_check::take(const open_hold& row, transfer_kind kind,
                                  const transfer_id& related, std::string& wrong) {
  if (kind == transfer_kind::hold) {
    ++made_;
    last_ = row;
    open_[row.id] = row;
    return &last_;
  }
  const auto it = open_.find(related);
  if (it == open_.end()) {
    wrong = "ends " + to_string(related) + ", which is not open";
    return nullptr;
  }
  last_ = it->second;
  open_.erase(it);
  if (last_.debit != row.debit || last_.credit != row.credit)
    wrong = "other accounts than the hold's";
  else if (kind == transfer_kind::capture && row.amount.value > last_.amount.value)
    wrong = "captures " + std::to_string(row.amount.value) + " of " +
            std::to_string(last_.amount.value);
  else if (kind == transfer_kind::void_hold && row.amount != last_.amount)
    wrong = "voids another amount";
  else if (kind == transfer_kind::capture && last_.has_expired(row.at))
    wrong = "captures what had expired";
  return wrong.empty() ? &last_ : nullptr;
}

void hold_check::compare(pqxx::transaction_base& in, const differ& tell) const {
  auto expected = open_;
  for (const auto& row :
       in.exec("SELECT " + std::string{hold_select} + " FROM suanpan.open_hold h ORDER BY id")) {
    const auto stored = read_hold(row);
    const auto it = expected.find(stored.id);
    if (it == expected.end()) {
      tell("hold " + to_string(stored.id), "ended, or never made", "stored as open");
      continue;
    }
    if (it->second != stored) tell("hold " + to_string(stored.id), "as its row", "otherwise");
    expected.erase(it);
  }
  for (const auto& [id, hold] : expected)
    tell("hold " + to_string(id), "stored as open", "not stored");
}

}  // namespace suanpan::storage
