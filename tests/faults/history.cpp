#include "tests/faults/history.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <stdexcept>

namespace suanpan::faults {
namespace {

using nlohmann::json;

json times(const interval& when) {
  return json::array({when.began, when.ended});
}

interval times_of(const json& line) {
  return {line.at("when").at(0).get<std::int64_t>(), line.at("when").at(1).get<std::int64_t>()};
}

transfer_id id_of(const json& line) {
  const auto id = parse_transfer_id(line.at("id").get<std::string>());
  if (!id) throw std::runtime_error("not an id");
  return *id;
}

int128 total_of(const std::string& digits) {
  int128 value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') throw std::runtime_error("not a total: " + digits);
    value = value * 10 + (c - '0');
  }
  return value;
}

attempt attempt_of(const json& line) {
  attempt one;
  one.client = line.at("client").get<std::int32_t>();
  one.what = {.id = id_of(line),
              .debit = line.at("debit").get<std::int64_t>(),
              .credit = line.at("credit").get<std::int64_t>(),
              .amount = line.at("amount").get<std::int64_t>(),
              .currency = line.at("currency").get<std::string>(),
              .event_code = line.at("event_code").get<std::int32_t>(),
              .reference = line.at("reference").get<std::string>(),
              .memo = line.at("memo").get<std::string>()};
  one.told = line.at("told").get<int>();
  one.ticket = line.at("ticket").get<std::int64_t>();
  one.when = times_of(line);
  return one;
}

balance_seen balance_of(const json& line) {
  return {line.at("account").get<std::int64_t>(), total_of(line.at("debits").get<std::string>()),
          total_of(line.at("credits").get<std::string>()), line.at("as_of").get<std::int64_t>(),
          times_of(line)};
}

fate_seen fate_of(const json& line) {
  return {id_of(line), line.at("told").get<int>(), line.at("ticket").get<std::int64_t>(),
          times_of(line)};
}

void take_line(const json& line, history& into) {
  const auto kind = line.at("kind").get<std::string>();
  if (kind == "attempt")
    into.attempts.push_back(attempt_of(line));
  else if (kind == "balance")
    into.balances.push_back(balance_of(line));
  else if (kind == "fate")
    into.fates.push_back(fate_of(line));
  else
    throw std::runtime_error("no such kind of record: " + kind);
}

}  // namespace

std::int64_t monotonic_micros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

history_writer::history_writer(const std::string& path) : path_(path), out_(path) {
  if (!out_) throw std::runtime_error("can't write " + path);
}

void history_writer::write(const attempt& one) {
  const auto& what = one.what;
  // Replaced where a test sends what is not UTF-8; such an item is never booked.
  line(json{{"kind", "attempt"},
            {"client", one.client},
            {"id", to_string(what.id)},
            {"debit", what.debit},
            {"credit", what.credit},
            {"amount", what.amount},
            {"currency", what.currency},
            {"event_code", what.event_code},
            {"reference", what.reference},
            {"memo", what.memo},
            {"told", one.told},
            {"ticket", one.ticket},
            {"when", times(one.when)}}
           .dump(-1, ' ', false, json::error_handler_t::replace));
}

void history_writer::write(const balance_seen& one) {
  line(json{{"kind", "balance"},
            {"account", one.account},
            {"debits", to_string(one.debits)},
            {"credits", to_string(one.credits)},
            {"as_of", one.as_of},
            {"when", times(one.when)}}
           .dump());
}

void history_writer::write(const fate_seen& one) {
  line(json{{"kind", "fate"},
            {"id", to_string(one.id)},
            {"told", one.told},
            {"ticket", one.ticket},
            {"when", times(one.when)}}
           .dump());
}

void history_writer::line(const std::string& text) {
  const std::scoped_lock lock(guard_);
  out_ << text << '\n';
}

void history_writer::flush() {
  const std::scoped_lock lock(guard_);
  if (!out_.flush()) throw std::runtime_error("can't write " + path_);
}

history read_history(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("can't read " + path);
  history all;
  std::string text;
  for (std::size_t number = 1; std::getline(in, text); ++number) {
    try {
      take_line(json::parse(text), all);
    } catch (const std::exception& e) {
      throw std::runtime_error(path + ":" + std::to_string(number) + ": " + e.what());
    }
  }
  return all;
}

}  // namespace suanpan::faults
