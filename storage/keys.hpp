// Callers' API keys: only their SHA-256 is stored (a key has 256 random bits, so no slow hash is
// needed).
#pragma once

#include "storage/lineage_memory.hpp"
#include "storage/outcome.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace suanpan::storage {

enum class role : std::int16_t { operator_ = 1, auditor = 2, merchant = 3 };

struct api_key_row {
  std::string key_id;  // "k_" + 16 hex digits; safe to show and to log
  role as = role::operator_;
  std::string merchant;  // only for role merchant
  std::string note;
  std::string sha256;  // hex, of the whole key
  std::int64_t created_micros = 0;
  std::int64_t revoked_micros = 0;  // 0 = valid
};

[[nodiscard]] outcome<done> insert_key(const std::string& dsn, const api_key_row& row);
/// False: there is none of that id, or it is revoked already.
[[nodiscard]] outcome<bool> revoke_key(const std::string& dsn, const std::string& key_id);
[[nodiscard]] outcome<std::vector<api_key_row>> list_keys(const std::string& dsn);

/// Lists them again and again, on one session: a node asks each second, and a connection costs the
/// database a hundred times what the few rows do. One thread at a time.
class key_reader {
 public:
  /// `seen`: null, or which database counts (R18).
  key_reader(std::string dsn, const std::string& node_name, lineage_memory_ptr seen);
  ~key_reader();
  key_reader(const key_reader&) = delete;
  key_reader& operator=(const key_reader&) = delete;
  [[nodiscard]] outcome<std::vector<api_key_row>> list();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace suanpan::storage
