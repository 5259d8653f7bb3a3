// A merchant's back end: registers, binds cards, creates orders and asks after them, through the
// public API alone. Thread-safe. What a call was told is in its status; nothing is retried here.
#pragma once

#include "protocol/model/payment.hpp"
#include "suanpan/v1/merchants.grpc.pb.h"
#include "suanpan/v1/operations.grpc.pb.h"
#include "suanpan/v1/payments.grpc.pb.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace suanpan::orders {

using std::chrono::milliseconds;

/// An order to be created, of whatever kind. Fields that its kind does not have are passed over.
struct order_wish {
  payment_kind kind = payment_kind::quick_pay;
  order_number number;
  minor_units amount;
  std::string currency = "CNY";
  card_id card = {};
  std::string payer = {};
  std::string payee = {};
  std::string original = {};  // "pay_…" of a refund
};

/// A card to be bound.
struct card_wish {
  std::string request;
  std::string number;
  std::string holder;
  bool mandate = true;
  std::string holder_name = "Drill";
};

class merchant_client {
 public:
  /// `key`: sent with each call; empty in --dev. Does not connect yet.
  merchant_client(const std::string& endpoint, merchant_id id, std::string key = {});
  merchant_client(std::shared_ptr<grpc::Channel> over, merchant_id id, std::string key);

  /// The same merchant and key on a connection of its own; `number` tells connections apart.
  [[nodiscard]] merchant_client on_another_connection(const std::string& endpoint,
                                                      int number) const;

  /// Every product at `fee_basis_points`. The webhook's secret; throws with the reason if refused.
  [[nodiscard]] std::string register_merchant(const std::string& webhook_url,
                                              std::uint32_t fee_basis_points);
  /// A key of the merchant's own, used from now on. Throws likewise.
  void use_new_key();
  /// Throws likewise.
  [[nodiscard]] card_id bind(const card_wish& card);

  grpc::Status create(const order_wish& wish, v1::Payment& into,
                      milliseconds deadline = milliseconds(10'000));
  grpc::Status get(const order_number& number, v1::Payment& into,
                   milliseconds deadline = milliseconds(5'000));
  grpc::Status explain(const std::string& payment, v1::PaymentLife& into,
                       milliseconds deadline = milliseconds(5'000));
  /// All of the merchant's payments, the system's refunds too. Throws if they can't be had.
  [[nodiscard]] std::vector<v1::Payment> list();
  [[nodiscard]] std::vector<v1::ListedCase> cases();

  [[nodiscard]] const merchant_id& id() const { return id_; }
  /// Sent with each call; empty: none.
  [[nodiscard]] const std::string& key() const { return key_; }
  [[nodiscard]] v1::Payments::Stub& payments() { return *payments_; }
  [[nodiscard]] v1::Merchants::Stub& merchants() { return *merchants_; }
  /// Sets deadline and key.
  void prepare(grpc::ClientContext& context, milliseconds deadline) const;

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Payments::Stub> payments_;
  std::unique_ptr<v1::Merchants::Stub> merchants_;
  std::unique_ptr<v1::Operations::Stub> operations_;
  merchant_id id_;
  std::string key_;
};

/// "SUCCEEDED", as the .proto has it.
[[nodiscard]] payment_stage stage_of(v1::PaymentState state);

}  // namespace suanpan::orders
