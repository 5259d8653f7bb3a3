// What counts as text on the wire: UTF-8 as Unicode defines it, without NUL.
// Protobuf's own check would fail a whole batch for one bad byte, so items are checked one by one.
#pragma once

#include <string_view>

namespace suanpan::wire {

/// Well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF) without NUL.
[[nodiscard]] bool is_text(std::string_view bytes) noexcept;

/// Text without white space and control characters, of Unicode too: two names never differ by
/// something that nobody sees.
[[nodiscard]] bool is_plain_word(std::string_view bytes) noexcept;

/// A JSON object (RFC 8259), with white space around it or not.
[[nodiscard]] bool is_json_object(std::string_view bytes);

}  // namespace suanpan::wire
