#include "actors/endpoint/admission.hpp"

#include <utility>

namespace suanpan::endpoint {

entry_permit& entry_permit::operator=(entry_permit&& other) noexcept {
  if (this == &other) return *this;
  leave();
  node_ = std::exchange(other.node_, nullptr);
  by_ = std::move(other.by_);
  work_ = other.work_;
  return *this;
}

void entry_permit::leave() noexcept {
  if (node_ == nullptr) return;
  std::exchange(node_, nullptr)->leave(work_);
  by_.principal->leave(work_);
  by_.peer->leave(work_);
  by_ = {};
}

const char* admission::enter(const applicant& by, const work_bound& work, entry_permit& permit) {
  if (!node_.enter(work, bounds_.node)) return "node";
  if (!by.principal->enter(work, bounds_.principal)) {
    node_.leave(work);
    return "principal";
  }
  if (!by.peer->enter(work, bounds_.peer)) {
    node_.leave(work);
    by.principal->leave(work);
    return "peer";
  }
  permit = entry_permit(node_, by, work);
  return nullptr;
}

workload_ptr admission::peer(std::string_view address) {
  const std::scoped_lock lock(guard_);
  if (peers_.size() >= sweep_at_) {
    std::erase_if(peers_, [](const auto& entry) { return entry.second.use_count() == 1; });
    sweep_at_ = std::max<std::size_t>(1'024, peers_.size() * 2);
  }
  auto& found = peers_[std::string(address)];
  if (!found) found = std::make_shared<workload>();
  return found;
}

std::string_view address_of_peer(std::string_view peer) noexcept {
  const auto colon = peer.rfind(':');
  const auto scheme = peer.find(':');
  return colon == std::string_view::npos || colon == scheme ? peer : peer.substr(0, colon);
}

}  // namespace suanpan::endpoint
