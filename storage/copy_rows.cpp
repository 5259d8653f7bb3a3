// Encodes rows for binary COPY: one pass that adds up the bytes, one that stores them.
#include "storage/copy_rows.hpp"

#include "storage/copy_fields.hpp"

#include <cstring>

namespace suanpan::storage {
namespace {

constexpr std::int32_t days_to_2000 = 10'957;  // PostgreSQL counts days from 2000-01-01

// Appends to memory that is known to be large enough.
class writer final : public copy_fields<writer> {
 public:
  explicit writer(char* at) : at_(at) {}

  using copy_fields::field;
  void field(const transfer_id& id) { field(id.bytes); }
  void append(const void* from, std::size_t bytes) {
    if (bytes != 0) std::memcpy(at_, from, bytes);  // an empty string_view may hold a null pointer
    at_ += bytes;
  }
  [[nodiscard]] char* at() const { return at_; }

 private:
  char* at_;
};

// A row's count of fields, each field's length, and the fields whose size never changes: of a
// transfer four of 8 bytes, three of 4, four of 2, one of 1 and the id; of an account three of 8,
// one of 4, three of 2.
constexpr std::size_t transfer_fields = 20;
constexpr std::size_t transfer_fixed_bytes =
    2 + transfer_fields * 4 + 32 + 12 + 8 + 1 + sizeof(transfer_id);
constexpr std::size_t account_fields = 11;
constexpr std::size_t account_fixed_bytes = 2 + account_fields * 4 + 24 + 4 + 6;

void put(writer& out, const transfer_row& row) {
  const transfer& what = *row.what;
  out.count(transfer_fields);
  out.field(row.at.micros);
  out.field(what.debit.value);
  out.field(what.credit.value);
  out.field(row.amount().value);
  out.field(row.index);
  out.field(what.event_code);
  out.field(row.date.days - days_to_2000);
  out.field(std::int16_t{0});  // leg
  out.field(static_cast<std::int16_t>(what.kind));
  out.field(static_cast<std::int16_t>(row.result));
  out.field(what.ccy.code);
  out.field(what.id);
  out.field(what.reference);
  out.field(what.memo);
  out.field(what.linked);
  if (row.voucher != nullptr)
    out.field(*row.voucher);
  else
    out.null();
  if (what.related != transfer_id{})
    out.field(what.related);
  else
    out.null();
  if (what.expires_at != 0)
    out.field(what.expires_at);
  else
    out.null();
  if (is_balancing(what.kind))
    out.field(what.amount.value);
  else
    out.null();
  if (!what.metadata.empty())
    out.field(what.metadata);
  else
    out.null();
}

void put(writer& out, const account_row& row) {
  out.count(account_fields);
  out.field(row.number.value);
  out.field(row.opened.micros);
  out.field(static_cast<std::int32_t>(row.flags));
  out.field(static_cast<std::int16_t>(row.number.shard().value));
  out.field(row.key.ccy.code);
  out.field(static_cast<std::int16_t>(row.side));
  out.field(std::string_view{row.key.owner});
  out.field(std::string_view{row.key.subject});
  out.field(std::string_view{row.key.label});
  out.field(row.limits.credit_limit);
  if (row.limits.maximum_balance)
    out.field(*row.limits.maximum_balance);
  else
    out.null();
}

std::size_t bytes_of(const transfer_row& row) {
  return transfer_fixed_bytes + row.what->reference.size() + row.what->memo.size() +
         row.what->metadata.size() + (row.voucher != nullptr ? sizeof(transfer_id) : 0) +
         (row.what->related != transfer_id{} ? sizeof(transfer_id) : 0) +
         (row.what->expires_at != 0 ? sizeof(row.what->expires_at) : 0) +
         (is_balancing(row.what->kind) ? sizeof(row.what->amount.value) : 0);
}
std::size_t bytes_of(const account_row& row) {
  return account_fixed_bytes + row.key.owner.size() + row.key.subject.size() +
         row.key.label.size() + (row.limits.maximum_balance ? 8 : 0);
}

template <class Row>
std::size_t bytes_of_file(std::span<const Row> rows) {
  std::size_t bytes = writer::header.size() + writer::end_bytes;
  for (const auto& row : rows) bytes += bytes_of(row);
  return bytes;
}

template <class Row>
std::string_view encode_into(char* begin, std::span<const Row> rows) {
  writer out{begin};
  out.begin();
  for (const auto& row : rows) put(out, row);
  out.end();
  return {begin, static_cast<std::size_t>(out.at() - begin)};
}

}  // namespace

char* copy_buffer::reserve(std::size_t bytes) {
  if (bytes_.size() < bytes) bytes_.resize(bytes + bytes / 4);
  return bytes_.data();
}

std::string_view copy_buffer::encode(std::span<const transfer_row> rows) {
  return encode_into(reserve(bytes_of_file(rows)), rows);
}
std::string_view copy_buffer::encode(std::span<const account_row> rows) {
  return encode_into(reserve(bytes_of_file(rows)), rows);
}

}  // namespace suanpan::storage
