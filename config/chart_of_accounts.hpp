// The chart of accounts (会计科目): which subjects exist, their names and normal sides. Read once
// at the start; immutable afterwards, so any thread may ask.
#pragma once

#include "config/fault.hpp"
#include "protocol/model/account.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan::config {

inline constexpr std::size_t subject_name_bytes_max = 96;
inline constexpr std::size_t subjects_max = 2'000;

/// One subject: a kind of account.
struct subject {
  std::string code;  // 4 … 16 digits; the first four name the subject, the rest its sub-subject
  std::string name;  // English
  std::string name_zh;  // Chinese
  subject_class cls = subject_class::asset;
  normal_side side = normal_side::debit;
  bool contra = false;  // stands on the other side than its class, e.g. an allowance
};

/// The side on which a class stands: assets and expenses debit, the others credit.
[[nodiscard]] constexpr normal_side normal_side_of(subject_class cls) noexcept {
  return cls == subject_class::asset || cls == subject_class::expense ? normal_side::debit
                                                                      : normal_side::credit;
}
/// "asset", "liability", "equity", "income", "expense".
[[nodiscard]] std::string_view name_of(subject_class cls) noexcept;

class chart_of_accounts {
 public:
  chart_of_accounts() = default;
  /// Precondition: the codes are distinct. Sorts by code.
  explicit chart_of_accounts(std::vector<subject> subjects);

  /// Null if there is none. The pointer lives as long as the chart.
  [[nodiscard]] const subject* find(std::string_view code) const noexcept;
  /// In order of the code.
  [[nodiscard]] std::span<const subject> all() const noexcept { return subjects_; }

 private:
  std::vector<subject> subjects_;
};

/// Reads and checks a chart. Appends every fault with file and line; the chart that is returned
/// counts only if none was appended.
[[nodiscard]] chart_of_accounts load_chart(const std::string& file, std::vector<fault>& faults);

}  // namespace suanpan::config
