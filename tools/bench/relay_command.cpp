// `suanpan-bench relay`: a node that only passes orders on: it asks the bank, tells the merchant,
// answers, and books nothing. What the same client, bank and receiver reach through it is the most
// that any node could: the difference is what accounts, orders and a database cost. It answers when
// the merchant has taken the notification, so that what it answers and what is complete are one
// rate, and nothing waits without a bound.
#include "actors/http/http_client.hpp"
#include "suanpan/v1/merchants.grpc.pb.h"
#include "suanpan/v1/payments.grpc.pb.h"
#include "tools/bank/signature.hpp"
#include "tools/bench/commands.hpp"
#include "tools/orders/webhook_receiver.hpp"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <csignal>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace suanpan::bench {
namespace {

namespace v1 = suanpan::v1;

constexpr const char* webhook_secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
constexpr const char* bank_secret = "dev-bank-secret";
constexpr const char* card = "6225880000000000";
// As many as the receiver has threads for: behind more connections a notification would only wait
// until its time is over.
constexpr int notifications_at_once = 48;

std::string now_seconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

/// Registers whoever comes; remembers where the last one wants to be told.
class relay_merchants final : public v1::Merchants::CallbackService {
 public:
  using call = grpc::CallbackServerContext;

  grpc::ServerUnaryReactor* CreateMerchant(call* context, const v1::CreateMerchantRequest* request,
                                           v1::CreateMerchantResponse* response) override {
    {
      const std::scoped_lock lock(guard_);
      url_ = request->webhook_url();
    }
    response->set_webhook_secret(webhook_secret);
    return finish(context);
  }
  grpc::ServerUnaryReactor* CreateApiKey(call* context, const v1::CreateApiKeyRequest*,
                                         v1::CreateApiKeyResponse*) override {
    return finish(context);
  }
  grpc::ServerUnaryReactor* BindCard(call* context, const v1::BindCardRequest*,
                                     v1::Card* response) override {
    response->set_id("card_relay");
    return finish(context);
  }

  [[nodiscard]] std::string webhook_url() const {
    const std::scoped_lock lock(guard_);
    return url_;
  }

 private:
  static grpc::ServerUnaryReactor* finish(call* context) {
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  mutable std::mutex guard_;
  std::string url_;
};

/// Tells the merchant of each order, again and again until it is taken or all is to end.
class merchant_teller {
 public:
  explicit merchant_teller(const relay_merchants& merchants) : merchants_(merchants) {}

  /// `told` is called on the client's thread. Thread-safe.
  void tell(std::string order, std::function<void()> told) {
    wait({std::move(order), std::move(told)});
    begin_some();
  }
  /// Nothing is begun any more; whoever waits, or comes, waits no longer.
  void close() {
    std::deque<notice> left;
    {
      const std::scoped_lock lock(guard_);
      closed_ = true;
      left.swap(waiting_);
    }
    for (const auto& one : left) one.told();
  }

 private:
  struct notice {
    std::string order;
    std::function<void()> told;
  };

  void wait(notice one) {
    {
      const std::scoped_lock lock(guard_);
      if (!closed_) return waiting_.push_back(std::move(one));
    }
    one.told();
  }
  std::optional<notice> next() {
    const std::scoped_lock lock(guard_);
    if (waiting_.empty() || under_way_ == notifications_at_once) return std::nullopt;
    ++under_way_;
    auto one = std::move(waiting_.front());
    waiting_.pop_front();
    return one;
  }
  void begin_some() {
    while (auto one = next()) {
      auto ask = request_of(one->order);
      http_.start(std::move(ask), [this, one = std::move(*one)](const http_result& said) mutable {
        ended(std::move(one), said.status / 100 == 2);
      });
    }
  }
  void ended(notice one, bool taken) {
    {
      const std::scoped_lock lock(guard_);
      --under_way_;
    }
    if (taken)
      one.told();
    else
      wait(std::move(one));
    begin_some();
  }
  [[nodiscard]] http_request request_of(const std::string& order) const {
    http_request ask;
    ask.url = merchants_.webhook_url();
    const auto timestamp = now_seconds();
    ask.body = "{\"type\":\"payment.succeeded\",\"timestamp\":\"" + timestamp +
               "\",\"data\":{\"payment_id\":\"" + order + "\",\"order_number\":\"" + order +
               "\",\"sequence\":1}}";
    const auto id = "evt_" + order;
    const auto content = id + '.' + timestamp + '.' + ask.body;
    ask.headers = {{"Content-Type", "application/json"},
                   {"webhook-id", id},
                   {"webhook-timestamp", timestamp},
                   {"webhook-signature", orders::webhook_signature(webhook_secret, content)}};
    return ask;
  }

