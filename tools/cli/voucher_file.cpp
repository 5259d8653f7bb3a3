#include "tools/cli/voucher_file.hpp"

#include "protocol/model/transfer.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

namespace suanpan::cli {
namespace {

constexpr std::array<std::string_view, 7> leg_keys{"debit",      "credit",    "amount", "currency",
                                                   "event_code", "reference", "memo"};

class reader {
 public:
  reader(voucher_file& into, std::string name) : file_(into), name_(std::move(name)) {}

  void read(const toml::table& all) {
    for (const auto& [key, node] : all)
      if (key != "id" && key != "transfer")
        fault(node, std::string(key.str()), "is not known: id and [[transfer]] are");
    if (const auto* id = all.get("id")) read_id(*id);
    const auto* legs = all.get("transfer");
    const auto* list = legs == nullptr ? nullptr : legs->as_array();
    if (list == nullptr || list->empty())
      return fault_at(1, "transfer", "a voucher has two [[transfer]] at least");
    for (const auto& node : *list) {
      if (const auto* leg = node.as_table())
        read_leg(*leg);
      else
        fault(node, "transfer", "must be a table: [[transfer]]");
    }
    if (list->size() < 2 || list->size() > voucher_items_max)
      fault(*legs, "transfer",
            "a voucher has 2 to " + std::to_string(voucher_items_max) + " of them, not " +
                std::to_string(list->size()));
  }

  void fault_at(std::uint32_t line, const std::string& key, const std::string& why) {
    const auto at = line == 0 ? 1 : line;
    faults_.emplace(at, name_ + ":" + std::to_string(at) + ": " + key + ": " + why);
  }

  /// In the order of their lines.
  void tell_faults() {
    for (auto& [line, fault] : faults_) file_.faults.push_back(std::move(fault));
  }

 private:
  void fault(const toml::node& at, const std::string& key, const std::string& why) {
    fault_at(at.source().begin.line, key, why);
  }

  void read_id(const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    file_.id = text ? parse_transfer_id(*text) : std::nullopt;
    if (!file_.id) fault(node, "id", "must be a UUID or a ULID, as a text");
  }

  void read_leg(const toml::table& from) {
    voucher_leg leg;
    for (const auto& [key, node] : from)
      if (std::find(leg_keys.begin(), leg_keys.end(), key.str()) == leg_keys.end())
        fault(node, "transfer." + std::string(key.str()), "is not known");
    leg.debit = number(from, "debit", 1, std::numeric_limits<std::int64_t>::max(), true);
    leg.credit = number(from, "credit", 1, std::numeric_limits<std::int64_t>::max(), true);
    leg.event_code =
        static_cast<std::int32_t>(number(from, "event_code", 0, event_code_max, false));
    leg.reference = text(from, "reference", reference_bytes_max, false);
    leg.memo = text(from, "memo", memo_bytes_max, false);
    read_money(from, leg);
    file_.legs.push_back(std::move(leg));
  }

  void read_money(const toml::table& from, voucher_leg& leg) {
    const auto currency = text(from, "currency", 3, true);
    const auto amount = text(from, "amount", 64, true);
    if (currency.empty() || amount.empty()) return;
    const auto ccy = parse_currency(currency);
    if (!ccy)
      return fault(*from.get("currency"), "transfer.currency", "is not in ISO 4217: " + currency);
    leg.ccy = *ccy;
    const auto parsed = parse_amount(amount, *ccy);
    leg.amount = parsed.amount;
    if (parsed.fault == amount_fault::none && parsed.amount.value > 0) return;
    const std::string why = parsed.fault == amount_fault::too_many_decimals
                                ? "has more decimals than " + currency + ": "
                            : parsed.fault == amount_fault::too_large ? "is too large: "
                                                                      : "is no amount above zero: ";
    fault(*from.get("amount"), "transfer.amount", why + amount);
  }

  std::int64_t number(const toml::table& from, const char* key, std::int64_t least,
                      std::int64_t most, bool required) {
    const auto* node = from.get(key);
    if (node == nullptr) {
      if (required) fault(from, "transfer", std::string(key) + " is missing");
      return 0;
    }
    const auto value = node->value_exact<std::int64_t>();
    if (value && *value >= least && *value <= most) return *value;
    fault(*node, "transfer." + std::string(key),
          least == 0 ? "must be a whole number, 0 to " + std::to_string(most)
                     : "must be an account's number");
    return 0;
  }

  std::string text(const toml::table& from, const char* key, std::size_t bytes_max, bool required) {
    const auto* node = from.get(key);
    if (node == nullptr) {
      if (required) fault(from, "transfer", std::string(key) + " is missing");
      return {};
    }
    const auto value = node->value_exact<std::string>();
    const std::string name = "transfer." + std::string(key);
    if (!value) {
      fault(*node, name, "must be a text, in quotes");
      return {};
    }
    if (value->size() > bytes_max)
      fault(*node, name, "is longer than " + std::to_string(bytes_max) + " bytes");
    return *value;
  }

  voucher_file& file_;
  std::string name_;
  std::multimap<std::uint32_t, std::string> faults_;
};

}  // namespace

voucher_file read_voucher(const std::string& text, const std::string& name) {
  voucher_file file;
  reader from(file, name);
  try {
    from.read(toml::parse(text, name));
  } catch (const toml::parse_error& error) {
    from.fault_at(error.source().begin.line, "toml", std::string(error.description()));
  }
  from.tell_faults();
  return file;
}

transfer_id leg_id(const transfer_id& voucher, std::size_t leg) {
  transfer_id id = voucher;
  id.bytes[9] = static_cast<std::uint8_t>(id.bytes[9] ^ leg);
  return id;
}

}  // namespace suanpan::cli
