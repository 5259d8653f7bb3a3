// See csv.hpp.
#include "tools/cli/csv.hpp"

#include <algorithm>

namespace suanpan::cli {

csv_reader::csv_reader(std::string_view text) : text_(text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text_.substr(0, 3) == byte_order_mark) at_ = 3;
}

void csv_reader::skip_line_end() {
  if (at_ < text_.size() && text_[at_] == '\r') ++at_;
  if (at_ < text_.size() && text_[at_] == '\n') ++at_;
  ++line_;
}

void csv_reader::resume_after(std::size_t start) {
  const auto end = text_.find('\n', start);
  at_ = end == std::string_view::npos ? text_.size() : end + 1;
  ++line_;
}

bool csv_reader::read_quoted(std::string_view& field, csv_fault& fault) {
  const std::size_t first = ++at_;
  bool has_escapes = false;
  for (;;) {
    const auto quote =
        text_.substr(0, std::min(text_.size(), first + quoted_bytes_max)).find('"', at_);
    if (quote == std::string_view::npos) {
      fault = csv_fault::quote_unclosed;
      return false;
    }
    at_ = quote + 1;
    if (at_ < text_.size() && text_[at_] == '"') {
      has_escapes = true;
      ++at_;
      continue;
    }
    field = text_.substr(first, quote - first);
    break;
  }
  line_ += static_cast<std::size_t>(std::count(field.begin(), field.end(), '\n'));
  if (has_escapes) {
    auto& kept = unescaped_.emplace_back();
    for (std::size_t i = 0; i < field.size(); ++i) {
      kept += field[i];
      if (field[i] == '"') ++i;
    }
    field = kept;
  }
  return true;
}

bool csv_reader::read_field(std::string_view& field, csv_fault& fault) {
  if (at_ < text_.size() && text_[at_] == '"') {
    if (!read_quoted(field, fault)) return false;
    const bool ends = at_ == text_.size() || text_[at_] == ',' || text_[at_] == '\n' ||
                      (text_[at_] == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] == '\n'));
    if (!ends) fault = csv_fault::quote_misplaced;
    return ends;
  }
  const std::size_t first = at_;
  at_ = std::min(text_.find_first_of(",\"\n", at_), text_.size());
  if (at_ < text_.size() && text_[at_] == '"') {
    fault = csv_fault::quote_misplaced;
    return false;
  }
  field = text_.substr(first, at_ - first);
  const bool at_line_end = at_ == text_.size() || text_[at_] == '\n';
  if (at_line_end && !field.empty() && field.back() == '\r') {
    field.remove_suffix(1);
    --at_;
  }
  return true;
}

bool csv_reader::next(csv_record& into) {
  while (at_ < text_.size() && (text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n"))
    skip_line_end();
  if (at_ >= text_.size()) return false;
  const std::size_t start = at_;
  into.line = line_;
  into.fields.clear();
  into.fault = csv_fault::none;
  for (;;) {
    std::string_view field;
    if (!read_field(field, into.fault)) {
      line_ = into.line;
      resume_after(start);
      return true;
    }
    into.fields.push_back(field);
    if (at_ < text_.size() && text_[at_] == ',') {
      ++at_;
      continue;
    }
    skip_line_end();
    return true;
  }
}

std::string csv_quoted(std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(field);
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace suanpan::cli
