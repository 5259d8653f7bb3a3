#include "actors/endpoint/callback_door.hpp"

#include "protocol/messages/payment_messages.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace suanpan::endpoint {
namespace {

constexpr int accepted_status = 200;
constexpr int forged_status = 401;
constexpr int unknown_channel_status = 404;
constexpr int again_status = 503;
constexpr const char* unmatched_result = "unmatched";

const char* result_of(int status) {
  switch (status) {
    case accepted_status:
      return "accepted";
    case forged_status:
      return "forged";
    case unknown_channel_status:
      return "unknown_channel";
  }
  return "turned_away";
}

/// "icbc" of "/callbacks/icbc?x=1".
std::string channel_in(std::string_view path) {
  path = path.substr(0, path.find('?'));
  for (const auto prefix : {callback_path, callbacks_path})
    if (path.starts_with(prefix)) return std::string(path.substr(prefix.size()));
  return {};
}

}  // namespace

/// The bank's thread waits here; an actor ends it.
class callback_door::waiting final : public callback_call {
 public:
  void finish() noexcept override {
    const std::scoped_lock lock(guard_);
    ended_ = true;
    changed_.notify_all();
  }
  /// Nobody waits any longer, whatever the actor says.
  void give_up() noexcept {
    const std::scoped_lock lock(guard_);
    given_up_ = true;
    changed_.notify_all();
  }
  /// True: it was ended in time, and accepted.
  [[nodiscard]] bool wait(std::chrono::milliseconds patience) {
    std::unique_lock lock(guard_);
    changed_.wait_for(lock, patience, [this] { return ended_ || given_up_; });
    return ended_ && accepted;
  }
  [[nodiscard]] bool is_nobodys() {
    const std::scoped_lock lock(guard_);
    return ended_ && unmatched;
  }

 private:
  std::mutex guard_;
  std::condition_variable changed_;
  bool ended_ = false;
  bool given_up_ = false;
};

callback_door::callback_door(callback_door_options options, prometheus::Registry& registry)
    : options_(std::move(options)),
      callbacks_(
          prometheus::BuildCounter()
              .Name("suanpan_channel_callbacks_total")
              .Help(
                  "Callbacks of banks, by result; unmatched: authentic, about no attempt of ours.")
              .Register(registry)) {}

callback_door::reply callback_door::take(const callback_bytes& what) {
  {
    const std::scoped_lock lock(guard_);
    if (closed_ || inside_ >= options_.waiting_max) {
      count(result_of(again_status));
      return {again_status, "too many wait\n"};
    }
    ++inside_;
  }
  const auto answer = judged(what);
  count(answer.unmatched ? unmatched_result : result_of(answer.status));
  const std::scoped_lock lock(guard_);
  --inside_;
  return answer;
}

callback_door::reply callback_door::judged(const callback_bytes& what) {
  const auto name = channel_in(what.path);
  const auto channel = options_.channels.find(name);
  if (channel == options_.channels.end()) return {unknown_channel_status, "no such channel\n"};
  auto answer = channel->second->read_callback(what, options_.clock->unix_micros());
  if (!answer) {
    spdlog::warn("channel {}: a callback that is not the bank's", name);
    return {forged_status, "not authentic\n"};
  }
  const auto reference = answer->reference;
  const auto here = hand_on(name, std::move(*answer));
  if (here.unmatched) {
    // The bank speaks of money that nobody here knows of: a person must ask it.
    spdlog::warn("channel {}: a callback about {}, which is no attempt of ours", name,
                 reference.value);
    return here;
  }
  const bool passed_on = what.headers.contains(std::string(passed_on_header));
  if (here.status == accepted_status || passed_on || !options_.ask_others) return here;
  return options_.ask_others(what) ? reply{accepted_status, "accepted\n"} : here;
}

callback_door::reply callback_door::hand_on(const std::string& channel, channel_answer answer) {
  const auto call = std::make_shared<waiting>();
  {
    const std::scoped_lock lock(guard_);
    if (closed_) return {again_status, "draining\n"};
    waiting_.insert(call);
    caf::anon_send(options_.desk, channel_reported{{channel}, std::move(answer), call});
  }
  const bool accepted = call->wait(options_.patience);
  const std::scoped_lock lock(guard_);
  waiting_.erase(call);
  if (accepted) return {accepted_status, "accepted\n"};
  if (call->is_nobodys()) return {again_status, "no such reference\n", true};
  return {again_status, "not recorded\n"};
}

void callback_door::close() {
  const std::scoped_lock lock(guard_);
  closed_ = true;
  for (const auto& call : waiting_) call->give_up();
  options_.desk = nullptr;
}

void callback_door::count(const char* result) {
  callbacks_.Add({{"result", result}}).Increment();
}

}  // namespace suanpan::endpoint
