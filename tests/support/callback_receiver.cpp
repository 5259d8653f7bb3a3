// See callback_receiver.hpp.
#include "tests/support/callback_receiver.hpp"

#include "tests/support/running_bank.hpp"
#include "tools/bank/alarm.hpp"
#include "tools/bank/signature.hpp"

#include <stdexcept>
#include <utility>

namespace suanpan::testing {

callback_receiver::callback_receiver(std::int64_t amount)
    : amount_(amount),
      front_([this](const std::shared_ptr<bank::exchange>& who) { take(who); }, 1'000'000) {
  const auto why = front_.start({.port = 0});
  if (!why.empty()) throw std::runtime_error(why);
}

std::string callback_receiver::url(const std::string& path) const {
  return "http://" + bank::join("127.0.0.1", front_.port()) + path;
}

void callback_receiver::answer_next(std::deque<unsigned> statuses) {
  const std::lock_guard lock(mutex_);
  statuses_ = std::move(statuses);
}

void callback_receiver::take(const std::shared_ptr<bank::exchange>& who) {
  const auto& asked = who->asked();
  const auto body = nlohmann::json::parse(asked.body, nullptr, false);
  heard_callback heard{asked.target, asked.body, "garbage"};
  if (body.is_object()) {
    const auto code = body.value("code", "");
    heard.words = body.value("status", "") + (code.empty() ? "" : ' ' + code);
    if (body.value("amount", std::int64_t{0}) != amount_) heard.words += " +1";
  }
  const bool authentic = bank::is_signed(
      {.timestamp = asked.timestamp, .path = asked.target, .body = asked.body}, asked.signature,
      {.secret = bank_secret, .now_seconds = bank::clock_micros() / 1'000'000});
  if (!authentic) heard.words += " forged";
  unsigned status = 200;
  {
    const std::lock_guard lock(mutex_);
    heard_.push_back(std::move(heard));
    if (!statuses_.empty()) {
      status = statuses_.front();
      statuses_.pop_front();
    }
  }
  who->say({.status = status, .body = "{}"});
}

std::vector<heard_callback> callback_receiver::heard() const {
  const std::lock_guard lock(mutex_);
  return heard_;
}

std::string callback_receiver::words_of(const std::string& reference) const {
  std::string all;
  for (const auto& each : heard()) {
    if (each.body.find('"' + reference + '"') == std::string::npos) continue;
    if (!all.empty()) all += ", ";
    all += each.words;
  }
  return all;
}

}  // namespace suanpan::testing
