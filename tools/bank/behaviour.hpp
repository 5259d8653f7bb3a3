// How a bank treats one request: honestly, or in one of the ways in which banks fail those who
// trust their first answer. Chosen by the last four digits of the card or account, so that a test
// can ask for each by name, or drawn from a seed with given rates. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace suanpan::bank {

enum class behaviour : std::uint8_t {
  honest,
  declined,
  no_funds,
  slow,
  timeout_then_paid,
  timeout_then_nothing,
  dropped_before,
  dropped_after,
  garbage,
  callback_first,
  callback_twice,
  callback_wrong_amount,
  callback_forged,
  not_found_then_paid,
  returned_next_day,
  statement_misses_it,
  statement_alters_it,
};

struct behaviour_entry {
  behaviour what = behaviour::honest;
  std::string_view digits;    // the last four of a card or an account
  std::string_view name;      // of programs: "timeout_then_paid"
  std::string_view sentence;  // for people
};

/// All of them, in order of `behaviour`.
[[nodiscard]] const std::array<behaviour_entry, 17>& behaviours();
[[nodiscard]] std::string_view name_of(behaviour what);
/// Nothing: these digits have no meaning, or there are fewer than four.
[[nodiscard]] std::optional<behaviour> behaviour_of(std::string_view card);

/// Once in so many requests, by the draw of the seed; 0 = never.
struct behaviour_rate {
  behaviour what = behaviour::honest;
  std::uint64_t once_in = 0;
};

/// The first of `rates` that the draw meets, else honest. The same seed, reference and try give the
/// same behaviour, whatever was asked before and however often the bank was restarted.
[[nodiscard]] behaviour draw_behaviour(std::uint64_t seed, std::string_view reference,
                                       std::uint64_t tries,
                                       const std::vector<behaviour_rate>& rates);

}  // namespace suanpan::bank
