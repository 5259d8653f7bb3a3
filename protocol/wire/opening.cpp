#include "protocol/wire/opening.hpp"

#include "protocol/wire/text.hpp"

namespace suanpan::wire {
namespace {

bool is_owner_type(std::string_view type) noexcept {
  if (type.empty() || type.front() < 'a' || type.front() > 'z') return false;
  for (const char c : type)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
  return true;
}

/// The shard an account will live on; false if the one asked for can't be.
bool place(const received_opening& in, const ledger_limits& limits, shard_id& out) noexcept {
  if (!in.shard) {
    out = shard_of_owner(in.owner, limits.shards);
    return true;
  }
  if (!is_per_shard_owner(in.owner) || *in.shard >= limits.shards) return false;
  out = {static_cast<std::uint16_t>(*in.shard)};
  return true;
}

}  // namespace

bool is_owner(std::string_view owner) noexcept {
  if (owner == "internal") return true;
  if (owner.size() > owner_bytes_max) return false;
  const auto colon = owner.find(':');
  if (colon == std::string_view::npos || !is_owner_type(owner.substr(0, colon))) return false;
  const auto name = owner.substr(colon + 1);
  return !name.empty() && is_plain_word(name);
}

bool read_opening(std::string_view message, received_opening& out) noexcept {
  using kind = field_reader::kind;
  field_reader fields(message);
  while (fields.next()) {
    if (fields.is(1, kind::bytes)) out.owner = fields.bytes();
    if (fields.is(2, kind::bytes)) out.subject = fields.bytes();
    if (fields.is(3, kind::bytes)) out.currency = fields.bytes();
    if (fields.is(4, kind::bytes)) out.label = fields.bytes();
    if (fields.is(5, kind::number)) out.flags = fields.number();
    if (fields.is(6, kind::number)) out.shard = fields.number();
    if (fields.is(7, kind::number)) out.credit_limit = static_cast<std::int64_t>(fields.number());
    if (fields.is(8, kind::number))
      out.maximum_balance = static_cast<std::int64_t>(fields.number());
  }
  return !fields.malformed();
}

std::optional<std::size_t> count_openings(std::string_view message) noexcept {
  std::size_t items = 0;
  field_reader fields(message);
  while (fields.next())
    if (fields.is(1, field_reader::kind::bytes)) ++items;
  if (fields.malformed()) return std::nullopt;
  return items;
}

namespace detail {

opening_fault judge_owner_and_label(const received_opening& in) noexcept {
  if (!is_owner(in.owner)) return opening_fault::owner_invalid;
  if (in.label.size() > label_bytes_max || !is_text(in.label)) return opening_fault::label_invalid;
  return opening_fault::none;
}

opening_fault judge_rest(const received_opening& in, const ledger_limits& limits,
                         wanted_account& out) {
  const auto ccy = parse_currency(in.currency);
  if (!ccy) return opening_fault::currency_unknown;
  constexpr auto openable = static_cast<std::uint64_t>(account_flags::no_overdraft);
  if ((in.flags & ~openable) != 0) return opening_fault::flags_unknown;
  shard_id shard;
  if (!place(in, limits, shard)) return opening_fault::shard_out_of_range;
  if (in.credit_limit < 0 || in.maximum_balance.value_or(0) < 0)
    return opening_fault::limits_invalid;
  out.limits = {in.credit_limit, in.maximum_balance};
  out.flags = static_cast<account_flags>(in.flags);
  if (in.credit_limit > 0 && !has(out.flags, account_flags::no_overdraft))
    return opening_fault::limits_invalid;
  out.key = {std::string(in.owner), std::string(in.subject), *ccy, std::string(in.label), shard};
  return opening_fault::none;
}

}  // namespace detail
}  // namespace suanpan::wire
