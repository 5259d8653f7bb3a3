// Connection strings, read just far enough to find their parameters and passwords.
#include "config/dsn.hpp"

#include <algorithm>
#include <vector>

namespace suanpan::config {
namespace {

constexpr std::string_view blanks = " \t\r\n\f\v";

struct pair_text {
  std::string_view key;
  std::string_view whole;  // "key=value" as it stands
  bool empty_value = true;
};

bool is_uri(std::string_view dsn) {
  return dsn.starts_with("postgresql://") || dsn.starts_with("postgres://");
}

bool is_password_key(std::string_view key) {
  return key == "password" || key == "sslpassword";
}

/// Length of a value: quoted with ', or up to the next blank; a backslash takes the next byte
/// along.
std::optional<std::size_t> value_length(std::string_view text) {
  const bool quoted = text.starts_with('\'');
  std::size_t i = quoted ? 1 : 0;
  for (; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (quoted && text[i] == '\'') {
      return i + 1;
    } else if (!quoted && blanks.find(text[i]) != std::string_view::npos) {
      return i;
    }
  }
  if (quoted) return std::nullopt;
  return std::min(i, text.size());
}

/// As all of libpq's are. An address after a blank would else pass for a key, password and all.
bool is_keyword(std::string_view key) {
  return std::ranges::all_of(key, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

/// The pairs of "key=value key = 'va lue'"; nothing if the text is not made of pairs.
std::optional<std::vector<pair_text>> pairs_of(std::string_view dsn) {
  std::vector<pair_text> pairs;
  std::size_t at = 0;
  while ((at = dsn.find_first_not_of(blanks, at)) != std::string_view::npos) {
    const std::size_t begin = at;
    const std::size_t equals = dsn.find('=', begin);
    if (equals == std::string_view::npos) return std::nullopt;
    const std::size_t key_end = dsn.find_last_not_of(blanks, equals - 1);
    if (equals == begin) return std::nullopt;
    const std::string_view key = dsn.substr(begin, key_end + 1 - begin);
    if (!is_keyword(key)) return std::nullopt;
    at = std::min(dsn.find_first_not_of(blanks, equals + 1), dsn.size());
    const auto length = value_length(dsn.substr(at));
    if (!length) return std::nullopt;
    const bool empty = *length == 0 || dsn.substr(at, *length) == "''";
    at += *length;
    pairs.push_back({key, dsn.substr(begin, at - begin), empty});
  }
  return pairs;
}

struct uri_parts {
  std::string_view scheme;  // with "://"
  std::string_view user;
  std::string_view password;
  std::string_view place;       // host, port, database
  bool has_parameters = false;  // a question mark, with nothing behind it perhaps
  std::vector<std::string_view> parameters;
};

uri_parts parts_of(std::string_view uri) {
  uri_parts parts;
  const std::size_t start = uri.find("://") + 3;
  parts.scheme = uri.substr(0, start);
  // As libpq reads it: what comes before an @ without a / names the user, raw question marks and
  // all.
  const std::size_t stop = std::min(uri.find_first_of("@/", start), uri.size());
  const bool named = stop < uri.size() && uri[stop] == '@';
  const std::size_t question = std::min(uri.find('?', named ? stop : start), uri.size());
  // The last @: a password with a raw @ or / is malformed, and must be cut all the same.
  std::string_view before = uri.substr(start, question - start);
  const std::size_t sign = before.rfind('@');
  if (sign != std::string_view::npos) {
    const std::string_view user = before.substr(0, sign);
    const std::size_t colon = std::min(user.find(':'), user.size());
    parts.user = user.substr(0, colon);
    if (colon < user.size()) parts.password = user.substr(colon + 1);
    before.remove_prefix(sign + 1);
  }
  parts.place = before;
  parts.has_parameters = question < uri.size();
  std::size_t at = question + 1;
  while (at < uri.size()) {
    const std::size_t end = std::min(uri.find('&', at), uri.size());
    parts.parameters.push_back(uri.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::string_view parameter_key(std::string_view parameter) {
  return parameter.substr(0, parameter.find('='));
}

/// Percent-encoded letters could hide the key from us, but not from libpq.
bool may_be_password(std::string_view parameter) {
  const std::string_view key = parameter_key(parameter);
  return is_password_key(key) || key.find('%') != std::string_view::npos;
}

std::string uri_without_password(std::string_view dsn) {
  const uri_parts parts = parts_of(dsn);
  std::string text(parts.scheme);
  if (!parts.user.empty()) text.append(parts.user).append("@");
  text += parts.place;
  // An @ behind must not be read as the end of a user's name, now that a / before it may be cut.
  const bool reaches = std::ranges::any_of(
      parts.parameters, [](std::string_view p) { return p.find('@') != std::string_view::npos; });
  if (reaches && parts.user.empty() && parts.place.find('/') == std::string_view::npos) text += '/';
  char separator = '?';
  for (const std::string_view parameter : parts.parameters) {
    if (may_be_password(parameter)) continue;
    text.append(1, separator).append(parameter);
    separator = '&';
  }
  return text;
}

}  // namespace

std::optional<std::string> dsn_fault(std::string_view dsn) {
  if (is_uri(dsn)) return std::nullopt;
  const auto pairs = pairs_of(dsn);
  if (pairs && !pairs->empty()) return std::nullopt;
  return "is neither a postgresql:// address nor a list of key=value pairs";
}

bool has_password(std::string_view dsn) {
  if (is_uri(dsn)) {
    const uri_parts parts = parts_of(dsn);
    return !parts.password.empty() || std::ranges::any_of(parts.parameters, may_be_password);
  }
  const auto pairs = pairs_of(dsn);
  return pairs && std::ranges::any_of(*pairs, [](const pair_text& pair) {
           return is_password_key(pair.key) && !pair.empty_value;
         });
}

std::string without_password(std::string_view dsn) {
  if (is_uri(dsn)) return uri_without_password(dsn);
  const auto pairs = pairs_of(dsn);
  if (!pairs) return "(unreadable)";
  std::string text;
  for (const pair_text& pair : *pairs) {
    if (is_password_key(pair.key)) continue;
    if (!text.empty()) text += ' ';
    text += pair.whole;
  }
  return text;
}

std::string with_default(std::string_view dsn, std::string_view key, std::string_view value) {
  std::string text(dsn);
  if (is_uri(dsn)) {
    const uri_parts parts = parts_of(dsn);
    if (std::ranges::find(parts.parameters, key, parameter_key) != parts.parameters.end())
      return text;
    if (!parts.has_parameters) text += '?';
    if (!parts.parameters.empty() && !text.ends_with('&')) text += '&';
    return text.append(key).append(1, '=').append(value);
  }
  const auto pairs = pairs_of(dsn);
  if (!pairs || std::ranges::find(*pairs, key, &pair_text::key) != pairs->end()) return text;
  // In front: a last value that is empty, or ends with a backslash, would take along what follows.
  return std::string(key).append(1, '=').append(value).append(1, ' ').append(text);
}

}  // namespace suanpan::config
