// From the configuration's settings to each actor's options.
#pragma once

#include "actors/account/account_supervisor.hpp"
#include "actors/bookkeeper/bookkeeper.hpp"
#include "actors/checkpointer/checkpointer.hpp"
#include "actors/journal/journal.hpp"
#include "actors/node/maintenance.hpp"
#include "actors/reader/reader.hpp"
#include "actors/shard/node_watch.hpp"
#include "actors/shard/shard_keeper.hpp"
#include "actors/statements/statement_keeper.hpp"
#include "actors/teller/teller.hpp"
#include "config/node_config.hpp"

#include <string>

namespace suanpan {

/// The zone's offset less the cut-off: by what this node dates its rows (R28).
[[nodiscard]] day_shift day_shift_of(const config::node_config& c);
[[nodiscard]] storage::day_books_options day_books_options_of(const config::node_config& c);
[[nodiscard]] teller_options teller_options_of(const config::node_config& c);
[[nodiscard]] journal_options journal_options_of(const config::node_config& c);
[[nodiscard]] checkpointer_options checkpointer_options_of(const config::node_config& c);
[[nodiscard]] shard_keeper_options shard_keeper_options_of(const config::node_config& c);
[[nodiscard]] supervisor_options supervisor_options_of(const config::node_config& c,
                                                       shard_id shard);
[[nodiscard]] statement_keeper_options statement_keeper_options_of(const config::node_config& c);
[[nodiscard]] reader_settings reader_settings_of(const config::node_config& c, std::string purpose);
[[nodiscard]] node_watch_options node_watch_options_of(const config::node_config& c);
[[nodiscard]] maintenance_options maintenance_options_of(const config::node_config& c);

}  // namespace suanpan
