// A day's postings: a line is a posting that the ledger could judge, or rejected with a reason.
#include "protocol/model/currency.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tools/cli/posting_file.hpp"

#include <stdexcept>
#include <string>

using namespace suanpan;
using namespace suanpan::cli;
using fuzz::require;

namespace {

void judge(const posting_file& file, const posting& p) {
  require(p.debit < file.accounts.size() && p.credit < file.accounts.size(),
          "a posting names accounts of the file");
  require(p.debit != p.credit, "its accounts differ");
  require(p.amount.value > 0, "its amount is positive");
  require(p.id != transfer_id{}, "its id is not zero");
  require(p.event_code >= 0 && p.event_code <= event_code_max, "its event code is in range");
  require(p.reference.size() <= reference_bytes_max && fuzz::is_utf8(p.reference),
          "its reference is text");
  require(p.memo.size() <= memo_bytes_max && fuzz::is_utf8(p.memo), "its memo is text");
  require(file.accounts[p.debit].ccy == p.ccy && file.accounts[p.credit].ccy == p.ccy,
          "its accounts are in its currency");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto has_subject = [](std::string_view s) { return s.size() == 4 && s[0] != '9'; };
  posting_file file;
  try {
    file = read_postings(std::string(fuzz::text_of(bytes, size)), has_subject);
  } catch (const std::runtime_error&) {
    return 0;  // no posting file
  }
  require(file.postings.size() + file.rejected.size() == file.lines,
          "every line is a posting or is rejected");
  for (const auto& p : file.postings) judge(file, p);
  for (const auto& a : file.accounts) require(has_subject(a.subject), "subjects are known");
  for (const auto& r : file.rejected) {
    require(!r.reason.empty(), "a rejected line has a reason");
    require(!r.by_ledger && r.line > 1, "and a place after the header");
  }
  return 0;
}
