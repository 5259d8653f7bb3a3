#include "actors/teller/known_voucher.hpp"

#include <algorithm>

namespace suanpan {
namespace {

item_result difference(const stored_transfer& known, const transfer& asked) {
  const auto same = compare_content(known.what, asked);
  if (same == item_result::exists || is_booked(known.result)) return same;
  return item_result::exists_with_different_content;
}

}  // namespace

std::vector<item_answer> answers_to_known_voucher(std::span<const transfer> asked,
                                                  std::span<const stored_transfer* const> known) {
  std::vector<item_answer> answers(asked.size(), item_answer{item_result::linked_exists, {}});
  bool all_equal = true;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto differs =
        known[i] == nullptr ? item_result::linked_exists : difference(*known[i], asked[i]);
    if (differs == item_result::exists) continue;
    all_equal = false;
    answers[i].result = differs;
  }
  if (!all_equal) return answers;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const bool booked = is_booked(known[i]->result);
    answers[i] = {booked ? item_result::exists : known[i]->result, known[i]->at};
  }
  return answers;
}

}  // namespace suanpan
