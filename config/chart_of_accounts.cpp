// Reads and checks the chart. Every fault names the line to edit.
#include "config/chart_of_accounts.hpp"

#include "config/toml_file.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace suanpan::config {
namespace {

constexpr std::size_t code_digits_min = 4;
constexpr std::size_t code_digits_max = subject_bytes_max;

struct class_name {
  subject_class cls;
  std::string_view name;
};
constexpr std::array class_names =
    std::to_array<class_name>({{subject_class::asset, "asset"},
                               {subject_class::liability, "liability"},
                               {subject_class::equity, "equity"},
                               {subject_class::income, "income"},
                               {subject_class::expense, "expense"}});

/// One chart being read.
struct reading {
  const std::string& file;
  std::vector<fault>& faults;
  std::vector<subject> subjects;
  std::map<std::string, std::string> declared;  // code -> where

  void blame(const std::string& where, std::string_view key, std::string reason) {
    faults.push_back({where, "subject." + std::string(key), std::move(reason)});
  }
};

/// A text that must be there.
std::optional<std::string> text_at(reading& to, const toml::table& entry, std::string_view key) {
  const toml::node* node = entry.get(key);
  if (node == nullptr) {
    to.blame(position(to.file, entry.source()), key, "is missing");
    return std::nullopt;
  }
  const auto* text = node->as_string();
  if (text == nullptr) {
    to.blame(position(to.file, node->source()), key,
             "expected a text, found " + std::string(kind_of(*node)));
    return std::nullopt;
  }
  return text->get();
}

std::string where_of(const reading& to, const toml::table& entry, std::string_view key) {
  const toml::node* node = entry.get(key);
  return position(to.file, node == nullptr ? entry.source() : node->source());
}

std::optional<std::string> code_fault(std::string_view code) {
  const auto digit = [](char ch) { return ch >= '0' && ch <= '9'; };
  if (code.size() < code_digits_min || code.size() > code_digits_max ||
      !std::ranges::all_of(code, digit)) {
    return in_quotes(code.substr(0, 64)) + " is not a code: 4 to 16 digits";
  }
  return std::nullopt;
}

std::optional<std::string> name_fault(std::string_view name) {
  if (name.find_first_not_of(" \t") == std::string_view::npos) return "is empty";
  if (name.size() > subject_name_bytes_max) {
    return "is longer than " + std::to_string(subject_name_bytes_max) + " bytes";
  }
  const auto control = [](unsigned char ch) { return ch < 0x20 || ch == 0x7f; };
  if (std::ranges::any_of(name, control)) return "contains a control character";
  return std::nullopt;
}

std::string take_name(reading& to, const toml::table& entry, std::string_view key) {
  const auto name = text_at(to, entry, key);
  if (!name) return {};
  if (auto reason = name_fault(*name)) to.blame(where_of(to, entry, key), key, std::move(*reason));
  return *name;
}

std::string take_code(reading& to, const toml::table& entry) {
  const auto code = text_at(to, entry, "code");
  if (!code) return {};
  const std::string where = where_of(to, entry, "code");
  if (auto reason = code_fault(*code)) {
    to.blame(where, "code", std::move(*reason));
    return {};
  }
  const auto [first, fresh] = to.declared.emplace(*code, where);
  if (!fresh)
    to.blame(where, "code", in_quotes(*code) + " is declared already at " + first->second);
  return *code;
}

void take_class(reading& to, const toml::table& entry, subject& into) {
  const auto name = text_at(to, entry, "class");
  if (name) {
    const auto found = std::ranges::find(class_names, *name, &class_name::name);
    if (found == class_names.end()) {
      to.blame(where_of(to, entry, "class"), "class",
               in_quotes(name->substr(0, 64)) +
                   " is none of: asset, liability, equity, income, expense");
    } else {
      into.cls = found->cls;
    }
  }
  if (const toml::node* contra = entry.get("contra")) {
    if (const auto* stated = contra->as_boolean()) {
      into.contra = stated->get();
    } else {
      to.blame(where_of(to, entry, "contra"), "contra",
               "expected true or false, found " + std::string(kind_of(*contra)));
    }
  }
  const bool debit = (normal_side_of(into.cls) == normal_side::debit) != into.contra;
  into.side = debit ? normal_side::debit : normal_side::credit;
}

void take_subject(reading& to, const toml::table& entry) {
  constexpr std::array known = {"code", "name", "name_zh", "class", "contra"};
  for (const auto& [key, node] : entry) {
    if (std::ranges::find(known, key.str()) != known.end()) continue;
    to.blame(position(to.file, node.source()), key.str(),
             "is unknown; a subject has code, name, name_zh, class and contra");
  }
  subject read;
  read.code = take_code(to, entry);
  read.name = take_name(to, entry, "name");
  read.name_zh = take_name(to, entry, "name_zh");
  take_class(to, entry, read);
  if (!read.code.empty()) to.subjects.push_back(std::move(read));
}

void take_subjects(reading& to, const toml::table& root) {
  for (const auto& [key, node] : root) {
    if (key.str() == "subject") continue;
    to.faults.push_back({position(to.file, node.source()), std::string(key.str()),
                         "is unknown; a chart is made of [[subject]]"});
  }
  const toml::node* list = root.get("subject");
  const auto* subjects = list == nullptr ? nullptr : list->as_array();
  if (subjects == nullptr || subjects->empty()) {
    to.faults.push_back({to.file + ":1", "subject", "there is no [[subject]]"});
    return;
  }
  if (subjects->size() > subjects_max) {
    to.faults.push_back({to.file + ":1", "subject",
                         "there are more than " + std::to_string(subjects_max) + " subjects"});
    return;
  }
  for (const toml::node& node : *subjects) {
    if (const auto* entry = node.as_table()) {
      take_subject(to, *entry);
    } else {
      to.faults.push_back({position(to.file, node.source()), "subject",
                           "expected a table, found " + std::string(kind_of(node))});
    }
  }
}

/// "100201" belongs to "1002", which must be there, in the same class.
void check_parents(reading& to) {
  for (const subject& s : to.subjects) {
    if (s.code.size() == code_digits_min) continue;
    const std::string parent_code = s.code.substr(0, code_digits_min);
    const auto parent = std::ranges::find(to.subjects, parent_code, &subject::code);
    if (parent == to.subjects.end()) {
      to.blame(to.declared[s.code], "code",
               in_quotes(s.code) + " has no parent " + in_quotes(parent_code));
    } else if (parent->cls != s.cls) {
      to.blame(
          to.declared[s.code], "class",
          in_quotes(s.code) + " is of another class than its parent " + in_quotes(parent_code));
    }
  }
}

}  // namespace

std::string_view name_of(subject_class cls) noexcept {
  const auto found = std::ranges::find(class_names, cls, &class_name::cls);
  return found == class_names.end() ? std::string_view{} : found->name;
}

chart_of_accounts::chart_of_accounts(std::vector<subject> subjects)
    : subjects_(std::move(subjects)) {
  std::ranges::sort(subjects_, {}, &subject::code);
}

const subject* chart_of_accounts::find(std::string_view code) const noexcept {
  const auto at = std::ranges::lower_bound(subjects_, code, {}, &subject::code);
  return at != subjects_.end() && at->code == code ? &*at : nullptr;
}

chart_of_accounts load_chart(const std::string& file, std::vector<fault>& faults) {
  const std::size_t faults_before = faults.size();
  const auto root = read_toml(file, faults);
  if (!root) return {};
  reading to{file, faults, {}, {}};
  take_subjects(to, *root);
  check_parents(to);
  if (faults.size() != faults_before) return {};
  return chart_of_accounts(std::move(to.subjects));
}

}  // namespace suanpan::config
