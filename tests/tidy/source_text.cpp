// See source_text.hpp.
#include "tests/tidy/source_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>

namespace suanpan::tidy {
namespace fs = std::filesystem;
namespace {

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

// Walks C++ and blanks what is not code. Line feeds stay, so that the lines keep their numbers.
class code_walker {
 public:
  explicit code_walker(std::string_view text) : text_(text), code_(text) {}

  std::string walk() {
    while (at_ < text_.size()) {
      if (starts("//")) {
        blank_until("\n", 0);
      } else if (starts("/*")) {
        blank_until("*/", 2);
      } else if (starts("R\"") && !follows_word()) {
        const auto open = text_.find('(', at_);
        if (open == std::string_view::npos) break;
        const auto end = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
        blank_until(end, end.size());
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && !follows_word())) {
        blank_literal(text_[at_]);
      } else {
        ++at_;
      }
    }
    return std::move(code_);
  }

 private:
  bool starts(std::string_view what) const { return text_.substr(at_, what.size()) == what; }
  // A quote after a digit separates digits: 1'000.
  bool follows_word() const { return at_ > 0 && is_word_character(text_[at_ - 1]); }

  void blank_until(std::string_view end, std::size_t included) {
    const auto found = text_.find(end, at_ + 1);
    blank_to(found == std::string_view::npos ? text_.size() : found + included);
  }
  void blank_literal(char quote) {
    auto to = at_ + 1;
    while (to < text_.size() && text_[to] != quote && text_[to] != '\n') {
      to += text_[to] == '\\' ? 2 : 1;
    }
    ++at_;
    blank_to(std::min(to, text_.size()));
    if (at_ < text_.size()) ++at_;
  }
  void blank_to(std::size_t to) {
    for (; at_ < to; ++at_) {
      if (code_[at_] != '\n') code_[at_] = ' ';
    }
  }

  std::string_view text_;
  std::string code_;
  std::size_t at_ = 0;
};

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool is_passed_over(const fs::directory_entry& entry) {
  constexpr std::array<std::string_view, 5> folders = {"build", "var", "__pycache__",
                                                       "node_modules", ".git"};
  const auto name = entry.path().filename().string();
  if (std::find(folders.begin(), folders.end(), name) != folders.end()) return true;
  return entry.is_directory() && name.starts_with('.') && name != ".ci";
}

bool is_written_text(const fs::path& path) {
  constexpr std::array<std::string_view, 16> endings = {
      ".cpp",  ".hpp",  ".sh",  ".md", ".txt", ".cmake", ".proto", ".sql",
      ".toml", ".json", ".yml", ".py", ".js",  ".conf",  ".csv",   ""};
  const auto ending = path.extension().string();
  return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

}  // namespace

source_text read_text(std::string path, std::string_view text) {
  source_text file{std::move(path), split_lines(text), {}};
  if (is_cpp(file.path)) file.code = split_lines(code_walker(text).walk());
  return file;
}

std::vector<source_text> read_checkout(const fs::path& root) {
  std::vector<source_text> files;
  for (auto at = fs::recursive_directory_iterator(root); at != fs::end(at); ++at) {
    if (is_passed_over(*at)) {
      if (at->is_directory()) at.disable_recursion_pending();
    } else if (at->is_regular_file() && is_written_text(at->path())) {
      std::ifstream in(at->path(), std::ios::binary);
      const std::string text((std::istreambuf_iterator<char>(in)), {});
      files.push_back(read_text(at->path().lexically_relative(root).generic_string(), text));
    }
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

bool is_cpp(std::string_view path) {
  return path.ends_with(".cpp") || path.ends_with(".hpp");
}

bool is_script(const source_text& file) {
  if (file.path.ends_with(".sh")) return true;
  return !file.lines.empty() && file.lines.front().starts_with("#!") &&
         file.lines.front().ends_with("bash");
}

bool starts_with_any(std::string_view path, std::vector<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [path](std::string_view prefix) { return path.starts_with(prefix); });
}

std::size_t columns_of(std::string_view line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

bool has_word(std::string_view code, std::string_view word) {
  for (auto at = code.find(word); at != std::string_view::npos; at = code.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !is_word_character(code[at - 1])) &&
        (end == code.size() || !is_word_character(code[end]))) {
      return true;
    }
  }
  return false;
}

std::string_view included_by(std::string_view line) {
  constexpr std::string_view directive = "#include ";
  if (!line.starts_with(directive) || line.size() < directive.size() + 2) return {};
  line.remove_prefix(directive.size() + 1);
  return line.substr(0, line.find_first_of(">\""));
}

}  // namespace suanpan::tidy
