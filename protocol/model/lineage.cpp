#include "protocol/model/lineage.hpp"

namespace suanpan {

std::string to_string(const database_lineage& which) {
  return "timeline " + std::to_string(which.timeline) + " of system " +
         std::to_string(which.system);
}

std::string refusal_of(const database_lineage& seen, const database_lineage& found) {
  const auto what = judge(seen, found);
  if (may_use(what)) return {};
  const std::string kind = what == lineage_verdict::older ? "a superseded" : "another";
  return kind + " database: " + to_string(found) + "; this node saw " + to_string(seen);
}

}  // namespace suanpan
