#include "actors/statements/statement_desk.hpp"

#include "actors/quiet_actor.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace suanpan {
namespace {

// A found value, none, or neither: what the caller of the read is told.
template <class Found>
read_result result_of(const storage::outcome<std::optional<Found>>& found) {
  if (!found) return read_result::unavailable;
  return *found ? read_result::found : read_result::not_found;
}

void note(const std::string& reason) {
  spdlog::warn("a statement can't be read: {}", reason);
}

}  // namespace

statement_desk::statement_desk(caf::actor_config& cfg, storage::reader_options session)
    : event_based_actor(cfg), session_(std::move(session)) {}

caf::behavior statement_desk::make_behavior() {
  make_quiet(this);
  return {
      [this](const read_statement& m) { answer(m.read); },
      [this](const read_past_balance& m) { answer(m.read); },
      [this](const read_transfer_list& m) { answer(m.read); },
  };
}

void statement_desk::answer(const statement_read_ptr& read) {
  auto found = session_.statement(read->asked);
  read->result = result_of(found);
  if (!found) note(found.reason());
  if (read->result == read_result::found) read->page = std::move(**found);
  read->finish();
}

void statement_desk::answer(const past_balance_read_ptr& read) {
  auto found = session_.balance(read->number, read->at);
  read->result = result_of(found);
  if (!found) note(found.reason());
  if (read->result == read_result::found) read->found = std::move(**found);
  read->finish();
}

void statement_desk::answer(const transfer_list_read_ptr& read) {
  auto page = session_.transfers(read->asked);
  read->result = page ? read_result::found : read_result::unavailable;
  if (page)
    read->page = std::move(*page);
  else
    note(page.reason());
  read->finish();
}

}  // namespace suanpan
