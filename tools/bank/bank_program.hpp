// The bank simulator put together: what a process of it consists of.
#pragma once

#include "tools/bank/options.hpp"

#include <memory>
#include <string>

namespace suanpan::bank {

/// Why it did not start: an exit status of INTERFACE, and words.
struct start_fault {
  int status = 0;  // 0: it started
  std::string reason;
};

class bank_program {
 public:
  explicit bank_program(options from);
  ~bank_program();
  bank_program(const bank_program&) = delete;
  bank_program& operator=(const bank_program&) = delete;

  /// Recovers the ledger and listens. Writes the run file last.
  [[nodiscard]] start_fault start();
  /// Nothing new is taken; what was booked is on the disk when it returns.
  void stop();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace suanpan::bank
