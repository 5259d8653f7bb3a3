// The auditor's law of evidence: nobody sent again to a bank without it.
#include "tests/simulation/auditor.hpp"

#include <algorithm>
#include <map>

namespace suanpan::simulation {

// R20: a second number only after the first was declined, or not found when that was final; the
// same number again only where the bank dedupes.
void auditor::check_evidence(bool dedupes, sim_time not_found_is_final_after) {
  std::map<std::pair<std::string, bank::request_kind>, const asked_payment*> before;
  for (const auto& sent : told_.payments) {
    auto& earlier = before[{sent.order, sent.what.kind}];
    const auto* last = std::exchange(earlier, &sent);
    if (last == nullptr) continue;
    const auto& reference = last->what.reference;
    if (sent.what.reference == reference) {
      if (!dedupes) breach("R20: sent twice under one number: " + reference);
      continue;
    }
    const bool known = std::ranges::any_of(told_.reports, [&](const heard_report& heard) {
      if (heard.forged || heard.what.reference != reference || heard.heard > sent.sent)
        return false;
      if (heard.what.is == bank::status::declined) return true;
      return !dedupes && heard.queried && heard.what.is == bank::status::not_found &&
             heard.asked >= last->sent + not_found_is_final_after;
    });
    if (!known) breach("R20: sent again without evidence: " + sent.what.reference);
  }
}

}  // namespace suanpan::simulation
