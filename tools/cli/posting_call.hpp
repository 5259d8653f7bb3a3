// What the commands share that book a transfer: ids, amounts, the call, and how its answer reads.
#pragma once

#include "protocol/model/ids.hpp"
#include "protocol/model/result.hpp"
#include "tools/cli/client.hpp"

#include <cstdint>
#include <string>

namespace suanpan::cli {

/// A UUIDv7 of now.
[[nodiscard]] transfer_id new_transfer_id();

/// A UUID or ULID that somebody typed. Throws command_failure (usage), naming the option.
[[nodiscard]] transfer_id id_from(const std::string& text, const std::string& option);

/// `given` if it is not empty, else a new one.
[[nodiscard]] transfer_id id_or_new(const std::string& given);

/// Minor units of an amount in major units, above zero. Throws command_failure (usage).
[[nodiscard]] std::int64_t amount_from(const std::string& text, const std::string& currency,
                                       const std::string& option = "--amount");

/// The recorded transfer. Throws command_failure, also where nothing is recorded under the id.
[[nodiscard]] suanpan::v1::GetTransferResponse fetch_transfer(const ledger_client& client,
                                                              const transfer_id& id);

/// The same, and it must be of this result: `what` says as which ("a hold"). Throws
/// command_failure (refused).
[[nodiscard]] suanpan::v1::Transfer fetch_booked(const ledger_client& client, const transfer_id& id,
                                                 suanpan::v1::TransferResult as,
                                                 const std::string& what);

/// Of an item: done, refused, or unavailable where it may still come about.
[[nodiscard]] exit_status status_of_result(item_result result);

/// Books one item and prints id, result and time, or a JSON document. The id is named with every
/// failure: without it nobody could ask what became of the transfer.
[[nodiscard]] exit_status post_one(const common_options& common, const ledger_client& client,
                                   const suanpan::v1::Transfer& item);

}  // namespace suanpan::cli
