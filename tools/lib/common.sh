# Shared by tools/up, tools/down, tools/test and the scripts beside this one. Sourced, never run.
# Sets root (the checkout) and the few words that all of them speak.
# shellcheck shell=bash
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
readonly root
run_directory=$root/var/run

say() { printf '%s\n' "$*" >&2; }
step() { printf '\n== %s\n' "$*" >&2; }

# json_field KEY: the value of a top-level text or number on stdin; the documents read here (run
# files, summaries) are flat, and jq is not worth a package.
json_field() {
  local text='"(([^"\\]|\\.)*)"' number='(-?[0-9]+)'
  tr -d '\n' | sed -nE "s/.*\"$1\"[[:space:]]*:[[:space:]]*($text|$number).*/\2\4/p" |
    sed -E 's/\\(.)/\1/g'
}

json_text() { local text=${1//\\/\\\\}; printf '"%s"' "${text//\"/\\\"}"; }

# run_field PIECE KEY: a field of var/run/PIECE.json, or nothing.
run_field() {
  [[ -f $run_directory/$1.json ]] || return 0
  json_field "$2" <"$run_directory/$1.json"
}

# is_ours PID: PID lives and runs a program of this checkout. A run file may outlive its process and
# the pid may be somebody else's by now, so nothing is signalled before this was asked.
is_ours() {
  local target
  [[ $1 =~ ^[0-9]+$ ]] || return 1
  target=$(readlink "/proc/$1/exe" 2>/dev/null) || return 1
  [[ $target == "$root"/build/* ]]
}

# is_rebuilt PID: the program of PID was built anew since it was started.
is_rebuilt() { [[ $(readlink "/proc/$1/exe") == *' (deleted)' ]]; }

# http_get HOST:PORT PATH: status on the first line, then the body. Plain HTTP on loopback only.
http_get() {
  local line status
  exec 3<>"/dev/tcp/${1%:*}/${1##*:}" || return 1
  printf 'GET %s HTTP/1.0\r\nHost: %s\r\n\r\n' "$2" "$1" >&3
  read -r -t 5 -u 3 _ status _ || { exec 3>&-; return 1; }
  printf '%s\n' "$status"
  while IFS= read -r -t 5 -u 3 line && [[ $line != $'\r' ]]; do :; done
  timeout 5 cat <&3 || true
  exec 3>&-
} 2>/dev/null

# stop_piece PIECE SECONDS [PID]: ends the process of var/run/PIECE.json, or PID while there is no
# such file, if it is ours: TERM, a wait, then KILL. A missing or stale run file is no error.
stop_piece() {
  local pid deadline=$((SECONDS + $2))
  pid=$(run_field "$1" pid)
  pid=${pid:-${3:-}}
  if is_ours "$pid"; then
    say "stopping $1 (pid $pid)"
    kill -TERM "$pid"
    while is_ours "$pid"; do
      if ((SECONDS >= deadline)); then
        say "$1 did not stop in $2 s: killing it"
        kill -KILL "$pid"
        deadline=$((SECONDS + 5))
      fi
      sleep 0.1
    done
  elif [[ $(tr '\0' ' ' 2>/dev/null <"/proc/${pid:-none}/cmdline") == "$root"/build/* ]]; then
    say "$1 (pid $pid) belongs to user $(stat -c %U "/proc/$pid"): stop it as that user or as root"
    return 1
  fi
  rm -f "$run_directory/$1.json"
}
