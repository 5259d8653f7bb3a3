// `suanpan voucher`: linked transfers from a file, booked whole or not at all.
#include "protocol/model/result.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/posting_call.hpp"
#include "tools/cli/reports.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/voucher_file.hpp"

#include <nlohmann/json.hpp>

#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

struct voucher_options {
  std::string file;
  std::string id;
};

voucher_file read_file(const std::string& path) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream.is_open() || stream.bad() || errno == EISDIR)
    throw command_failure(exit_status::usage, path + ": " + std::strerror(errno));
  auto file = read_voucher(text, path);
  if (file.faults.empty()) return file;
  std::string all;
  for (const auto& fault : file.faults) all += (all.empty() ? "" : "\n  ") + fault;
  throw command_failure(exit_status::usage, all);
}

v1::PostTransfersRequest request_of(const voucher_file& file, const transfer_id& id) {
  v1::PostTransfersRequest request;
  for (std::size_t i = 0; i < file.legs.size(); ++i) {
    const auto& leg = file.legs[i];
    const auto own = leg_id(id, i);
    auto& item = *request.add_transfers();
    item.set_id(own.bytes.data(), own.bytes.size());
    item.set_debit_account(leg.debit);
    item.set_credit_account(leg.credit);
    item.set_amount(leg.amount.value);
    item.set_currency(std::string(letters(leg.ccy)));
    item.set_event_code(static_cast<std::uint32_t>(leg.event_code));
    item.set_kind(v1::TRANSFER_KIND_POST);
    item.set_reference(leg.reference);
    item.set_memo(leg.memo);
    item.set_linked(i + 1 < file.legs.size());
  }
  return request;
}

void print_json(const transfer_id& id, const v1::PostTransfersResponse& response) {
  nlohmann::json results = nlohmann::json::array();
  for (std::size_t i = 0; i < static_cast<std::size_t>(response.results_size()); ++i) {
    const auto& answer = response.results(static_cast<int>(i));
    results.push_back({{"id", to_string(leg_id(id, i))},
                       {"result", v1::TransferResult_Name(answer.result())},
                       {"ticket", std::to_string(answer.ticket())}});
  }
  print(nlohmann::json{{"voucher", to_string(id)}, {"results", std::move(results)}}.dump() + '\n');
}

void print_table(const transfer_id& id, const voucher_file& file,
                 const v1::PostTransfersResponse& response) {
  table lines({{"leg", align::right},
               {"debit", align::right},
               {"credit", align::right},
               {"amount", align::right},
               {"result"}});
  std::string why;
  for (std::size_t i = 0; i < file.legs.size(); ++i) {
    const auto& leg = file.legs[i];
    const auto result = static_cast<item_result>(response.results(static_cast<int>(i)).result());
    lines.add({std::to_string(i + 1), std::to_string(leg.debit), std::to_string(leg.credit),
               money_text(int128{leg.amount.value}, leg.ccy), std::string(name_of(result))});
    if (!is_done(result) && result != item_result::linked_failed)
      why += "  leg " + std::to_string(i + 1) + ": " + std::string(sentence_of(result)) + '\n';
  }
  const auto ticket = response.results(0).ticket();
  print("  voucher " + to_string(id) + (ticket != 0 ? "  " + time_text(ticket) : "") + "\n\n" +
        lines.text() + why);
}

// Done if all are; what may still come about decides, where there is any.
exit_status status_of_all(const v1::PostTransfersResponse& response) {
  auto status = exit_status::done;
  for (const auto& answer : response.results()) {
    const auto own = status_of_result(static_cast<item_result>(answer.result()));
    if (own == exit_status::unavailable || status == exit_status::done) status = own;
  }
  return status;
}

exit_status post_voucher(const common_options& common, const voucher_options& options) {
  const auto file = read_file(options.file);
  const auto id = options.id.empty() && file.id ? *file.id : id_or_new(options.id);
  const ledger_client client(common);
  v1::PostTransfersResponse response;
  require_ok(
      client.ledger().PostTransfers(client.unary_context().get(), request_of(file, id), &response),
      "posting voucher " + to_string(id) + " at " + client.endpoint() +
          " (repeat it with this --id)");
  if (static_cast<std::size_t>(response.results_size()) != file.legs.size())
    throw command_failure(exit_status::refused, "the node did not answer each leg");
  if (common.json)
    print_json(id, response);
  else
    print_table(id, file, response);
  return status_of_all(response);
}

}  // namespace

void add_voucher(CLI::App& app, command_line& line) {
  auto* command =
      app.add_subcommand("voucher", "Posts linked transfers from a file: all of them, or none.");
  const auto options = std::make_shared<voucher_options>();
  command->add_option("FILE", options->file, "TOML, with a [[transfer]] for each leg")->required();
  command->add_option("--id", options->id,
                      "UUID or ULID of the voucher [the file's, else a new one, printed]");
  command->footer(
      "Limits are judged on what the whole does to each account. The same file under the same id\n"
      "books nothing twice.\n\nA file:\n"
      "  [[transfer]]\n"
      "  debit = 2049                # accounts by number\n"
      "  credit = 3073\n"
      "  amount = \"724.60\"\n"
      "  currency = \"CNY\"\n"
      "  reference = \"X1\"          # as memo and event_code: may be left out\n\n"
      "Examples:\n  suanpan voucher exchange.toml");
  command->callback([&line, options] {
    line.run = [&line, options] { return post_voucher(line.common, *options); };
  });
}

}  // namespace suanpan::cli
