// Base64 of RFC 4648 section 4, with padding.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace suanpan::webhook {

[[nodiscard]] std::string base64_of(std::string_view bytes);
/// Strict: right padding, no other characters, no stray bits. Nothing otherwise.
[[nodiscard]] std::optional<std::string> bytes_of_base64(std::string_view text);

}  // namespace suanpan::webhook
