# shellcheck shell=sh
# How an order is carried out, whatever it does: what is remembered, in which order, so that a death at any line leaves
# something that the same order finishes and `undo` takes back. An action brings seven functions of its own:
#   take_target   sets target from the order; false: unusable
#   may_hold      false: refused, with `lack` saying why
#   remember      writes what is there now into $hold/before
#   apply         does it; every part of it may have been done already
#   look          sets found; false: not in force, with `lack`
#   take_back     undoes what apply did, as far as it is still there
#   look_back     sets found; false: not as before
#   still_there   false: what was held no longer exists

# shellcheck disable=SC2034
conf=/etc/riposte-companion.conf
state=/var/lib/riposte-companion
min_uid=1000
protect=''

PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
unset CDPATH IFS
umask 077

# run_companion ACTION [lift]
run_companion() {
  action=$1 verb='' token='' target='' until=0 others=0 found='' lack=''
  program=${0##*/}
  log=$here/../../logs/active-responses.log
  # Taken before any waiting: execd's own count began at about this moment, and its question must not come too early.
  now=$(date +%s)
  if [ "${2-}" = lift ]; then
    settle_state && lock_state && lift_what_is_over
    return
  fi
  read_order || { answer refused bad_order; return; }
  check_order || { answer refused "$lack"; return; }
  [ "$verb" != add ] || [ "$order_command" = delete ] || tell_execd "$token"
  # From here on nothing is said to execd, and nothing that is started may keep it waiting.
  exec </dev/null >/dev/null
  settle_state || { quiet_delete || answer refused unsafe_state; return; }
  lock_state || { quiet_delete || answer no busy; return; }
  lift_what_is_over
  if quiet_delete; then return; fi
  if read_token; then
    [ "$token_action/$token_target" = "$action/$target" ] || { until=0; answer refused token_of_another; return; }
  fi
  hold=$state/holds/$action/$target
  case $verb in
    add) carry_out ;;
    check) check ;;
    undo) undo ;;
  esac
}

quiet_delete() { [ "$order_command" = delete ]; }

check_order() {
  lack=bad_order
  [ "$order_v" = 1 ] || return 1
  case $order_verb in add | check | undo) ;; *) return 1 ;; esac
  case $order_command in add | delete) ;; *) return 1 ;; esac
  case $order_seconds in
    '') ;;
    0* | *[!0-9]*) return 1 ;;
    *) [ "${#order_seconds}" -le 8 ] && [ "$order_seconds" -le 31536000 ] || return 1 ;;
  esac
  verb=$order_verb
  lack=bad_token
  case $order_token in '' | *[!A-Za-z0-9_-]*) return 1 ;; esac
  [ "${#order_token}" -ge 8 ] && [ "${#order_token}" -le 64 ] || return 1
  token=$order_token
  lack=bad_target
  take_target
}

carry_out() {
  case ${token_state:-new} in
    done)
      count_others
      if look; then answer already seen; else answer no "$lack"; fi
      return
      ;;
    ending | ended)
      answer refused token_ended
      return
      ;;
    begun) ;;
    new) [ -z "$order_seconds" ] || until=$((now + order_seconds)) ;;
  esac
  may_hold || {
    case $lack in no_tool) answer no no_tool ;; *) until=0; answer refused "$lack" ;; esac
    return
  }
  # Written before the effect: whoever finds the effect also finds whose it is and how it was before.
  if [ -e "$hold/before" ] && ! still_there; then discard_hold; fi
  if ! write_token begun || ! mkdir -p "$hold/holders" || ! { [ -e "$hold/before" ] || remember; } ||
    ! put "$hold/holders/$token" "$until"; then
    answer no state_unwritable
    return
  fi
  apply
  count_others
  if ! look; then
    answer no "$lack"
    return
  fi
  write_token done
  if [ "$others" -gt 0 ]; then answer yes joined; else answer yes 'done'; fi
}

check() {
  count_others
  case ${token_state:-new} in
    new) answer undone never_done ;;
    ended) answer undone was_undone ;;
    # Neither here nor there: whoever sent it sends it again.
    ending) look_back || :; answer no not_restored ;;
    begun | done) if look; then answer yes in_force; else answer no "$lack"; fi ;;
  esac
}

undo() {
  case ${token_state:-new} in
    new)
      if write_token ended; then answer undone never_done; else answer no state_unwritable; fi
      return
      ;;
    ended)
      answer undone was_undone
      return
      ;;
    begun | done) write_token ending || { answer no state_unwritable; return; } ;;
    ending) ;;
  esac
  release
}

# Ends what the token holds; the last one out puts everything back.
release() {
  rm -f "$hold/holders/$token"
  count_others
  if [ "$others" -gt 0 ]; then
    write_token ended
    look || :
    answer undone still_held
  elif [ ! -e "$hold/before" ]; then
    discard_hold
    write_token ended
    look || :
    answer undone restored
  elif ! still_there; then
    discard_hold
    write_token ended
    answer undone target_gone
  elif put_back; then
    write_token ended
    answer undone restored
  else
    answer no not_restored
  fi
}

