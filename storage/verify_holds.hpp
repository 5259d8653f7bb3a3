// What the rows say of holds: each is ended once at most, by what fits it, and those that are not
// ended are the ones in suanpan.open_hold (R23). Internal to storage/.
#pragma once

#include "protocol/model/hold.hpp"
#include "protocol/model/transfer.hpp"

#include <pqxx/pqxx>

#include <functional>
#include <map>
#include <string>

namespace suanpan::storage {

class hold_check {
 public:
  /// A booked row about a hold, in the ledger's order; `row` is the hold, or names what it would
  /// take of the one that `related` names. Returns the hold that is made or ended; `wrong` says
  /// what is at fault, and then nothing is returned.
  [[nodiscard]] const open_hold* take(const open_hold& row, transfer_kind kind,
                                      const transfer_id& related, std::string& wrong);

  /// Compares what is open by the rows with what is stored; `differ(where, expected, found)`.
  using differ = std::function<void(std::string, std::string, std::string)>;
  void compare(pqxx::transaction_base& in, const differ& tell) const;

  [[nodiscard]] std::int64_t made() const { return made_; }

 private:
  std::map<transfer_id, open_hold> open_;
  open_hold last_;
  std::int64_t made_ = 0;
};

}  // namespace suanpan::storage
