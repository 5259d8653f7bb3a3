// See progress.hpp.
#include "tools/cli/progress.hpp"

#include "tools/cli/table.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace suanpan::cli {
namespace {

constexpr std::chrono::milliseconds bar_interval{100};
constexpr std::chrono::milliseconds line_interval{2'000};
constexpr std::size_t bar_width = 78;

}  // namespace

std::string progress_text(std::int64_t done, std::int64_t total, std::int64_t per_second,
                          std::size_t width) {
  const std::int64_t percent = total > 0 ? done * 100 / total : 100;
  const std::string share = std::to_string(percent);
  const std::string figures = std::string(share.size() < 3 ? 3 - share.size() : 0, ' ') + share +
                              " %  " + count_text(done) + " of " + count_text(total) + "  " +
                              count_text(per_second) + "/s";
  const std::size_t room = width > figures.size() + 4 ? width - figures.size() - 4 : 0;
  if (room < 5) return figures;
  const std::size_t full = std::min(room, room * static_cast<std::size_t>(percent) / 100);
  return '[' + std::string(full, '#') + std::string(room - full, '-') + "]  " + figures;
}

progress::progress(std::string label, std::int64_t total, bool quiet)
    : label_(std::move(label)),
      total_(total),
      quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) != 0),
      began_(std::chrono::steady_clock::now()),
      drawn_(began_) {}

progress::~progress() {
  finish();
}

void progress::draw(std::int64_t done) {
  using std::chrono::milliseconds;
  const auto now = std::chrono::steady_clock::now();
  const auto elapsed = std::chrono::duration_cast<milliseconds>(now - began_).count();
  const auto rate = done * 1'000 / std::max<std::int64_t>(elapsed, 1);
  drawn_ = now;
  const std::string text =
      label_ + ' ' + progress_text(done, total_, rate, bar_width - label_.size());
  std::fprintf(stderr, terminal_ ? "\r%s\033[K" : "%s\n", text.c_str());
  std::fflush(stderr);
}

void progress::show(std::int64_t done) {
  done_ = done;
  if (quiet_ || finished_) return;
  const auto since = std::chrono::steady_clock::now() - drawn_;
  if (since >= (terminal_ ? bar_interval : line_interval)) draw(done);
}

void progress::note(const std::string& text) {
  std::fprintf(stderr, terminal_ && !quiet_ ? "\r\033[K%s\n" : "%s\n", text.c_str());
}

void progress::finish() {
  if (finished_) return;
  if (!quiet_) {
    draw(done_);
    if (terminal_) std::fputc('\n', stderr);
  }
  finished_ = true;
}

}  // namespace suanpan::cli
