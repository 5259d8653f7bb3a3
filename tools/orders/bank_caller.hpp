// A program that pays through the bank simulator and tells a merchant, by itself and one call after
// the other: what a payment system is compared with. Not thread-safe; one for each thread.
#pragma once

#include "protocol/model/money.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace suanpan::orders {

class bank_caller {
 public:
  struct options {
    std::string bank_address;  // host:port
    std::string secret = "dev-bank-secret";
    std::string merchant = "bench";
    std::string webhook_url;     // empty: nobody is told
    std::string webhook_secret;  // "whsec_…"
  };
  explicit bank_caller(options with);
  ~bank_caller();
  bank_caller(const bank_caller&) = delete;
  bank_caller& operator=(const bank_caller&) = delete;

  /// True: the bank says paid. Throws std::runtime_error where it can't be reached.
  [[nodiscard]] bool pay(const std::string& reference, minor_units amount);
  /// Sends payment.succeeded, signed. True: accepted.
  [[nodiscard]] bool tell(const std::string& order);

 private:
  struct connections;
  options with_;
  std::unique_ptr<connections> over_;
};

}  // namespace suanpan::orders
