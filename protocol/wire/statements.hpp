// Statements and lists of transfers as messages of the API.
#pragma once

#include "protocol/model/statement.hpp"

namespace suanpan::v1 {
class BalanceAt;
class ListTransfersResponse;
class Statement;
}  // namespace suanpan::v1

namespace suanpan::wire {

/// Without the next page's token.
void fill(const statement_page& from, v1::Statement& to);
void fill(const balance_at& from, v1::BalanceAt& to);
/// Without the next page's token.
void fill(const transfer_page& from, v1::ListTransfersResponse& to);

}  // namespace suanpan::wire
