#include "actors/channel/bank_http_words.hpp"

#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <utility>

namespace suanpan::bank_http {
namespace {

using json = nlohmann::json;

constexpr std::size_t signature_digits = 64;
constexpr std::size_t excerpt_bytes_max = 512;
constexpr std::size_t code_bytes_max = 64;
constexpr std::size_t url_bytes_max = 2'048;
constexpr std::size_t plain_digits_max = 8;  // longer runs of digits may be a card
constexpr std::int64_t amount_most = (std::int64_t{1} << 53) - 1;

struct known_code {
  std::string_view bank;
  std::string_view ours;
  retry_advice advice;
};
constexpr std::array known_codes = std::to_array<known_code>({
    {"card_declined", "card_declined", retry_advice::retry_other_method},
    {"insufficient_funds", "insufficient_funds", retry_advice::retry_other_method},
    {"unknown_token", "card_not_bound", retry_advice::retry_other_method},
    {"payer_declined", "payer_declined", retry_advice::retry_other_method},
    {"expired", "payer_too_late", retry_advice::retry_later},
    {"reference_reused", "reference_reused", retry_advice::retry_later},
    {"original_not_found", "original_not_found", retry_advice::retry_never},
    {"wrong_currency", "wrong_currency", retry_advice::retry_never},
    {"exceeds_original", "exceeds_original", retry_advice::retry_never},
});

/// An object, or nothing. Depth is bounded by the body's length only; the parser does not recurse.
std::optional<json> object_of(std::string_view body) {
  if (body.size() > body_bytes_max) return std::nullopt;
  auto read = json::parse(body, nullptr, false);
  if (!read.is_object()) return std::nullopt;
  return read;
}

/// A text of at most so many bytes; absent: "".
std::optional<std::string> text_at(const json& from, const char* key, std::size_t bytes_max) {
  const auto found = from.find(key);
  if (found == from.end()) return std::string();
  if (!found->is_string()) return std::nullopt;
  const auto& text = found->get_ref<const std::string&>();
  if (text.size() > bytes_max) return std::nullopt;
  return text;
}

/// A whole number from 0; absent: 0.
std::optional<std::int64_t> number_at(const json& from, const char* key) {
  const auto found = from.find(key);
  if (found == from.end()) return 0;
  if (!found->is_number_unsigned()) return std::nullopt;  // the reader makes others of "-1", "1.0"
  const auto number = found->get<std::uint64_t>();
  if (number > static_cast<std::uint64_t>(amount_most)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

bool take_status(channel_answer& to, std::string_view status, std::string_view code) {
  if (status == "paid") {
    to.outcome = channel_outcome::succeeded;
  } else if (status == "declined") {
    to.outcome = channel_outcome::failed;
    to.failure = failure_of(code);
  } else if (status == "processing") {
    to.outcome = channel_outcome::pending;
  } else if (status == "not_found") {
    to.outcome = channel_outcome::not_found;
  } else {
    return false;
  }
  return true;
}

/// Amount, currency and merchant as the bank told them.
bool take_subject(channel_answer& to, const json& said) {
  const auto amount = number_at(said, "amount");
  const auto letters = text_at(said, "currency", 3);
  const auto merchant = text_at(said, "merchant", code_bytes_max);
  if (!amount || !letters || !merchant) return false;
  const auto ccy = letters->empty() ? currency{} : parse_currency(*letters);
  if (!ccy) return false;
  to.amount = {*amount};
  to.ccy = *ccy;
  to.merchant_at_bank = *merchant;
  return true;
}

std::string printable(std::string_view said) {
  std::string text(said.substr(0, 2 * excerpt_bytes_max));
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < 0x20 || c >= 0x7F; }, '?');
  return text;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

/// Where what begins at `from` and may be secret ends; `from`: it is not.
std::size_t secret_end(std::string_view text, std::size_t from) {
  const bool token = text.substr(from).starts_with("tok_");
  std::size_t end = from;
  while (end < text.size() && (token ? is_word(text[end]) : is_digit(text[end]))) ++end;
  return token || end - from > plain_digits_max ? end : from;
}

std::string summary_of(std::string_view status, std::string_view code,
                       const channel_answer& answer) {
  std::string text(status);
  if (!code.empty()) text.append(" (").append(code).append(")");
  if (answer.ccy.code != 0) {
    text.append(", ").append(letters(answer.ccy)).append(" ");
    text += format_plain(answer.amount.value, answer.ccy);
  }
  if (!answer.bank_number.empty()) text += ", bank number " + answer.bank_number;
  return excerpt_of(text);
}

std::string dump(const json& what) {
  return what.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

signer::signer(std::string secret, std::int64_t skew_s)
    : secret_(std::move(secret)), skew_s_(skew_s) {}

std::string signer::sign(const signed_text& what) const {
  std::string text(what.timestamp);
  text.append("\n").append(what.path).append("\n").append(what.body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &size);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  hex.reserve(signature_digits);
  for (unsigned i = 0; i < size; ++i) {
    hex += digits[mac[i] >> 4U];
    hex += digits[mac[i] & 15U];
  }
  return hex;
}

bool signer::verify(const signed_text& what, std::string_view signature,
                    std::int64_t now_micros) const {
  std::int64_t said_s = 0;
  const auto* end = what.timestamp.data() + what.timestamp.size();
  const auto read = std::from_chars(what.timestamp.data(), end, said_s);
  constexpr std::int64_t most_s = std::int64_t{1} << 40;  // no year that anybody will live to see
  if (read.ec != std::errc() || read.ptr != end || said_s < 0 || said_s > most_s) return false;
  const std::string expected = sign(what);
  if (signature.size() != expected.size()) return false;
  if (CRYPTO_memcmp(signature.data(), expected.data(), expected.size()) != 0) return false;
  return std::abs(now_micros / 1'000'000 - said_s) <= skew_s_;
}

call call_of(const channel_request& what, const std::string& callback_url) {
  json body = {{"reference", what.reference.value}};
  if (what.operation == channel_operation::query) return {"/v1/query", dump(body)};
  body["amount"] = what.amount.value;
  body["currency"] = letters(what.ccy);
  if (!callback_url.empty()) body["callback_url"] = callback_url;
  if (what.operation == channel_operation::charge) {
    body["card"] = what.token;
    return {"/v1/pay", dump(body)};
  }
  if (what.operation == channel_operation::payout) {
    body["account"] = what.token;
    return {"/v1/payout", dump(body)};
  }
  if (what.operation == channel_operation::refund) {
    body["original"] = what.original_reference.value;
    return {"/v1/refund", dump(body)};
  }
  if (!what.return_url.empty()) body["return_url"] = what.return_url;
  return {"/v1/online", dump(body)};
}

call call_of(const binding_request& what) {
  const json body = {
      {"reference", what.reference.value}, {"card", what.card_number}, {"name", what.holder_name}};
  return {"/v1/bind", dump(body)};
}

call unbinding_call(const std::string& token) {
  return {"/v1/unbind", dump(json{{"token", token}})};
}

std::optional<channel_answer> read_report(std::string_view body) {
  const auto said = object_of(body);
  if (!said) return std::nullopt;
  const auto status = text_at(*said, "status", code_bytes_max);
  const auto code = text_at(*said, "code", code_bytes_max);
  const auto reference = text_at(*said, "reference", code_bytes_max);
  const auto number = number_at(*said, "bank_number");
  const auto redirect = text_at(*said, "redirect_url", url_bytes_max);
  if (!status || !code || !reference || !number || !redirect) return std::nullopt;
  channel_answer answer;
  if (reference->empty() || !take_status(answer, *status, *code)) return std::nullopt;
  if (!take_subject(answer, *said)) return std::nullopt;
  answer.reference = {*reference};
  if (*number > 0) answer.bank_number = std::to_string(*number);
  if (answer.outcome == channel_outcome::pending) answer.redirect_url = *redirect;
  answer.excerpt = summary_of(*status, *code, answer);
  return answer;
}

std::optional<card_binding> read_binding(std::string_view body) {
  const auto said = object_of(body);
  if (!said) return std::nullopt;
  const auto status = text_at(*said, "status", code_bytes_max);
  const auto code = text_at(*said, "code", code_bytes_max);
  const auto token = text_at(*said, "token", 4 * code_bytes_max);
  const auto last_four = text_at(*said, "last4", 4);
  if (!status || !code || !token || !last_four) return std::nullopt;
  card_binding binding;
  if (*status == "declined") {
    binding.outcome = channel_outcome::failed;
    binding.failure = failure_of(*code);
    return binding;
  }
  if (*status != "bound" || token->empty() || last_four->size() != 4) return std::nullopt;
  binding.outcome = channel_outcome::succeeded;
  binding.token = *token;
  binding.last_four = *last_four;
  return binding;
}

std::optional<channel_answer> read_unbinding(std::string_view body) {
  const auto said = object_of(body);
  const auto status = said ? text_at(*said, "status", code_bytes_max) : std::nullopt;
  if (!status || (*status != "unbound" && *status != "not_found")) return std::nullopt;
  channel_answer answer;
  answer.outcome = channel_outcome::succeeded;
  if (*status == "not_found") {
    answer.outcome = channel_outcome::failed;
    answer.failure = {"card_not_bound", "not_found", retry_advice::retry_never};
  }
  answer.excerpt = *status;
  return answer;
}

payment_failure failure_of(std::string_view bank_code) {
  const auto found = std::ranges::find(known_codes, bank_code, &known_code::bank);
  if (found == known_codes.end()) {
    return {"declined", excerpt_of(bank_code).substr(0, code_bytes_max),
            retry_advice::retry_other_method};
  }
  return {std::string(found->ours), std::string(bank_code), found->advice};
}

std::string excerpt_of(std::string_view said) {
  const std::string text = printable(said);
  std::string shown;
  for (std::size_t i = 0; i < text.size() && shown.size() < excerpt_bytes_max;) {
    const std::size_t end = secret_end(text, i);
    if (end > i) {
      shown += "***";
      i = end;
      continue;
    }
    std::size_t next = i + 1;
    if (is_digit(text[i])) {
      while (next < text.size() && is_digit(text[next])) ++next;
    }
    shown.append(text, i, next - i);
    i = next;
  }
  return shown.substr(0, excerpt_bytes_max);
}

}  // namespace suanpan::bank_http
