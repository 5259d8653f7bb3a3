// Merchants and cards as last read from the database, for whoever must not wait: all merchants,
// and the cards that were asked for lately. The registrar keeps it; anybody reads it. What is not
// in it may be there all the same: ask wait_for(), which makes the registrar look, at most once in
// a while for all who wait; so a merchant works at once after it was made on another node, and a
// flood of unknown ids costs the database nothing.
#pragma once

#include "protocol/model/merchant.hpp"

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace suanpan {

using merchant_ptr = std::shared_ptr<const merchant>;
using bound_card_ptr = std::shared_ptr<const bound_card>;

/// Thread-safe.
class merchant_book {
 public:
  /// Called once, on the registrar's thread: look into the book again. `read`: whether the database
  /// could be asked; if not, what is not in the book may be there.
  using waiter = std::function<void(bool read)>;

  static constexpr std::size_t waiting_max = 4'096;

  /// Holds `cards_max` cards at most; the one not asked for longest makes room.
  explicit merchant_book(std::size_t cards_max = 200'000) : cards_max_(cards_max) {}

  /// Null: not in the book.
  [[nodiscard]] merchant_ptr find(const merchant_id& id) const;
  /// Null: not in the book. Also an unbound card is found: look at `active`.
  [[nodiscard]] bound_card_ptr card(const card_id& id);

  /// Parks a question until the registrar has looked. False: too many wait.
  [[nodiscard]] bool wait_for(const merchant_id& id, waiter then);
  [[nodiscard]] bool wait_for(const card_id& id, waiter then);

  // --- the registrar's side
  struct questions {
    std::vector<merchant_id> merchants;
    std::vector<card_id> cards;
    std::vector<waiter> waiting;
    [[nodiscard]] bool empty() const noexcept { return waiting.empty(); }
  };

  /// `wake` is called, on any thread and under no lock, when a first question is parked.
  void on_question(std::function<void()> wake);
  /// Everything that was asked so far; the caller answers each `waiting` once.
  [[nodiscard]] questions take_questions();
  void learn(std::vector<merchant> merchants);
  void learn(std::vector<bound_card> cards);
  /// These are all that is left of the cards that were held: others are forgotten.
  void keep_only(std::vector<bound_card> cards);
  /// Which cards the book holds, so that they can be read again; most recently asked first.
  [[nodiscard]] std::vector<card_id> cards_held(std::size_t most) const;
  [[nodiscard]] std::size_t merchants_held() const;

 private:
  struct kept_card {
    bound_card_ptr card;
    std::list<card_id>::iterator place;
  };
  [[nodiscard]] bool park(std::unique_lock<std::mutex> held, waiter then);

  const std::size_t cards_max_;
  mutable std::mutex guard_;
  std::map<merchant_id, merchant_ptr> merchants_;
  std::map<card_id, kept_card> cards_;
  std::list<card_id> by_use_;  // latest first
  questions asked_;
  std::function<void()> wake_;
};

}  // namespace suanpan
