#include "tools/bank/journal_records.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace suanpan::bank {
namespace {

using nlohmann::json;

constexpr std::array kinds = {request_kind::pay, request_kind::refund, request_kind::payout};

template <class Entries, class Name>
auto named(const Entries& all, const std::string& name, Name name_of_each) {
  const auto it = std::ranges::find(all, name, name_of_each);
  if (it == all.end()) throw std::invalid_argument(name);
  return it;
}

request_kind kind_named(const std::string& name) {
  return *named(kinds, name, [](request_kind k) { return std::string(name_of(k)); });
}

behaviour behaviour_named(const std::string& name) {
  return named(behaviours(), name, [](const behaviour_entry& b) { return std::string(b.name); })
      ->what;
}

json json_of(const request& r) {
  return {{"kind", name_of(r.kind)},    {"merchant", r.merchant},
          {"reference", r.reference},   {"card", r.card},
          {"original", r.original},     {"amount", r.amount.value},
          {"currency", letters(r.ccy)}, {"calls_back", r.wants_callback}};
}

request request_in(const json& j) {
  request r;
  r.kind = kind_named(j.at("kind"));
  r.merchant = j.at("merchant");
  r.reference = j.at("reference");
  r.card = j.at("card");
  r.original = j.at("original");
  r.amount.value = j.at("amount");
  r.ccy = parse_currency(j.at("currency").get<std::string>()).value();
  r.wants_callback = j.at("calls_back");
  return r;
}

json json_of(const journal_begun& r) {
  return {{"begun", {{"by", "suanpan-bank"}, {"version", r.version}}}};
}

json json_of(const request_received& r) {
  return {{"received",
           {{"request", json_of(r.what.what)},
            {"does", name_of(r.what.does)},
            {"refused", r.what.refused},
            {"reused", r.what.reused},
            {"at", r.at},
            {"callback_url", r.callback_url},
            {"online", r.online}}}};
}

json json_of(const request_booked& r) {
  return {{"booked", {{"of", r.of}, {"at", r.at}}}};
}

json json_of(const callback_ended& r) {
  return {{"called", {{"of", r.of}, {"step", r.step}}}};
}

json json_of(const day_advanced& r) {
  return {{"day", {{"at", r.at}}}};
}

json json_of(const card_bound& r) {
  return {{"bound",
           {{"merchant", r.what.merchant},
            {"reference", r.what.reference},
            {"fingerprint", r.what.fingerprint},
            {"token", r.what.token},
            {"last4", r.what.last4}}}};
}

json json_of(const card_unbound& r) {
  return {{"unbound", {{"merchant", r.merchant}, {"token", r.token}}}};
}

json json_of(const online_placed& r) {
  return {{"online",
           {{"handle", r.what.handle},
            {"request", json_of(r.what.what)},
            {"callback_url", r.what.callback_url},
            {"return_url", r.what.return_url},
            {"at", r.what.at}}}};
}

request_received received_in(const json& j) {
  request_received r;
  r.what.what = request_in(j.at("request"));
  r.what.does = behaviour_named(j.at("does"));
  r.what.refused = j.at("refused");
  r.what.reused = j.at("reused");
  r.at = j.at("at");
  r.callback_url = j.at("callback_url");
  r.online = j.at("online");
  return r;
}

card_bound bound_in(const json& j) {
  bound_card c;
  c.merchant = j.at("merchant");
  c.reference = j.at("reference");
  c.fingerprint = j.at("fingerprint");
  c.token = j.at("token");
  c.last4 = j.at("last4");
  return {std::move(c)};
}

online_placed placed_in(const json& j) {
  online_order o;
  o.handle = j.at("handle");
  o.what = request_in(j.at("request"));
  o.callback_url = j.at("callback_url");
  o.return_url = j.at("return_url");
  o.at = j.at("at");
  return {std::move(o)};
}

journal_record record_in(const std::string& kind, const json& j) {
  if (kind == "received") return received_in(j);
  if (kind == "booked") return request_booked{.of = j.at("of"), .at = j.at("at")};
  if (kind == "called") return callback_ended{.of = j.at("of"), .step = j.at("step")};
  if (kind == "day") return day_advanced{.at = j.at("at")};
  if (kind == "bound") return bound_in(j);
  if (kind == "unbound") return card_unbound{.merchant = j.at("merchant"), .token = j.at("token")};
  if (kind == "online") return placed_in(j);
  if (kind == "begun" && j.at("version") == journal_begun{}.version) return journal_begun{};
  throw std::invalid_argument(kind);
}

}  // namespace

std::string line_of(const journal_record& what) {
  return std::visit([](const auto& r) { return json_of(r).dump(); }, what);
}

std::optional<journal_record> read_line(std::string_view line) {
  try {
    const auto document = json::parse(line);
    if (!document.is_object() || document.size() != 1) return std::nullopt;
    return record_in(document.begin().key(), document.begin().value());
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace suanpan::bank
