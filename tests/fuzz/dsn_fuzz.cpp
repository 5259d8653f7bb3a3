// Connection strings, against libpq's own reading of them: whatever libpq would take for a password
// we see, and what we show holds none.
#include "config/dsn.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>

using namespace suanpan;
using fuzz::require;

namespace {

using parameters = std::map<std::string, std::string>;

// Nothing if libpq would refuse it.
std::optional<parameters> as_libpq_reads(const std::string& dsn) {
  char* why = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> read(
      PQconninfoParse(dsn.c_str(), &why), PQconninfoFree);
  PQfreemem(why);
  if (!read) return std::nullopt;
  parameters found;
  for (auto* option = read.get(); option->keyword != nullptr; ++option)
    if (option->val != nullptr) found[option->keyword] = option->val;
  return found;
}

bool holds_password(const parameters& of) {
  const auto holds = [&of](const char* key) {
    const auto found = of.find(key);
    return found != of.end() && !found->second.empty();
  };
  return holds("password") || holds("sslpassword");
}

void judge_shown(const std::string& dsn, const parameters& stated) {
  require(!holds_password(stated) || config::has_password(dsn), "a password of libpq's is seen");
  const auto text = config::without_password(dsn);
  require(!config::has_password(text), "what is shown holds no password that we know of");
  const auto shown = as_libpq_reads(text);
  if (!shown) return;  // what can't be read with certainty is cut
  require(!holds_password(*shown), "what is shown holds no password");
  if (dsn.starts_with("postgres")) return;  // of an address with a raw @ or / we cut more
  for (const auto& [key, value] : *shown) {
    const auto same = stated.find(key);
    require(same != stated.end() && same->second == value, "what is shown was stated so");
  }
}

void judge_default(const std::string& dsn, parameters stated) {
  const auto once = config::with_default(dsn, "connect_timeout", "5");
  require(config::with_default(once, "connect_timeout", "7") == once, "a default is given once");
  if (dsn.find('[') != std::string::npos) return;  // libpq lets brackets swallow parameters
  const auto given = as_libpq_reads(once);
  require(given.has_value(), "a default spoils nothing");
  stated.try_emplace("connect_timeout", "5");
  require(given == stated, "a default changes nothing that is stated");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string dsn(fuzz::text_of(bytes, size));
  (void)config::without_password(dsn);
  if (dsn.find('\0') != std::string::npos) return 0;  // libpq would read its beginning
  const auto stated = as_libpq_reads(dsn);
  if (!stated || config::dsn_fault(dsn)) return 0;
  judge_shown(dsn, *stated);
  judge_default(dsn, *stated);
  return 0;
}
