#include "tools/orders/webhook_receiver.hpp"

#include <civetweb.h>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

namespace suanpan::orders {
namespace {

constexpr std::size_t body_bytes_max = 64 * 1024;

std::string base64(const unsigned char* bytes, std::size_t size) {
  std::string text(4 * ((size + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes, static_cast<int>(size));
  return text;
}

std::string from_base64(std::string_view text) {
  std::string bytes(3 * (text.size() / 4) + 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) return {};
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

std::string header_of(mg_connection* connection, const char* name) {
  const char* value = mg_get_header(connection, name);
  return value == nullptr ? std::string{} : std::string{value};
}

std::string read_body(mg_connection* connection) {
  std::string body;
  std::array<char, 4096> part{};
  for (;;) {
    const int got = mg_read(connection, part.data(), part.size());
    if (got <= 0 || body.size() > body_bytes_max) return body;
    body.append(part.data(), static_cast<std::size_t>(got));
  }
}

received_event read_event(const std::string& body) {
  const auto whole = nlohmann::json::parse(body);
  const auto& about = whole.at("data");
  received_event one;
  one.type = whole.at("type").get<std::string>();
  one.payment = about.at("payment_id").get<std::string>();
  one.order = about.at("order_number").get<std::string>();
  one.sequence = about.at("sequence").get<std::int64_t>();
  one.body = body;
  return one;
}

}  // namespace

std::string webhook_signature(std::string_view secret, const std::string& content) {
  constexpr std::string_view prefix = "whsec_";
  if (!secret.starts_with(prefix)) return {};
  const auto key = from_base64(secret.substr(prefix.size()));
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(content.data()), content.size(), hash.data(), &size);
  return "v1," + base64(hash.data(), size);
}

bool is_signed(std::string_view secret, std::string_view signatures, const std::string& content) {
  const auto wanted = webhook_signature(secret, content);
  if (wanted.empty()) return false;
  while (!signatures.empty()) {
    const auto end = std::min(signatures.find(' '), signatures.size());
    const auto one = signatures.substr(0, end);
    if (one.size() == wanted.size() && CRYPTO_memcmp(one.data(), wanted.data(), one.size()) == 0)
      return true;
    signatures.remove_prefix(std::min(end + 1, signatures.size()));
  }
  return false;
}

webhook_receiver::webhook_receiver(int threads) {
  const auto count = std::to_string(threads);
  const std::array<const char*, 9> options = {"listening_ports",
                                              "127.0.0.1:0",
                                              "num_threads",
                                              count.c_str(),
                                              "enable_keep_alive",
                                              "yes",
                                              "keep_alive_timeout_ms",
                                              "30000",
                                              nullptr};
  const mg_callbacks none{};
  running_ = mg_start(&none, nullptr, const_cast<const char**>(options.data()));
  if (running_ == nullptr) throw std::runtime_error("the webhook receiver can't listen");
  mg_server_port port{};
  mg_get_server_ports(running_, 1, &port);
  port_ = static_cast<std::uint16_t>(port.port);
  mg_set_request_handler(running_, "/hook", on_request, this);
}

webhook_receiver::~webhook_receiver() {
  mg_stop(running_);
}

std::string webhook_receiver::url() const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/hook";
}

void webhook_receiver::expect_secret(const std::string& secret) {
  const std::scoped_lock lock(guard_);
  secret_ = secret;
}

std::vector<received_event> webhook_receiver::events() const {
  const std::scoped_lock lock(guard_);
  return events_;
}

int webhook_receiver::on_request(mg_connection* connection, void* self) {
  const int status = static_cast<webhook_receiver*>(self)->take(connection);
  mg_printf(connection, "HTTP/1.1 %d %s\r\nContent-Length: 0\r\n\r\n", status,
            status == 200 ? "OK" : "Not now");
  return status;
}

int webhook_receiver::take(mg_connection* connection) {
  const auto id = header_of(connection, "webhook-id");
  const auto timestamp = header_of(connection, "webhook-timestamp");
  const auto signatures = header_of(connection, "webhook-signature");
  const auto body = read_body(connection);
  const std::scoped_lock lock(guard_);
  if (!is_signed(secret_, signatures, id + '.' + timestamp + '.' + body)) {
    ++refused_;
    return 401;
  }
  const int status = status_;
  if (status != 200) return status;
  try {
    auto one = read_event(body);
    one.webhook_id = id;
    ++verified_;
    if (keeps_) events_.push_back(std::move(one));
  } catch (const nlohmann::json::exception&) {
    ++refused_;
    return 400;
  }
  return status;
}

}  // namespace suanpan::orders
