#include "tools/orders/bank_caller.hpp"

#include "tools/bank/signature.hpp"
#include "tools/orders/webhook_receiver.hpp"

#include <curl/curl.h>

#include <chrono>
#include <stdexcept>
#include <vector>

namespace suanpan::orders {
namespace {

constexpr long patience_ms = 10'000;
constexpr const char* card = "6225880000000000";

std::string now_seconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

std::size_t append(char* bytes, std::size_t size, std::size_t count, void* to) {
  static_cast<std::string*>(to)->append(bytes, size * count);
  return size * count;
}

struct http_answer {
  long status = 0;
  std::string body;
};

}  // namespace

struct bank_caller::connections {
  CURL* bank = curl_easy_init();
  CURL* merchant = curl_easy_init();
  ~connections() {
    curl_easy_cleanup(bank);
    curl_easy_cleanup(merchant);
  }

  static http_answer post(CURL* over, const std::string& url, const std::string& body,
                          const std::vector<std::string>& headers) {
    http_answer answer;
    curl_slist* list = nullptr;
    for (const auto& header : headers) list = curl_slist_append(list, header.c_str());
    curl_easy_setopt(over, CURLOPT_URL, url.c_str());
    curl_easy_setopt(over, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(over, CURLOPT_TIMEOUT_MS, patience_ms);
    curl_easy_setopt(over, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(over, CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(over, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(over, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(over, CURLOPT_WRITEDATA, &answer.body);
    const auto code = curl_easy_perform(over);
    curl_slist_free_all(list);
    if (code != CURLE_OK) throw std::runtime_error(url + ": " + curl_easy_strerror(code));
    curl_easy_getinfo(over, CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
  }
};

bank_caller::bank_caller(options with)
    : with_(std::move(with)), over_(std::make_unique<connections>()) {}
bank_caller::~bank_caller() = default;

bool bank_caller::pay(const std::string& reference, minor_units amount) {
  const std::string path = "/v1/pay";
  const std::string body = "{\"reference\":\"" + reference + "\",\"card\":\"" + card +
                           "\",\"amount\":" + std::to_string(amount.value) +
                           ",\"currency\":\"CNY\"}";
  const auto timestamp = now_seconds();
  const auto answer =
      connections::post(over_->bank, "http://" + with_.bank_address + path, body,
                        {"Content-Type: application/json", "X-Bank-Merchant: " + with_.merchant,
                         "X-Bank-Timestamp: " + timestamp,
                         "X-Bank-Signature: " + bank::sign(with_.secret, {timestamp, path, body})});
  return answer.status == 200 && answer.body.find("\"status\":\"paid\"") != std::string::npos;
}

bool bank_caller::tell(const std::string& order) {
  if (with_.webhook_url.empty()) return true;
  const auto timestamp = now_seconds();
  const std::string body = "{\"type\":\"payment.succeeded\",\"timestamp\":\"" + timestamp +
                           "\",\"data\":{\"payment_id\":\"" + order + "\",\"order_number\":\"" +
                           order + "\",\"sequence\":1}}";
  const auto id = "evt_" + order;
  const auto answer = connections::post(
      over_->merchant, with_.webhook_url, body,
      {"Content-Type: application/json", "webhook-id: " + id, "webhook-timestamp: " + timestamp,
       "webhook-signature: " +
           webhook_signature(with_.webhook_secret, id + '.' + timestamp + '.' + body)});
  return answer.status >= 200 && answer.status < 300;
}

}  // namespace suanpan::orders
