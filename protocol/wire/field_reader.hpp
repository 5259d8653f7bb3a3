// Walks the fields of one serialised Protobuf message in place: no copies, no allocation. Batches
// are read this way because Protobuf's parser refuses a whole batch for one string that is not
// UTF-8, and makes three heap strings for each transfer. Tests hold it against Protobuf's parser.
#pragma once

#include <cstdint>
#include <string_view>

namespace suanpan::wire {

class field_reader {
 public:
  /// `message` must outlive the reader and every view that it hands out.
  explicit field_reader(std::string_view message) noexcept
      : at_(reinterpret_cast<const unsigned char*>(message.data())), end_(at_ + message.size()) {}

  enum class kind : std::uint8_t { number = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

  /// Steps to the next field; false at the end and at the first fault.
  [[nodiscard]] bool next() noexcept {
    if (at_ == end_ || malformed_) return false;
    const auto tag = take_number();
    field_ = static_cast<std::uint32_t>(tag >> 3);
    kind_ = static_cast<kind>(tag & 7U);
    // Field 0 and the long dead groups (3, 4) are nothing that a proto3 writer makes.
    if (tag > 0xFFFF'FFFF || field_ == 0) return fail();
    switch (kind_) {
      case kind::number:
        number_ = take_number();
        break;
      case kind::fixed64:
        skip(8);
        break;
      case kind::bytes:
        skip(take_number());
        break;
      case kind::fixed32:
        skip(4);
        break;
      default:
        return fail();
    }
    return !malformed_;
  }

  [[nodiscard]] bool malformed() const noexcept { return malformed_; }
  /// True if the present field is this one, in this form. Any other form is an unknown field.
  [[nodiscard]] bool is(std::uint32_t field, kind form) const noexcept {
    return field_ == field && kind_ == form;
  }
  [[nodiscard]] std::uint32_t field() const noexcept { return field_; }
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }

 private:
  bool fail() noexcept {
    malformed_ = true;
    at_ = end_;
    return false;
  }

  std::uint64_t take_number() noexcept {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70 && at_ != end_; shift += 7) {
      const std::uint64_t byte = *at_++;
      value |= (byte & 0x7FU) << (shift < 63 ? shift : 63);
      if (byte < 0x80) return value;
    }
    fail();
    return 0;
  }

  void skip(std::uint64_t length) noexcept {
    if (malformed_ || length > static_cast<std::uint64_t>(end_ - at_)) {
      fail();
      return;
    }
    bytes_ = {reinterpret_cast<const char*>(at_), static_cast<std::size_t>(length)};
    at_ += length;
  }

  const unsigned char* at_;
  const unsigned char* end_;
  std::uint64_t number_ = 0;
  std::string_view bytes_;
  std::uint32_t field_ = 0;
  kind kind_ = kind::number;
  bool malformed_ = false;
};

}  // namespace suanpan::wire
