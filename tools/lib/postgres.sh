#!/usr/bin/env bash
# A private PostgreSQL cluster in a directory: the one way that tools/up and the tests run one.
#   start DIR                  create if missing, start, wait until ready; prints one line of JSON
#                              {"dsn","pid","port","socket"}; running already: prints the same
#   stop DIR [fast|immediate]  stop and wait (fast, the default, ends with a checkpoint)
#   kill DIR                   SIGKILL, and wait until the backends are gone too (fault tests)
#   wipe DIR                   stop and delete the cluster
# Environment: SUANPAN_PG_SHARED_BUFFERS (tests: 64MB); SUANPAN_PG_EXTRA ("name=value;name=value").
# PostgreSQL never runs as root: root drops to the owner of an existing cluster, else to `postgres`,
# else to a system user `suanpan` made for it. Progress goes to stderr. Exit: 0, 1 failed, 2 usage.
set -euo pipefail
unset "${!PG@}"                    # a caller's PGHOST, PGDATA or PGOPTIONS is about another server
export LC_ALL=C.UTF-8
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly ready_seconds_max=180     # start includes crash recovery of at most max_wal_size
readonly stop_seconds_max=180      # a fast stop writes a checkpoint
readonly socket_directory_max=92   # sun_path holds 107 bytes; the file is /.s.PGSQL.NNNNN

