// What SQL the builder of statements and their readers share. Internal to storage/.
#pragma once

#include <string_view>

namespace suanpan::storage {

/// Which rows of suanpan.transfer are lines: booked, and of a kind that moves what is posted. Holds
/// (2) and their voids (4) are none.
inline constexpr std::string_view is_line = "result=1 AND kind NOT IN (2,4)";

/// shard, node, covers, settled watermark (R14), taken_above of every shard that was ever taken.
/// What a snapshot shows up to the watermark is complete: a session commits in order of tickets,
/// and rows of the sessions before it lie below taken_above.
inline constexpr std::string_view settled_select =
    "SELECT s.shard,s.node,c.covers,greatest(s.taken_above,m.ticket) AS settled,"
    "s.taken_above "
    "FROM suanpan.shard s JOIN suanpan.statement_cover c ON c.shard=s.shard "
    "LEFT JOIN (SELECT x.session,(SELECT max(j.ticket) FROM suanpan.journal_commit j "
    "WHERE j.session=x.session) AS ticket "
    "FROM (SELECT DISTINCT session FROM suanpan.shard) x) m ON m.session=s.session "
    "WHERE s.session<>0";

/// The smallest level from $1 on that has $2 runs or more.
inline constexpr const char* crowded_query =
    "SELECT level FROM suanpan.statement_run WHERE level>=$1 GROUP BY level "
    "HAVING count(*)>=$2 ORDER BY level LIMIT 1";

}  // namespace suanpan::storage
