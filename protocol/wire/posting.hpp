// PostTransfers on the wire: a batch is read in place into the model's transfers, each judged
// alone, and the answers are written back. The only place where the order of precedence of
// malformed items (protocol/model/result.hpp) is applied.
#pragma once

#include "protocol/model/transfer.hpp"
#include "protocol/wire/field_reader.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace suanpan::v1 {
class Transfer;
}

namespace suanpan::wire {

/// What an item is judged against. Fixed for the life of a node.
struct ledger_limits {
  std::uint32_t shards = 64;       // of this ledger; a power of two ≤ shards_max
  std::size_t items_max = 10'000;  // items a request
};

/// A transfer as it came, before anybody judged it. Absent fields are zero or empty.
struct received_transfer {
  std::string_view id;
  std::int64_t debit_account = 0;
  std::int64_t credit_account = 0;
  std::int64_t amount = 0;
  std::string_view currency;
  std::uint64_t event_code = 0;
  std::uint64_t kind = 0;  // an enum's value as the wire carries it: negative ones are huge
  bool linked = false;
  std::string_view reference;
  std::string_view memo;
  std::string_view pending_id;
  std::string_view reverses_id;
  std::int64_t expires_at = 0;
  std::string_view metadata;
};

/// Judges an item from itself alone. `none`: well-formed, and `out` is what was asked, its strings
/// pointing where `in`'s do. Otherwise the refusal with the smallest number; `out` is then
/// unspecified, but for `linked`.
[[nodiscard]] item_result translate(const received_transfer& in, const ledger_limits& limits,
                                    transfer& out) noexcept;

/// The same from a parsed message, which must outlive `out`. For callers off the hot path.
[[nodiscard]] item_result translate(const v1::Transfer& in, const ledger_limits& limits,
                                    transfer& out);

/// What is wrong with an item as part of its voucher, or of a request that ends with it; none if
/// nothing is. Well-formed alone; it may stand alone.
[[nodiscard]] item_result judge_in_voucher(std::span<const transfer> voucher,
                                           std::size_t index) noexcept;

/// Reads the fields of one serialised Transfer; false if it is no Protobuf message.
[[nodiscard]] bool read_transfer(std::string_view message, received_transfer& out) noexcept;

/// A batch, looked through but not yet judged.
struct posting_outline {
  bool malformed = false;  // no Protobuf message at all
  std::size_t items = 0;
  std::uint64_t sequence = 0;
};

/// Counts, so that the caller can bound and reserve before any work is spent. Cheap: steps over
/// items.
[[nodiscard]] posting_outline outline_posting(std::string_view message) noexcept;

/// Hands (refusal or none, transfer) of each item to `sink`, in order; false if an item is no
/// Protobuf message, and then the whole batch is void. Views point into `message`.
template <class Sink>
[[nodiscard]] bool decode_posting(std::string_view message, const ledger_limits& limits,
                                  Sink&& sink) {
  field_reader fields(message);
  while (fields.next()) {
    if (!fields.is(1, field_reader::kind::bytes)) continue;
    received_transfer received;
    if (!read_transfer(fields.bytes(), received)) return false;
    transfer what;
    const auto refusal = translate(received, limits, what);
    sink(refusal, what);
  }
  return !fields.malformed();
}

/// Judges the vouchers of a request whose items have been judged alone: their length, their end,
/// their ids. One malformed item refuses its voucher: all its items get an answer. An answer has
/// `result`.
template <class Answers>
void judge_vouchers(std::span<const transfer> items, Answers& answers) {
  for (std::size_t first = 0; first < items.size();) {
    const auto size = unit_size(items, first);
    const auto voucher = items.subspan(first, size);
    for (std::size_t i = 0; i < size; ++i) {
      auto& own = answers[first + i].result;
      if (own == item_result::none) own = judge_in_voucher(voucher, i);
    }
    const auto is_refused = [&](std::size_t i) {
      return answers[first + i].result != item_result::none;
    };
    bool refused = false;
    for (std::size_t i = 0; i < size; ++i) refused = refused || is_refused(i);
    for (std::size_t i = 0; i < size && refused; ++i)
      if (!is_refused(i)) answers[first + i].result = item_result::linked_invalid;
    first += size;
  }
}

namespace detail {
[[nodiscard]] constexpr std::size_t number_bytes(std::uint64_t value) noexcept {
  std::size_t bytes = 1;
  for (; value >= 0x80; value >>= 7) ++bytes;
  return bytes;
}
constexpr unsigned char* put_number(unsigned char* to, std::uint64_t value) noexcept {
  for (; value >= 0x80; value >>= 7) *to++ = static_cast<unsigned char>(value | 0x80U);
  *to++ = static_cast<unsigned char>(value);
  return to;
}
/// Bytes of one TransferOutcome without its own tag and length; fits in one length byte.
template <class Answer>
[[nodiscard]] std::size_t outcome_bytes(const Answer& answer) noexcept {
  return 1 + number_bytes(static_cast<std::uint64_t>(answer.result)) +
         (answer.at.micros == 0 ? 0
                                : 1 + number_bytes(static_cast<std::uint64_t>(answer.at.micros))) +
         (answer.moved.value == 0
              ? 0
              : 1 + number_bytes(static_cast<std::uint64_t>(answer.moved.value)));
}
}  // namespace detail

/// Size of the serialised PostTransfersResponse. An answer has `result`, `at` and `moved`
/// (item_answer).
template <class Answers>
[[nodiscard]] std::size_t answers_bytes(const Answers& answers, std::uint64_t sequence) noexcept {
  std::size_t total = sequence == 0 ? 0 : 1 + detail::number_bytes(sequence);
  for (const auto& answer : answers) total += 2 + detail::outcome_bytes(answer);
  return total;
}

/// Writes exactly answers_bytes() bytes at `to`.
template <class Answers>
void write_answers(const Answers& answers, std::uint64_t sequence, unsigned char* to) noexcept {
  for (const auto& answer : answers) {
    *to++ = 1 << 3 | 2;
    *to++ = static_cast<unsigned char>(detail::outcome_bytes(answer));
    *to++ = 1 << 3;
    to = detail::put_number(to, static_cast<std::uint64_t>(answer.result));
    if (answer.at.micros == 0) continue;
    *to++ = 2 << 3;
    to = detail::put_number(to, static_cast<std::uint64_t>(answer.at.micros));
    if (answer.moved.value == 0) continue;
    *to++ = 3 << 3;
    to = detail::put_number(to, static_cast<std::uint64_t>(answer.moved.value));
  }
  if (sequence == 0) return;
  *to++ = 2 << 3;
  detail::put_number(to, sequence);
}

}  // namespace suanpan::wire
