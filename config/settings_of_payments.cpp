// The part of the list that is about payments and webhooks.
#include "config/setting_makers.hpp"

#include <array>

namespace suanpan::config {
namespace {

using c = node_config;
using enum value_type;

// clang-format off
constexpr std::array settings = std::to_array<setting>({
    words("payments.channels", path, at<&c::payments, &payments_settings::channels>,
          "File of the bank channels, beside which secret files are looked for; empty: no channel."),
    words("payments.posting_rules", path, at<&c::payments, &payments_settings::posting_rules>,
          "The posting rules; empty: posting_rules.toml beside the configuration file."),
    words("payments.callback_base", text, at<&c::payments, &payments_settings::callback_base>,
          "Where banks reach this cluster over HTTP, without a path; empty: with node.dev this "
          "node's own HTTP address, else banks are asked for no callbacks."),
    number("payments.client_deadline_ms",
           at<&c::payments, &payments_settings::client_deadline_ms>, {1'000, 30'000}, "ms",
           "The deadline that clients are to set on a payment call; the command line does."),
    number("payments.answer_deadline_ms",
           at<&c::payments, &payments_settings::answer_deadline_ms>, {500, 30'000}, "ms",
           "After this a caller is told how its order stands, whatever the bank does."),
    number("payments.act_deadline_ms", at<&c::payments, &payments_settings::act_deadline_ms>,
           {100, 30'000}, "ms",
           "A commit older than this is confirmed by a round trip before a bank is asked."),
    number("payments.order_expiry_s", at<&c::payments, &payments_settings::order_expiry_s>,
           {1, 2'592'000}, "s", "An order without a live attempt is closed this long after it came, "
           "unless it says otherwise."),
    number("payments.open_orders_max", at<&c::payments, &payments_settings::open_orders_max>,
           {100, 10'000'000}, "orders", "Orders in work on the node; beyond it UNAVAILABLE."),
    number("payments.waiting_events_max", at<&c::payments, &payments_settings::waiting_events_max>,
           {4, 10'000}, "events", "Events of one order that wait for its step to be recorded."),
    number("payments.unsent_attempts_max",
           at<&c::payments, &payments_settings::unsent_attempts_max>, {1, 20}, "attempts",
           "Attempts of one order that may certainly not have been sent before it fails."),
    number("payments.unsent_retry_ms", at<&c::payments, &payments_settings::unsent_retry_ms>,
           {0, 30'000}, "ms", "Pause before the next attempt where nothing was sent."),
    number("payments.system_retry_first_ms",
           at<&c::payments, &payments_settings::system_retry_first_ms>, {10, 3'600'000}, "ms",
           "Pause before the system resends with evidence; it grows."),
    number("payments.query_first_ms", at<&c::payments, &payments_settings::query_first_ms>,
           {10, 3'600'000}, "ms", "Pause before the first query of an attempt without an answer."),
    number("payments.pending_query_first_ms",
           at<&c::payments, &payments_settings::pending_query_first_ms>, {10, 3'600'000}, "ms",
           "The same where the bank said that it will tell."),
    number("payments.query_most_s", at<&c::payments, &payments_settings::query_most_s>,
           {1, 86'400}, "s", "Pauses between queries grow to this."),
    number("payments.unknown_manual_after_s",
           at<&c::payments, &payments_settings::unknown_manual_after_s>, {1, 2'592'000}, "s",
           "An attempt that is open this long makes a case for people; queries go on."),
    number("payments.restart_intensity", at<&c::payments, &payments_settings::restart_intensity>,
           {0, 100}, "restarts", "More restarts of a channel in the window and it is given up."),
    number("payments.restart_window_s", at<&c::payments, &payments_settings::restart_window_s>,
           {1, 3'600}, "s", "The window in which restarts of channels are counted."),
    number("payments.http_in_flight_max", at<&c::payments, &payments_settings::http_in_flight_max>,
           {1, 100'000}, "requests", "HTTP requests to banks at once, each on a connection."),
    number("payments.http_waiting_max", at<&c::payments, &payments_settings::http_waiting_max>,
           {1, 1'000'000}, "requests", "HTTP requests to banks that wait for a connection."),
    size("payments.http_waiting_bytes_max",
         at<&c::payments, &payments_settings::http_waiting_bytes_max>, {mebibyte, gibibyte},
         "Bytes of the requests that wait or are under way."),
    size("payments.http_response_bytes_max",
         at<&c::payments, &payments_settings::http_response_bytes_max>, {kibibyte, 16 * mebibyte},
         "The largest answer of a bank that is read."),
    number("payments.callbacks_in_flight_max",
           at<&c::payments, &payments_settings::callbacks_in_flight_max>, {1, 1'000'000},
           "callbacks", "Callbacks of banks at once; a further one is answered 503."),
    size("payments.callback_bytes_max", at<&c::payments, &payments_settings::callback_bytes_max>,
         {kibibyte, 16 * mebibyte}, "The largest callback that is read."),

    number("notifier.in_flight_max", at<&c::notifier, &notifier_settings::in_flight_max>,
           {1, 100'000}, "webhooks", "Webhooks under way at once."),
    number("notifier.merchant_in_flight_max",
           at<&c::notifier, &notifier_settings::merchant_in_flight_max>, {1, 10'000}, "webhooks",
           "Webhooks of one merchant under way at once."),
    number("notifier.merchant_rows_max", at<&c::notifier, &notifier_settings::merchant_rows_max>,
           {1, 1'000'000}, "rows", "Waiting webhooks of one merchant in memory; more stay in the "
           "database until they are due."),
    number("notifier.connect_timeout_ms", at<&c::notifier, &notifier_settings::connect_timeout_ms>,
           {10, 30'000}, "ms", "Longest wait for a connection to a merchant."),
    number("notifier.timeout_ms", at<&c::notifier, &notifier_settings::timeout_ms>,
           {100, 30'000}, "ms", "Longest wait for a merchant's answer, the connection included."),
    size("notifier.response_bytes_max", at<&c::notifier, &notifier_settings::response_bytes_max>,
         {256, mebibyte}, "The largest answer of a merchant that is read."),
    number("notifier.retry_first_ms", at<&c::notifier, &notifier_settings::retry_first_ms>,
           {10, 3'600'000}, "ms", "Pause before the second attempt; later ones grow."),
    number("notifier.retry_most_s", at<&c::notifier, &notifier_settings::retry_most_s>,
           {1, 604'800}, "s", "Pauses between attempts grow to this."),
    number("notifier.give_up_days", at<&c::notifier, &notifier_settings::give_up_days>, {1, 90},
           "days", "A webhook that nobody acknowledged is given up after this."),
    number("notifier.former_secret_s", at<&c::notifier, &notifier_settings::former_secret_s>,
           {0, 2'592'000}, "s", "A rotated secret signs, too, for this long."),
    flag("notifier.allow_private_addresses",
         at<&c::notifier, &notifier_settings::allow_private_addresses>,
         "Webhooks may go to loopback and private addresses; only with node.dev."),
});
// clang-format on

}  // namespace

std::span<const setting> settings_of_payments() {
  return settings;
}

}  // namespace suanpan::config
