#include "actors/registry/merchant_book.hpp"

#include <set>

namespace suanpan {

merchant_ptr merchant_book::find(const merchant_id& id) const {
  const std::scoped_lock lock(guard_);
  const auto found = merchants_.find(id);
  return found == merchants_.end() ? nullptr : found->second;
}

bound_card_ptr merchant_book::card(const card_id& id) {
  const std::scoped_lock lock(guard_);
  const auto found = cards_.find(id);
  if (found == cards_.end()) return nullptr;
  by_use_.splice(by_use_.begin(), by_use_, found->second.place);
  return found->second.card;
}

bool merchant_book::park(std::unique_lock<std::mutex> held, waiter then) {
  const bool first = asked_.waiting.empty();
  asked_.waiting.push_back(std::move(then));
  const auto wake = first ? wake_ : nullptr;
  held.unlock();
  if (wake) wake();
  return true;
}

bool merchant_book::wait_for(const merchant_id& id, waiter then) {
  std::unique_lock lock(guard_);
  if (asked_.waiting.size() >= waiting_max) return false;
  asked_.merchants.push_back(id);
  return park(std::move(lock), std::move(then));
}

bool merchant_book::wait_for(const card_id& id, waiter then) {
  std::unique_lock lock(guard_);
  if (asked_.waiting.size() >= waiting_max) return false;
  asked_.cards.push_back(id);
  return park(std::move(lock), std::move(then));
}

void merchant_book::on_question(std::function<void()> wake) {
  const std::scoped_lock lock(guard_);
  wake_ = std::move(wake);
}

merchant_book::questions merchant_book::take_questions() {
  const std::scoped_lock lock(guard_);
  return std::exchange(asked_, {});
}

void merchant_book::learn(std::vector<merchant> merchants) {
  const std::scoped_lock lock(guard_);
  for (auto& each : merchants) {
    auto& kept = merchants_[each.id];
    // Who holds the old one keeps it; an equal one is not worth a copy.
    if (kept == nullptr || *kept != each) kept = std::make_shared<const merchant>(std::move(each));
  }
}

void merchant_book::learn(std::vector<bound_card> cards) {
  const std::scoped_lock lock(guard_);
  for (auto& each : cards) {
    const auto id = each.id;
    auto fresh = std::make_shared<const bound_card>(std::move(each));
    if (const auto found = cards_.find(id); found != cards_.end()) {
      found->second.card = std::move(fresh);
      continue;
    }
    by_use_.push_front(id);
    cards_.emplace(id, kept_card{std::move(fresh), by_use_.begin()});
    if (cards_.size() <= cards_max_) continue;
    cards_.erase(by_use_.back());
    by_use_.pop_back();
  }
}

void merchant_book::keep_only(std::vector<bound_card> cards) {
  {
    const std::scoped_lock lock(guard_);
    std::set<card_id> kept;
    for (const auto& each : cards) kept.insert(each.id);
    std::erase_if(cards_, [this, &kept](const auto& each) {
      if (kept.contains(each.first)) return false;
      by_use_.erase(each.second.place);
      return true;
    });
  }
  learn(std::move(cards));
}

std::vector<card_id> merchant_book::cards_held(std::size_t most) const {
  const std::scoped_lock lock(guard_);
  std::vector<card_id> held;
  for (const auto& id : by_use_) {
    if (held.size() >= most) break;
    held.push_back(id);
  }
  return held;
}

std::size_t merchant_book::merchants_held() const {
  const std::scoped_lock lock(guard_);
  return merchants_.size();
}

}  // namespace suanpan
