// Private to config/: how a line of the list of settings is written. Only its .cpp files include
// it.
#pragma once

#include "config/schema.hpp"

namespace suanpan::config {

/// The settings of [payments] and [notifier]; schema.cpp puts them behind the others.
[[nodiscard]] std::span<const setting> settings_of_payments();

template <auto Section, auto Field>
auto& at(node_config& c) {
  return (c.*Section).*Field;
}

struct bounds {
  std::int64_t least;
  std::int64_t most;
};
inline constexpr bounds ports{0, 65'535};
inline constexpr std::int64_t gibibyte = 1'024 * mebibyte;

template <class Field>
constexpr setting number(std::string_view key, Field field, bounds within, std::string_view unit,
                         std::string_view sentence) {
  return {key,  value_type::integer, integer_field{field}, sentence,
          unit, within.least,        within.most};
}
template <class Field>
constexpr setting size(std::string_view key, Field field, bounds within,
                       std::string_view sentence) {
  return {key,     value_type::bytes, integer_field{field}, sentence,
          "bytes", within.least,      within.most};
}
template <class Field>
constexpr setting flag(std::string_view key, Field field, std::string_view sentence) {
  return {key, value_type::boolean, boolean_field{field}, sentence};
}
template <class Field>
constexpr setting words(std::string_view key, value_type type, Field field,
                        std::string_view sentence) {
  return {key, type, text_field{field}, sentence};
}
template <class Field>
constexpr setting one_of(std::string_view key, Field field, std::string_view choices,
                         std::string_view sentence) {
  setting s{key, value_type::choice, text_field{field}, sentence};
  s.choices = choices;
  return s;
}
constexpr setting secret(setting s) {
  s.secret = true;
  return s;
}
constexpr setting power_of_two(setting s) {
  s.powers_of_two = true;
  return s;
}

}  // namespace suanpan::config
