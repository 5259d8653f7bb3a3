// A bank that may lie: what it does and says, and when. It has no clock and sends nothing:
// receive() tells what will come of a request, step by step, and whoever plays the bank (the
// program suanpan-bank, or a simulation) hands each step to carry_out() when its time has come. One
// thread.
#pragma once

#include "tools/bank/bank_books.hpp"
#include "tools/bank/behaviour.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan::bank {

struct bank_options {
  bool dedupes = true;  // one reference moves money once
  std::uint64_t seed = 1;
  /// For digits without a meaning of their own.
  std::vector<behaviour_rate> rates;
  std::int64_t work_micros = 20'000;       // that a request takes
  std::int64_t slow_micros = 3'000'000;    // that a slow one takes
  std::int64_t late_micros = 5'000'000;    // after which what was not found is paid
  std::int64_t callback_micros = 200'000;  // from an answer to its callback
};

enum class step_kind : std::uint8_t { book, say };

/// A step of what comes of one request.
struct step {
  std::int64_t due = 0;  // Unix microseconds
  step_kind kind = step_kind::say;
  std::uint64_t of = 0;  // the bank's number of the request
  saying_kind how = saying_kind::answer;
  bool at_work = false;  // says "processing" whatever is known
  bool forged = false;
  bool altered = false;  // a callback that tells another amount
};

/// What the bank has taken, as it remembers it.
struct receipt {
  request what;
  behaviour does = behaviour::honest;
  std::string refused;  // declined with this code before anything is looked at; empty: it was not
  bool reused = false;  // its reference was another request's: nothing comes of it
  bool hidden = false;  // a query does not find it yet
  bool booked = false;
  std::uint64_t entry = 0;
};

/// Whether anything came of it, so that its reference is known.
[[nodiscard]] bool comes_to_nothing(behaviour what);

class bank {
 public:
  explicit bank(bank_options options) : options_(std::move(options)) {}

  /// In order of `due`. A bank that dedupes repeats what it knows of a reference, and declines
  /// ("reference_reused") what differs under it. `refused`: the code with which it is declined,
  /// whatever its digits say; empty: they decide.
  [[nodiscard]] std::vector<step> receive(const request& what, std::int64_t now,
                                          std::string_view refused = {});
  /// Books, or says. Of a step that books: nothing.
  std::optional<saying> carry_out(const step& what, std::int64_t now);
  /// What the bank says of a reference when asked.
  [[nodiscard]] report query(std::string_view merchant, std::string_view reference) const;

  /// A new business day; what is to be returned goes back now. Returns how many did.
  std::size_t next_day(std::int64_t now);

  /// All that was taken, in order; step::of counts in it. What only repeats is not taken.
  [[nodiscard]] const std::vector<receipt>& taken() const { return taken_; }
  /// Takes what another run of this bank took as its next, at that time: with each carry_out() and
  /// next_day() of that run again, in the order of that run, it knows what that run knew. Returns
  /// the steps that came of it then.
  [[nodiscard]] std::vector<step> take_again(const receipt& then, std::int64_t at);

  [[nodiscard]] const bank_books& books() const { return books_; }
  [[nodiscard]] const bank_options& options() const { return options_; }
  /// How often each behaviour was met.
  [[nodiscard]] const std::map<behaviour, std::uint64_t>& met() const { return met_; }

 private:
  using reference_key = std::pair<std::string, std::string>;

  [[nodiscard]] behaviour choose(const request& what) const;
  [[nodiscard]] std::vector<step> repeat(const request& what, std::uint64_t known,
                                         std::int64_t now);
  [[nodiscard]] std::vector<step> take(receipt fresh, std::int64_t now);
  void book(receipt& of, std::int64_t now);
  [[nodiscard]] report report_of(const receipt& of) const;

  bank_options options_;
  bank_books books_;
  std::vector<receipt> taken_;
  std::map<reference_key, std::uint64_t, std::less<>> newest_;  // by reference, number in taken_
  std::map<reference_key, std::uint64_t> tries_;
  std::vector<std::uint64_t> to_return_;  // entries
  std::map<behaviour, std::uint64_t> met_;
};

}  // namespace suanpan::bank
