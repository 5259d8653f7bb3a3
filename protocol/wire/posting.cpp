#include "protocol/wire/posting.hpp"

#include "protocol/wire/text.hpp"
#include "suanpan/v1/ledger.pb.h"

#include <algorithm>
#include <cstring>

namespace suanpan::wire {
namespace {

/// Batches rarely mix currencies, so the last answer is usually the next one.
currency currency_of(std::string_view letters) noexcept {
  thread_local char known[3];
  thread_local currency last;
  if (letters.size() != 3) return {};
  if (last.code != 0 && std::memcmp(known, letters.data(), 3) == 0) return last;
  const auto found = parse_currency(letters);
  if (!found) return {};
  std::memcpy(known, letters.data(), 3);
  last = *found;
  return last;
}

bool may_be_account(account_number number, const ledger_limits& limits) noexcept {
  return number.value > 0 && number.sequence() > 0 && number.shard().value < limits.shards;
}

/// Kind as the model knows it; 0 is read as POST. False: no such kind.
bool read_kind(std::uint64_t value, transfer_kind& out) noexcept {
  if (value > static_cast<std::uint64_t>(transfer_kind::reverse)) return false;
  out = value == 0 ? transfer_kind::post : static_cast<transfer_kind>(value);
  return true;
}

item_result judge_id(std::string_view id, transfer_id& out) noexcept {
  // Precedence puts zero before the length: an id of any length that names nothing is "zero".
  if (id.find_first_not_of('\0') == std::string_view::npos) return item_result::id_must_not_be_zero;
  if (id.size() != out.bytes.size()) return item_result::id_must_be_16_bytes;
  std::memcpy(out.bytes.data(), id.data(), out.bytes.size());
  return item_result::none;
}

item_result judge_texts(const received_transfer& in) noexcept {
  if (in.reference.size() > reference_bytes_max) return item_result::reference_too_long;
  if (!is_text(in.reference)) return item_result::reference_invalid;
  if (in.memo.size() > memo_bytes_max) return item_result::memo_too_long;
  if (!is_text(in.memo)) return item_result::memo_invalid;
  return item_result::none;
}

item_result judge_metadata(std::string_view in, transfer& out) noexcept {
  if (in.empty()) return item_result::none;
  if (in.size() > metadata_bytes_max) return item_result::metadata_too_long;
  if (!is_json_object(in)) return item_result::metadata_invalid;
  out.metadata = in;
  return item_result::none;
}

// What a kind names, and no other does: the hold that is ended, the original that is reversed, the
// expiry of a hold.
item_result judge_related(const received_transfer& in, transfer& out) noexcept {
  if (ends_hold(out.kind)) {
    if (judge_id(in.pending_id, out.related) != item_result::none)
      return item_result::pending_id_invalid;
  } else if (!in.pending_id.empty()) {
    return item_result::pending_id_invalid;
  }
  if (out.kind == transfer_kind::reverse) {
    if (judge_id(in.reverses_id, out.related) != item_result::none)
      return item_result::reverses_id_invalid;
  } else if (!in.reverses_id.empty()) {
    return item_result::reverses_id_invalid;
  }
  if (in.expires_at < 0 || (in.expires_at != 0 && out.kind != transfer_kind::hold))
    return item_result::expires_at_invalid;
  out.expires_at = in.expires_at;
  return judge_metadata(in.metadata, out);
}

}  // namespace

item_result translate(const received_transfer& in, const ledger_limits& limits,
                      transfer& out) noexcept {
  out.linked = in.linked;
  if (const auto fault = judge_id(in.id, out.id); fault != item_result::none) return fault;
  if (in.amount <= 0) return item_result::amount_must_be_positive;
  out.amount = {in.amount};
  out.ccy = currency_of(in.currency);
  if (out.ccy.code == 0) return item_result::currency_unknown;
  out.debit = {in.debit_account};
  if (!may_be_account(out.debit, limits)) return item_result::debit_account_invalid;
  out.credit = {in.credit_account};
  if (!may_be_account(out.credit, limits)) return item_result::credit_account_invalid;
  if (out.debit == out.credit) return item_result::accounts_must_differ;
  if (in.event_code > static_cast<std::uint64_t>(event_code_max))
    return item_result::event_code_out_of_range;
  out.event_code = static_cast<std::int32_t>(in.event_code);
  if (!read_kind(in.kind, out.kind)) return item_result::kind_unknown;
  if (const auto fault = judge_texts(in); fault != item_result::none) return fault;
  out.reference = in.reference;
  out.memo = in.memo;
  return judge_related(in, out);
}

item_result translate(const v1::Transfer& in, const ledger_limits& limits, transfer& out) {
  received_transfer received;
  received.id = in.id();
  received.debit_account = in.debit_account();
  received.credit_account = in.credit_account();
  received.amount = in.amount();
  received.currency = in.currency();
  received.event_code = in.event_code();
  received.kind = static_cast<std::uint64_t>(in.kind());
  received.linked = in.linked();
  received.reference = in.reference();
  received.memo = in.memo();
  received.pending_id = in.pending_id();
  received.reverses_id = in.reverses_id();
  received.expires_at = in.expires_at();
  received.metadata = in.metadata();
  return translate(received, limits, out);
}

bool read_transfer(std::string_view message, received_transfer& out) noexcept {
  using kind = field_reader::kind;
  field_reader fields(message);
  while (fields.next()) {
    if (fields.is(1, kind::bytes)) out.id = fields.bytes();
    if (fields.is(2, kind::number)) out.debit_account = static_cast<std::int64_t>(fields.number());
    if (fields.is(3, kind::number)) out.credit_account = static_cast<std::int64_t>(fields.number());
    if (fields.is(4, kind::number)) out.amount = static_cast<std::int64_t>(fields.number());
    if (fields.is(5, kind::bytes)) out.currency = fields.bytes();
    if (fields.is(6, kind::number)) out.event_code = fields.number();
    if (fields.is(7, kind::number)) out.kind = fields.number();
    if (fields.is(8, kind::number)) out.linked = fields.number() != 0;
    if (fields.is(9, kind::bytes)) out.pending_id = fields.bytes();
    if (fields.is(10, kind::bytes)) out.reverses_id = fields.bytes();
    if (fields.is(11, kind::bytes)) out.reference = fields.bytes();
    if (fields.is(13, kind::bytes)) out.memo = fields.bytes();
    if (fields.is(17, kind::bytes)) out.metadata = fields.bytes();
    if (fields.is(14, kind::number)) out.expires_at = static_cast<std::int64_t>(fields.number());
  }
  return !fields.malformed();
}

item_result judge_in_voucher(std::span<const transfer> voucher, std::size_t index) noexcept {
  if (is_balancing(voucher[index].kind) && (voucher.size() > 1 || voucher[index].linked))
    return item_result::linked_balancing;
  if (index == voucher_items_max) return item_result::linked_too_long;
  if (voucher[index].linked && index + 1 == voucher.size()) return item_result::linked_open;
  for (std::size_t i = 0; i < std::min(index, voucher_items_max); ++i)
    if (voucher[i].id == voucher[index].id) return item_result::linked_repeats_id;
  return item_result::none;
}

posting_outline outline_posting(std::string_view message) noexcept {
  using kind = field_reader::kind;
  posting_outline outline;
  field_reader fields(message);
  while (fields.next()) {
    if (fields.is(1, kind::bytes)) ++outline.items;
    if (fields.is(2, kind::number)) outline.sequence = fields.number();
  }
  outline.malformed = fields.malformed();
  return outline;
}

}  // namespace suanpan::wire
