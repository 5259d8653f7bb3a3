#include "actors/channel/open_ask.hpp"

#include <caf/send.hpp>

#include <utility>

namespace suanpan {
namespace {

template <class... Handlers>
struct overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
overloaded(Handlers...) -> overloaded<Handlers...>;

}  // namespace

channel_operation open_ask::operation() const noexcept {
  return std::visit(overloaded{
                        [](const ask_channel& m) { return m.request.operation; },
                        [](const ask_binding&) { return channel_operation::bind; },
                        [](const ask_unbinding&) { return channel_operation::unbind; },
                    },
                    what);
}

std::int64_t open_ask::deadline_micros() const noexcept {
  return std::visit(overloaded{
                        [](const ask_channel& m) { return m.request.deadline_micros; },
                        [](const ask_binding& m) { return m.what->deadline_micros; },
                        [](const ask_unbinding& m) { return m.deadline_micros; },
                    },
                    what);
}

bool open_ask::tell(channel_answer answer) {
  if (told.exchange(true)) return false;
  if (const auto* asked = std::get_if<ask_channel>(&what)) {
    caf::anon_send(asked->answer_to, channel_answered{asked->order, std::move(answer)});
  } else if (const auto* unbinding = std::get_if<ask_unbinding>(&what)) {
    unbinding->done(std::move(answer));
  }
  return true;
}

bool open_ask::tell(card_binding answer) {
  if (told.exchange(true)) return false;
  if (const auto* asked = std::get_if<ask_binding>(&what)) asked->done(std::move(answer));
  return true;
}

bool open_ask::tell_unknown(channel_doubt doubt, std::string_view code) {
  if (std::holds_alternative<ask_binding>(what)) {
    card_binding binding;
    binding.failure.code = code;
    return tell(std::move(binding));
  }
  channel_answer answer;
  answer.doubt = doubt;
  answer.failure.code = code;
  answer.excerpt = code;
  if (const auto* asked = std::get_if<ask_channel>(&what)) {
    answer.reference = asked->request.reference;
    const bool query = asked->request.operation == channel_operation::query;
    answer.door = query ? answer_door::query : answer_door::reply;
  }
  return tell(std::move(answer));
}

}  // namespace suanpan
