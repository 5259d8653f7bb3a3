// Throw-away certificates for 127.0.0.1, made when the test runs.
#pragma once

#include <filesystem>
#include <string>

namespace suanpan::testing {

struct certificate {
  std::string chain;  // PEM
  std::string key;    // PEM
};

/// Self-signed, P-256. `days`: valid from one day ago for so many days; negative: expired.
[[nodiscard]] certificate make_certificate(int days = 30);

/// A folder that is removed when the test ends.
class scratch_folder {
 public:
  scratch_folder();
  ~scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  /// Writes a file and returns its path.
  [[nodiscard]] std::string file(const std::string& name, const std::string& content) const;

 private:
  std::filesystem::path path_;
};

}  // namespace suanpan::testing
