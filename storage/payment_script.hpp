// The SQL text of the journal's transactions about payments. Pure. All text of callers goes through
// one quoting function; any byte but NUL passes, and the database judges whether it is UTF-8.
#pragma once

#include "storage/journal_session.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan::storage {

struct payment_script {
  std::string text;
  std::vector<std::string> files;  // of its COPY statements, in their order
  std::vector<std::size_t> rows;   // of each of them
  std::string fault;               // why the database can't be asked; empty: nothing is wrong
};

/// BEGIN, the epochs' check, a COPY for each table that gets rows and a call for each in which rows
/// change, COMMIT: one message, and the files.
[[nodiscard]] payment_script write_script(const payment_write& what, std::int64_t session);

/// A text as an element of an array within E'…'.
[[nodiscard]] std::string escaped_element(std::string_view text);

}  // namespace suanpan::storage
