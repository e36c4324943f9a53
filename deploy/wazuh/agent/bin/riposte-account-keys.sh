# shellcheck shell=sh
# The SSH keys of an account are parked under another name in the folder where they are: one rename, so that owner, mode,
# content and whatever else a file has come back as they were. The folders are the user's own, who may have put links
# there to have root rename things elsewhere: each step is taken in a folder that has proven to be the one it is named.

# Sets key_list: files of sshd that hold keys of this account alone, one path a line. Asked once for each account.
list_key_files() {
  if [ "${key_list_of-}" = "$target" ]; then return 0; fi
  key_list=$(key_files)
  key_list_of=$target
}

key_files() {
  key_patterns=$(bounded sshd -T -C "user=$target,host=localhost,addr=127.0.0.1" 2>/dev/null |
    awk '$1 == "authorizedkeysfile" { for (i = 2; i <= NF; i++) print $i }')
  printf '%s\n' .ssh/authorized_keys .ssh/authorized_keys2 "$key_patterns" |
    awk -v user="$target" -v uid="$uid" -v home="$home" '
      $0 == "" || $0 == "none" || /(^|\/)\.\.(\/|$)/ { next }
      {
        out = ""
        own = $0 !~ /^\//
        for (i = 1; i <= length($0); i++) {
          c = substr($0, i, 1)
          if (c != "%") { out = out c; continue }
          c = substr($0, ++i, 1)
          if (c == "h") { out = out home; own = 1 }
          else if (c == "u") { out = out user; own = 1 }
          else if (c == "U") { out = out uid; own = 1 }
          else out = out c
        }
        if (out !~ /^\//) out = home "/" out
        # One file for everybody is not this user'"'"'s to lose.
        if (own && !(out in seen)) print out
        seen[out] = 1
      }'
}

# locate PATH: sets spot_folder (without links) and spot_name; false: nothing is there.
# A link on the way below the home is itself what is parked: nothing behind it is touched.
locate() {
  case $1 in
    "$home"/*) spot_folder=$home spot_name=${1#"$home"/} ;;
    *) spot_folder=${1%/*} spot_name=${1##*/} ;;
  esac
  spot_folder=$(cd -P -- "$spot_folder" 2>/dev/null && pwd -P) || return 1
  while :; do
    case $spot_name in
      /*) spot_name=${spot_name#/} ;;
      */*)
        spot_head=${spot_name%%/*}
        if [ -L "$spot_folder/$spot_head" ]; then
          spot_name=$spot_head
          return 0
        fi
        [ -d "$spot_folder/$spot_head" ] || return 1
        spot_folder=$spot_folder/$spot_head spot_name=${spot_name#*/}
        ;;
      '') return 1 ;;
      *) break ;;
    esac
  done
  is_there "$spot_folder/$spot_name"
}

is_there() { [ -e "$1" ] || [ -L "$1" ]; }

# rename_in FOLDER FROM TO: never onto something, never in another folder.
rename_in() (
  cd -P -- "$1" 2>/dev/null && [ "$(pwd -P)" = "$1" ] && ! is_there "./$3" && mv -- "./$2" "./$3"
)

# What tells a file from another: kind, owner, mode, size, content.
# A device, pipe or link is never read: it could keep us waiting, or be somebody else's.
mark_of() (
  cd -P -- "$1" 2>/dev/null && [ "$(pwd -P)" = "$1" ] || exit 1
  describe "./$2" || exit 1
  if [ -L "./$2" ]; then ls -ld -- "./$2" | sed 's/.* -> //'; elif [ -f "./$2" ]; then dd bs=1048576 count=1 <"./$2" 2>/dev/null | checksum; fi
)

checksum() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum; elif command -v shasum >/dev/null 2>&1; then shasum -a 256; else cksum; fi
}

# Where two accounts share a home, its keys open the other one as well.
home_is_shared() {
  case $home in '' | / | [!/]*) return 0 ;; esac
  [ "$(homes_like "$home")" -gt 1 ]
}

park_keys() {
  home_is_shared && return 0
  mkdir -p "$hold/keys" || return 1
  list_key_files
  printf '%s\n' "$key_list" | while IFS= read -r key_file; do
    locate "$key_file" || continue
    # What is written before the rename is what finds it again. An entry whose rename never came is taken up again.
    number=1
    while [ -e "$hold/keys/$number" ]; do
      read_entry "$hold/keys/$number"
      if [ "$key_folder/$key_name" = "$spot_folder/$spot_name" ] && ! is_there "$key_folder/$key_parked"; then break; fi
      number=$((number + 1))
    done
    key_mark=$(mark_of "$spot_folder" "$spot_name") || continue
    put "$hold/keys/$number" "$spot_folder
$spot_name
$spot_name.riposte-$token-$number
$key_mark" && rename_in "$spot_folder" "$spot_name" "$spot_name.riposte-$token-$number" && durable "$spot_folder"
  done
}

# Sets key_folder, key_name, key_parked and key_mark.
read_entry() {
  {
    IFS= read -r key_folder
    IFS= read -r key_name
    IFS= read -r key_parked
    key_mark=$(cat)
  } <"$1"
}

# Whether an entry with a lower number is about the same file: that one was there first and is what comes back.
was_there_earlier() {
  earlier=1
  while [ "$earlier" -lt "$1" ]; do
    if [ -e "$hold/keys/$earlier" ] && [ "$(sed -n 1,2p "$hold/keys/$earlier")" = "$key_folder
$key_name" ]; then
      return 0
    fi
    earlier=$((earlier + 1))
  done
  return 1
}

unpark_keys() {
  number=0
  while [ -e "$hold/keys/$((number + 1))" ]; do
    number=$((number + 1))
    read_entry "$hold/keys/$number"
    is_there "$key_folder/$key_parked" || continue
    was_there_earlier "$number" && continue
    # Whoever changed what was parked would come in by it: that is left for a person to look at.
    [ "$(mark_of "$key_folder" "$key_parked")" = "$key_mark" ] || continue
    if is_there "$key_folder/$key_name"; then rename_in "$key_folder" "$key_name" "$key_name.riposte-$token-meanwhile-$number"; fi
    rename_in "$key_folder" "$key_parked" "$key_name" && durable "$key_folder"
  done
}

# Sets keys to what is there now: in_place, parked or none; shared: they were left alone.
look_at_keys() {
  if home_is_shared; then
    keys=shared
    return
  fi
  keys=none
  if [ -e "$hold/keys/1" ]; then keys=parked; fi
  list_key_files
  key_there=$(printf '%s\n' "$key_list" | while IFS= read -r key_file; do
    if locate "$key_file"; then echo 1; fi
  done)
  if [ -n "$key_there" ]; then keys=in_place; fi
}

keys_are_back() {
  number=0
  while [ -e "$hold/keys/$((number + 1))" ]; do
    number=$((number + 1))
    read_entry "$hold/keys/$number"
    was_there_earlier "$number" && continue
    [ "$(mark_of "$key_folder" "$key_name")" = "$key_mark" ] || return 1
  done
}
