// Commands that talk to the database, not to a node: migrate and key.
#include "protocol/model/clock.hpp"
#include "storage/keys.hpp"
#include "storage/migrate.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/reports.hpp"
#include "tools/cli/table.hpp"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <sys/random.h>

#include <array>
#include <memory>
#include <span>

namespace suanpan::cli {
namespace {

constexpr std::size_t key_random_bytes = 32;
constexpr std::size_t key_id_random_bytes = 8;

template <class T>
T require(storage::outcome<T> result, const std::string& doing) {
  if (!result) throw command_failure(exit_status::unavailable, doing + ": " + result.reason());
  return std::move(*result);
}

exit_status migrate_database(const common_options& common, std::uint32_t shards) {
  const std::string dsn = dsn_of(common);
  const auto before = require(storage::inspect_schema(dsn), "reading the schema");
  if (!before.fault.empty()) throw command_failure(exit_status::configuration, before.fault);
  const auto after = require(storage::migrate(dsn, shards), "migrating");
  if (!after.fault.empty()) throw command_failure(exit_status::configuration, after.fault);
  if (common.json) {
    print(
        nlohmann::json{{"before", before.stored}, {"after", after.stored}, {"shards", after.shards}}
            .dump() +
        '\n');
  } else {
    const std::string applied = before.stored == after.stored ? "up to date" : "migrated";
    print(applied + ": schema " + std::to_string(after.stored) + ", " +
          std::to_string(after.shards) + " shards\n");
  }
  return exit_status::done;
}

std::vector<unsigned char> random_bytes(std::size_t count) {
  std::vector<unsigned char> bytes(count);
  if (getrandom(bytes.data(), count, 0) != static_cast<ssize_t>(count))
    throw command_failure(exit_status::refused, "the system gave no random bytes");
  return bytes;
}

std::string hex_of(std::span<const unsigned char> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const auto byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

/// Base 64 for URLs, without padding (RFC 4648, 5).
std::string base64url_of(std::span<const unsigned char> bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  for (const auto byte : bytes) {
    bits = bits << 8U | byte;
    held += 8;
    while (held >= 6) text += digits[bits >> (held -= 6) & 63U];
  }
  if (held > 0) text += digits[bits << (6 - held) & 63U];
  return text;
}

std::string sha256_hex(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1)
    throw command_failure(exit_status::refused, "SHA-256 is not to be had");
  return hex_of({digest.data(), length});
}

struct read_key_options {
  std::string role;
  std::string merchant;
  std::string note;
  bool test = false;
  std::string key_id;
};

storage::role role_of(const std::string& name) {
  if (name == "auditor") return storage::role::auditor;
  return name == "merchant" ? storage::role::merchant : storage::role::operator_;
}

std::string_view name_of(storage::role role) {
  switch (role) {
    case storage::role::operator_:
      return "operator";
    case storage::role::auditor:
      return "auditor";
    case storage::role::merchant:
      return "merchant";
  }
  return "unknown";
}

/// The database, if it holds a ledger that this program knows.
std::string ledger_dsn(const common_options& common) {
  const std::string dsn = dsn_of(common);
  const auto schema = require(storage::inspect_schema(dsn), "reading the schema");
  if (!schema.fault.empty()) throw command_failure(exit_status::configuration, schema.fault);
  if (schema.stored == 0)
    throw command_failure(exit_status::configuration,
                          "the database holds no ledger: run suanpan migrate");
  return dsn;
}

exit_status create_key(const common_options& common, const read_key_options& options) {
  const bool for_merchant = options.role == "merchant";
  if (for_merchant == options.merchant.empty())
    throw command_failure(exit_status::usage,
                          "--merchant belongs to --role merchant, and to no other");
  const std::string key =
      (options.test ? "sk_test_" : "sk_live_") + base64url_of(random_bytes(key_random_bytes));
  storage::api_key_row row;
  row.key_id = "k_" + hex_of(random_bytes(key_id_random_bytes));
  row.as = role_of(options.role);
  row.merchant = options.merchant;
  row.note = options.note;
  row.sha256 = sha256_hex(key);
  row.created_micros = system_wall_clock().unix_micros();
  require(storage::insert_key(ledger_dsn(common), row), "storing the key");
  if (common.json) {
    print(nlohmann::json{{"key_id", row.key_id}, {"role", options.role}, {"key", key}}.dump() +
          '\n');
  } else {
    print(key + '\n');
    std::fprintf(stderr, "%s, role %s. The key is shown this once; only its SHA-256 is stored.\n",
                 row.key_id.c_str(), options.role.c_str());
  }
  return exit_status::done;
}

exit_status list_keys(const common_options& common) {
  const auto rows = require(storage::list_keys(ledger_dsn(common)), "reading the keys");
  table lines({{"key"}, {"role"}, {"merchant"}, {"created"}, {"revoked"}, {"note"}});
  nlohmann::json documents = nlohmann::json::array();
  for (const auto& row : rows) {
    lines.add({row.key_id, std::string(name_of(row.as)), row.merchant,
               time_text(row.created_micros), time_text(row.revoked_micros),
               printable(row.note, 40)});
    documents.push_back({{"key_id", row.key_id},
                         {"role", name_of(row.as)},
                         {"merchant", row.merchant},
                         {"note", row.note},
                         {"created_micros", std::to_string(row.created_micros)},
                         {"revoked_micros", std::to_string(row.revoked_micros)}});
  }
  print(common.json ? nlohmann::json{{"keys", documents}}.dump() + '\n' : lines.text());
  return exit_status::done;
}

exit_status revoke_key(const common_options& common, const std::string& key_id) {
  const bool revoked =
      require(storage::revoke_key(ledger_dsn(common), key_id), "revoking " + key_id);
  if (!revoked) throw command_failure(exit_status::refused, "there is no valid key " + key_id);
  print(common.json ? nlohmann::json{{"key_id", key_id}, {"revoked", true}}.dump() + '\n'
                    : key_id + " is revoked\n");
  return exit_status::done;
}

void add_migrate(CLI::App& app, command_line& line) {
  auto* migrate = app.add_subcommand("migrate", "Creates or renews the schema in the database.");
  const auto shards = std::make_shared<std::uint32_t>(64);
  migrate
      ->add_option("--shards", *shards,
                   "slices of the ledger, a power of two; fixed at the first time")
      ->check(CLI::IsMember({1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1'024}))
      ->capture_default_str();
  migrate->footer("Examples:\n  suanpan migrate --dsn 'host=/run/postgresql dbname=suanpan'");
  migrate->callback([&line, shards] {
    line.run = [&line, shards] { return migrate_database(line.common, *shards); };
  });
}

}  // namespace

void add_database(CLI::App& app, command_line& line) {
  add_migrate(app, line);
  auto* key = app.add_subcommand("key", "Creates, lists and revokes callers' keys.");
  key->require_subcommand(1);
  const auto options = std::make_shared<read_key_options>();

  auto* create = key->add_subcommand("create", "Makes a key and shows it once.");
  create->add_option("--role", options->role, "operator, auditor or merchant")
      ->required()
      ->check(CLI::IsMember({"operator", "auditor", "merchant"}));
  create->add_option("--merchant", options->merchant, "whose, for role merchant");
  create->add_option("--note", options->note, "for people");
  create->add_flag("--test", options->test, "sk_test_…, for a sandbox");
  create->footer(
      "Examples:\n  suanpan key create --role operator --note 'settlement job' > key.txt");
  create->callback([&line, options] {
    line.run = [&line, options] { return create_key(line.common, *options); };
  });

  auto* list = key->add_subcommand("list", "All keys, without their secrets.");
  list->footer("Examples:\n  suanpan key list --json");
  list->callback([&line] { line.run = [&line] { return list_keys(line.common); }; });

  auto* revoke =
      key->add_subcommand("revoke", "Makes a key void; nodes notice within a second or so.");
  revoke->add_option("key_id", options->key_id, "k_…")->required();
  revoke->footer("Examples:\n  suanpan key revoke k_0123456789abcdef");
  revoke->callback([&line, options] {
    line.run = [&line, options] { return revoke_key(line.common, options->key_id); };
  });
}

}  // namespace suanpan::cli
