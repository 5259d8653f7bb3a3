#include "protocol/model/payment.hpp"

#include "protocol/model/crockford.hpp"

#include <algorithm>

namespace suanpan {
namespace {

constexpr std::string_view id_prefix = "pay_";
constexpr std::int64_t basis_points_of_all = 10'000;

}  // namespace

std::string to_string(const payment_id& id) {
  std::string text(id_prefix);
  text.reserve(id_prefix.size() + ulid_length);
  std::uint32_t pending = 0;
  int pending_bits = 2;  // 26 × 5 bits hold 130: the first two are always zero
  for (const std::uint8_t byte : id.bytes) {
    pending = pending << 8 | byte;
    for (pending_bits += 8; pending_bits >= 5; pending_bits -= 5)
      text += crockford_digits[pending >> (pending_bits - 5) & 31U];
  }
  return text;
}

std::optional<payment_id> parse_payment_id(std::string_view text) {
  if (!text.starts_with(id_prefix) || text.size() != id_prefix.size() + ulid_length)
    return std::nullopt;
  const auto id = parse_transfer_id(text.substr(id_prefix.size()));
  if (!id) return std::nullopt;
  return payment_id{id->bytes};
}

std::string_view name_of(payment_kind kind) {
  switch (kind) {
    case payment_kind::top_up:
      return "top_up";
    case payment_kind::transfer:
      return "transfer";
    case payment_kind::quick_pay:
      return "quick_pay";
    case payment_kind::online_bank_pay:
      return "online_bank_pay";
    case payment_kind::withholding:
      return "withholding";
    case payment_kind::payout:
      return "payout";
    case payment_kind::withdrawal:
      return "withdrawal";
    case payment_kind::refund:
      return "refund";
  }
  return "kind_not_known";
}

std::optional<payment_kind> parse_payment_kind(std::string_view name) {
  const auto found = std::ranges::find_if(
      payment_kinds, [name](payment_kind each) { return name_of(each) == name; });
  if (found == payment_kinds.end()) return std::nullopt;
  return *found;
}

std::string_view name_of(payment_stage stage) {
  switch (stage) {
    case payment_stage::created:
      return "created";
    case payment_stage::processing:
      return "processing";
    case payment_stage::unknown:
      return "unknown";
    case payment_stage::manual:
      return "manual";
    case payment_stage::succeeded:
      return "succeeded";
    case payment_stage::failed:
      return "failed";
    case payment_stage::closed:
      return "closed";
  }
  return "stage_not_known";
}

std::string_view name_of(retry_advice advice) {
  switch (advice) {
    case retry_advice::none:
      return "none";
    case retry_advice::retry_never:
      return "retry_never";
    case retry_advice::retry_other_method:
      return "retry_other_method";
    case retry_advice::retry_later:
      return "retry_later";
    case retry_advice::query_first:
      return "query_first";
  }
  return "advice_not_known";
}

minor_units fee_of(minor_units amount, std::int32_t basis_points) {
  // In 128 bits: the product of a large amount overflows 64.
  const int128 product = static_cast<int128>(amount.value) * basis_points;
  return {static_cast<std::int64_t>((product + basis_points_of_all / 2) / basis_points_of_all)};
}

}  // namespace suanpan
