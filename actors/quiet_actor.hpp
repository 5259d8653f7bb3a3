// What every actor of the house sets first: CAF's defaults print to stdout and quit on stray
// errors.
#pragma once

#include <caf/scheduled_actor.hpp>

namespace suanpan {

inline void make_quiet(caf::scheduled_actor* self) {
  self->set_default_handler(caf::drop);
  self->set_error_handler([](caf::scheduled_actor*, caf::error&) {});
}

}  // namespace suanpan
