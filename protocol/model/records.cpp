// Copies and moves of a stored transfer: its views must always point at its own strings, also where
// a short string lives inside the object and moves with it.
#include "protocol/model/records.hpp"

#include <utility>

namespace suanpan {
namespace {

void point_at_own_strings(stored_transfer& stored) noexcept {
  stored.what.reference = stored.reference;
  stored.what.memo = stored.memo;
  stored.what.metadata = stored.metadata;
}

void take_plain_fields(stored_transfer& to, const stored_transfer& from) noexcept {
  to.what = from.what;
  to.at = from.at;
  to.index = from.index;
  to.result = from.result;
  to.date = from.date;
  to.voucher = from.voucher;
  to.moved = from.moved;
}

}  // namespace

stored_transfer& stored_transfer::operator=(const stored_transfer& other) {
  if (this == &other) return *this;
  reference = other.reference;
  memo = other.memo;
  metadata = other.metadata;
  take_plain_fields(*this, other);
  point_at_own_strings(*this);
  return *this;
}

stored_transfer& stored_transfer::operator=(stored_transfer&& other) noexcept {
  if (this == &other) return *this;
  take_plain_fields(*this, other);
  reference = std::move(other.reference);
  memo = std::move(other.memo);
  metadata = std::move(other.metadata);
  point_at_own_strings(*this);
  other.reference.clear();
  other.memo.clear();
  other.metadata.clear();
  point_at_own_strings(other);
  return *this;
}

}  // namespace suanpan
