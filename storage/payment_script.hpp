// The SQL text of the journal's transactions about payments. Pure. All text of callers goes through
// one quoting function; any byte but NUL passes, and the database judges whether it is UTF-8.
#pragma once

#include "storage/journal_session.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace suanpan::storage {

struct payment_script {
  std::string text;
  std::string fault;  // why the database can't be asked; empty: nothing is wrong
};

/// BEGIN, the epochs' check, a call for each table that gets rows, COMMIT: one message. Of what
/// changes several times in it (an attempt, an intent, a head) the last state is written.
[[nodiscard]] payment_script write_script(const payment_write& what, std::int64_t session);

/// A text as an element of an array within E'…'.
[[nodiscard]] std::string escaped_element(std::string_view text);

}  // namespace suanpan::storage
