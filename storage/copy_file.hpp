// A COPY file that grows row by row; the ledger's own rows are sized first (copy_rows.hpp). Pure.
#pragma once

#include "protocol/model/payment.hpp"
#include "storage/copy_fields.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace suanpan::storage {

/// Text of a jsonb column.
struct json_text {
  std::string_view text;
};

class copy_file final : private copy_fields<copy_file> {
 public:
  copy_file() { begin(); }

  /// A field for each column, in the order that the COPY statement names them.
  template <class... Fields>
  void row(const Fields&... fields) {
    count(sizeof...(Fields));
    (field(fields), ...);
    ++rows_;
  }
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  /// The whole file; no row can be added afterwards.
  [[nodiscard]] std::string finish() && {
    end();
    return std::move(bytes_);
  }

 private:
  friend class copy_fields<copy_file>;
  static constexpr char jsonb_version = 1;

  void append(const void* from, std::size_t bytes) {
    bytes_.append(static_cast<const char*>(from), bytes);
  }
  using copy_fields::field;
  void field(const payment_id& id) { field(id.bytes); }
  void field(const std::optional<payment_id>& id) {
    if (id) return field(*id);
    null();
  }
  void field(json_text json) {
    length(1 + json.text.size());
    bytes_ += jsonb_version;
    bytes_ += json.text;
  }

  std::string bytes_;
  std::size_t rows_ = 0;
};

}  // namespace suanpan::storage
