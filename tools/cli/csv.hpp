// Reads CSV as RFC 4180 has it: commas, double quotes, "" inside quotes, line ends CRLF or LF, also
// inside quotes. A record that breaks the rules is reported alone and reading goes on with the line
// after its first, so that one stray quote can't swallow the rest of a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan::cli {

/// A quoted field longer than this is taken for one whose closing quote is missing.
inline constexpr std::size_t quoted_bytes_max = 64 * 1024;

enum class csv_fault : std::uint8_t {
  none,
  quote_unclosed,   // the text or the bound ends before the closing quote
  quote_misplaced,  // a quote inside an unquoted field, or text after a closing quote
};

/// One record. The fields point into the reader's text or into the reader itself.
struct csv_record {
  std::size_t line = 0;  // of its first character; the first line is 1
  std::vector<std::string_view> fields;
  csv_fault fault = csv_fault::none;
};

class csv_reader {
 public:
  /// Borrows `text` for the reader's life. A UTF-8 byte order mark is passed over.
  explicit csv_reader(std::string_view text);

  /// The next record into `into`, whose memory is used again. Empty lines are passed over.
  /// False: there is no more.
  bool next(csv_record& into);

 private:
  bool read_field(std::string_view& field, csv_fault& fault);
  bool read_quoted(std::string_view& field, csv_fault& fault);
  void skip_line_end();
  void resume_after(std::size_t start);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::deque<std::string> unescaped_;  // fields that held "", for as long as the reader lives
};

/// The field as CSV writes it: quoted only where it must be.
[[nodiscard]] std::string csv_quoted(std::string_view field);

}  // namespace suanpan::cli