  const relay_merchants& merchants_;
  std::mutex guard_;
  std::deque<notice> waiting_;
  int under_way_ = 0;
  bool closed_ = false;
  http_client http_{{}};
};

class relay_payments final : public v1::Payments::CallbackService {
 public:
  relay_payments(const relay_merchants& merchants, std::string bank)
      : bank_(std::move(bank)), teller_(merchants) {}

  grpc::ServerUnaryReactor* CreateQuickPay(grpc::CallbackServerContext* context,
                                           const v1::CreateQuickPayRequest* request,
                                           v1::Payment* response) override {
    auto* reactor = context->DefaultReactor();
    response->set_order_number(request->order_number());
    pay(*request, [this, reactor, response](bool paid) {
      response->set_state(paid ? v1::PAYMENT_STATE_SUCCEEDED : v1::PAYMENT_STATE_UNKNOWN);
      if (!paid) return reactor->Finish(grpc::Status::OK);
      teller_.tell(response->order_number(), [reactor] { reactor->Finish(grpc::Status::OK); });
    });
    return reactor;
  }
  void close() { teller_.close(); }

 private:
  void pay(const v1::CreateQuickPayRequest& what, const std::function<void(bool)>& then) {
    http_request ask;
    ask.url = "http://" + bank_ + "/v1/pay";
    ask.body = "{\"reference\":\"" + what.order_number() + "\",\"card\":\"" + card +
               "\",\"amount\":" + std::to_string(what.amount()) + ",\"currency\":\"" +
               what.currency() + "\"}";
    const auto timestamp = now_seconds();
    ask.headers = {{"Content-Type", "application/json"},
                   {"X-Bank-Merchant", "relay"},
                   {"X-Bank-Timestamp", timestamp},
                   {"X-Bank-Signature", bank::sign(bank_secret, {timestamp, "/v1/pay", ask.body})}};
    http_.start(std::move(ask), [then](const http_result& said) {
      then(said.status == 200 && said.body.find("\"status\":\"paid\"") != std::string::npos);
    });
  }

  std::string bank_;
  merchant_teller teller_;
  http_client http_{{}};
};

cli::exit_status run(const std::string& bank) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  relay_merchants merchants;
  relay_payments payments(merchants, bank);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&merchants);
  builder.RegisterService(&payments);
  const auto server = builder.BuildAndStart();
  if (!server) throw cli::command_failure(cli::exit_status::unavailable, "the relay can't listen");
  cli::print("127.0.0.1:" + std::to_string(port) + "\n");
  int signal = 0;
  sigwait(&set, &signal);
  payments.close();
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(2));
  return cli::exit_status::done;
}

}  // namespace

void add_relay(CLI::App& app, cli::command_line& line) {
  auto bank = std::make_shared<std::string>("127.0.0.1:7500");
  auto* command = app.add_subcommand(
      "relay", "A node that only passes quick pays on to the bank; prints its address");
  command->add_option("--bank", *bank, "The bank simulator's HTTP address")->capture_default_str();
  command->callback([&line, bank] { line.run = [bank] { return run(*bank); }; });
}

}  // namespace suanpan::bench
