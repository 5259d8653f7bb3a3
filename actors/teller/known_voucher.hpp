// What a voucher is told some of whose ids are known (R2, R4). Pure.
#pragma once

#include "protocol/messages/requests.hpp"
#include "protocol/model/transfer.hpp"

#include <span>
#include <vector>

namespace suanpan {

/// Answers to `asked`, where `known[i]` is what is stored under the id of asked[i], null if nothing
/// is. Precondition: something is. Every item stored with equal content: the recorded answers
/// again. Else nothing can be booked: an item stored with other content is told how it differs, the
/// others linked_exists.
[[nodiscard]] std::vector<item_answer> answers_to_known_voucher(
    std::span<const transfer> asked, std::span<const stored_transfer* const> known);

}  // namespace suanpan
