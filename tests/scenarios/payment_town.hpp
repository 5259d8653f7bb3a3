// A payment company in a box: a private PostgreSQL, the bank simulator and a node as processes of
// their own, each of which may be killed and comes back with what it had on disk.
#pragma once

#include "tests/faults/process.hpp"
#include "tests/support/postgres.hpp"

#include <memory>
#include <string>
#include <vector>

namespace suanpan::scenarios {

struct town_options {
  std::vector<std::string> bank = {};  // options of suanpan-bank, after those for haste
  std::vector<std::string> node = {};  // settings of the node
};

class payment_town {
 public:
  /// Everything runs and serves. Throws with the end of a log otherwise.
  explicit payment_town(town_options options = {});
  ~payment_town();
  payment_town(const payment_town&) = delete;
  payment_town& operator=(const payment_town&) = delete;

  void kill_bank() { bank_.kill(); }
  /// On the same port with the same ledger.
  void start_bank();
  void kill_node() { node_->kill(); }
  void start_node() { node_->start(); }
  void await_node() { node_->await_ready(); }
  static void kill_postgres() { testing::private_postgres::instance().kill(); }
  static void start_postgres() { testing::private_postgres::instance().start(); }

  [[nodiscard]] std::string endpoint() const { return node_->address(); }
  [[nodiscard]] std::string bank_address() const;
  [[nodiscard]] const std::string& dsn() const { return dsn_; }
  [[nodiscard]] faults::node_process& node() { return *node_; }
  [[nodiscard]] const std::string& directory() const { return directory_; }
  /// Last line of `suanpan verify`, live actors included.
  [[nodiscard]] std::string verified() const { return faults::verify_line(dsn_, endpoint()); }
  /// Logs and ledgers stay on disk.
  void keep();

 private:
  [[nodiscard]] std::string write_channels() const;

  town_options options_;
  std::string directory_ = faults::fresh_directory("town");
  std::string dsn_;
  std::uint16_t bank_port_ = faults::free_port();
  faults::child_process bank_;
  std::unique_ptr<faults::node_process> node_;
  bool kept_ = false;
};

}  // namespace suanpan::scenarios
