# shellcheck shell=bash disable=SC2154 # lib.sh and settings.sh set them
# Starting, checking and stopping the cluster's long-lived processes. A process is remembered by its id and the moment it
# was started, so that an id taken over by somebody else after a crash or a reboot is never signalled.

# Fields 3 and 22 of /proc/PID/stat; the second field may hold spaces and brackets.
state_and_start_of() {
  local stat
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
  # shellcheck disable=SC2086 # split into its fields
  set -- ${stat##*) }
  echo "$1 ${20}"
}

# Prints the id of the process if it runs.
pid_of() {
  local pid start boot state now
  [[ -e $pids/$1 ]] || return 1
  read -r pid start boot <"$pids/$1" || return 1
  [[ $boot == "$boot_id" ]] || return 1
  read -r state now < <(state_and_start_of "$pid") || return 1
  [[ $now == "$start" && $state != Z ]] || return 1
  echo "$pid"
}

is_running() { pid_of "$1" >/dev/null; }

# start NAME COMMAND...: unless it runs already. Containers inherit ignored signals and limits from here: they get the
# ones that an init system would give them, not those of the shell that happened to start the cluster.
start() {
  local name=$1
  shift
  ! is_running "$name" || return 0
  rm -f "$pids/$name"
  (
    exec 9>&- </dev/null >>"$logs/$name.log" 2>&1
    self=$BASHPID # inside <(...) it is another one
    read -r _ started < <(state_and_start_of "$self")
    echo "$self $started $boot_id" >"$pids/$name.unfinished"
    mv "$pids/$name.unfinished" "$pids/$name"
    ulimit -n "$(</proc/sys/fs/nr_open)" 2>/dev/null || ulimit -n hard
    exec setsid env --default-signal --ignore-environment PATH="$PATH" HOME="$HOME" "$@"
  ) &
  until [[ -e $pids/$name ]]; do sleep 0.01; done
}

# stop NAME SIGNAL: and SIGKILL for what lives on.
stop() {
  local name=$1 pid deadline=$((SECONDS + 10))
  if pid=$(pid_of "$name"); then
    kill -s "$2" "$pid"
    while is_running "$name" && ((SECONDS < deadline)); do sleep 0.02; done
    ! is_running "$name" || kill -s KILL "$pid"
    while is_running "$name"; do sleep 0.02; done
  fi
  rm -f "$pids/$name"
}

fail_part() {
  local name=$1 log=$logs/$1.log
  shift
  say "$*; the last lines of $log:"
  last_lines "$log"
  exit 1
}

# wait_for NAME SECONDS COMMAND...: until the command succeeds. Gives up as soon as the process NAME has ended.
wait_for() {
  local name=$1 seconds=$2 deadline=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    is_running "$name" || fail_part "$name" "$name ended before it was ready"
    ((SECONDS < deadline)) || fail_part "$name" "$name was not ready after $seconds s"
    sleep 0.05
  done
}
