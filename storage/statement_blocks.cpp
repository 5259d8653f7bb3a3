// A block: sums of its first account in earlier blocks (two 128-bit varints), then for each line
//   account − the last line's          0 for most; the first line's is in the key
//   ticket − the last line's           zigzag: falls where another account begins
//   idx, or what it exceeds the last line's successor by where account and ticket are the same
//   amount · 2 + side
//   the id: its milliseconds − the ticket's, zigzag; ten bytes as they are
// in LEB128.
#include "storage/statement_blocks.hpp"

#include <cstring>
#include <utility>

namespace suanpan::storage {
namespace {

constexpr std::size_t line_bytes_max = 10 + 10 + 5 + 10 + 10 + 10;
constexpr std::size_t id_tail = 10;  // bytes of an id behind its milliseconds

__extension__ using uint128 = unsigned __int128;

template <class Unsigned>
void put_varint(std::string& out, Unsigned value) {
  while (value >= 0x80) {
    out += static_cast<char>(static_cast<std::uint8_t>(value) | 0x80U);
    value >>= 7U;
  }
  out += static_cast<char>(value);
}

constexpr std::uint64_t zigzag(std::int64_t value) noexcept {
  return static_cast<std::uint64_t>(value) << 1U ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) noexcept {
  return static_cast<std::int64_t>(value >> 1U ^ (~(value & 1U) + 1U));
}
// Differences wrap, so that any two numbers have one.
constexpr std::int64_t wrapped_difference(std::int64_t a, std::int64_t b) noexcept {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
constexpr std::int64_t sum(std::int64_t a, std::int64_t b) noexcept {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

void put_line(std::string& out, const statement_entry& e, const statement_entry& last) {
  const bool same_ticket = e.account == last.account && e.at.at == last.at.at;
  const auto index = static_cast<std::uint32_t>(e.at.index);
  put_varint(out,
             static_cast<std::uint64_t>(wrapped_difference(e.account.value, last.account.value)));
  put_varint(out, zigzag(wrapped_difference(e.at.at.micros, last.at.at.micros)));
  put_varint(out, same_ticket ? index - static_cast<std::uint32_t>(last.at.index) - 1 : index);
  put_varint(out, static_cast<std::uint64_t>(e.amount.value) << 1U |
                      (e.side == leg_side::credit ? 1U : 0U));
  put_varint(out, zigzag(wrapped_difference(e.id.unix_millis(), e.at.at.micros / 1'000)));
  out.append(reinterpret_cast<const char*>(e.id.bytes.data()) + 6, id_tail);
}

/// Takes numbers off the front; once something is wrong it stays so.
class unpacker {
 public:
  explicit unpacker(std::string_view data) : rest_(data) {}

  template <class Unsigned>
  Unsigned varint() {
    Unsigned value = 0;
    for (unsigned shift = 0; shift < sizeof(Unsigned) * 8; shift += 7) {
      if (rest_.empty()) break;
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      const auto bits = static_cast<Unsigned>(byte & 0x7FU);
      if (static_cast<Unsigned>(bits << shift) >> shift != bits) break;
      value |= bits << shift;
      if (byte < 0x80) return value;
    }
    sound_ = false;
    return 0;
  }
  void bytes(std::uint8_t* to, std::size_t count) {
    sound_ = sound_ && rest_.size() >= count;
    if (!sound_) return;
    std::memcpy(to, rest_.data(), count);
    rest_.remove_prefix(count);
  }
  [[nodiscard]] bool more() const noexcept { return sound_ && !rest_.empty(); }
  [[nodiscard]] bool sound() const noexcept { return sound_; }

 private:
  std::string_view rest_;
  bool sound_ = true;
};

statement_entry take_line(unpacker& from, const statement_entry& last) {
  statement_entry e;
  e.account = {sum(last.account.value, static_cast<std::int64_t>(from.varint<std::uint64_t>()))};
  e.at.at = {sum(last.at.at.micros, unzigzag(from.varint<std::uint64_t>()))};
  const auto index = from.varint<std::uint32_t>();
  const bool same_ticket = e.account == last.account && e.at.at == last.at.at;
  e.at.index = static_cast<std::int32_t>(
      same_ticket ? index + static_cast<std::uint32_t>(last.at.index) + 1 : index);
  const auto amount = from.varint<std::uint64_t>();
  e.amount = {static_cast<std::int64_t>(amount >> 1U)};
  e.side = (amount & 1U) != 0 ? leg_side::credit : leg_side::debit;
  e.id = transfer_id::first_of(sum(unzigzag(from.varint<std::uint64_t>()), e.at.at.micros / 1'000));
  from.bytes(e.id.bytes.data() + 6, id_tail);
  return e;
}

// What the first line is told as the difference to: its own account, and ticket 0 of nobody.
statement_entry origin_of(account_number first) {
  statement_entry origin;
  origin.account = first;
  origin.at.at = {-1};
  return origin;
}

}  // namespace

block_packer::block_packer(std::size_t block_bytes) : block_bytes_(block_bytes) {}

void block_packer::open(const statement_entry& first) {
  open_.first = key_of(first);
  open_.data.clear();
  open_.data.reserve(block_bytes_);
  put_varint(open_.data, static_cast<uint128>(sums_.debits_posted));
  put_varint(open_.data, static_cast<uint128>(sums_.credits_posted));
  last_ = origin_of(first.account);
  is_open_ = true;
}

void block_packer::close() {
  if (!is_open_) return;
  is_open_ = false;
  bytes_ += open_.data.size();
  done_.push_back(std::move(open_));
  open_ = {};
}

void block_packer::add(const statement_entry& entry) {
  if (is_open_ && open_.data.size() + line_bytes_max > block_bytes_) close();
  if (entry.account != last_.account) sums_ = {};
  if (!is_open_) open(entry);
  put_line(open_.data, entry, last_);
  apply_leg(sums_, entry.side, entry.amount);
  last_ = entry;
}

std::vector<packed_block> block_packer::take() {
  bytes_ = 0;
  return std::exchange(done_, {});
}

std::vector<packed_block> block_packer::finish() {
  close();
  return take();
}

std::optional<unpacked_block> unpack_block(const block_key& first, std::string_view data) {
  unpacked_block block;
  unpacker from(data);
  block.before.debits_posted = static_cast<int128>(from.varint<uint128>());
  block.before.credits_posted = static_cast<int128>(from.varint<uint128>());
  block.entries.reserve(data.size() / 16);
  statement_entry last = origin_of(first.account);
  while (from.more()) {
    last = take_line(from, last);
    const bool in_order =
        block.entries.empty() ? key_of(last) == first : key_of(block.entries.back()) < key_of(last);
    if (!from.sound() || !in_order || last.amount.value <= 0 || last.at.index < 0)
      return std::nullopt;
    block.entries.push_back(last);
  }
  const bool sums_valid = block.before.debits_posted >= 0 && block.before.credits_posted >= 0;
  if (!from.sound() || !sums_valid || block.entries.empty()) return std::nullopt;
  return block;
}

}  // namespace suanpan::storage
