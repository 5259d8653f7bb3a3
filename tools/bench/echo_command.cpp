// `suanpan-bench echo`: a ledger that books nothing. What a gRPC server with the same messages can
// answer at best, for a comparison with a node: the difference is what a ledger costs.
#include "suanpan/v1/ledger.grpc.pb.h"
#include "tools/bench/commands.hpp"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <csignal>
#include <memory>

namespace suanpan::bench {
namespace {

namespace v1 = suanpan::v1;

/// Answers as if all had been booked. The callback API, as a node has it.
class echo_ledger final : public v1::Ledger::CallbackService {
 public:
  using call = grpc::CallbackServerContext;

  grpc::ServerUnaryReactor* PostTransfers(call* context, const v1::PostTransfersRequest* request,
                                          v1::PostTransfersResponse* response) override {
    answer(*request, *response);
    return finish(context);
  }

  grpc::ServerBidiReactor<v1::PostTransfersRequest, v1::PostTransfersResponse>* StreamTransfers(
      call* /*context*/) override {
    return new stream;
  }

  grpc::ServerUnaryReactor* OpenAccounts(call* context, const v1::OpenAccountsRequest* request,
                                         v1::OpenAccountsResponse* response) override {
    for (int i = 0; i < request->accounts_size(); ++i)
      response->add_results()->set_number(last_account_.fetch_add(1) + 1);
    return finish(context);
  }

  grpc::ServerUnaryReactor* GetTrialBalance(call* context, const v1::GetTrialBalanceRequest*,
                                            v1::TrialBalance*) override {
    return finish(context);
  }

 private:
  class stream final
      : public grpc::ServerBidiReactor<v1::PostTransfersRequest, v1::PostTransfersResponse> {
   public:
    stream() { StartRead(&request_); }
    void OnReadDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::OK);
      response_.Clear();
      answer(request_, response_);
      StartWrite(&response_);
    }
    void OnWriteDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::CANCELLED);
      StartRead(&request_);
    }
    void OnDone() override { delete this; }

   private:
    v1::PostTransfersRequest request_;
    v1::PostTransfersResponse response_;
  };

  static grpc::ServerUnaryReactor* finish(call* context) {
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  static void answer(const v1::PostTransfersRequest& request, v1::PostTransfersResponse& response) {
    response.set_sequence(request.sequence());
    for (int i = 0; i < request.transfers_size(); ++i)
      response.add_results()->set_result(v1::TRANSFER_RESULT_POSTED);
  }

  std::atomic<std::int64_t> last_account_{0};
};

cli::exit_status run_echo(std::uint16_t port) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // before there are other threads
  echo_ledger ledger;
  int chosen = 0;
  grpc::ServerBuilder builder;
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort("127.0.0.1:" + std::to_string(port), grpc::InsecureServerCredentials(),
                           &chosen);
  builder.RegisterService(&ledger);
  const auto server = builder.BuildAndStart();
  if (!server || chosen == 0)
    throw cli::command_failure(cli::exit_status::unavailable,
                               "127.0.0.1:" + std::to_string(port) + " can't be listened on");
  cli::print("127.0.0.1:" + std::to_string(chosen) + '\n');
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(100));
  return cli::exit_status::done;
}

}  // namespace

void add_echo(CLI::App& app, cli::command_line& line) {
  auto* command =
      app.add_subcommand("echo", "Serves a ledger that books nothing, to compare a node with.");
  const auto port = std::make_shared<std::uint16_t>(0);
  cli::bounded(command->add_option("--port", *port, "on loopback [any free one]"), 0, 65'535);
  command->footer(
      "Prints its address, and serves until SIGTERM. Never show it to clients: it says POSTED and "
      "keeps nothing.\n\n"
      "Examples:\n"
      "  suanpan-bench echo --port 7999\n"
      "  suanpan-bench transfers --endpoint 127.0.0.1:7999 --unary --batch 1 --in-flight 512");
  command->callback([&line, port] { line.run = [port] { return run_echo(*port); }; });
}

}  // namespace suanpan::bench