say() { printf 'postgres: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

usage() {
  say "usage: tools/lib/postgres.sh start|stop|kill|wipe DIR [fast|immediate]"
  exit 2
}

# -- who runs it ----------------------------------------------------------------------------

# Sets run_user, and as_user: the command prefix that drops to it (empty for a normal user).
choose_user() {
  as_user=()
  run_user=$(id -un)
  if [[ $(id -u) -ne 0 ]]; then
    [[ ! -e $data || -O $data ]] ||
      die "$data belongs to $(stat -c %U "$data"): run as that user or as root"
    return
  fi
  if [[ -e $data ]]; then
    run_user=$(stat -c %U "$data")
    [[ $run_user != root && $run_user != UNKNOWN ]] ||
      die "$data belongs to $run_user, and PostgreSQL refuses to run so"
  elif id postgres >/dev/null 2>&1; then
    run_user=postgres
  else
    run_user=suanpan
    if ! id suanpan >/dev/null 2>&1; then
      say "PostgreSQL refuses to run as root: making the system user suanpan"
      useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin suanpan
    fi
  fi
  as_user=(setpriv "--reuid=$run_user" "--regid=$(id -g "$run_user")" --init-groups)
}

# The first directory on the way to $1 that others may not enter.
blocking_ancestor() {
  local path=$1 blocked=$1
  while [[ $path != / ]]; do
    path=$(dirname "$path")
    [[ $(stat -c %A "$path") == *[xt] ]] || blocked=$path
  done
  printf '%s' "$blocked"
}

# Tried, not asked: access(2) ignores the capability below.
can_write() {
  (cd / && "${as_user[@]}" touch "$dir/probe" && "${as_user[@]}" rm "$dir/probe") 2>/dev/null
}

# A checkout below /root (mode 0700) hides DIR from every other user. One capability lets the server
# pass through such directories; it can still write only what is its own.
ensure_reachable() {
  local blocked
  [[ ${#as_user[@]} -gt 0 ]] || return 0
  chown "$run_user:" "$dir"
  chmod u+rwx "$dir"
  if can_write; then return; fi
  as_user+=(--inh-caps +dac_read_search --ambient-caps +dac_read_search)
  if can_write; then return; fi
  blocked=$(blocking_ancestor "$dir")
  die "user $run_user cannot enter $blocked (mode $(stat -c %a "$blocked")), and this system does" \
    "not grant CAP_DAC_READ_SEARCH: move the checkout, or chmod o+x $blocked"
}

run() { (cd "$dir" && "${as_user[@]}" "$@"); }

# -- which server -----------------------------------------------------------------------------

# Sets bin: of the cluster's own major version if there is a cluster, else the newest installed.
choose_version() {
  local candidate wanted=''
  if [[ -f $data/PG_VERSION ]]; then wanted=$(<"$data/PG_VERSION"); fi
  bin=
  while read -r candidate; do
    [[ -x $candidate/postgres && -x $candidate/initdb ]] || continue
    if [[ -z $wanted || $candidate == */"$wanted"/bin ]]; then bin=$candidate; fi
  done < <(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V)
  [[ -n $bin ]] ||
    die "no PostgreSQL ${wanted:-server} in /usr/lib/postgresql (apt-get install postgresql)"
}

# -- what runs --------------------------------------------------------------------------------

# The pid of this cluster's postmaster, or nothing. A stale file whose pid now belongs to somebody
# else is told apart by the command line.
postmaster_pid() {
  local pid arguments
  pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null) || return 0
  [[ $pid =~ ^[0-9]+$ ]] || return 0
  mapfile -d '' -t arguments 2>/dev/null <"/proc/$pid/cmdline" || return 0
  if [[ ${arguments[1]:-} == -D && ${arguments[2]:-} == "$data" ]]; then printf '%s' "$pid"; fi
}

# Every live process of this cluster: PostgreSQL's processes work inside the data directory.
cluster_pids() {
  local process
  for process in /proc/[0-9]*; do
    [[ $(readlink "$process/cwd" 2>/dev/null) == "$data" ]] || continue
    [[ $(readlink "$process/exe" 2>/dev/null) == */postgres ]] && printf '%s\n' "${process#/proc/}"
  done
  return 0
}

wait_until_gone() {  # $1 seconds at most
  local deadline=$((SECONDS + $1))
  while [[ -n $(cluster_pids) ]]; do
    ((SECONDS < deadline)) || return 1
    sleep 0.05
  done
}

# PostgreSQL itself clears the lock files of a dead server, except when their pid still exists: a
# killed one that its parent has not reaped yet, or a reused pid (a reboot, a container). Only then,
# and with nobody in the directory, we do.
clear_stale_locks() {
  local pid
  [[ -f $data/postmaster.pid && -z $(postmaster_pid) ]] || return 0
  wait_until_gone 10 ||
    die "processes $(cluster_pids | tr '\n' ' ')still work in $data without a postmaster"
  pid=$(head -n 1 "$data/postmaster.pid")
  [[ $pid =~ ^[0-9]+$ && -d /proc/$pid ]] || return 0
  rm -f "$(sed -n 5p "$data/postmaster.pid")"/.s.PGSQL.*
  rm -f "$data/postmaster.pid"
}

# -- creating ---------------------------------------------------------------------------------

create_cluster() {
  local fresh=$dir/data.new
  [[ ! -e $data ]] || return 0
  say "creating a cluster in $data (PostgreSQL $(basename "$(dirname "$bin")"), user $run_user)"
  rm -rf "$fresh"                  # what an interrupted start left
  run "$bin/initdb" --pgdata="$fresh" --username=suanpan --encoding=UTF8 --locale=C.UTF-8 \
    --auth=trust --no-instructions >"$dir/log/initdb.log" 2>&1 ||
    die "initdb failed: $(tail -n 3 "$dir/log/initdb.log")"
  # Only programs of this machine get in, and all of those: the cluster is for development.
  printf '%s\n' 'local all,replication all trust' 'host all,replication all 127.0.0.1/32 trust' |
    run tee "$fresh/pg_hba.conf" >/dev/null
  run tee -a "$fresh/postgresql.conf" >/dev/null <<<"include_if_exists 'suanpan.conf'"
  run "$bin/postgres" --single -D "$fresh" postgres >>"$dir/log/initdb.log" 2>&1 \
    <<<'CREATE DATABASE suanpan' ||
    die "cannot create the database: $(tail -n 3 "$dir/log/initdb.log")"
  mv "$fresh" "$data"              # complete or absent, never half
}

write_settings() {
  {
    cat "$here/postgresql.conf"
    if [[ -n ${SUANPAN_PG_SHARED_BUFFERS:-} ]]; then
      echo "shared_buffers = $SUANPAN_PG_SHARED_BUFFERS"
    fi
    if [[ -n ${SUANPAN_PG_EXTRA:-} ]]; then tr ';' '\n' <<<"$SUANPAN_PG_EXTRA"; fi
  } | run tee "$data/suanpan.conf" >/dev/null
}

# Sets socket: DIR/socket, or a short private directory when that path is too long for a socket.
choose_socket() {
  socket=$dir/socket
  if ((${#socket} > socket_directory_max)); then
    socket=$(cat "$dir/socket.path" 2>/dev/null || true)
    if [[ ! -d $socket ]]; then
      socket=$(mktemp -d /tmp/suanpan-pg.XXXXXX)
      printf '%s' "$socket" >"$dir/socket.path"
    fi
  fi
  mkdir -p "$socket"
  chmod 700 "$socket"
  if [[ ${#as_user[@]} -gt 0 ]]; then chown "$run_user:" "$socket"; fi
}

remove_short_socket() {
  local short
  short=$(cat "$dir/socket.path" 2>/dev/null) || return 0
  [[ $short == /tmp/suanpan-pg.* ]] && rm -rf "$short"
  rm -f "$dir/socket.path"
}

# -- starting ---------------------------------------------------------------------------------

# The port of last time if nobody took it, else any below the ephemeral range.
next_port() {  # $1 attempt
  if [[ $1 -eq 1 && -s $dir/port ]]; then
    cat "$dir/port"
  else
    echo $((20000 + (RANDOM * 32768 + RANDOM) % 12000))
  fi
}

is_ready() { "$bin/pg_isready" --quiet -U suanpan -d suanpan -h "$1" -p "$2" -t 2; }

# Starts one server process on $1; true once it accepts commands, false if the port was taken.
launch() {
  local port=$1 log=$dir/log/postgresql.log from pid told=$SECONDS
  local deadline=$((SECONDS + ready_seconds_max))
  from=$(($(stat -c %s "$log" 2>/dev/null || echo 0) + 1))
  # A session of its own: Ctrl-C on the terminal is for the caller. fd 9 is our lock.
  (cd "$dir" && exec setsid "${as_user[@]}" "$bin/postgres" -D "$data" -p "$port" -k "\"$socket\"" \
    -c listen_addresses=127.0.0.1 </dev/null >>"$log" 2>&1 9>&-) &
  pid=$!
  until is_ready "$socket" "$port" && [[ $(postmaster_pid) == "$pid" ]]; do
    if ! kill -0 "$pid" 2>/dev/null; then
      wait "$pid" || true
      tail -c "+$from" "$log" | grep 'could not create any TCP/IP sockets' >/dev/null && return 1
      tail -c "+$from" "$log" >&2
      die "the server did not start; its log is $log"
    fi
    if ((SECONDS >= deadline)); then
      kill -QUIT "$pid"
      die "not ready after $ready_seconds_max s; its log is $log"
    fi
    if ((SECONDS - told >= 5)); then told=$SECONDS; say "waiting: $(tail -n 1 "$log")"; fi
    sleep 0.05
  done
  disown "$pid" 2>/dev/null || true
  echo "$port" >"$dir/port"
}

json_text() { local text=${1//\\/\\\\}; printf '"%s"' "${text//\"/\\\"}"; }
dsn_text() { local text=${1//\\/\\\\}; printf "'%s'" "${text//\'/\\\'}"; }

print_address() {
  local pid port
  pid=$(sed -n 1p "$data/postmaster.pid")
  port=$(sed -n 4p "$data/postmaster.pid")
  socket=$(sed -n 5p "$data/postmaster.pid")
  printf '{"dsn": %s, "pid": %d, "port": %d, "socket": %s}\n' \
    "$(json_text "host=$(dsn_text "$socket") port=$port dbname=suanpan user=suanpan")" \
    "$pid" "$port" "$(json_text "$socket")"
}

start() {
  local attempt port log=$dir/log/postgresql.log
  if [[ -n $(postmaster_pid) ]]; then
    wait_until_ready
    print_address
    return
  fi
  choose_user
  ensure_reachable
  choose_version
  mkdir -p "$dir/log"
  if [[ ${#as_user[@]} -gt 0 ]]; then chown "$run_user:" "$dir/log"; fi
  if [[ $(stat -c %s "$log" 2>/dev/null || echo 0) -gt 67108864 ]]; then mv "$log" "$log.1"; fi
  create_cluster
  clear_stale_locks
  write_settings
  choose_socket
  for attempt in {1..20}; do
    port=$(next_port "$attempt")
    if launch "$port"; then
      print_address
      return
    fi
    say "port $port is taken"
  done
  die "no free port in 20 attempts"
}

# A server that another caller has just started may still be recovering.
wait_until_ready() {
  local port deadline=$((SECONDS + ready_seconds_max))
  choose_version
  until port=$(sed -n 4p "$data/postmaster.pid") && socket=$(sed -n 5p "$data/postmaster.pid") &&
    [[ -n $socket ]] && is_ready "$socket" "$port"; do
    ((SECONDS < deadline)) || die "running, but not ready after $ready_seconds_max s"
    sleep 0.05
  done
}

# -- ending -----------------------------------------------------------------------------------

stop() {  # $1 fast|immediate
  local pid signal=INT
  case $1 in fast) ;; immediate) signal=QUIT ;; *) usage ;; esac
  pid=$(postmaster_pid)
  if [[ -n $pid ]]; then
    kill "-$signal" "$pid" || die "$pid is another user's process: run as that user or as root"
    wait_until_gone "$stop_seconds_max" || die "still stopping after $stop_seconds_max s (pid $pid)"
  fi
  remove_short_socket
}

# Backends notice the postmaster's death when they next wait; one that computes is ended too, as a
# power cut would.
kill_cluster() {
  local pid
  pid=$(postmaster_pid)
  [[ -n $pid ]] || return 0
  kill -KILL "$pid" || die "$pid is another user's process: run as that user or as root"
  wait_until_gone 5 || { cluster_pids | xargs -r kill -KILL 2>/dev/null || true; }
  wait_until_gone 10 || die "backends of $pid outlive SIGKILL: $(cluster_pids | tr '\n' ' ')"
}

wipe() {
  [[ ! -e $data || -f $data/PG_VERSION ]] || die "$data is no PostgreSQL cluster: left alone"
  stop immediate
  rm -rf "$data" "$dir/data.new" "$dir/log" "$dir/socket" "$dir/port" "$dir/lock"
  rmdir "$dir" 2>/dev/null || true
}

[[ $# -ge 2 && -n $2 ]] || usage
command=$1
if [[ $command == start ]]; then mkdir -p "$2"; fi
[[ -d $2 ]] || { [[ $command != start ]] && exit 0; }
dir=$(cd "$2" && pwd -P)
data=$dir/data
{ : >>"$dir/lock"; } 2>/dev/null ||
  die "$dir belongs to $(stat -c %U "$dir"): run as that user or as root"
exec 9>>"$dir/lock"
flock 9                            # callers take turns; the second start finds the first's server
case $command in
  start) start ;;
  stop) stop "${3:-fast}" ;;
  kill) kill_cluster ;;
  wipe) wipe ;;
  *) usage ;;
esac
