#include "actors/account/expiry_voids.hpp"

#include "protocol/messages/messages.hpp"

#include <caf/send.hpp>

namespace suanpan {

expiry_voids::expiry_voids(caf::actor asker, std::span<const open_hold> due)
    : asker_(std::move(asker)) {
  of_the_ledger = true;
  for (const auto& hold : due) {
    transfer ended;
    ended.id = expiry_void_id(hold.id, hold.expires_at);
    ended.debit = hold.debit;
    ended.credit = hold.credit;
    ended.amount = hold.amount;
    ended.ccy = hold.ccy;
    ended.kind = transfer_kind::void_hold;
    ended.related = hold.id;
    ended.memo = "expired";
    items.push_back(ended);
  }
  answers.resize(items.size());
}

void expiry_voids::finish() noexcept {
  caf::anon_send(std::exchange(asker_, nullptr), voids_answered{shared_from_this()});
}

bool expiry_voids::is_ended(std::size_t index) const {
  const auto result = answers[index].result;
  return is_done(result) || result == item_result::hold_not_open;
}

}  // namespace suanpan
