// What the actors say to each other, in words that a person reads: ids, accounts, amounts, results
// and tickets wherever a message carries them. Nothing in a line depends on an address, a hash or
// the machine.
#pragma once

#include "protocol/model/account.hpp"
#include "protocol/model/ids.hpp"

#include <caf/mailbox_element.hpp>

#include <string>

namespace suanpan::simulation {

/// "commit batch +1.234567: 0190… 1024 -> 2049 15 posted, …". Precondition: the element is peeked
/// at on the thread that runs the actors.
[[nodiscard]] std::string words_of(const caf::mailbox_element& message);

/// A ticket as seconds since the run began: "+12.345678".
[[nodiscard]] std::string words_of(ticket at);
/// Such as "flags 3, limit 5, maximum 90".
[[nodiscard]] std::string words_of(const account_terms& terms);

}  // namespace suanpan::simulation
