#include "protocol/model/channel_answer.hpp"

namespace suanpan {

std::string_view name_of(channel_operation operation) {
  switch (operation) {
    case channel_operation::charge:
      return "charge";
    case channel_operation::open_online:
      return "open_online";
    case channel_operation::refund:
      return "refund";
    case channel_operation::payout:
      return "payout";
    case channel_operation::query:
      return "query";
    case channel_operation::bind:
      return "bind";
    case channel_operation::unbind:
      return "unbind";
  }
  return "operation_not_known";
}

std::string_view name_of(channel_outcome outcome) {
  switch (outcome) {
    case channel_outcome::succeeded:
      return "succeeded";
    case channel_outcome::failed:
      return "failed";
    case channel_outcome::pending:
      return "pending";
    case channel_outcome::not_found:
      return "not_found";
    case channel_outcome::unknown:
      return "unknown";
  }
  return "outcome_not_known";
}

std::string_view name_of(channel_doubt doubt) {
  switch (doubt) {
    case channel_doubt::none:
      return "none";
    case channel_doubt::not_sent:
      return "not_sent";
    case channel_doubt::no_answer:
      return "no_answer";
    case channel_doubt::unreadable:
      return "unreadable";
  }
  return "doubt_not_known";
}

std::string_view name_of(answer_door door) {
  switch (door) {
    case answer_door::reply:
      return "reply";
    case answer_door::query:
      return "query";
    case answer_door::callback:
      return "callback";
  }
  return "door_not_known";
}

}  // namespace suanpan
