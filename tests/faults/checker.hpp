// The judge of every fault run: compares what clients were told with what the database holds. Its
// own code on purpose: it shares no line with the ledger's rules, reads only the audit views, and
// replays the books one by one. It trusts no order but that of tickets and of the clients' clock.
//
// Laws, by the name that a violation carries:
//   lost               acknowledged, and not booked
//   doubled            booked more than once
//   posted_twice       two calls were told that it was booked now
//   wrong_ticket       acknowledged under another ticket than it is booked under
//   altered            booked or acknowledged with other content than was asked for
//   invented           booked, and no client asked for it
//   denied_but_booked  booked, though every caller was told that nothing was
//   contradicted       callers of the same content were told that it succeeded and that it failed
//   refused_then_booked  a refusal was told or recorded, and it is booked
//   refusal_lost       a refusal was told, and none is recorded
//   refusal_changed    a refusal was told that differs from the recorded one
//   wrong_difference   told that the id exists with other content, wrongly
//   same_place         two rows stand at the same ticket and index
//   reordered          acknowledged before the other was asked for, and booked after it
//   overdraft          an account that must not be overdrawn was, at some place of the order
//   wrongly_refused    at its place in the order, nothing stood against it
//   stale_read         a read does not show what was acknowledged before it began
//   wrong_read         a read shows what the books never said
//   unbalanced         stored totals are not the sum of the rows, or rows break an account's rules
#pragma once

#include "tests/faults/books.hpp"
#include "tests/faults/history.hpp"

#include <string>
#include <vector>

namespace suanpan::faults {

struct violation {
  std::string law;
  std::string where;  // an id or "account N"
  std::string what;   // a sentence
};

/// Everything that is wrong, in a fixed order. The database must be quiet: nothing in flight.
[[nodiscard]] std::vector<violation> judge(const history& told, const books& held);

/// Distinct transfers of which a client was told that they are booked.
[[nodiscard]] std::size_t acknowledged(const history& told);

/// One line each, at most `most`, and how many there are.
[[nodiscard]] std::string text_of(const std::vector<violation>& violations, std::size_t most = 20);

}  // namespace suanpan::faults
