// Batches read in place, held against Protobuf's parser; answers written by hand, read by Protobuf.
#include "protocol/messages/requests.hpp"
#include "protocol/wire/posting.hpp"
#include "tests/wire/items.hpp"

#include <doctest/doctest.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>

#include <memory>
#include <string>
#include <vector>

using namespace suanpan;
using namespace suanpan::wire;
namespace pb = google::protobuf;

namespace {

struct decoded {
  bool read = false;
  std::vector<item_result> refusals;
  std::vector<transfer> items;
};

decoded decode(const std::string& message) {
  decoded out;
  out.read =
      decode_posting(message, ledger_limits{}, [&](item_result refusal, const transfer& what) {
        out.refusals.push_back(refusal);
        out.items.push_back(what);
      });
  return out;
}

v1::Transfer random_transfer(dice& roll) {
  auto t = good_transfer();
  switch (roll() % 12) {
    case 0:
      t.set_amount(static_cast<std::int64_t>(roll()));
      break;
    case 1:
      t.set_debit_account(static_cast<std::int64_t>(roll()));
      break;
    case 2:
      t.set_credit_account(static_cast<std::int64_t>(roll()));
      break;
    case 3:
      t.set_id(random_bytes(roll, 17));
      break;
    case 4:
      t.set_currency(roll() % 2 == 0 ? "USD" : "ZZZ");
      break;
    case 5:
      t.set_event_code(static_cast<std::uint32_t>(roll() % 70'000));
      break;
    case 6:
      t.set_kind(static_cast<v1::TransferKind>(roll() % 3));
      break;
    case 7:
      t.set_reference(std::string(roll() % 140, 'r'));
      break;
    case 8:
      t.set_memo(std::string(roll() % 270, 'm'));
      break;
    case 9:
      t.Clear();
      break;
    case 10:
      t.set_accounting_date("2026-11-23");
      break;
    default:
      break;
  }
  return t;
}

bool same(const transfer& a, const transfer& b) {
  return a.id == b.id && compare_content(a, b) == item_result::exists;
}

/// The published API with every string turned into bytes: Protobuf's parser without its UTF-8
/// check.
class lenient_parser {
 public:
  lenient_parser() {
    for (const auto* file :
         {v1::Totals::descriptor()->file(), v1::Account::descriptor()->file(),
          v1::TrialBalance::descriptor()->file(), v1::BalanceMonitor::descriptor()->file(),
          v1::Transfer::descriptor()->file()}) {
      pb::FileDescriptorProto proto;
      file->CopyTo(&proto);
      for (auto& message : *proto.mutable_message_type())
        for (auto& field : *message.mutable_field())
          if (field.type() == pb::FieldDescriptorProto::TYPE_STRING)
            field.set_type(pb::FieldDescriptorProto::TYPE_BYTES);
      REQUIRE(pool_.BuildFile(proto) != nullptr);
    }
    const auto* type = pool_.FindMessageTypeByName("suanpan.v1.PostTransfersRequest");
    message_.reset(factory_.GetPrototype(type)->New());
  }
  bool parse(const std::string& bytes) { return message_->ParseFromString(bytes); }
  int items() const {
    const auto* field = message_->GetDescriptor()->FindFieldByName("transfers");
    return message_->GetReflection()->FieldSize(*message_, field);
  }

 private:
  pb::DescriptorPool pool_;
  pb::DynamicMessageFactory factory_;
  std::unique_ptr<pb::Message> message_;
};

}  // namespace

TEST_CASE("a batch that Protobuf wrote is read item by item as Protobuf reads it") {
  dice roll(42);
  for (int round = 0; round < 2'000; ++round) {
    v1::PostTransfersRequest request;
    if (roll() % 2 == 0) request.set_sequence(roll());
    for (std::size_t n = roll() % 8; n > 0; --n) *request.add_transfers() = random_transfer(roll);
    const auto message = request.SerializeAsString();
    const auto outline = outline_posting(message);
    REQUIRE_FALSE(outline.malformed);
    REQUIRE(outline.items == static_cast<std::size_t>(request.transfers_size()));
    REQUIRE(outline.sequence == request.sequence());
    const auto got = decode(message);
    REQUIRE(got.read);
    REQUIRE(got.items.size() == outline.items);
    for (std::size_t i = 0; i < outline.items; ++i) {
      transfer expected;
      const auto refusal =
          translate(request.transfers(static_cast<int>(i)), ledger_limits{}, expected);
      REQUIRE(got.refusals[i] == refusal);
      if (refusal == item_result::none) REQUIRE(same(got.items[i], expected));
    }
  }
}

TEST_CASE("one string that is not UTF-8 is refused alone, though Protobuf would refuse the batch") {
  v1::PostTransfersRequest request;
  for (int i = 0; i < 5; ++i) *request.add_transfers() = good_transfer();
  request.mutable_transfers(2)->set_memo("\xc3(");
  request.mutable_transfers(3)->set_currency("\xff\xff\xff");
  const auto message = request.SerializePartialAsString();
  CHECK_FALSE(v1::PostTransfersRequest().ParseFromString(message));
  const auto got = decode(message);
  REQUIRE(got.read);
  CHECK(got.refusals == std::vector{item_result::none, item_result::none, item_result::memo_invalid,
                                    item_result::currency_unknown, item_result::none});
}

TEST_CASE("fields unknown to this version are passed over, wherever they stand") {
  v1::PostTransfersRequest request;
  *request.add_transfers() = good_transfer();
  auto item = request.transfers(0).SerializeAsString();
  item += std::string(
      "\x72\x03"
      "abc",
      5);                              // 14: bytes
  item += std::string("\x78\x05", 2);  // 15: number
  item += std::string(
      "\x81\x01"
      "12345678",
      10);  // 16: fixed64
  item += std::string(
      "\x8d\x01"
      "1234",
      6);                                  // 17: fixed32
  item += std::string("\x20\xd2\x09", 3);  // amount again: the last one counts
  std::string message = {'\x0a', static_cast<char>(item.size())};
  message += item;
  const auto got = decode(message);
  REQUIRE(got.read);
  REQUIRE(got.refusals == std::vector{item_result::none});
  CHECK(got.items[0].amount.value == 1'234);
}

TEST_CASE("no bytes crash the decoder, and what it takes Protobuf takes alike") {
  lenient_parser protobuf;
  dice roll(7);
  int both = 0;
  int neither = 0;
  for (int round = 0; round < 60'000; ++round) {
    std::string message;
    if (round % 3 == 0) {
      message = random_bytes(roll, 60);
    } else {
      v1::PostTransfersRequest request;
      for (std::size_t n = 1 + roll() % 3; n > 0; --n)
        *request.add_transfers() = random_transfer(roll);
      message = request.SerializeAsString();
      for (std::size_t n = 1 + roll() % 3; n > 0; --n)
        message[roll() % message.size()] = static_cast<char>(roll());
      if (roll() % 4 == 0) message.resize(roll() % message.size());
    }
    const auto got = decode(message);
    const auto outline = outline_posting(message);
    const bool taken = got.read && !outline.malformed;
    const bool protobuf_took = protobuf.parse(message);
    if (taken) {
      REQUIRE(protobuf_took);
      REQUIRE(protobuf.items() == static_cast<int>(got.items.size()));
      REQUIRE(outline.items == got.items.size());
    }
    both += taken && protobuf_took ? 1 : 0;
    neither += !taken && !protobuf_took ? 1 : 0;
  }
  CHECK(both > 5'000);
  CHECK(neither > 5'000);
}

TEST_CASE("a message cut short anywhere inside an item is refused whole") {
  v1::PostTransfersRequest request;
  *request.add_transfers() = good_transfer();
  const auto message = request.SerializeAsString();
  for (std::size_t length = 1; length < message.size(); ++length) {
    const auto cut = message.substr(0, length);
    CHECK((outline_posting(cut).malformed || !decode(cut).read));
  }
}

TEST_CASE("answers are what Protobuf would have written, field by field") {
  dice roll(11);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<item_answer> answers;
    for (std::size_t n = roll() % 6; n > 0; --n) {
      const auto micros =
          roll() % 3 == 0 ? 0 : static_cast<std::int64_t>(roll() >> (roll() % 63 + 1));
      const auto moved =
          micros == 0 || roll() % 3 > 0 ? 0 : static_cast<std::int64_t>(roll() >> 1U);
      answers.push_back({static_cast<item_result>(1 + roll() % 202), {micros}, {moved}});
    }
    const std::uint64_t sequence = roll() % 2 == 0 ? 0 : roll();
    std::string bytes(answers_bytes(answers, sequence), '?');
    write_answers(answers, sequence, reinterpret_cast<unsigned char*>(bytes.data()));
    v1::PostTransfersResponse response;
    for (const auto& answer : answers) {
      auto& outcome = *response.add_results();
      outcome.set_result(static_cast<v1::TransferResult>(answer.result));
      outcome.set_ticket(answer.at.micros);
      outcome.set_moved_amount(answer.moved.value);
    }
    response.set_sequence(sequence);
    REQUIRE(bytes == response.SerializeAsString());
  }
}
