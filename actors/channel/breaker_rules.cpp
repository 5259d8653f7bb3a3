#include "actors/channel/breaker_rules.hpp"

namespace suanpan {

std::string_view name_of(breaker_stage stage) {
  switch (stage) {
    case breaker_stage::closed:
      return "closed";
    case breaker_stage::open:
      return "open";
    case breaker_stage::half_open:
      return "half_open";
  }
  return {};
}

breaker_stage breaker::stage(std::int64_t now_micros) const noexcept {
  if (!opened_) return breaker_stage::closed;
  return trying_ || now_micros - opened_micros_ >= limits_.open_micros ? breaker_stage::half_open
                                                                       : breaker_stage::open;
}

bool breaker::admits(std::int64_t now_micros) const noexcept {
  return !opened_ || (!trying_ && stage(now_micros) == breaker_stage::half_open);
}

bool breaker::began(std::int64_t) noexcept {
  trying_ = trying_ || opened_;
  return opened_;
}

void breaker::answered(bool tried) noexcept {
  // Whoever is answered, the bank is there: also one that began before the breaker opened.
  failures_.clear();
  opened_ = false;
  if (tried) trying_ = false;
}

void breaker::failed(bool tried, std::int64_t now_micros) {
  if (tried) trying_ = false;
  if (opened_) {
    // Those that began before it opened tell nothing new; the one that tried does.
    if (tried) opened_micros_ = now_micros;
    return;
  }
  failures_.push_back(now_micros);
  while (now_micros - failures_.front() > limits_.window_micros) failures_.pop_front();
  if (static_cast<std::int64_t>(failures_.size()) < limits_.failures) return;
  failures_.clear();
  opened_ = true;
  trying_ = false;
  opened_micros_ = now_micros;
}

void breaker::withdrawn(bool tried) noexcept {
  if (tried) trying_ = false;
}

}  // namespace suanpan
