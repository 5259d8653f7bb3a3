#include "protocol/model/payment_records.hpp"

#include <algorithm>
#include <array>

namespace suanpan {
namespace {

struct transition_name {
  payment_transition transition;
  std::string_view name;
};
constexpr std::array transition_names = std::to_array<transition_name>({
    {payment_transition::held, "held"},
    {payment_transition::moved, "moved"},
    {payment_transition::received, "received"},
    {payment_transition::settled, "settled"},
    {payment_transition::captured, "captured"},
    {payment_transition::paid, "paid"},
    {payment_transition::released, "released"},
    {payment_transition::fee_returned, "fee_returned"},
    {payment_transition::surplus_received, "surplus_received"},
    {payment_transition::surplus_returned, "surplus_returned"},
    {payment_transition::returned_by_bank, "returned_by_bank"},
    {payment_transition::paid_after_all, "paid_after_all"},
});

// FNV-1a, 64 bit, and the finalizer of splitmix64, so that neighbours in number and leg differ in
// every byte. The ids are part of the data format: neither can ever change.
constexpr std::uint64_t fnv1a(std::uint64_t basis, std::uint64_t value, int bytes) noexcept {
  for (int i = 0; i < bytes; ++i, value >>= 8) basis = (basis ^ (value & 0xff)) * 0x100000001b3ULL;
  return basis;
}
constexpr std::uint64_t mixed(std::uint64_t x) noexcept {
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
  return x ^ x >> 31;
}

}  // namespace

std::string_view name_of(payment_event event) {
  switch (event) {
    case payment_event::requested:
      return "requested";
    case payment_event::attempt_began:
      return "attempt_began";
    case payment_event::no_route_found:
      return "no_route_found";
    case payment_event::funds_held:
      return "funds_held";
    case payment_event::funds_refused:
      return "funds_refused";
    case payment_event::funds_moved:
      return "funds_moved";
    case payment_event::funds_not_moved:
      return "funds_not_moved";
    case payment_event::hold_released:
      return "hold_released";
    case payment_event::booked:
      return "booked";
    case payment_event::booking_redirected:
      return "booking_redirected";
    case payment_event::channel_succeeded:
      return "channel_succeeded";
    case payment_event::channel_failed:
      return "channel_failed";
    case payment_event::channel_pending:
      return "channel_pending";
    case payment_event::channel_silent:
      return "channel_silent";
    case payment_event::channel_unsent:
      return "channel_unsent";
    case payment_event::channel_not_found:
      return "channel_not_found";
    case payment_event::channel_never_had_it:
      return "channel_never_had_it";
    case payment_event::channel_asked:
      return "channel_asked";
    case payment_event::succeeded_again:
      return "succeeded_again";
    case payment_event::failed_after_success:
      return "failed_after_success";
    case payment_event::answer_mismatched:
      return "answer_mismatched";
    case payment_event::retry_requested:
      return "retry_requested";
    case payment_event::close_requested:
      return "close_requested";
    case payment_event::expired:
      return "expired";
    case payment_event::unknown_too_long:
      return "unknown_too_long";
    case payment_event::refund_reserved:
      return "refund_reserved";
    case payment_event::refund_released:
      return "refund_released";
    case payment_event::refund_settled:
      return "refund_settled";
    case payment_event::reservation_made:
      return "reservation_made";
    case payment_event::reservation_refused:
      return "reservation_refused";
    case payment_event::surplus_returned:
      return "surplus_returned";
  }
  return "event_not_known";
}

std::string_view name_of(payment_transition transition) {
  const auto found = std::ranges::find(transition_names, transition, &transition_name::transition);
  return found == transition_names.end() ? std::string_view("transition_not_known") : found->name;
}

std::optional<payment_transition> parse_payment_transition(std::string_view name) {
  const auto found = std::ranges::find(transition_names, name, &transition_name::name);
  if (found == transition_names.end()) return std::nullopt;
  return found->transition;
}

std::string_view name_of(case_reason reason) {
  switch (reason) {
    case case_reason::unknown_too_long:
      return "unknown_too_long";
    case case_reason::success_after_end:
      return "success_after_end";
    case case_reason::failure_after_success:
      return "failure_after_success";
    case case_reason::answer_mismatched:
      return "answer_mismatched";
    case case_reason::booking_redirected:
      return "booking_redirected";
    case case_reason::refund_stuck:
      return "refund_stuck";
    case case_reason::paid_after_all:
      return "paid_after_all";
  }
  return "reason_not_known";
}

transfer_id voucher_leg_id(const payment_id& order, const booking_intent& intent, std::size_t leg) {
  auto id = transfer_id::first_of(intent.caused_micros / 1000);
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const auto byte : order.bytes) hash = fnv1a(hash, byte, 1);
  hash = fnv1a(hash, static_cast<std::uint16_t>(intent.number), 2);
  hash = fnv1a(hash, leg, 8);
  auto high = mixed(hash);
  auto low = mixed(hash + 0x9e3779b97f4a7c15ULL);
  for (std::size_t i = 6; i < 8; ++i, high >>= 8) id.bytes[i] = static_cast<std::uint8_t>(high);
  for (std::size_t i = 8; i < 16; ++i, low >>= 8) id.bytes[i] = static_cast<std::uint8_t>(low);
  // RFC 9562, version 8: what a vendor makes up for itself.
  id.bytes[6] = static_cast<std::uint8_t>(0x80 | (id.bytes[6] & 0x0f));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3f));
  return id;
}

}  // namespace suanpan
