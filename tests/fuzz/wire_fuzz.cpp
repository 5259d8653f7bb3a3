// PostTransfers as bytes: read in place as the endpoint reads it, against Protobuf's own parser.
#include "protocol/model/currency.hpp"
#include "protocol/wire/posting.hpp"
#include "suanpan/v1/ledger.pb.h"
#include "tests/fuzz/fuzz.hpp"

#include <google/protobuf/stubs/logging.h>

#include <string>
#include <vector>

using namespace suanpan;
using fuzz::require;

namespace {

constexpr wire::ledger_limits limits;

// Protobuf would write a line for each string that is no UTF-8.
[[maybe_unused]] auto* const silence = google::protobuf::SetLogHandler(nullptr);

struct judged {
  item_result refusal = item_result::none;
  transfer what;
  ticket at;  // so that write_answers can be asked
  item_result result = item_result::none;
  minor_units moved = {};
};

bool is_account(account_number number) {
  return number.value > 0 && number.value / 1024 > 0 && number.value % 1024 < limits.shards;
}

bool is_text(std::string_view text, std::size_t bytes_max) {
  return text.size() <= bytes_max && fuzz::is_utf8(text) &&
         text.find('\0') == std::string_view::npos;
}

// What the published tables say of a well-formed item.
void require_well_formed(const transfer& what) {
  require(what.id != transfer_id{}, "no accepted id is zero");
  require(what.amount.value > 0, "an accepted amount is positive");
  require(parse_currency(letters(what.ccy)) == what.ccy, "an accepted currency is known");
  require(is_account(what.debit) && is_account(what.credit), "accepted accounts may exist");
  require(what.debit != what.credit, "accepted accounts differ");
  require(what.event_code >= 0 && what.event_code <= event_code_max, "event codes are in range");
  const auto kind = static_cast<int>(what.kind);
  require(kind >= 1 && kind <= 7, "an accepted kind is known");
  require(what.related == transfer_id{} || names_another(what.kind), "a kind names another");
  require(what.expires_at == 0 || what.kind == transfer_kind::hold, "holds expire, others don't");
  require(is_text(what.reference, reference_bytes_max), "an accepted reference is text");
  require(is_text(what.memo, memo_bytes_max), "an accepted memo is text");
  require(is_text(what.metadata, metadata_bytes_max), "accepted metadata is text");
  require(what.metadata.empty() || what.metadata.find('{') != std::string_view::npos,
          "accepted metadata is an object");
}

// Protobuf reads the same out of it. It cuts numbers to 32 bits where we refuse them.
void compare(const judged& ours, const v1::Transfer& theirs) {
  transfer again;
  const auto refusal = wire::translate(theirs, limits, again);
  if (ours.refusal == item_result::none) {
    require(refusal == item_result::none, "what we accept, the parsed message is accepted as");
    require(again.id == ours.what.id, "ids agree");
    require(compare_content(again, ours.what) == item_result::exists, "contents agree");
  } else if (refusal != ours.refusal) {
    require(ours.refusal == item_result::event_code_out_of_range ||
                ours.refusal == item_result::kind_unknown,
            "refusals agree but for numbers that Protobuf cuts");
  }
}

void answer(const std::vector<judged>& items, std::uint64_t sequence) {
  std::string bytes(wire::answers_bytes(items, sequence), '\0');
  wire::write_answers(items, sequence, reinterpret_cast<unsigned char*>(bytes.data()));
  v1::PostTransfersResponse read;
  require(read.ParseFromString(bytes), "our answers are a Protobuf message");
  require(read.sequence() == sequence, "the sequence is handed back");
  require(static_cast<std::size_t>(read.results_size()) == items.size(), "one answer an item");
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& told = read.results(static_cast<int>(i));
    require(static_cast<int>(told.result()) == static_cast<int>(items[i].result),
            "answers keep their order and number");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto message = fuzz::text_of(bytes, size);
  const auto outline = wire::outline_posting(message);
  std::vector<judged> items;
  const bool sound =
      wire::decode_posting(message, limits, [&items](item_result refusal, const transfer& what) {
        items.push_back({refusal,
                         what,
                         {refusal == item_result::none ? 5 : 0},
                         refusal == item_result::none ? item_result::posted : refusal});
      });
  require(!sound || !outline.malformed, "what is decoded was outlined");
  if (!sound) return 0;
  require(items.size() == outline.items, "the outline counts what is decoded");
  for (const auto& item : items)
    if (item.refusal == item_result::none) require_well_formed(item.what);
  answer(items, outline.sequence);
  v1::PostTransfersRequest parsed;
  if (!parsed.ParseFromArray(bytes, static_cast<int>(size))) return 0;
  require(static_cast<std::size_t>(parsed.transfers_size()) == items.size(), "as many items");
  require(parsed.sequence() == outline.sequence, "sequences agree");
  for (std::size_t i = 0; i < items.size(); ++i)
    compare(items[i], parsed.transfers(static_cast<int>(i)));
  return 0;
}
