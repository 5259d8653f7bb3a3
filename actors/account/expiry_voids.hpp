// The voids that record the expiry of holds: a posting request of the ledger's own (R23).
#pragma once

#include "protocol/messages/requests.hpp"
#include "protocol/model/hold.hpp"

#include <caf/actor.hpp>

#include <memory>
#include <span>
#include <vector>

namespace suanpan {

/// Goes the way of any caller's items; its answers come back to `asker` as voids_answered.
class expiry_voids final : public posting_request,
                           public std::enable_shared_from_this<expiry_voids> {
 public:
  expiry_voids(caf::actor asker, std::span<const open_hold> due);
  void finish() noexcept override;

  /// Whether nothing is left to do about item `index`: the hold is ended, or was before.
  [[nodiscard]] bool is_ended(std::size_t index) const;

 private:
  caf::actor asker_;
};

}  // namespace suanpan
