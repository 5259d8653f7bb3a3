#include "actors/payment/voucher.hpp"

#include <algorithm>

namespace suanpan {
namespace {

// Internal accounts and those of channels refuse nothing that a booking asks of them.
bool can_refuse(const posting_account& account) {
  return account.owner != "internal" && !account.owner.starts_with("channel:");
}

posting_account suspense() {
  return {.owner = "internal", .subject = std::string(suspense_subject), .no_overdraft = false};
}

}  // namespace

account_opening opening_of(const posting_account& account, const account_place& where,
                           const subject_side& side_of) {
  const auto shard =
      is_per_shard_owner(account.owner) ? where.shard : shard_of_owner(account.owner, where.shards);
  return {.key = {account.owner, account.subject, where.ccy, "", shard},
          .side = side_of(account.subject),
          .flags = account.no_overdraft ? account_flags::no_overdraft : account_flags::none,
          .limits = {}};
}

std::vector<placed_leg> legs_in(const booking_intent& intent, voucher_form form) {
  std::vector<placed_leg> legs;
  for (std::size_t i = 0; i < intent.legs.size(); ++i) {
    placed_leg leg{i, intent.legs[i]};
    if (form == voucher_form::on_suspense) {
      if (can_refuse(leg.is.debit)) leg.is.debit = suspense();
      if (can_refuse(leg.is.credit)) leg.is.credit = suspense();
    }
    if (leg.is.debit != leg.is.credit) legs.push_back(std::move(leg));
  }
  return legs;
}

voucher voucher_of(const book_intents& order, const intent_to_book& which, voucher_form form,
                   const std::vector<account_number>& numbers) {
  const auto& intent = which.intent;
  const auto legs = legs_in(intent, form);
  voucher made;
  made.reference = order.number.value;
  made.memo = to_string(order.order);
  made.refusals_unrecorded = !intent.may_be_refused;
  for (std::size_t i = 0; i < legs.size(); ++i) {
    transfer t;
    t.id = voucher_leg_id(order.order, intent, legs[i].place);
    t.debit = numbers[2 * i];
    t.credit = numbers[2 * i + 1];
    t.amount = legs[i].is.amount;
    t.ccy = order.ccy;
    t.event_code = intent.event_code;
    t.kind = intent.kind;
    t.linked = i + 1 < legs.size();
    if (ends_hold(t.kind)) t.related = which.hold;
    // A hold that is not there any more can't be captured: the money moves from suspense.
    if (form == voucher_form::on_suspense) {
      t.kind = transfer_kind::post;
      t.related = {};
    }
    made.items.push_back(t);
  }
  return made;
}

bool can_be_redirected(const booking_intent& intent) {
  return !intent.may_be_refused && intent.kind != transfer_kind::void_hold &&
         intent.kind != transfer_kind::hold;
}

item_result verdict_of(const std::vector<item_answer>& answers) {
  item_result refusal = item_result::none;
  item_result unclear = item_result::none;
  for (const auto& a : answers) {
    if (is_done(a.result)) continue;
    if (a.result >= item_result::unavailable || a.result == item_result::none)
      unclear = a.result;
    else if (refusal == item_result::none || refusal == item_result::linked_failed)
      refusal = a.result;
  }
  if (unclear != item_result::none) return unclear;
  if (refusal != item_result::none) return refusal;
  return answers.empty() ? item_result::exists : answers.front().result;
}

bool is_other_content(item_result result) {
  return result >= item_result::exists_with_different_debit_account &&
         result <= item_result::exists_with_different_content;
}

}  // namespace suanpan
