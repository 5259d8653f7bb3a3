#include "tests/scenarios/secret_search.hpp"

#include "tests/support/postgres.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace suanpan::scenarios {
namespace {

std::string hex_of(const std::string& text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    hex += digits[byte >> 4];
    hex += digits[byte & 15];
  }
  return hex;
}

// Without the last group, which depends on what follows.
std::string base64_of(const std::string& text) {
  const auto whole = text.size() / 3 * 3;
  std::string encoded(whole / 3 * 4 + 1, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                  reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(whole));
  encoded.pop_back();
  return encoded;
}

}  // namespace

void secret_search::read_files(const std::string& place, const std::string& directory) {
  bool any = false;
  for (const auto& file : std::filesystem::recursive_directory_iterator(directory)) {
    if (!file.is_regular_file()) continue;
    std::ostringstream text;
    text << std::ifstream(file.path()).rdbuf();
    read(place + '/' + std::filesystem::relative(file.path(), directory).string(), text.str());
    any = true;
  }
  if (!any) throw std::runtime_error(directory + " holds no file");
}

void secret_search::read_database(const std::string& dsn) {
  const auto columns = testing::sql(
      dsn,
      "SELECT format('%I.%I', n.nspname, c.relname), a.attname, quote_ident(a.attname),"
      " a.atttypid = 'bytea'::regtype"
      " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
      " JOIN pg_namespace n ON n.oid = c.relnamespace"
      " WHERE c.relkind IN ('r', 'm', 'S') AND a.attnum > 0 AND NOT a.attisdropped"
      " AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')");
  for (const auto& column : columns) {
    const auto& quoted = column[2];
    const auto as_text = column[3] == "t"
                             ? "encode(" + quoted + ",'hex')||' '||encode(" + quoted + ",'escape')"
                             : quoted + "::text";
    read(column[0] + '.' + column[1],
         testing::sql_value(
             dsn, "SELECT coalesce(string_agg(" + as_text + ", E'\\n'), '') FROM " + column[0]));
  }
}

std::set<std::string> secret_search::places_of(const std::string& text) const {
  std::set<std::string> found;
  for (const auto& [place, held] : places_)
    if (held.find(text) != std::string::npos) found.insert(place);
  return found;
}

std::set<std::string> secret_search::leaks_of(const kept_secret& secret) const {
  if (secret.text.size() < 8) throw std::runtime_error(secret.name + " is too short to search for");
  std::set<std::string> found;
  for (const auto& form : {secret.text, hex_of(secret.text), base64_of(secret.text)})
    found.merge(places_of(form));
  std::set<std::string> leaks;
  std::ranges::set_difference(found, secret.needed_in, std::inserter(leaks, leaks.end()));
  return leaks;
}

}  // namespace suanpan::scenarios
