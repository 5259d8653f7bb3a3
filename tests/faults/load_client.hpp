// One client of the mixed load: a thread with a connection of its own.
#pragma once

#include "tests/faults/load.hpp"
#include "tests/faults/load_items.hpp"

#include <memory>
#include <vector>

namespace suanpan::faults {

class load_client {
 public:
  load_client(mixed_load& load, std::int32_t number, bool streams);
  /// Until the load stops, or settles and everything has an answer.
  void run();

 private:
  struct batch {
    std::vector<item> items;
    interval when;
  };
  [[nodiscard]] std::vector<item> compose();
  void compose_fresh(std::vector<item>& into, std::size_t count);
  /// Records the answers and keeps what must be asked again; false if anything must.
  bool take(const batch& sent, const std::vector<answer>& answers);
  bool call_once();
  bool stream_once();
  void read_once();
  void connect_anew();
  void breathe(bool failed);

  mixed_load& load_;
  std::int32_t number_;
  bool streams_;
  item_source source_;
  std::size_t address_ = 0;
  std::unique_ptr<ledger_client> ledger_;
  std::vector<item> again_;  // without a final answer
};

}  // namespace suanpan::faults
