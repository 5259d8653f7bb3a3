// Scripts hold numbers only, and text as hex digits, so nothing in them needs escaping.
#include "storage/write_script.hpp"

#include "storage/copy_rows.hpp"

#include <absl/strings/escaping.h>

#include <algorithm>
#include <string_view>

namespace suanpan::storage {
namespace {

std::string append_commit(const journal_mark& mark) {
  return "INSERT INTO suanpan.journal_commit(session,ticket,newest)VALUES(" +
         std::to_string(mark.session) + "," + std::to_string(mark.settled.micros) + "," +
         std::to_string(mark.newest.micros) + ");";
}

// What the commit's holds, captures and voids make of the holds that are open.
std::string change_holds(std::span<const transfer_row> transfers) {
  std::vector<const transfer_row*> made;
  std::vector<const transfer_row*> ended;
  for (const auto& row : transfers) {
    if (!is_booked(row.result) || !is_about_hold(row.what->kind)) continue;
    (row.what->kind == transfer_kind::hold ? made : ended).push_back(&row);
  }
  using row = const transfer_row*;
  std::string script;
  if (!made.empty()) {
    script +=
        "INSERT INTO suanpan.open_hold(id,ticket,debit_account,credit_account,amount,expires_at,"
        "currency)SELECT*FROM unnest('" +
        array_of(made, [](row r) { return to_string(r->what->id); }) + "'::uuid[],'" +
        array_of(made, [](row r) { return std::to_string(r->at.micros); }) + "'::int8[],'" +
        array_of(made, [](row r) { return std::to_string(r->what->debit.value); }) + "'::int8[],'" +
        array_of(made, [](row r) { return std::to_string(r->what->credit.value); }) +
        "'::int8[],'" +
        array_of(made, [](row r) { return std::to_string(r->what->amount.value); }) +
        "'::int8[],'" +
        array_of(made,
                 [](row r) {
                   return r->what->expires_at == 0 ? "NULL" : std::to_string(r->what->expires_at);
                 }) +
        "'::int8[],'" + array_of(made, [](row r) { return std::to_string(r->what->ccy.code); }) +
        "'::int2[]);";
  }
  if (!ended.empty())
    script += "SELECT suanpan.end_holds('" +
              array_of(ended, [](row r) { return to_string(r->what->related); }) + "'::uuid[]);";
  return script;
}

// The last fence against more being reversed than there was.
std::string check_reversals(std::span<const transfer_row> transfers) {
  std::vector<const transfer_row*> reversals;
  for (const auto& row : transfers)
    if (row.what->kind == transfer_kind::reverse && is_booked(row.result))
      reversals.push_back(&row);
  if (reversals.empty()) return {};
  return "SELECT suanpan.check_reversals('" +
         array_of(reversals, [](const transfer_row* r) { return to_string(r->what->related); }) +
         "'::uuid[]);";
}

// Quoted, for nothing has no digits.
std::string hex_of(std::string_view text) {
  return '"' + absl::BytesToHexString({text.data(), text.size()}) + '"';
}

std::string change_accounts(std::span<const account_change> changes) {
  if (changes.empty()) return {};
  using change = account_change;
  return "SELECT suanpan.change_accounts('" +
         array_of(changes, [](const change& c) { return std::to_string(c.number.value); }) +
         "'::int8[],'" +
         array_of(changes, [](const change& c) { return std::to_string(c.at.micros); }) +
         "'::int8[],'" +
         array_of(changes,
                  [](const change& c) { return std::to_string(static_cast<int>(c.terms.flags)); }) +
         "'::int4[],'" +
         array_of(changes,
                  [](const change& c) { return std::to_string(c.terms.limits.credit_limit); }) +
         "'::int8[],'" +
         array_of(changes,
                  [](const change& c) {
                    const auto& maximum = c.terms.limits.maximum_balance;
                    return maximum ? std::to_string(*maximum) : "NULL";
                  }) +
         "'::int8[],'" +
         array_of(changes,
                  [](const change& c) { return c.metadata ? hex_of(*c.metadata) : "NULL"; }) +
         "'::text[]);";
}

// The content is at fault, not the state of the database (R12).
bool blames_content(std::string_view sqlstate) {
  const auto of_class = sqlstate.substr(0, 2);
  return of_class == "22" || of_class == "23" || of_class == "54" || of_class == "P0";
}

// "transfer_20261123_pkey", "account_key" or a merchant's order number: a key that a caller chose.
bool is_callers_key(const server_error& error) {
  return error.sqlstate == "23505" &&
         (error.constraint.starts_with("transfer_") || error.constraint == "account_key" ||
          error.constraint == "payment_order_number_taken");
}

write_outcome judge_error(const script_end& end) {
  const auto& error = *end.error;
  // FATAL and PANIC end the backend, perhaps after the commit record: only ERROR means rolled back.
  if (error.severity != "ERROR") {
    if (end.could_commit) return in_doubt{end.trouble};
    return failed{end.trouble};
  }
  if (error.sqlstate == "SP001") return failed{end.trouble, true};
  if (blames_content(error.sqlstate) && end.alive)
    return rejected{error.sqlstate, end.trouble, is_callers_key(error)};
  return failed{end.trouble};
}

bool copied_all(const script_end& end, std::span<const std::size_t> copied) {
  std::vector<std::string> expected;
  for (const auto rows : copied) expected.push_back("COPY " + std::to_string(rows));
  std::vector<std::string> found;
  std::copy_if(end.tags.begin(), end.tags.end(), std::back_inserter(found),
               [](const std::string& tag) { return tag.starts_with("COPY "); });
  return found == expected;
}

}  // namespace

std::string begin_as_owner(std::span<const shard_claim> claims, std::int64_t session) {
  return "BEGIN ISOLATION LEVEL READ COMMITTED;SELECT suanpan.assert_epochs('" +
         array_of(claims, [](const shard_claim& c) { return std::to_string(c.shard.value); }) +
         "','" +
         array_of(claims, [](const shard_claim& c) { return std::to_string(c.at_epoch.value); }) +
         "'," + std::to_string(session) + ");";
}

std::string write_script(const journal_write& what, const journal_mark& mark) {
  std::string script = begin_as_owner(what.claims, mark.session);
  if (!what.openings.empty()) {
    script +=
        "COPY suanpan.account(" + std::string{account_columns} + ")FROM STDIN(FORMAT binary);";
  }
  if (!what.transfers.empty()) {
    script +=
        "COPY suanpan.transfer(" + std::string{transfer_columns} + ")FROM STDIN(FORMAT binary);";
  }
  return script + change_holds(what.transfers) + check_reversals(what.transfers) +
         change_accounts(what.changes) + append_commit(mark) + "COMMIT";
}

std::string checkpoint_script(std::span<const shard_claim> claims,
                              std::span<const balance_checkpoint> balances,
                              std::span<const shard_position> positions, std::int64_t session) {
  std::string script = begin_as_owner(claims, session);
  if (!balances.empty()) {
    using row = balance_checkpoint;
    script +=
        "UPDATE suanpan.account_balance b SET covers=v.covers,debits=v.debits,credits=v.credits "
        "FROM unnest('" +
        array_of(balances, [](const row& b) { return std::to_string(b.number.value); }) +
        "'::int8[],'" +
        array_of(balances, [](const row& b) { return std::to_string(b.covers.micros); }) +
        "'::int8[],'" +
        array_of(balances, [](const row& b) { return to_string(b.totals.debits_posted); }) +
        "'::numeric[],'" +
        array_of(balances, [](const row& b) { return to_string(b.totals.credits_posted); }) +
        "'::numeric[])AS v(account,covers,debits,credits)"
        "WHERE b.account=v.account AND b.covers<v.covers;SELECT suanpan.judge_monitors('" +
        array_of(balances, [](const row& b) { return std::to_string(b.number.value); }) +
        "'::int8[]);";
  }
  if (!positions.empty()) {
    using row = shard_position;
    script += "UPDATE suanpan.shard_position p SET position=v.position FROM unnest('" +
              array_of(positions, [](const row& p) { return std::to_string(p.shard.value); }) +
              "'::int2[],'" +
              array_of(positions, [](const row& p) { return std::to_string(p.position.micros); }) +
              "'::int8[])AS v(shard,position)WHERE p.shard=v.shard AND p.position<v.position;";
  }
  return script + "COMMIT";
}

std::string watermark_script(const journal_mark& mark) {
  return "BEGIN ISOLATION LEVEL READ COMMITTED;" + append_commit(mark) + "COMMIT";
}

write_outcome judge(const script_end& end, std::span<const std::size_t> copied) {
  if (!end.sent) return failed{end.trouble};
  const std::string last = end.tags.empty() ? std::string{} : end.tags.back();
  if (last == "COMMIT") {
    if (end.warned) return in_doubt{end.trouble};
    if (!copied_all(end, copied)) return in_doubt{"the database took other rows than were sent"};
    return committed{};  // whatever befell the connection afterwards
  }
  if (end.error) return judge_error(end);
  if (!end.alive && !end.could_commit) return failed{end.trouble};
  if (!end.alive) return in_doubt{end.trouble};
  if (last == "ROLLBACK") return failed{"COMMIT was answered with ROLLBACK"};
  return in_doubt{"the transaction ended with \"" + last + "\" instead of COMMIT"};
}

}  // namespace suanpan::storage
