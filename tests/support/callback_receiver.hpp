// Hears what a bank (or anybody) posts, checks its signature, and answers as it is told to.
#pragma once

#include "tools/bank/front.hpp"

#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace suanpan::testing {

struct heard_callback {
  std::string target;
  std::string body;
  std::string words;  // "paid", "declined expired"; then "+1" of a wrong amount, then "forged"
};

class callback_receiver {
 public:
  /// `amount`: that reports should tell.
  explicit callback_receiver(std::int64_t amount = 1'000);
  ~callback_receiver() { front_.stop(); }
  callback_receiver(const callback_receiver&) = delete;
  callback_receiver& operator=(const callback_receiver&) = delete;

  [[nodiscard]] std::string url(const std::string& path = "/callback") const;
  /// Statuses of the next answers; after them 200.
  void answer_next(std::deque<unsigned> statuses);
  /// All so far, in order.
  [[nodiscard]] std::vector<heard_callback> heard() const;
  /// The words of those of one reference: "paid, paid".
  [[nodiscard]] std::string words_of(const std::string& reference) const;

 private:
  void take(const std::shared_ptr<bank::exchange>& who);

  std::int64_t amount_;
  mutable std::mutex mutex_;
  std::deque<unsigned> statuses_;
  std::vector<heard_callback> heard_;
  bank::front front_;
};

}  // namespace suanpan::testing
