#!/usr/bin/env bash
# Configures and builds with one of the presets of CMakePresets.json.
#   build.sh release|asan|tsan|fuzz [TARGET...]      (release: build/, asan: build/asan, …)
#   build.sh PRESET --label LABEL               only the test programs with this label
# Objects are kept by ccache in build/ccache unless CCACHE_DIR says otherwise. SUANPAN_JOBS sets the
# number of jobs, which is otherwise bounded by processors and by memory.
set -euo pipefail
# shellcheck source=tools/lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
readonly job_kilobytes=1000000     # one compiler on a file that includes CAF or gRPC

jobs_max() {
  local processors free
  if [[ -n ${SUANPAN_JOBS:-} ]]; then echo "$SUANPAN_JOBS"; return; fi
  processors=$(nproc)
  free=$(($(awk '/^MemAvailable:/ {print $2}' /proc/meminfo) / job_kilobytes))
  if ((free < 1)); then free=1; fi
  echo $((free < processors ? free : processors))
}

# A checkout that was moved or copied carries a cache that names the old place.
forget_other_checkout() {
  local home
  [[ -f $directory/CMakeCache.txt ]] || return 0
  home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$directory/CMakeCache.txt")
  if [[ $home != "$root" ]]; then rm -rf "$directory/CMakeCache.txt" "$directory/CMakeFiles"; fi
}

preset=${1:?build.sh PRESET [TARGET...]}
shift
directory=${root:?}/build
if [[ $preset != release ]]; then directory=$root/build/$preset; fi
mkdir -p "$directory"
forget_other_checkout
export CCACHE_DIR=${CCACHE_DIR:-$root/build/ccache}
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=true
export NINJA_STATUS='[%f/%t %es] '
cd "$root"
if ! cmake --preset "$preset" >"$directory/configure.log" 2>&1; then
  tail -n 30 "$directory/configure.log" >&2
  say "build: cmake --preset $preset failed; all of it is in $directory/configure.log"
  exit 1
fi
if [[ ${1:-} == --label ]]; then
  mapfile -t names < <(ctest --test-dir "$directory" -N -L "^$2\$" | sed -nE 's/^ *Test +#.*: //p')
  names=("${names[@]/#/test_}")  # a program is named for its test; fuzzers name themselves
  set -- "${names[@]/#test_fuzz_/fuzz_}"
  (($#)) || { say "build: no test is labelled so"; exit 1; }
fi
jobs=$(jobs_max)
say "build: preset $preset in $directory, $jobs at a time"
# In our place, so that a signal to us reaches it: it ends its compilers and keeps what is complete.
exec ninja -C "$directory" -j "$jobs" "$@" >&2
