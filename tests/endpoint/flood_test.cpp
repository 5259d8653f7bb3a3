// Streams over a hundred connections that send and never read, beside a client that is served. The
// flood runs in a process of its own, so that the memory measured is the endpoint's. Two thousand
// streams, so that it fits every test run; SUANPAN_FLOOD=full makes them ten thousand.
#include "tests/endpoint/served.hpp"
#include "tests/support/eventually.hpp"

#include <doctest/doctest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

using namespace suanpan;
using namespace suanpan::testing;
using std::chrono::steady_clock;

namespace {

constexpr int connections = 100;
const bool full = std::getenv("SUANPAN_FLOOD") != nullptr;
const int streams_each = full ? 100 : 20;
constexpr std::uint32_t items_each_message = 50;
#ifdef __SANITIZE_ADDRESS__
constexpr std::int64_t memory_factor = 4;  // red zones and a quarantine
#else
constexpr std::int64_t memory_factor = 1;
#endif
// What a stream may hold: its window, a message being read, and what gRPC keeps for it; beside that
// the items and bytes that admission lets in for all of them.
const std::int64_t growth_max_kib =
    memory_factor * (256 * 1'024 + std::int64_t{connections} * streams_each * 160);

std::int64_t resident_kib() {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("VmRSS:")) return std::stoll(line.substr(6));
  return 0;
}

/// A stream that writes as fast as it may and never reads.
class deaf_stream final
    : public grpc::ClientBidiReactor<v1::PostTransfersRequest, v1::PostTransfersResponse> {
 public:
  deaf_stream(v1::Ledger::Stub& client, const v1::PostTransfersRequest& message)
      : message_(message) {
    client.async()->StreamTransfers(&context_, this);
    StartWrite(&message_);
    StartCall();
  }
  void OnWriteDone(bool ok) override {
    if (ok) StartWrite(&message_);
  }

 private:
  grpc::ClientContext context_;
  const v1::PostTransfersRequest& message_;
};

/// The other process: reads the port from `from`, floods, and ends when it is killed.
[[noreturn]] void flood(int from) {
  std::uint16_t port = 0;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // it never outlives the test
  if (::read(from, &port, sizeof port) != sizeof port) _exit(1);
  const auto message = batch_of(items_each_message, 1);
  std::vector<std::unique_ptr<v1::Ledger::Stub>> clients;
  std::vector<std::unique_ptr<deaf_stream>> streams;
  for (int c = 0; c < connections; ++c) {
    grpc::ChannelArguments arguments;
    arguments.SetInt("suanpan.test.channel", c);
    clients.push_back(v1::Ledger::NewStub(grpc::CreateCustomChannel(
        "127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials(), arguments)));
    for (int s = 0; s < streams_each; ++s)
      streams.push_back(std::make_unique<deaf_stream>(*clients.back(), message));
  }
  for (;;) ::pause();
}

/// Forked before this process uses gRPC, which does not survive a fork.
struct flooder {
  flooder() {
    if (::pipe(ends) != 0) return;
    pid = ::fork();
    if (pid == 0) flood(ends[0]);
  }
  ~flooder() {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  void begin(std::uint16_t port) const { (void)!::write(ends[1], &port, sizeof port); }
  int ends[2]{};
  pid_t pid = -1;
};

std::int64_t gauge(const served& node, const std::string& name) {
  const auto text = get(node.running->http_port(), "/metrics").body;
  const auto at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::stoll(text.substr(at + name.size() + 2));
}

}  // namespace

TEST_CASE(
    "deaf streams by the thousand cost a bounded amount, and a normal client is served "
    "throughout") {
  auto others = std::make_unique<flooder>();
  REQUIRE(others->pid > 0);
  auto settings = dev_settings();
  settings.grpc.streams_max = 16'384;
  served node(settings);
  auto client = node.client();
  std::chrono::milliseconds slowest{0};
  int refused = 0;
  std::string other;  // what else a call was told
  // As a client should: UNAVAILABLE is tried again, with the same ids, after the pause that it
  // tells.
  const auto post = [&] {
    const auto began = steady_clock::now();
    v1::PostTransfersResponse response;
    (void)eventually(
        [&] {
          bounded_context context(std::chrono::seconds(30));
          response.Clear();
          const auto status = client->PostTransfers(&context, batch_of(10), &response);
          if (status.error_code() == grpc::StatusCode::UNAVAILABLE) ++refused;
          if (!status.ok() && status.error_code() != grpc::StatusCode::UNAVAILABLE)
            other = status.error_message();
          return status.error_code() != grpc::StatusCode::UNAVAILABLE;
        },
        std::chrono::seconds(20));
    slowest = std::max(slowest, std::chrono::duration_cast<std::chrono::milliseconds>(
                                    steady_clock::now() - began));
    return response.results_size() == 10;
  };
  REQUIRE(post());
  const auto before = resident_kib();
  others->begin(node.running->grpc_port());
  int served_meanwhile = 0;
  int unserved = 0;
  std::int64_t peak = before;
  std::int64_t streams = 0;
  std::int64_t unsent = 0;
  const auto until = steady_clock::now() + std::chrono::seconds(150);
  int rounds_after = 0;
  while (steady_clock::now() < until && rounds_after < 50) {
    (post() ? served_meanwhile : unserved) += 1;
    peak = std::max(peak, resident_kib());
    streams = std::max(streams, gauge(node, "suanpan_streams_open"));
    unsent = std::max(unsent, gauge(node, "suanpan_unsent_answer_bytes"));
    if (streams >= connections * streams_each) ++rounds_after;
  }
  others.reset();
  CHECK(eventually([&] { return gauge(node, "suanpan_streams_open") == 0; },
                   std::chrono::seconds(60)));
  CHECK(eventually([&] { return gauge(node, "suanpan_unsent_answer_bytes") == 0; }));
  CHECK(gauge(node, "suanpan_admission_items") == 0);
  MESSAGE("streams ", streams, ", RSS before ", before / 1'024, " MiB, peak ", peak / 1'024,
          " MiB, after ", resident_kib() / 1'024, " MiB, answers not taken at most ",
          unsent / 1'024, " KiB, normal calls ", served_meanwhile, ", refused at first ", refused,
          ", slowest ", slowest.count(), " ms",
          std::string(other.empty() ? "" : ", told otherwise: "), other);
  CHECK(streams >= connections * streams_each);
  CHECK(peak - before < growth_max_kib);
  CHECK(served_meanwhile > 0);
  CHECK(unserved == 0);
}
