# shellcheck shell=sh
# Accounts of Linux with shadow's tools: what is in /etc/passwd and /etc/shadow, read and changed by their own words.

tools_missing() { ! command -v usermod >/dev/null 2>&1 || ! command -v chage >/dev/null 2>&1; }

passwd_field() { awk -F: -v user="$target" -v n="$1" '$1 == user { print $n }' /etc/passwd; }
shadow_field() { awk -F: -v user="$target" -v n="$1" '$1 == user { print $n }' /etc/shadow; }
shadow_lines() { awk -F: -v user="$target" '$1 == user' /etc/shadow | wc -l; }

# Sets uid and home; false: no such line.
read_account() {
  uid=$(passwd_field 3) home=$(passwd_field 6)
  home=${home%"${home##*[!/]}"}
  case $uid in '' | *[!0-9]*) return 1 ;; esac
}

uids_like() { awk -F: -v uid="$1" '$3 + 0 == uid + 0' /etc/passwd | wc -l; }
homes_like() { awk -F: -v home="$1" '{ sub(/\/+$/, "", $6) } $6 == home' /etc/passwd | wc -l; }

known_elsewhere() { bounded getent passwd "$target" >/dev/null 2>&1; }

is_whole() { [ "$(shadow_lines)" -eq 1 ]; }

# An account that was locked has a "!" before its password, or nothing but that.
password_now() {
  case $(shadow_field 2) in
    '!'*) echo locked ;;
    '') echo empty ;;
    *) echo open ;;
  esac
}

lock_password() { usermod -L "$target"; }

# Only what is ours to open: usermod refuses to leave an account without a password, as it was.
open_password() {
  case $1 in
    empty) usermod -p '' "$target" ;;
    open) usermod -U "$target" ;;
  esac
}

expiry_now() { shadow_field 8; }

is_expired() {
  expiry=$(expiry_now)
  case $expiry in '' | *[!0-9]*) return 1 ;; esac
  [ "$expiry" -gt 0 ] && [ "$expiry" -le $((now / 86400)) ]
}

# The second of January 1970: a date that nobody else gives. (Day 0 counts as never to some.)
our_expiry=1
expire() { chage -E "$our_expiry" "$target"; }
unexpire() { chage -E "${1:--1}" "$target"; }

# The processes of the user, one id a line, without the dead. Those in a container that root set up are not his, though
# they have his number: they live in another world of processes and not in another one of users.
processes() {
  our_pids=$(readlink /proc/self/ns/pid) our_users=$(readlink /proc/self/ns/user)
  grep -E '^(State|Uid):' /dev/null /proc/[0-9]*/status 2>/dev/null | awk -v uid="$uid" '
    { split($1, part, "/"); pid = part[3] }
    /:State:/ { dead = $2 ~ /^[ZX]/ }
    /:Uid:/ && !dead { for (i = 2; i <= 5; i++) if ($i == uid) { print pid; next } }' |
    while read -r pid; do
      if [ "$(readlink "/proc/$pid/ns/pid")" != "$our_pids" ] && [ "$(readlink "/proc/$pid/ns/user")" = "$our_users" ]; then continue; fi
      echo "$pid"
    done
}

# Stopped before they are killed, so that none starts another in between.
end_sessions() {
  if command -v loginctl >/dev/null 2>&1 && [ -d /run/systemd/system ]; then
    bounded loginctl terminate-user "$target" 2>/dev/null
  fi
  round=0
  while [ "$round" -lt 12 ]; do
    running=$(processes)
    [ -n "$running" ] || return 0
    for signal in STOP KILL; do
      # shellcheck disable=SC2086
      kill -"$signal" $running 2>/dev/null
    done
    round=$((round + 1))
    # What was killed takes a moment to be gone; most are gone by the next look.
    if [ "$round" -gt 8 ]; then sleep 1; fi
  done
}

describe() { stat -c '%F %u %g %a %s' "$1"; }
