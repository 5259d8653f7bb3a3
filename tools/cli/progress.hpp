// A progress bar with a rate on a terminal; elsewhere a plain line now and then. Always on stderr.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace suanpan::cli {

/// "[########--------]  52 %  62,400 of 120,000  81,200/s": at most `width` cells.
[[nodiscard]] std::string progress_text(std::int64_t done, std::int64_t total,
                                        std::int64_t per_second, std::size_t width);

/// One thread at a time.
class progress {
 public:
  /// `label`: "posting". Nothing is drawn for a `quiet` one.
  progress(std::string label, std::int64_t total, bool quiet = false);
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  /// Draws if the last drawing is old enough.
  void show(std::int64_t done);
  /// A line of its own, above the bar.
  void note(const std::string& text);
  /// The last drawing. Called by the destructor too.
  void finish();

 private:
  void draw(std::int64_t done);

  std::string label_;
  std::int64_t total_;
  bool quiet_;
  bool terminal_;
  bool finished_ = false;
  std::int64_t done_ = 0;
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::time_point drawn_;
};

}  // namespace suanpan::cli
