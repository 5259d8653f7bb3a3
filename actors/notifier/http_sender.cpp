#include "actors/notifier/http_sender.hpp"

#include "protocol/webhook/signature.hpp"

#include <algorithm>

namespace suanpan {
namespace {

constexpr std::chrono::milliseconds connect_patience_most{5'000};

delivery_answer answer_in(http_result result) {
  delivery_answer answer;
  if (result.fate != http_fate::answered) {
    answer.trouble = result.trouble.empty() ? std::string(name_of(result.fate)) : result.trouble;
    return answer;
  }
  answer.http_status = result.status;
  if (const auto pause = result.headers.find("retry-after"); pause != result.headers.end())
    answer.retry_after = pause->second;
  return answer;
}

}  // namespace

void http_sender::send(webhook_post what, answered done) {
  http_request request;
  request.url = std::move(what.url);
  request.headers = {
      {"content-type", "application/json"},
      {"user-agent", "suanpan"},
      {std::string(webhook::id_header), std::move(what.id)},
      {std::string(webhook::timestamp_header), std::to_string(what.timestamp_s)},
      {std::string(webhook::signature_header), std::move(what.signature)},
  };
  request.body = std::move(what.body);
  request.timeout = patience_;
  request.connect_timeout = std::min(patience_, connect_patience_most);
  client_.start(std::move(request), [done = std::move(done)](http_result result) {
    done(answer_in(std::move(result)));
  });
}

}  // namespace suanpan
