// Runs rarely interleave within an account, so lines come in stretches from one run: the smallest
// run is followed until it passes the second smallest.
#include "storage/statement_merge.hpp"

#include <deque>
#include <optional>
#include <utility>

namespace suanpan::storage {
namespace {

class run_cursor {
 public:
  explicit run_cursor(const block_source& source) : source_(source) { advance(); }

  [[nodiscard]] bool at_end() const noexcept { return at_end_; }
  [[nodiscard]] bool sound() const noexcept { return sound_; }
  [[nodiscard]] const statement_entry& line() const noexcept { return lines_[next_]; }
  void advance() {
    if (next_ + 1 < lines_.size()) {
      ++next_;
      return;
    }
    const auto last = lines_.empty() ? block_key{} : key_of(lines_.back());
    if (blocks_.empty())
      for (auto& block : source_()) blocks_.push_back(std::move(block));
    at_end_ = blocks_.empty();
    if (at_end_) return;
    auto unpacked = unpack_block(blocks_.front().first, blocks_.front().data);
    sound_ = unpacked.has_value() && last < blocks_.front().first;
    at_end_ = !sound_;
    blocks_.pop_front();
    next_ = 0;
    if (sound_) lines_ = std::move(unpacked->entries);
  }

 private:
  const block_source& source_;
  std::deque<packed_block> blocks_;
  std::vector<statement_entry> lines_;
  std::size_t next_ = 0;
  bool at_end_ = false;
  bool sound_ = true;
};

struct front_two {
  run_cursor* first = nullptr;
  run_cursor* second = nullptr;
};

front_two smallest(std::deque<run_cursor>& runs) {
  front_two found;
  for (auto& run : runs) {
    if (run.at_end()) continue;
    if (found.first == nullptr || key_of(run.line()) < key_of(found.first->line())) {
      found.second = std::exchange(found.first, &run);
    } else if (found.second == nullptr || key_of(run.line()) < key_of(found.second->line())) {
      found.second = &run;
    }
  }
  return found;
}

}  // namespace

bool merge_runs(std::span<const block_source> runs,
                const std::function<void(const statement_entry&)>& add) {
  std::deque<run_cursor> open;
  for (const auto& source : runs) open.emplace_back(source);
  for (auto [first, second] = smallest(open); first != nullptr;) {
    do {
      add(first->line());
      first->advance();
    } while (!first->at_end() &&
             (second == nullptr || key_of(first->line()) < key_of(second->line())));
    const auto next = smallest(open);
    first = next.first;
    second = next.second;
  }
  for (const auto& run : open)
    if (!run.sound()) return false;
  return true;
}

}  // namespace suanpan::storage
