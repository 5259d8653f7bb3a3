// The bank at work: it hands requests to the rules and carries out their steps when their time has
// come, keeps the journal, and says nothing that rests on what is not on the disk. Any thread may
// call; what is heard comes on another one.
#pragma once

#include "tools/bank/alarm.hpp"
#include "tools/bank/bank.hpp"
#include "tools/bank/card_book.hpp"
#include "tools/bank/courier.hpp"
#include "tools/bank/journal.hpp"
#include "tools/bank/journal_records.hpp"
#include "tools/bank/online_book.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace suanpan::bank {

/// The bank's word on a reference and the business day that it names.
struct dated_report {
  report what;
  std::uint32_t day = 0;
};

struct dated_saying {
  saying_kind how = saying_kind::answer;
  dated_report what;
};

/// A request for money to move, and where to call back; empty: nowhere.
struct money_order {
  request what;
  std::string callback_url;
};

struct desk_options {
  bank_options rules;
  std::int64_t expire_micros = 900'000'000;  // after which an online order that nobody paid ends
};

/// Those who work for the desk; they outlive it.
struct desk_hands {
  journal* keeps = nullptr;
  alarm* wakes = nullptr;
  courier* carries = nullptr;
};

enum class expectation : std::uint8_t { answer, silence };

/// What a payer does on the page of an online order.
struct payer_choice {
  std::string handle;
  std::string account;  // a fingerprint that ends with the last four
  bool pays = false;
};

enum class page_outcome : std::uint8_t { unknown_order, closed_before, answer, silence };

/// The bank's books at one moment.
struct ledger_copy {
  std::uint32_t day = 0;
  std::vector<entry> entries;
};

class desk {
 public:
  using hears = std::function<void(const dated_saying&)>;
  using hears_report = std::function<void(const dated_report&)>;

  desk(desk_options options, desk_hands hands);

  /// Before anything else. Empty, or which line can't be read. A journal without lines is begun.
  [[nodiscard]] std::string replay(const std::vector<std::string>& lines);
  /// Goes on with what the run before had not finished: bookings, callbacks, expiries.
  void go_on();

  /// pay, payout, refund. silence: `answered` is never called.
  expectation take(money_order what, const hears& answered);
  void query(const std::string& merchant, const std::string& reference, const hears_report& told);

  /// `told` hears the card, or an empty token: declined with the reference reused.
  void bind(const bound_card& wanted, std::function<void(const bound_card&)> told);
  /// `told` hears whether the token is or was this merchant's.
  void unbind(const card_unbound& what, std::function<void(bool)> told);

  /// `told` hears the order, or an empty handle: the reference was another's.
  void place_online(const online_order& wanted, std::function<void(const online_order&)> told);
  /// An empty handle: there is no such order.
  [[nodiscard]] online_order online(std::string_view handle) const;
  page_outcome settle_online(const payer_choice& what, const hears& answered);

  /// `told` hears the new day and how much went back.
  void advance_day(std::function<void(std::uint32_t, std::size_t)> told);
  /// Entries with a number above `after`.
  void ledger(std::uint64_t after, std::function<void(const ledger_copy&)> told);
  void statement(std::uint32_t day, std::function<void(const std::vector<statement_line>&)> told);
  [[nodiscard]] std::uint32_t day() const;

 private:
  /// A request, and how it came.
  struct arrival {
    money_order order;
    std::string refused;  // as in receipt
    std::string online;   // the handle of the online order that it settles; empty: none
  };
  /// What came of a request of the run before.
  struct unfinished {
    std::vector<step> steps;
    std::vector<bool> over;  // of each step; answers are: nobody waits for them any more
  };

  [[nodiscard]] bool recall(const journal_record& what);
  [[nodiscard]] bool recall_received(const request_received& what);
  [[nodiscard]] bool recall_booked(const request_booked& what);
  [[nodiscard]] bool recall_called(const callback_ended& what);

  // All below: with mutex_ held.
  [[nodiscard]] std::string refusal_of(const request& what) const;
  expectation receive(const arrival& what, const hears& answered);
  void after_taking(const std::string& online);
  void schedule(const std::vector<step>& steps, const hears& answered);
  void call_back(const step& what, std::uint64_t index, const saying& said);
  void expect_expiry(const online_order& order);
  void keep(const journal_record& what) { hands_.keeps->append(line_of(what)); }
  void when_durable(std::function<void()> then) { hands_.keeps->when_durable(std::move(then)); }
  [[nodiscard]] dated_report dated(const report& what) const;
  [[nodiscard]] report asked(const std::string& merchant, const std::string& reference) const;

  // On the alarm's thread, without it.
  void carry_out(const step& what, std::uint64_t index, const hears& answered);
  void expire(const std::string& handle);

  desk_options options_;
  mutable std::mutex mutex_;
  bank bank_;
  card_book cards_;
  online_book online_;
  std::vector<std::string> callback_urls_;          // of what the bank took
  std::map<std::uint64_t, unfinished> unfinished_;  // of the run before
  desk_hands hands_;
};

}  // namespace suanpan::bank
