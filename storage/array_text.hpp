// Array literals of PostgreSQL.
#pragma once

#include <string>
#include <string_view>

namespace suanpan::storage {

/// "{1,2,3}": `element` makes each item's text.
template <class Items, class Element>
[[nodiscard]] std::string array_of(const Items& items, Element element) {
  std::string text = "{";
  for (const auto& item : items) {
    if (text.size() > 1) text += ',';
    text += element(item);
  }
  return text + "}";
}

/// A text as an element: quoted.
[[nodiscard]] inline std::string quoted_element(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace suanpan::storage
