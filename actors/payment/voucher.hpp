// An intent as transfers of the ledger, as it is meant or on suspense (R22). Pure.
#pragma once

#include "protocol/messages/payment_messages.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan {

/// The normal side of a subject.
using subject_side = std::function<normal_side(std::string_view subject)>;

enum class voucher_form : std::uint8_t {
  as_intended,
  on_suspense,  // whatever account could refuse it is replaced by the shard's suspense
};

/// The subject of suspense (待处理财产损溢) that takes what a target refuses.
inline constexpr std::string_view suspense_subject = "2999";

/// Whose account is where.
struct account_place {
  shard_id shard;  // the order's
  std::uint32_t shards = 64;
  currency ccy;
};
[[nodiscard]] account_opening opening_of(const posting_account& account, const account_place& where,
                                         const subject_side& side_of);

/// A leg of an intent, by its place there, with its accounts in some form.
struct placed_leg {
  std::size_t place = 0;
  intended_leg is;
};
/// The legs that move something in that form.
[[nodiscard]] std::vector<placed_leg> legs_in(const booking_intent& intent, voucher_form form);

/// The transfers of an intent but for their accounts; strings belong to whoever posts them.
struct voucher {
  std::vector<transfer> items;
  std::string reference;
  std::string memo;
  bool refusals_unrecorded = false;
};
/// `which`: one of its intents. `numbers`: of each leg, debit then credit.
[[nodiscard]] voucher voucher_of(const book_intents& order, const intent_to_book& which,
                                 voucher_form form, const std::vector<account_number>& numbers);

/// Whether a refusal can be answered by booking on suspense: else there is nothing to redirect.
[[nodiscard]] bool can_be_redirected(const booking_intent& intent);

/// Of a voucher's answers: that which decides. Done, if all are; else what nobody knows before a
/// refusal, and of refusals not `linked_failed`.
[[nodiscard]] item_result verdict_of(const std::vector<item_answer>& answers);
/// It is there, under other content: booked in another form.
[[nodiscard]] bool is_other_content(item_result result);

}  // namespace suanpan
