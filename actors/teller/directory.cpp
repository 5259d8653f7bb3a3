#include "actors/teller/directory.hpp"

#include <algorithm>

namespace suanpan {

directory_entry* directory::find(account_number number) {
  const auto it = entries_.find(number);
  return it == entries_.end() ? nullptr : it->second.get();
}

directory_entry& directory::make(account_number number, directory_entry::stage at) {
  auto& slot = entries_[number];
  if (!slot) slot = std::make_unique<directory_entry>();
  slot->number = number;
  slot->at = at;
  return *slot;
}

void directory::erase(directory_entry& entry) {
  set_dirty(entry, {});
  entries_.erase(entry.number);
}

void directory::clear() {
  dirty_.clear();
  dirty_of_shard_.clear();
  entries_.clear();
}

void directory::touch(directory_entry& entry, ticket at) {
  entry.last_touched = at;
  entry.idle_seen = false;
  if (entry.first_dirty == ticket{}) set_dirty(entry, at);
}

void directory::set_dirty(directory_entry& entry, ticket since) {
  auto& of_shard = dirty_of_shard_[entry.number.shard().value];
  if (entry.first_dirty != ticket{}) {
    dirty_.erase({entry.first_dirty, entry.number});
    of_shard.erase({entry.first_dirty, entry.number});
  }
  entry.first_dirty = since;
  if (since == ticket{}) return;
  dirty_.emplace(since, entry.number);
  of_shard.emplace(since, entry.number);
}

std::vector<directory_entry*> directory::oldest_dirty(std::size_t most, ticket settled) {
  std::vector<directory_entry*> found;
  for (auto it = dirty_.begin(); it != dirty_.end() && found.size() < most; ++it) {
    if (it->first > settled) break;
    found.push_back(find(it->second));
  }
  return found;
}

ticket directory::position_of(shard_id shard, ticket settled) const {
  const auto it = dirty_of_shard_.find(shard.value);
  if (it == dirty_of_shard_.end() || it->second.empty()) return settled;
  return std::min(settled, ticket{it->second.begin()->first.micros - 1});
}

ticket directory::oldest_first_dirty() const {
  return dirty_.empty() ? ticket{} : dirty_.begin()->first;
}

}  // namespace suanpan
