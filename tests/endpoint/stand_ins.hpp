// Actors in place of the teller and the readers: they answer at once, keep what they get until
// told, or say that nothing can be had. What they got is visible to the test.
#pragma once

#include "protocol/messages/messages.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace suanpan::testing {

/// How the stand-ins answer. Shared between them and the test; thread-safe.
class script {
 public:
  enum class mode : std::uint8_t { answer, keep, unavailable };

  void set(mode to);
  /// How changes of accounts end from now on.
  void change_ends(change_result with);
  [[nodiscard]] change_result change_end() const;
  [[nodiscard]] mode now() const;

  /// Waits until so many postings are kept; false after ten seconds.
  [[nodiscard]] bool kept(std::size_t count);
  /// Answers kept postings, oldest first, with POSTED or what is given.
  void release(std::size_t count, item_result with = item_result::posted);
  [[nodiscard]] std::size_t postings() const;
  [[nodiscard]] std::size_t items() const;
  [[nodiscard]] std::vector<transfer_id> ids() const;

  // Called by the stand-ins.
  void take(const posting_request_ptr& request);

 private:
  mutable std::mutex guard_;
  std::condition_variable changed_;
  mode mode_ = mode::answer;
  change_result change_end_ = change_result::changed;
  std::deque<posting_request_ptr> kept_;
  std::vector<transfer_id> ids_;
  std::size_t postings_ = 0;
};

/// The one ticket of all answers.
inline constexpr ticket answered_at{1'700'000'000'000'000};

[[nodiscard]] caf::actor spawn_stand_in(caf::actor_system& system, std::shared_ptr<script> told);

}  // namespace suanpan::testing
