// What is asked of the READER, and what it answers: look-ups of the TELLER, reads of the endpoint.
#pragma once

#include "protocol/messages/requests.hpp"
#include "protocol/model/records.hpp"
#include "protocol/model/reversal.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <vector>

namespace suanpan {

// --- TELLER <-> READER (look-ups on a session of their own)
// ---------------------------------------
/// Which of these ids are there, and with what content (R4, R6); and which of `originals` are
/// booked, and how much of each is reversed.
struct look_up_ids {
  incarnation session;
  std::uint64_t round = 0;
  std::vector<transfer_id> ids;
  std::vector<transfer_id> originals;
};
struct ids_looked_up {
  incarnation session;
  std::uint64_t round = 0;
  std::vector<stored_transfer> found;
  std::vector<original_facts> originals;
  bool unavailable = false;
};
/// The rows of accounts that are to become active.
struct load_accounts {
  incarnation session;
  std::vector<account_number> numbers;
  std::uint64_t generation = 0;  // echoed: shards may be given up and retaken meanwhile
  std::uint64_t round = 0;       // echoed: grows
};
struct accounts_loaded {
  incarnation session;
  std::vector<account_number> asked;
  std::vector<account_row> found;
  bool unavailable = false;
  std::uint64_t generation = 0;
  std::uint64_t round = 0;
};
/// Which of these keys are open already.
struct look_up_keys {
  incarnation session;
  std::uint64_t round = 0;
  std::vector<account_key> keys;
};
struct keys_looked_up {
  incarnation session;
  std::uint64_t round = 0;
  std::vector<account_row> found;
  bool unavailable = false;
};

// --- endpoint -> READER
// ---------------------------------------------------------------------------
struct read_transfer {
  transfer_read_ptr read;
};
struct read_trial_balance {
  trial_balance_read_ptr read;
};
struct read_statement {
  statement_read_ptr read;
};
struct read_past_balance {
  past_balance_read_ptr read;
};
struct read_transfer_list {
  transfer_list_read_ptr read;
};
struct read_account_list {
  account_list_read_ptr read;
};

}  // namespace suanpan

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::look_up_ids)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::ids_looked_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::load_accounts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::accounts_loaded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::look_up_keys)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::keys_looked_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::read_transfer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::read_trial_balance)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::read_statement)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::read_past_balance)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::read_transfer_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::read_account_list)
