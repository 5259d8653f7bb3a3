// PostgreSQL's binary COPY format, field by field. Pure: values in, bytes out.
//
//   file   = "PGCOPY\n\377\r\n\0" flags:int32 extension:int32 { row } -1:int16
//   row    = fields:int16 { length:int32 bytes }            all big-endian; a length of -1: null
#pragma once

#include <endian.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace suanpan::storage {

/// `Sink` derives from it and has append(const void*, std::size_t).
template <class Sink>
class copy_fields {
 public:
  static constexpr std::string_view header{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19};
  static constexpr std::size_t end_bytes = 2;

  void begin() { sink().append(header.data(), header.size()); }
  void end() { store(std::uint16_t{0xffff}); }  // −1
  void count(std::size_t fields) { store(htobe16(static_cast<std::uint16_t>(fields))); }

  void field(bool value) {
    const char byte = value ? 1 : 0;
    raw(&byte, sizeof byte);
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
  void field(std::string_view text) { raw(text.data(), text.size()); }
  template <std::size_t Size>
  void field(const std::array<std::uint8_t, Size>& bytes) {
    raw(bytes.data(), bytes.size());
  }
  void null() { store(std::uint32_t{0xffffffff}); }

 protected:
  void length(std::size_t bytes) { store(htobe32(static_cast<std::uint32_t>(bytes))); }

 private:
  [[nodiscard]] Sink& sink() { return static_cast<Sink&>(*this); }
  void raw(const void* from, std::size_t bytes) {
    length(bytes);
    sink().append(from, bytes);
  }
  template <class T>
  void store(T big_endian) {
    sink().append(&big_endian, sizeof big_endian);
  }
};

}  // namespace suanpan::storage
