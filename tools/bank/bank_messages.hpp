// What is said to a bank and what it says. Amounts in minor units, times in Unix microseconds.
#pragma once

#include "protocol/model/money.hpp"

#include <cstdint>
#include <string>

namespace suanpan::bank {

enum class request_kind : std::uint8_t { pay, refund, payout };

/// "pay", "refund", "payout".
[[nodiscard]] std::string_view name_of(request_kind kind);

/// One request for money to move. `reference` is the caller's number of it.
struct request {
  request_kind kind = request_kind::pay;
  std::string merchant;
  std::string reference;
  std::string card;      // or account; a refund: as in what it refunds
  std::string original;  // a refund: the reference of the payment
  minor_units amount;
  currency ccy;
  bool wants_callback = false;
  bool operator==(const request&) const = default;
};

enum class status : std::uint8_t {
  not_found,   // the bank knows nothing of this reference, now
  processing,  // it may still become anything
  paid,        // for ever
  declined,    // for ever; `code` says why
};

/// "not_found", "processing", "paid", "declined".
[[nodiscard]] std::string_view name_of(status of);

/// The bank's word on one reference: the answer to a request, to a query, or a callback.
struct report {
  status is = status::not_found;
  std::string code;  // of a decline: "card_declined", "insufficient_funds", …
  std::string merchant;
  std::string reference;
  std::uint64_t bank_number = 0;  // the bank's own number of the payment; 0: none
  minor_units amount;
  currency ccy;
  bool operator==(const report&) const = default;
};

/// What reaches the caller.
enum class saying_kind : std::uint8_t {
  answer,    // `what`, to the request
  dropped,   // the connection breaks instead of an answer
  garbage,   // bytes that are no answer
  callback,  // `what`, of the bank's own accord
};

struct saying {
  saying_kind how = saying_kind::answer;
  report what;
  bool forged = false;  // a callback whose signature is not the bank's
};

}  // namespace suanpan::bank
