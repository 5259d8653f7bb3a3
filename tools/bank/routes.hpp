// Which request goes where, who may ask it, and how what is said is signed: the protocol of
// README.md over the desk.
#pragma once

#include "tools/bank/desk.hpp"
#include "tools/bank/exchange.hpp"

#include <memory>
#include <string>
#include <utility>

namespace suanpan::bank {

/// A card or account as the bank may keep it: 32 hex digits that tell it from others, then its last
/// four. A token is kept as it is.
[[nodiscard]] std::string kept_card(const std::string& secret, const std::string& card);

struct route_options {
  std::string secret;
  bool dedupes = true;  // said with each signed answer
  std::string origin;   // of redirect addresses: "http://127.0.0.1:7500"
};

class routes {
 public:
  using asker = std::shared_ptr<exchange>;

  /// `to` outlives it.
  routes(desk& to, route_options options) : desk_(to), options_(std::move(options)) {}
  /// Once, before anything is handled.
  void set_origin(std::string origin) { options_.origin = std::move(origin); }

  void handle(const asker& who);

 private:
  void handle_signed(const asker& who);
  void handle_admin(const asker& who);
  void handle_page(const asker& who);
  void money(request_kind kind, const asker& who);
  void query(const asker& who);
  void bind(const asker& who);
  void unbind(const asker& who);
  void online(const asker& who);
  void statement(const asker& who, const std::string& merchant);
  void settle(const asker& who, const online_order& order);
  [[nodiscard]] bool is_authentic(const http_request& what) const;
  /// Signs, and says.
  void answer(const asker& who, http_answer what) const;
  void refuse(const asker& who, unsigned status, const std::string& body) const;
  void malformed(const asker& who, const std::string& fault) const;
  [[nodiscard]] desk::hears hears_for(const asker& who) const;

  desk& desk_;
  route_options options_;
};

}  // namespace suanpan::bank
