// An adapter that says what a test tells it to, when it tells it to. Keeps what it was asked.
#pragma once

#include "actors/channel/channel_contract.hpp"

#include <deque>
#include <stdexcept>
#include <utility>
#include <vector>

namespace suanpan {

class scripted_adapter final : public channel_adapter {
 public:
  struct held {
    channel_request what;
    answered done;
  };

  [[nodiscard]] channel_traits traits() const override { return {}; }
  void start(const channel_request& what, answered done) override {
    if (breaks) throw std::runtime_error("the adapter broke");
    asked.push_back(what);
    waiting.push_back({what, std::move(done)});
  }
  void bind(const binding_request& what, bound done) override {
    bindings.push_back(what);
    done(binding);
  }
  void unbind(const std::string&, answered done) override {
    channel_answer answer;
    answer.outcome = channel_outcome::succeeded;
    done(std::move(answer));
  }
  [[nodiscard]] std::optional<channel_answer> read_callback(const callback_bytes&,
                                                            std::int64_t) override {
    return std::nullopt;
  }

  /// Ends the oldest request that waits.
  void end(channel_outcome outcome, channel_doubt doubt = channel_doubt::none) {
    auto next = std::move(waiting.front());
    waiting.pop_front();
    channel_answer answer;
    answer.reference = next.what.reference;
    answer.outcome = outcome;
    answer.doubt = doubt;
    next.done(std::move(answer));
  }

  bool breaks = false;
  std::vector<channel_request> asked;
  std::deque<held> waiting;
  std::vector<binding_request> bindings;
  card_binding binding;
};

}  // namespace suanpan
