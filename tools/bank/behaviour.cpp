#include "tools/bank/behaviour.hpp"

#include <algorithm>

namespace suanpan::bank {
namespace {

using enum behaviour;

constexpr std::array<behaviour_entry, 17> table = {{
    {honest, "0000", "honest", "Paid, and says so at once."},
    {declined, "0002", "declined", "Declined."},
    {no_funds, "9995", "no_funds", "Declined: the account has not so much."},
    {slow, "0101", "slow", "Paid, and says so late."},
    {timeout_then_paid, "0102", "timeout_then_paid", "Never answers; paid."},
    {timeout_then_nothing, "0103", "timeout_then_nothing", "Never answers; nothing happened."},
    {dropped_before, "0104", "dropped_before", "Drops the connection; nothing happened."},
    {dropped_after, "0105", "dropped_after", "Drops the connection; paid."},
    {garbage, "0106", "garbage", "Paid, and answers what nobody can read."},
    {callback_first, "0107", "callback_first", "Paid; the callback comes before the answer."},
    {callback_twice, "0108", "callback_twice", "Paid; the callback comes twice."},
    {callback_wrong_amount, "0109", "callback_wrong_amount",
     "Answers that it is at work; the first callback tells a wrong amount."},
    {callback_forged, "0110", "callback_forged",
     "Answers that it is at work; the first callback is not signed by the bank."},
    {not_found_then_paid, "0111", "not_found_then_paid",
     "Never answers, does not find it when asked, and pays later."},
    {returned_next_day, "0112", "returned_next_day", "Paid; the money goes back the next day."},
    {statement_misses_it, "0113", "statement_misses_it", "Paid; the statement has no line of it."},
    {statement_alters_it, "0114", "statement_alters_it",
     "Paid; the statement's line has another amount."},
}};

// SplitMix64 (Steele, Lea, Flood 2014): its finalizer.
constexpr std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ x >> 30U) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ x >> 27U) * 0x94d049bb133111ebULL;
  return x ^ x >> 31U;
}

}  // namespace

const std::array<behaviour_entry, 17>& behaviours() {
  return table;
}

std::string_view name_of(behaviour what) {
  return table.at(static_cast<std::size_t>(what)).name;
}

std::optional<behaviour> behaviour_of(std::string_view card) {
  if (card.size() < 4) return std::nullopt;
  const auto* entry =
      std::ranges::find(table, card.substr(card.size() - 4), &behaviour_entry::digits);
  if (entry == table.end()) return std::nullopt;
  return entry->what;
}

behaviour draw_behaviour(std::uint64_t seed, std::string_view reference, std::uint64_t tries,
                         const std::vector<behaviour_rate>& rates) {
  auto state = mixed(seed ^ mixed(tries));
  for (const char c : reference) state = mixed(state ^ static_cast<std::uint8_t>(c));
  for (const auto& rate : rates) {
    state = mixed(state);
    if (rate.once_in != 0 && state % rate.once_in == 0) return rate.what;
  }
  return honest;
}

}  // namespace suanpan::bank
