#include "tests/faults/crowd.hpp"

#include <algorithm>

namespace suanpan::faults {

// --- a crowd that behaves
// -------------------------------------------------------------------------

class crowd::stream final
    : public grpc::ClientBidiReactor<v1::PostTransfersRequest, v1::PostTransfersResponse> {
 public:
  stream(crowd& of, ledger_client& over) : of_(of) {
    ++of_.open_;
    over.stub().async()->StreamTransfers(&context_, this);
    AddHold();  // writes begin outside of reactions
    StartRead(&response_);
    StartCall();
  }
  void send(const std::vector<item>& items) {
    request_ = request_of(items);
    StartWrite(&request_);
  }
  void finish() {
    StartWritesDone();
    release();
  }
  void cancel() {
    context_.TryCancel();
    release();
  }
  void OnReadDone(bool ok) override {
    if (!ok) return;
    for (const auto& r : response_.results())
      ++(r.result() == v1::TRANSFER_RESULT_POSTED ? of_.booked_ : of_.others_);
    StartRead(&response_);
    --of_.waiting_;
  }
  void OnDone(const grpc::Status& status) override {
    if (!status.ok() || !of_.finishing_) ++of_.broken_;
    --of_.open_;
  }

 private:
  void release() {
    if (!std::exchange(released_, true)) RemoveHold();
  }

  crowd& of_;
  grpc::ClientContext context_;
  v1::PostTransfersRequest request_;
  v1::PostTransfersResponse response_;
  bool released_ = false;
};

crowd::crowd(const std::string& address, int streams, int connections) {
  for (int i = 0; i < connections; ++i)
    connections_.push_back(std::make_unique<ledger_client>(address));
  for (auto& c : connections_) static_cast<void>(c->connected(milliseconds(10'000)));
  for (int i = 0; i < streams; ++i)
    streams_.push_back(
        std::make_unique<stream>(*this, *connections_[static_cast<std::size_t>(i % connections)]));
}

crowd::~crowd() {
  for (auto& s : streams_) s->cancel();
  static_cast<void>(wait_until(milliseconds(60'000), [this] { return open_ == 0; }));
}

bool crowd::wave(const batch_source& source, milliseconds at_most) {
  waiting_ = static_cast<int>(streams_.size());
  for (auto& s : streams_) s->send(source());
  return wait_until(at_most, [this] { return waiting_ <= 0; });
}

bool crowd::finish(milliseconds at_most) {
  finishing_ = true;
  for (auto& s : streams_) s->finish();
  return wait_until(at_most, [this] { return open_ == 0; }) && broken_ == 0;
}

// --- a client that takes no answer
// ----------------------------------------------------------------

class silent_client::stream final
    : public grpc::ClientBidiReactor<v1::PostTransfersRequest, v1::PostTransfersResponse> {
 public:
  explicit stream(silent_client& of) : of_(of) {
    of_.ledger_.stub().async()->StreamTransfers(&context_, this);
    request_ = request_of(of_.source_());
    StartWrite(&request_);
    StartCall();
  }
  void OnWriteDone(bool ok) override {
    if (!ok || stopping_) return;
    ++of_.written_;
    request_ = request_of(of_.source_());
    StartWrite(&request_);
  }
  void OnDone(const grpc::Status&) override {
    ++of_.ended_;
    done_ = true;
  }
  void stop() {
    stopping_ = true;
    context_.TryCancel();
  }
  [[nodiscard]] bool done() const { return done_; }

 private:
  silent_client& of_;
  grpc::ClientContext context_;
  v1::PostTransfersRequest request_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> done_{false};
};

silent_client::silent_client(const std::string& address, int streams, batch_source source)
    : ledger_(address), source_(std::move(source)) {
  for (int i = 0; i < streams; ++i) streams_.push_back(std::make_unique<stream>(*this));
}

silent_client::~silent_client() {
  for (auto& s : streams_) s->stop();
  static_cast<void>(wait_until(milliseconds(60'000), [this] {
    return std::ranges::all_of(streams_, [](const auto& s) { return s->done(); });
  }));
}

// --- a client like any other
// ----------------------------------------------------------------------

normal_client::normal_client(const std::string& address, std::function<item()> source)
    : thread_([this, address, source = std::move(source)] {
        ledger_client ledger(address);
        while (!stopping_) {
          const auto began = monotonic_micros();
          const auto told = ledger.post_one(source()).told;
          slowest_ms_ = std::max(slowest_ms_.load(), (monotonic_micros() - began) / 1'000);
          ++(told == 1 ? served_ : refused_);
          pause_for(milliseconds(10));
        }
      }) {}

void normal_client::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

}  // namespace suanpan::faults
