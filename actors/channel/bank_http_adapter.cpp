#include "actors/channel/bank_http_adapter.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace suanpan {
namespace {

constexpr int status_ok = 200;

const std::string& header(const std::map<std::string, std::string>& headers, const char* name) {
  static const std::string none;
  const auto found = headers.find(name);
  return found == headers.end() ? none : found->second;
}

channel_doubt doubt_of(http_fate fate) {
  switch (fate) {
    case http_fate::not_sent:
      return channel_doubt::not_sent;
    case http_fate::no_answer:
      return channel_doubt::no_answer;
    case http_fate::garbled:
    case http_fate::answered:  // it came, and is none that can be believed
      return channel_doubt::unreadable;
  }
  return channel_doubt::no_answer;
}

std::string told_in_doubt(const http_result& came) {
  if (came.fate != http_fate::answered) return came.trouble;
  return bank_http::excerpt_of("HTTP " + std::to_string(came.status) + ": " +
                               came.body.substr(0, 256));
}

/// A query is answered by any report, a submission by none that says "not found".
bool answers(const channel_request& asked, const channel_answer& told) {
  const bool query = asked.operation == channel_operation::query;
  return told.reference == asked.reference && (query || told.outcome != channel_outcome::not_found);
}

}  // namespace

struct bank_http_adapter::judge {
  bank_http::signer signatures;
  const wall_clock* clock;
  channel_name name;
  std::string merchant;
  bool dedupes;

  /// Leaves the merchant out where it is who we are to the bank; else says it in a form that can
  /// be no merchant's id.
  void judge_merchant(channel_answer& told) const {
    auto& said = told.merchant_at_bank;
    if (said == merchant) {
      said.clear();
    } else {
      said = bank_http::excerpt_of(said) + " (at the bank)";
    }
  }

  /// Whether the bank said this to a request to `path`, and that it did it.
  [[nodiscard]] bool believes(const http_result& came, std::string_view path) const {
    if (came.fate != http_fate::answered || came.oversized) return false;
    const auto& timestamp = header(came.headers, "x-bank-timestamp");
    const auto& signature = header(came.headers, "x-bank-signature");
    if (!signatures.verify({timestamp, path, came.body}, signature, clock->unix_micros())) {
      return false;
    }
    if (dedupes && header(came.headers, "x-bank-dedupes") == "false") {
      spdlog::error(
          "channel {} is configured as deduping and says that it does not: a resend may "
          "move money twice; set dedupes = false",
          name.value);
    }
    // Whatever else it says, it is no word on what became of this request: that must be asked.
    return came.status == status_ok;
  }
};

bank_http_adapter::bank_http_adapter(bank_http_options options, http_client& client,
                                     const wall_clock* clock)
    : options_(std::move(options)),
      client_(client),
      clock_(clock),
      judge_(std::make_shared<const judge>(
          judge{bank_http::signer(options_.secret, options_.skew_s), clock, options_.name,
                options_.merchant_at_bank, options_.traits.dedupes_by_reference})) {}

std::chrono::milliseconds bank_http_adapter::time_left(std::int64_t deadline_micros) const {
  return std::chrono::milliseconds((deadline_micros - clock_->unix_micros()) / 1'000);
}

http_request bank_http_adapter::request_of(bank_http::call what,
                                           std::chrono::milliseconds timeout) const {
  const std::string timestamp = std::to_string(clock_->unix_micros() / 1'000'000);
  http_request request;
  request.url = options_.url + what.path;
  request.headers = {
      {"Content-Type", "application/json"},
      {"X-Bank-Merchant", options_.merchant_at_bank},
      {"X-Bank-Timestamp", timestamp},
      {"X-Bank-Signature", judge_->signatures.sign({timestamp, what.path, what.body})}};
  request.body = std::move(what.body);
  request.timeout = timeout;
  request.connect_timeout = options_.connect_timeout;
  return request;
}

void bank_http_adapter::start(const channel_request& what, answered done) {
  const bool query = what.operation == channel_operation::query;
  channel_answer unsure;
  unsure.reference = what.reference;
  unsure.door = query ? answer_door::query : answer_door::reply;
  unsure.asked_micros = clock_->unix_micros();
  const auto timeout = time_left(what.deadline_micros);
  if (timeout.count() <= 0) {
    unsure.doubt = channel_doubt::not_sent;
    unsure.came_micros = unsure.asked_micros;
    unsure.excerpt = "its time was up before it was sent";
    return done(std::move(unsure));
  }
  auto call = bank_http::call_of(what, options_.callback_url());
  auto ended = [judged = judge_, asked = what, path = call.path, unsure = std::move(unsure),
                done = std::move(done)](http_result came) {
    auto told = judged->believes(came, path) ? bank_http::read_report(came.body) : std::nullopt;
    channel_answer answer = unsure;
    if (told && answers(asked, *told)) {
      answer = std::move(*told);
      judged->judge_merchant(answer);
      answer.door = unsure.door;
      answer.asked_micros = unsure.asked_micros;
    } else {
      answer.doubt = doubt_of(came.fate);
      answer.excerpt = told_in_doubt(came);
    }
    answer.came_micros = judged->clock->unix_micros();
    done(std::move(answer));
  };
  client_.start(request_of(std::move(call), timeout), std::move(ended));
}

void bank_http_adapter::bind(const binding_request& what, bound done) {
  const auto timeout = time_left(what.deadline_micros);
  if (timeout.count() <= 0) return done({});
  auto call = bank_http::call_of(what);
  auto ended = [judged = judge_, path = call.path, done = std::move(done)](http_result came) {
    auto told = judged->believes(came, path) ? bank_http::read_binding(came.body) : std::nullopt;
    done(told ? std::move(*told) : card_binding{});
  };
  client_.start(request_of(std::move(call), timeout), std::move(ended));
}

void bank_http_adapter::unbind(const std::string& token, answered done) {
  auto call = bank_http::unbinding_call(token);
  const std::int64_t asked_micros = clock_->unix_micros();
  auto ended = [judged = judge_, path = call.path, asked_micros,
                done = std::move(done)](http_result came) {
    auto told = judged->believes(came, path) ? bank_http::read_unbinding(came.body) : std::nullopt;
    channel_answer answer = told ? std::move(*told) : channel_answer{};
    if (!told) {
      answer.doubt = doubt_of(came.fate);
      answer.excerpt = told_in_doubt(came);
    }
    answer.asked_micros = asked_micros;
    answer.came_micros = judged->clock->unix_micros();
    done(std::move(answer));
  };
  client_.start(request_of(std::move(call), options_.unbind_timeout), std::move(ended));
}

std::optional<channel_answer> bank_http_adapter::read_callback(const callback_bytes& from,
                                                               std::int64_t now_micros) {
  const auto& timestamp = header(from.headers, "x-bank-timestamp");
  const auto& signature = header(from.headers, "x-bank-signature");
  if (!judge_->signatures.verify({timestamp, from.path, from.body}, signature, now_micros)) {
    return std::nullopt;
  }
  auto told = bank_http::read_report(from.body);
  // A bank does not call to say that it knows nothing.
  if (!told || told->outcome == channel_outcome::not_found) return std::nullopt;
  judge_->judge_merchant(*told);
  told->door = answer_door::callback;
  told->asked_micros = told->came_micros = now_micros;
  return told;
}

}  // namespace suanpan
