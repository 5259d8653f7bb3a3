// A refund and what it refunds: how much is left, what it takes over, the system's own of a
// surplus.
#include "actors/payment/payment_views.hpp"

namespace suanpan {
namespace {

using namespace views;

// FNV-1a, 64 bit, and the finalizer of splitmix64: such ids are stored, so neither can ever change.
constexpr std::uint64_t fnv1a(std::uint64_t basis, std::uint8_t byte) noexcept {
  return (basis ^ byte) * 0x100000001b3ULL;
}
constexpr std::uint64_t mixed(std::uint64_t x) noexcept {
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
  return x ^ x >> 31;
}

/// The time of the original, and a hash of it and the attempt.
payment_id surplus_refund_id(const payment_id& original, std::int16_t attempt) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const auto byte : original.bytes) hash = fnv1a(hash, byte);
  hash = fnv1a(hash, static_cast<std::uint8_t>(attempt));
  hash = fnv1a(hash, static_cast<std::uint8_t>(attempt >> 8));
  payment_id id = original;
  auto high = mixed(hash);
  auto low = mixed(hash + 0x9e3779b97f4a7c15ULL);
  for (std::size_t i = 6; i < 8; ++i, high >>= 8) id.bytes[i] = static_cast<std::uint8_t>(high);
  for (std::size_t i = 8; i < 16; ++i, low >>= 8) id.bytes[i] = static_cast<std::uint8_t>(low);
  return id;
}

bool is_refundable_kind(payment_kind kind) {
  return collects(kind) || kind == payment_kind::transfer;
}

// So much of the fee belongs to so much of the amount, half up.
std::int64_t fee_up_to(const payment_order& of, std::int64_t amount) {
  const int128 whole = of.amount.value;
  return static_cast<std::int64_t>((2 * static_cast<int128>(of.fee.value) * amount + whole) /
                                   (2 * whole));
}

}  // namespace

refundability refundability_of(const payment_state& original, minor_units amount) {
  if (!is_refundable_kind(original.order.kind)) return {payment_refusal::not_refundable, {}};
  if (!is_terminal(original.head.stage)) return {payment_refusal::attempt_open, {}};
  const bool taken_back = intent_of(original, payment_transition::returned_by_bank) != nullptr;
  if (original.head.stage != payment_stage::succeeded || taken_back)
    return {payment_refusal::not_refundable, {}};
  const minor_units left{original.order.amount.value - original.head.refunded.value -
                         original.head.refund_reserved.value};
  if (amount.value <= 0 || amount > left) return {payment_refusal::exceeds_refundable, left};
  return {payment_refusal::none, left};
}

const payment_attempt* refunded_attempt(const payment_state& original,
                                        const payment_order& refund) {
  const auto number = refund.surplus_attempt > 0 ? refund.surplus_attempt : original.head.paid_by;
  const auto found = std::ranges::find(original.attempts, number, &payment_attempt::number);
  return found == original.attempts.end() ? nullptr : &*found;
}

void take_from_original(payment_order& refund, const payment_state& original) {
  const auto& of = original.order;
  const std::string merchant = "merchant:" + of.merchant.value;
  const bool inside = of.kind == payment_kind::transfer;
  refund.payer = inside ? of.payee : of.kind == payment_kind::top_up ? of.payer : merchant;
  refund.payee = inside ? of.payer : std::string();
  const auto* attempt = refunded_attempt(original, refund);
  refund.card = attempt == nullptr ? card_id{} : attempt->card;
  refund.ccy = of.ccy;
  refund.returns_fee = of.returns_fee;
  refund.fee = {};
  if (!of.returns_fee || of.amount.value <= 0) return;
  // By what was refunded before, so that the parts add up to the whole.
  const auto before = original.head.refunded.value + original.head.refund_reserved.value;
  const auto upto = std::min(before + refund.amount.value, of.amount.value);
  refund.fee = {std::max<std::int64_t>(0, fee_up_to(of, upto) - fee_up_to(of, before))};
}

payment_order surplus_refund_of(const payment_state& original, std::int16_t attempt,
                                std::int64_t now_micros) {
  payment_order refund;
  refund.id = surplus_refund_id(original.order.id, attempt);
  refund.merchant = original.order.merchant;
  refund.number = {"surplus-" + to_string(original.order.id).substr(4) + "-" +
                   std::to_string(attempt)};
  refund.kind = payment_kind::refund;
  refund.amount = original.order.amount;
  refund.ccy = original.order.ccy;
  refund.description = "Refund of a payment too many";
  refund.original = original.order.id;
  refund.surplus_attempt = attempt;
  refund.created_micros = now_micros;
  const auto of = std::ranges::find(original.attempts, attempt, &payment_attempt::number);
  if (of != original.attempts.end()) refund.card = of->card;
  // Nobody asked for it; the same every time, so that it can be told from a merchant's.
  for (std::size_t i = 0; i < refund.content_hash.size(); ++i)
    refund.content_hash[i] = refund.id.bytes[i % refund.id.bytes.size()];
  return refund;
}

}  // namespace suanpan