put_back() {
  take_back
  look_back || return 1
  discard_hold
}

# What has no holder any more was left half-way by somebody who died.
lift_what_is_over() {
  lift_verb=$verb lift_token=$token lift_target=$target
  for hold in "$state/holds/$action"/*; do
    [ -d "$hold" ] || continue
    target=${hold##*/}
    verb=lift
    for holder in "$hold/holders"/*; do
      [ -f "$holder" ] || continue
      until=0
      IFS= read -r until <"$holder" || continue
      case $until in '' | 0* | *[!0-9]*) continue ;; esac
      [ "$until" -le "$now" ] || continue
      token=${holder##*/}
      read_token || continue
      write_token ending || continue
      release
    done
    token=
    count_others
    if [ -d "$hold" ] && [ "$others" -eq 0 ]; then
      if [ -e "$hold/before" ] && still_there; then put_back || :; else discard_hold; fi
    fi
  done
  verb=$lift_verb token=$lift_token target=$lift_target until=0 others=0 found='' token_state=''
  # A token that ended long ago is no longer sent by anybody.
  find "$state/tokens" -type f -mtime +400 -exec grep -q '^ended ' {} \; -exec rm -f {} + 2>/dev/null || :
}

count_others() {
  others=0
  for holder in "$hold/holders"/*; do
    if [ -f "$holder" ] && [ "${holder##*/}" != "$token" ]; then others=$((others + 1)); fi
  done
}

# --- what is remembered ---

read_token() {
  token_state='' token_action='' token_target=''
  [ -f "$state/tokens/$token" ] || return 1
  read -r token_state token_action token_target until <"$state/tokens/$token" || return 1
}

write_token() {
  put "$state/tokens/$token" "$1 $action $target $until" || return 1
  token_state=$1
}

# put FILE TEXT: the whole of it or nothing, and on the disk before anything is done because of it.
# It begins where no half of it can be taken for a holder or a token.
put() {
  printf '%s\n' "$2" >"$state/new" && durable "$state/new" && mv -f "$state/new" "$1" && durable "${1%/*}"
}

# GNU and busybox sync what they are given; others sync all there is.
durable() { sync "$1" 2>/dev/null || sync; }

# Gone at once and then removed: half a memory would be worse than none.
discard_hold() {
  [ -d "$hold" ] || return 0
  rm -rf "$state/discarded"
  mv "$hold" "$state/discarded" && durable "${hold%/*}" && rm -rf "$state/discarded"
}

# Whoever could write here could have root move files about.
settle_state() {
  read_conf || return 1
  for folder in "$state" "$state/tokens" "$state/holds" "$state/holds/$action"; do
    [ -d "$folder" ] || mkdir -m 700 "$folder" 2>/dev/null || return 1
    roots_alone "$folder" || return 1
  done
}

read_conf() {
  [ -e "$conf" ] || return 0
  roots_alone "$conf" || return 1
  while read -r key value; do
    case $key in
      min_uid) case $value in '' | *[!0-9]*) return 1 ;; *) min_uid=$value ;; esac ;;
      protect) protect="$protect $value" ;;
      '' | '#'*) ;;
      *) return 1 ;;
    esac
  done <"$conf"
}

# Whom the owner of this machine named in our config, as patterns of the shell.
is_protected() {
  set -f
  for pattern in $protect; do
    # shellcheck disable=SC2254
    case $1 in $pattern)
      set +f
      return 0
      ;;
    esac
  done
  set +f
  return 1
}

roots_alone() {
  [ ! -L "$1" ] && [ -n "$(find "$1" -prune -user 0 ! -perm -020 ! -perm -002 2>/dev/null)" ]
}

# One at a time. With flock the lock outlives us as long as a tool that we started still writes; without it the lock is
# a folder that says whose it is, and is taken from the dead.
lock_state() {
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$state/lock"
    waited=0
    until flock -n 9; do
      [ "$waited" -lt "$lock_wait" ] || return 1
      waited=$((waited + 1))
      sleep 1
    done
    return 0
  fi
  waited=0
  until mkdir "$state/lock.d" 2>/dev/null; do
    owner=$(cat "$state/lock.d/pid" 2>/dev/null) || owner=
    case $(ps -o args= -p "${owner:-0}" 2>/dev/null) in
      *riposte-*) ;;
      *) if [ "$waited" -gt 1 ]; then mv "$state/lock.d" "$state/lock.$$" 2>/dev/null && rm -rf "$state/lock.$$"; fi ;;
    esac
    [ "$waited" -lt "$lock_wait" ] || return 1
    waited=$((waited + 1))
    sleep 1
  done
  echo $$ >"$state/lock.d/pid"
  trap 'rm -rf "$state/lock.d"' EXIT
}
# execd waits for us, and nothing else is done on the agent meanwhile.
lock_wait=20

# What asks other services might never answer.
bounded() {
  if command -v timeout >/dev/null 2>&1; then timeout 10 "$@"; else "$@"; fi
}
