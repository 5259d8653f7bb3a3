// What the payment actors are told of the configuration.
#pragma once

#include "actors/payment/payment_rules.hpp"
#include "actors/payment/payment_supervisor.hpp"
#include "config/node_config.hpp"
#include "storage/reader.hpp"

#include <cstdint>

namespace suanpan {

/// `lane_patience_micros`: the most that a lane of any channel waits for an answer.
[[nodiscard]] payment_policy payment_policy_of(const config::node_config& c,
                                               std::int64_t lane_patience_micros);
[[nodiscard]] payment_supervisor_options payment_supervisor_options_of(const config::node_config& c,
                                                                       shard_id shard);
[[nodiscard]] storage::reader_options payment_reader_options_of(const config::node_config& c,
                                                                std::string purpose);

}  // namespace suanpan
