# shellcheck shell=sh
# Accounts of macOS with its own tools. Written from their manuals and never run: see the README.

# shellcheck disable=SC2034
state=/var/db/riposte-companion
min_uid=501

tools_missing() { ! command -v dscl >/dev/null 2>&1 || ! command -v pwpolicy >/dev/null 2>&1; }

account_field() { dscl . -read "/Users/$target" "$1" 2>/dev/null | sed -n "1s/^$1: //p"; }

read_account() {
  uid=$(account_field UniqueID) home=$(account_field NFSHomeDirectory)
  case $uid in '' | *[!0-9]*) return 1 ;; esac
}

uids_like() { dscl . -list /Users UniqueID | awk -v uid="$1" '$NF == uid' | wc -l; }
homes_like() { dscl . -list /Users NFSHomeDirectory | awk -v home="$1" '{ sub(/^[^ ]+ +/, "") } $0 == home' | wc -l; }

known_elsewhere() { bounded id "$target" >/dev/null 2>&1; }

is_whole() { [ -n "$(account_field UserShell)" ]; }

# What pwpolicy writes when it disables a user.
password_now() {
  case $(dscl . -read "/Users/$target" AuthenticationAuthority 2>/dev/null) in
    *';DisabledUser;'*) echo locked ;;
    *) echo open ;;
  esac
}

lock_password() { pwpolicy -u "$target" -disableuser; }
open_password() { pwpolicy -u "$target" -enableuser; }

# There is no day on which a local account ends: a shell that ends at once stands for it.
our_expiry=/usr/bin/false
expiry_now() { account_field UserShell; }
is_expired() { [ "$(expiry_now)" = "$our_expiry" ]; }
expire() { dscl . -create "/Users/$target" UserShell "$our_expiry"; }
unexpire() { dscl . -create "/Users/$target" UserShell "$1"; }

processes() { ps -axo pid=,uid=,ruid=,stat= | awk -v uid="$uid" '($2 == uid || $3 == uid) && $4 !~ /^Z/ { print $1 }'; }

end_sessions() {
  bounded launchctl bootout "gui/$uid" 2>/dev/null
  bounded launchctl bootout "user/$uid" 2>/dev/null
  round=0
  while [ "$round" -lt 8 ]; do
    running=$(processes)
    [ -n "$running" ] || return 0
    for signal in STOP KILL; do
      # shellcheck disable=SC2086
      kill -"$signal" $running 2>/dev/null
    done
    round=$((round + 1))
    if [ "$round" -gt 4 ]; then sleep 1; fi
  done
}

bounded() { "$@"; }
describe() { stat -f '%HT %u %g %Lp %z' "$1"; }
