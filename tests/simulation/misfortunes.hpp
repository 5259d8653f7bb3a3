// Every kind of misfortune that a run can meet, by the name under which it is counted and reported.
// A name that is not here does not compile, so that a report can say which were never met.
#pragma once

#include <array>
#include <string_view>

namespace suanpan::simulation {

inline constexpr std::array misfortunes = {
    // of a commit
    std::string_view{"slow commit"},
    std::string_view{"commit lost"},
    std::string_view{"commit in doubt, it happened"},
    std::string_view{"commit in doubt, it did not happen"},
    std::string_view{"late commit"},
    std::string_view{"warning, it happened"},
    std::string_view{"warning, it did not happen"},
    std::string_view{"poison row"},
    std::string_view{"duplicate in COPY"},
    // of the database
    std::string_view{"session dies"},
    std::string_view{"session terminated"},
    std::string_view{"take-over in doubt"},
    std::string_view{"a shard's lock lingers"},
    std::string_view{"no connection"},
    std::string_view{"look-up fails"},
    std::string_view{"recovery fails"},
    std::string_view{"slow read"},
    std::string_view{"database restarts"},
    std::string_view{"fail-over"},
    std::string_view{"fail-over undoes what was warned of"},
    // of a node
    std::string_view{"node crashes"},
    std::string_view{"node crashes at a fault point"},
    std::string_view{"node stands still"},
    std::string_view{"node stands still and is evicted"},
    std::string_view{"clock steps"},
    std::string_view{"account throws"},
    std::string_view{"one kind of actor lags"},
    // of clients
    std::string_view{"client asks again"},
    std::string_view{"client asks another node"},
    std::string_view{"client repeats what it was told"},
    std::string_view{"client sends twice at once"},
    std::string_view{"client doubles an item"},
    std::string_view{"client changes content"},
    std::string_view{"client reorders"},
    std::string_view{"client gives up"},
    std::string_view{"client sends a voucher"},
    std::string_view{"client changes a voucher"},
    std::string_view{"client holds"},
    std::string_view{"client captures or voids"},
    std::string_view{"client reverses"},
    std::string_view{"client freezes an account"},
    std::string_view{"client changes limits"},
    std::string_view{"client balances"},
    std::string_view{"client closes an account"},
    // of a bank
    std::string_view{"bank declines"},
    std::string_view{"bank has no funds"},
    std::string_view{"bank is slow"},
    std::string_view{"bank is silent, it paid"},
    std::string_view{"bank is silent, nothing happened"},
    std::string_view{"bank drops the connection, nothing happened"},
    std::string_view{"bank drops the connection, it paid"},
    std::string_view{"bank answers garbage"},
    std::string_view{"bank calls back before it answers"},
    std::string_view{"bank calls back twice"},
    std::string_view{"bank calls back with a wrong amount"},
    std::string_view{"bank's callback is forged"},
    std::string_view{"bank does not find it and pays later"},
    std::string_view{"bank returns the money"},
    std::string_view{"bank's statement misses a line"},
    std::string_view{"bank's statement alters a line"},
    std::string_view{"bank is down"},
    std::string_view{"bank is not heard"},
    std::string_view{"channel sends nothing"},
    // of a merchant
    std::string_view{"merchant asks again"},
    std::string_view{"merchant repeats what it was told"},
    std::string_view{"merchant sends twice at once"},
    std::string_view{"merchant changes content"},
    std::string_view{"merchant tries another card"},
    std::string_view{"merchant closes an order"},
    std::string_view{"merchant refunds"},
    std::string_view{"merchant is frozen"},
    std::string_view{"payment throws"},
    std::string_view{"channel throws"},
};

/// The name itself; stops the compiler where it is not in the list.
consteval std::string_view misfortune(std::string_view name) {
  for (const auto known : misfortunes)
    if (known == name) return name;
  throw "a misfortune that is not in the list";
}

}  // namespace suanpan::simulation
