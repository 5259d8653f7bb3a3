// What every adapter must keep of the contract (actors/channel/channel_contract), tried against its
// real bank or a simulator of it. For a new adapter: implement certified_bank, and call certify()
// in a test of its own.
#pragma once

#include "actors/channel/channel_contract.hpp"

#include <memory>
#include <string>
#include <vector>

namespace suanpan {

/// Cards by what the bank does with what is charged to them, or paid to them.
enum class certified_card {
  pays,
  declines,
  lacks_funds,
  pays_in_silence,   // money moves, no answer ever comes
  silent,            // nothing moves, no answer ever comes
  pays_and_drops,    // money moves, the connection is closed without an answer
  pays_and_garbles,  // money moves, what comes is no answer
};

/// The bank behind an adapter, as its certification needs it.
class certified_bank {
 public:
  virtual ~certified_bank() = default;
  [[nodiscard]] virtual channel_adapter& adapter() = 0;
  /// The same adapter, set to an address where nobody listens.
  [[nodiscard]] virtual channel_adapter& adapter_to_nobody() = 0;
  /// The same adapter, which has another secret than the bank.
  [[nodiscard]] virtual channel_adapter& adapter_of_a_stranger() = 0;
  [[nodiscard]] virtual std::string card_number(certified_card which) const = 0;
  [[nodiscard]] virtual currency ccy() const = 0;
  /// How often money moved under a reference: the bank's own truth.
  [[nodiscard]] virtual std::int64_t times_moved(const channel_reference& reference) = 0;
  /// The callbacks about a reference, once there is one; as they came.
  [[nodiscard]] virtual std::vector<callback_bytes> callbacks(const channel_reference& of) = 0;
};

/// Every law in turn. Fails the test that calls it where one is broken.
void certify(certified_bank& bank);

}  // namespace suanpan
