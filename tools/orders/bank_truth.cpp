#include "tools/orders/bank_truth.hpp"

#include <curl/curl.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <stdexcept>

namespace suanpan::orders {
namespace {

constexpr long page_patience_ms = 10'000;

std::size_t append_page(char* bytes, std::size_t size, std::size_t count, void* to) {
  static_cast<std::string*>(to)->append(bytes, size * count);
  return size * count;
}

// GET without a form, POST with one.
std::string fetch(const std::string& url, const std::string* form) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> one(curl_easy_init(),
                                                                curl_easy_cleanup);
  if (!one) throw std::runtime_error("libcurl can't be used");
  std::string body;
  curl_easy_setopt(one.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(one.get(), CURLOPT_TIMEOUT_MS, page_patience_ms);
  curl_easy_setopt(one.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(one.get(), CURLOPT_WRITEFUNCTION, append_page);
  curl_easy_setopt(one.get(), CURLOPT_WRITEDATA, &body);
  if (form != nullptr) {
    curl_easy_setopt(one.get(), CURLOPT_POSTFIELDS, form->c_str());
    curl_easy_setopt(one.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(form->size()));
  }
  if (const auto code = curl_easy_perform(one.get()); code != CURLE_OK)
    throw std::runtime_error(url + ": " + curl_easy_strerror(code));
  long status = 0;
  curl_easy_getinfo(one.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status < 200 || status >= 400)
    throw std::runtime_error(url + ": HTTP status " + std::to_string(status));
  return body;
}

bank_entry read_entry(const nlohmann::json& from) {
  bank_entry one;
  one.number = from.at("number").get<std::uint64_t>();
  one.kind = from.at("kind").get<std::string>();
  one.merchant = from.at("merchant").get<std::string>();
  one.reference = from.at("reference").get<std::string>();
  one.original = from.at("original").get<std::string>();
  one.declined = from.at("declined").get<std::string>();
  one.amount = {from.at("amount").get<std::int64_t>()};
  one.currency = from.at("currency").get<std::string>();
  one.undoes = from.at("undoes").get<std::uint64_t>();
  return one;
}

}  // namespace

std::vector<bank_entry> read_bank_ledger(const std::string& address) {
  const auto page = nlohmann::json::parse(fetch("http://" + address + "/admin/ledger", nullptr));
  std::vector<bank_entry> all;
  for (const auto& one : page.at("entries")) all.push_back(read_entry(one));
  return all;
}

std::uint64_t advance_bank_day(const std::string& address) {
  const std::string nothing;
  return nlohmann::json::parse(fetch("http://" + address + "/admin/advance-day", &nothing))
      .at("returned")
      .get<std::uint64_t>();
}

void pay_at_page(const std::string& redirect_url, const std::string& account) {
  const auto page = fetch(redirect_url, nullptr);
  if (page.find("<form") == std::string::npos)
    throw std::runtime_error(redirect_url + ": no form to pay with");
  const std::string form = "account=" + account + "&choice=pay";
  try {
    (void)fetch(redirect_url, &form);
  } catch (const std::runtime_error&) {
    // The page lies, too: the payer pressed the button and sees nothing. The order must not care.
  }
}

}  // namespace suanpan::orders
