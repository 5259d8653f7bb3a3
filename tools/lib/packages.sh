#!/usr/bin/env bash
# Installs what Suanpan needs from Debian 12 or 13 with apt, as root or through sudo.
#   packages.sh [test]   `test` adds what only the tests use
# Does nothing when all is there. Says what it installs and why. Leaves no daemon behind:
# - postgresql's installer would create and start a default cluster; for the moment of the install
#   its own switch (createcluster.conf) is set to off, and put back afterwards.
# - the prometheus package would start and enable a server; only promtool is unpacked, to build/.
set -euo pipefail
# shellcheck source=tools/lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
readonly createcluster=/etc/postgresql-common/createcluster.conf
readonly lists_fresh_minutes=1440  # a day-old index may name files that the mirror has dropped

# package: why it is needed
needs=(
  "g++: the compiler" "cmake: the build" "ninja-build: the build"
  "ccache: builds again in seconds" "pkg-config: finds libraries"
  "libcaf-dev: the actor framework"
  "libgrpc++-dev: the API" "libprotobuf-dev: the API" "libabsl-dev: the API; hash maps"
  "protobuf-compiler: code from the .proto" "protobuf-compiler-grpc: code from the .proto"
  "libpqxx-dev: PostgreSQL" "libpq-dev: PostgreSQL, binary COPY"
  "prometheus-cpp-dev: metrics" "libcivetweb-dev: metrics and health over HTTP"
  "libspdlog-dev: logs" "libcli11-dev: command lines" "libtomlplusplus-dev: configuration files"
  "nlohmann-json3-dev: JSON" "libssl-dev: TLS, hashes" "zlib1g-dev: the API"
  "libcurl4-openssl-dev: calls over HTTP" "libmicrohttpd-dev: the bank simulator"
  "libjemalloc-dev: the node's allocator" "doctest-dev: the tests"
)
needs_of_tests=(
  "python3: tools/mutate, tools/compare" "python3-grpcio: the example client"
  "python3-protobuf: the example client"
)

is_installed() { [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null) == ii* ]]; }
has_postgresql() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }

# Prints "package: why" for each that is missing.
missing() {
  local need
  for need in "$@"; do is_installed "${need%%:*}" || printf '%s\n' "$need"; done
  has_postgresql || echo "postgresql: the database (a private cluster under var/ runs its binaries)"
  # .clang-format is written for version 14, which Debian 13 does not have: checked on 12 only.
  if [[ $with_tests && $codename == bookworm ]] && ! is_installed clang-format; then
    echo "clang-format: the formatting test"
  fi
}

as_root() { if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo "$@"; fi; }
apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 \
    -o Dpkg::Use-Pty=0 "$@"
}
# A third-party source that is down must not stop us: the install tells whether anything is missing.
refresh_lists() { apt update >&2 || say "packages: apt-get update reported errors; going on"; }
install() { apt install --no-install-recommends "$@" >&2; }

# Keeps the default cluster from being made. $1: packages that need it off.
install_postgresql() {
  local keep
  is_installed postgresql-common || install postgresql-common
  keep=$(mktemp)
  cp "$createcluster" "$keep"
  # shellcheck disable=SC2064  # $keep is meant as it is now
  trap "as_root cp '$keep' '$createcluster'; rm -f '$keep'" EXIT
  trap 'exit 130' INT TERM
  as_root sh -c "echo 'create_main_cluster = false' >>'$createcluster'"
  install postgresql
  as_root cp "$keep" "$createcluster"
  rm -f "$keep"
  trap - EXIT INT TERM
}

install_all() {
  local package others=() postgresql=
  for package in "$@"; do
    if [[ $package == postgresql ]]; then postgresql=yes; else others+=("$package"); fi
  done
  if ((${#others[@]})); then install "${others[@]}" || return 1; fi
  if [[ $postgresql ]]; then install_postgresql || return 1; fi
}

# The part of Debian's Prometheus that the alert tests call: a package of its own from Debian 13 on.
unpack_promtool() {
  local directory=${root:?}/build/promtool package=promtool
  if command -v promtool >/dev/null || [[ -x $directory/promtool ]]; then return 0; fi
  apt-cache show promtool >/dev/null 2>&1 || package=prometheus
  say "packages: promtool (tests of the alert rules), unpacked from $package to build/promtool"
  mkdir -p "$directory"
  (
    cd "$directory"
    apt-get -q download "$package" >&2 || { refresh_lists && apt-get -q download "$package" >&2; }
    dpkg-deb --fsys-tarfile "$package"_*.deb | tar -x --strip-components=3 ./usr/bin/promtool
    rm -f "$package"_*.deb
  )
}

with_tests=
if [[ ${1:-} == test ]]; then
  with_tests=yes
  needs+=("${needs_of_tests[@]}")
fi
command -v apt-get >/dev/null || { say "packages: no apt-get: Debian 12 or 13 is needed"; exit 1; }
# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
mapfile -t lines < <(missing "${needs[@]}")
if ((${#lines[@]})); then
  [[ $(id -u) -eq 0 ]] || command -v sudo >/dev/null || {
    say "packages: missing: ${lines[*]%%:*}"
    say "packages: neither root nor sudo here; as root: apt-get install ${lines[*]%%:*}"
    exit 1
  }
  say "packages: installing with apt:"
  printf '  %s\n' "${lines[@]}" >&2
  # What an interrupted install left half-configured would stop the next one.
  as_root dpkg --configure -a >&2
  if [[ -z $(find /var/lib/apt/lists -name '*Packages*' -mmin -$lists_fresh_minutes -print -quit \
    2>/dev/null) ]]; then refresh_lists; fi
  install_all "${lines[@]%%:*}" || { refresh_lists && install_all "${lines[@]%%:*}"; } || {
    say "packages: apt could not install them"
    exit 1
  }
fi
if [[ $with_tests ]]; then unpack_promtool; fi
