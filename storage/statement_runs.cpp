// The index of blocks leads to the one in which a place falls; from there blocks are read on in
// their order, as many as a page needs. Runs hardly overlap in time, so mostly one of them yields
// the page.
#include "storage/statement_runs.hpp"

#include "storage/row_text.hpp"

#include <algorithm>
#include <stdexcept>

namespace suanpan::storage {
namespace {

constexpr std::size_t lines_of_a_block = 300;  // about; only how many blocks are fetched at once

std::uint8_t nibble(char digit) {
  return static_cast<std::uint8_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

// "\x0a1b…", as the server writes a bytea.
std::string bytes_in(const pqxx::row& row, int column) {
  const auto field = row[static_cast<pqxx::row::size_type>(column)];
  const std::string_view text(field.c_str(), field.size());
  if (!text.starts_with("\\x") || text.size() % 2 != 0)
    throw std::runtime_error("a block of a statement came in another form than hex");
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 2; i < text.size(); i += 2)
    bytes += static_cast<char>(nibble(text[i]) << 4U | nibble(text[i + 1]));
  return bytes;
}

block_key key_in(const pqxx::row& row, int column) {
  return {{number_in(row, column)},
          {{number_in(row, column + 1)}, number_in<std::int32_t>(row, column + 2)}};
}

unpacked_block block_in(const pqxx::row& row, int column) {
  auto block = unpack_row(row, column);
  if (!block) throw std::runtime_error("a block of a statement is damaged: rebuild the statements");
  return std::move(*block);
}

void keep_lines_of(account_number account, std::vector<statement_entry>& lines) {
  std::erase_if(lines, [account](const statement_entry& e) { return e.account != account; });
}

std::string text_of(std::int64_t number) {
  return std::to_string(number);
}

}  // namespace

std::optional<unpacked_block> unpack_row(const pqxx::row& row, int column) {
  return unpack_block(key_in(row, column), bytes_in(row, column + 3));
}

account_runs::account_runs(statement_snapshot& in, account_number account, line_position place)
    : in_(in), account_(account), place_(place) {
  // LATERAL with a LIMIT: one probe of the blocks' key a run, whatever the planner believes.
  take_found(
      execute(in_,
              "SELECT r.run,r.above,r.upto,b.first_account,b.first_ticket,b.first_idx,b.data "
              "FROM suanpan.statement_run r LEFT JOIN LATERAL ("
              "SELECT * FROM suanpan.statement_block b WHERE b.run=r.run AND "
              "(b.first_account,b.first_ticket,b.first_idx)<($1::int8,$2::int8,$3::int4) "
              "ORDER BY b.first_account DESC,b.first_ticket DESC,b.first_idx DESC LIMIT 1"
              ") b ON true ORDER BY r.above,r.upto",
              text_of(account.value), text_of(place.at.micros), text_of(place.index)));
}

void account_runs::take_found(const pqxx::result& rows) {
  for (const auto& row : rows) {
    run next;
    next.number = number_in(row, 0);
    next.above = {number_in(row, 1)};
    next.upto = {number_in(row, 2)};
    if (!row[3].is_null()) {
      next.found = key_in(row, 3);
      auto block = block_in(row, 3);
      if (next.found.account == account_) {
        below_.debits_posted += block.before.debits_posted;
        below_.credits_posted += block.before.credits_posted;
      }
      keep_lines_of(account_, block.entries);
      next.lines = std::move(block.entries);
    }
    for (const auto& line : next.lines)
      if (line.at < place_) apply_leg(below_, line.side, line.amount);
    runs_.push_back(std::move(next));
  }
}

// Blocks behind the place hold the account as long as they begin with it.
void account_runs::read_up(run& in_run, std::vector<statement_entry>& into, std::size_t most) {
  for (const auto& line : in_run.lines)
    if (line.at >= place_) into.push_back(line);
  std::size_t got = into.size();
  line_position from = place_;
  while (got < most) {
    const std::size_t blocks = (most - got) / lines_of_a_block + 1;
    const auto rows = execute(
        in_,
        "SELECT first_account,first_ticket,first_idx,data FROM suanpan.statement_block "
        "WHERE run=$1::int8 AND first_account=$2::int8 AND (first_ticket,first_idx)>=($3::int8,"
        "$4::int4) ORDER BY first_ticket,first_idx LIMIT $5::int8",
        text_of(in_run.number), text_of(account_.value), text_of(from.at.micros),
        text_of(from.index), std::to_string(blocks));
    for (const auto& row : rows) {
      auto block = block_in(row, 0);
      keep_lines_of(account_, block.entries);
      got += block.entries.size();
      from = behind(block.entries.back().at);
      into.insert(into.end(), block.entries.begin(), block.entries.end());
    }
    if (static_cast<std::size_t>(rows.size()) < blocks) return;
  }
}

// Blocks before one that begins with the account hold it, too, down to one that begins with
// another.
void account_runs::read_down(run& in_run, std::vector<statement_entry>& into, std::size_t most) {
  std::size_t got = 0;
  for (const auto& line : in_run.lines) {
    if (line.at >= place_) continue;
    into.push_back(line);
    ++got;
  }
  block_key at = in_run.found;
  while (got < most && at.account == account_) {
    const std::size_t blocks = (most - got) / lines_of_a_block + 1;
    const auto rows =
        execute(in_,
                "SELECT first_account,first_ticket,first_idx,data FROM suanpan.statement_block "
                "WHERE run=$1::int8 AND "
                "(first_account,first_ticket,first_idx)<($2::int8,$3::int8,$4::int4) "
                "ORDER BY first_account DESC,first_ticket DESC,first_idx DESC LIMIT $5::int8",
                text_of(in_run.number), text_of(at.account.value), text_of(at.at.at.micros),
                text_of(at.at.index), std::to_string(blocks));
    for (const auto& row : rows) {
      if (at.account != account_) break;
      at = key_in(row, 0);
      auto block = block_in(row, 0);
      keep_lines_of(account_, block.entries);
      got += block.entries.size();
      into.insert(into.end(), block.entries.begin(), block.entries.end());
    }
    if (static_cast<std::size_t>(rows.size()) < blocks) return;
  }
}

std::vector<statement_entry> account_runs::upwards(std::size_t most, line_position end) {
  const auto place = [](const statement_entry& e) { return e.at; };
  std::vector<statement_entry> found;
  for (auto& next : runs_) {  // by their lower ends
    if (next.upto < place_.at) continue;
    if (behind(next.above) >= end) break;
    if (found.size() >= most && found[most - 1].at < behind(next.above)) break;
    std::vector<statement_entry> more;
    read_up(next, more, most);
    found.insert(found.end(), more.begin(), more.end());
    std::ranges::sort(found, {}, place);
  }
  std::erase_if(found, [end](const statement_entry& e) { return e.at >= end; });
  if (found.size() > most) found.resize(most);
  return found;
}

std::vector<statement_entry> account_runs::downwards(std::size_t most, line_position end) {
  std::ranges::sort(runs_, std::ranges::greater{}, &run::upto);
  const auto place = [](const statement_entry& e) { return e.at; };
  std::vector<statement_entry> found;
  for (auto& next : runs_) {
    if (behind(next.above) >= place_) continue;
    if (behind(next.upto) <= end) break;
    if (found.size() >= most && found[most - 1].at >= behind(next.upto)) break;
    std::vector<statement_entry> more;
    read_down(next, more, most);
    found.insert(found.end(), more.begin(), more.end());
    std::ranges::sort(found, std::ranges::greater{}, place);
  }
  std::erase_if(found, [end](const statement_entry& e) { return e.at < end; });
  if (found.size() > most) found.resize(most);
  return found;
}

}  // namespace suanpan::storage
