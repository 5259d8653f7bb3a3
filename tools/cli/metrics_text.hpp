// Reads Prometheus' text format as far as `suanpan status` needs it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace suanpan::cli {

/// The value of the first sample of this name, as it is written: "64", "0.25". Nothing if there is
/// none.
[[nodiscard]] std::optional<std::string> metric_in(std::string_view text, std::string_view name);

/// The value of a label of the first sample of this name: metric_label_in(…, "suanpan_build_info",
/// "version").
[[nodiscard]] std::optional<std::string> metric_label_in(std::string_view text,
                                                         std::string_view name,
                                                         std::string_view label);

}  // namespace suanpan::cli
