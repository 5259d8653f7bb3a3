// A file of PostgreSQL's binary COPY format that grows row by row (the format: copy_rows.hpp, which
// sizes the ledger's rows first). Pure.
#pragma once

#include "protocol/model/ids.hpp"
#include "protocol/model/payment.hpp"

#include <endian.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace suanpan::storage {

/// Text of a jsonb column.
struct json_text {
  std::string_view text;
};

class copy_file {
 public:
  /// A field for each column, in the order that the COPY statement names them.
  template <class... Fields>
  void row(const Fields&... fields) {
    store(htobe16(static_cast<std::uint16_t>(sizeof...(Fields))));
    (field(fields), ...);
    ++rows_;
  }
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  /// The whole file; no row can be added afterwards.
  [[nodiscard]] std::string finish() && {
    store(std::uint16_t{0xffff});  // −1: the end
    return std::move(bytes_);
  }

 private:
  static constexpr std::string_view header{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19};
  static constexpr char jsonb_version = 1;

  template <class T>
  void store(T big_endian) {
    bytes_.append(reinterpret_cast<const char*>(&big_endian), sizeof big_endian);
  }
  void length(std::size_t bytes) { store(htobe32(static_cast<std::uint32_t>(bytes))); }
  void raw(const void* from, std::size_t bytes) {
    length(bytes);
    bytes_.append(static_cast<const char*>(from), bytes);
  }

  void field(bool value) {
    length(1);
    bytes_ += value ? '\1' : '\0';
  }
  void field(std::int16_t value) {
    length(2);
    store(htobe16(static_cast<std::uint16_t>(value)));
  }
  void field(std::int32_t value) {
    length(4);
    store(htobe32(static_cast<std::uint32_t>(value)));
  }
  void field(std::int64_t value) {
    length(8);
    store(htobe64(static_cast<std::uint64_t>(value)));
  }
  void field(const std::string& text) { raw(text.data(), text.size()); }
  void field(const payment_id& id) { raw(id.bytes.data(), id.bytes.size()); }
  void field(const std::optional<payment_id>& id) {
    if (id) return field(*id);
    store(std::uint32_t{0xffffffff});  // −1: null
  }
  template <std::size_t Size>
  void field(const std::array<std::uint8_t, Size>& bytes) {
    raw(bytes.data(), bytes.size());
  }
  void field(json_text json) {
    length(1 + json.text.size());
    bytes_ += jsonb_version;
    bytes_ += json.text;
  }

  std::string bytes_{header};
  std::size_t rows_ = 0;
};

}  // namespace suanpan::storage
