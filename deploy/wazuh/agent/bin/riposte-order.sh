# shellcheck shell=sh
# Reads the one line that execd writes to a script of active response, and answers execd and Wazuh.
# The contract is docs/reference/companion.md.

# The most that an order may have, in bytes: whoever sends more does not mean us.
order_most=16384

# Reads stdin up to the first line end and not further: execd keeps it open and speaks again.
# Sets order_command, order_user, order_address, order_v, order_token, order_verb and order_seconds.
# A value that has anything but printable ASCII in it becomes "?", which no check lets through.
read_order() {
  order_command='' order_user='' order_address='' order_v='' order_token='' order_verb='' order_seconds=''
  IFS= read -r order_line || [ -n "$order_line" ] || return 1
  [ "${#order_line}" -le "$order_most" ] || return 1
  order_fields=$(printf '%s\n' "$order_line" | awk "$order_parser") || return 1
  while IFS= read -r order_field; do
    case $order_field in
      command=*) order_command=${order_field#*=} ;;
      parameters.alert.data.dstuser=*) order_user=${order_field#*=} ;;
      parameters.alert.data.srcip=*) order_address=${order_field#*=} ;;
      parameters.alert.data.riposte.v=*) order_v=${order_field#*=} ;;
      parameters.alert.data.riposte.token=*) order_token=${order_field#*=} ;;
      parameters.alert.data.riposte.verb=*) order_verb=${order_field#*=} ;;
      parameters.alert.data.riposte.seconds=*) order_seconds=${order_field#*=} ;;
    esac
  done <<FIELDS
$order_fields
FIELDS
}

# A whole JSON parser, since half of one can be talked into reading what is not there. Prints path=value of each
# string, number and word, and fails at what is no JSON, has one path twice, or is nested deeper than 32.
# shellcheck disable=SC2016
order_parser='
function bad() { failed = 1; exit 1 }
function space() { while (at <= size && index(" \t\r", substr(text, at, 1)) > 0) at++ }
function expect(word) { if (substr(text, at, length(word)) != word) bad(); at += length(word) }
function string(   out, c, code) {
  expect("\"")
  out = ""
  while (1) {
    if (at > size) bad()
    c = substr(text, at, 1)
    at++
    if (c == "\"") return out
    if (c == "\\") {
      c = substr(text, at, 1)
      at++
      if (c == "u") {
        code = substr(text, at, 4)
        if (code !~ /^[0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f]$/) bad()
        at += 4
        if (tolower(code) ~ /^00[2-7][0-9a-f]$/ && tolower(code) != "007f") {
          out = out substr(ascii, 16 * (substr(code, 3, 1) - 2) + index("0123456789abcdef", tolower(substr(code, 4, 1))), 1)
        } else out = out "\001"
      } else if (index("\"\\/", c) > 0 && c != "") out = out c
      else if (index("bfnrt", c) > 0 && c != "") out = out "\001"
      else bad()
    } else out = out c
  }
}
function keep(path, text_of) {
  if (path in seen) bad()
  seen[path] = 1
  if (text_of ~ /[^ -~]/ || length(text_of) > 256) text_of = "?"
  if (path !~ /[^a-z.]/) list = list path "=" text_of "\n"
}
function value(path, depth,   c, key, rest) {
  if (depth > 32) bad()
  space()
  c = substr(text, at, 1)
  if (c == "{") {
    at++
    space()
    if (substr(text, at, 1) == "}") { at++; return }
    while (1) {
      space()
      key = string()
      # A dot in a key must not look like a step into an object.
      if (key !~ /^[A-Za-z0-9_]+$/) key = "?" (++odd)
      space()
      expect(":")
      value(path == "" ? key : path "." key, depth + 1)
      space()
      c = substr(text, at, 1)
      at++
      if (c == "}") return
      if (c != ",") bad()
    }
  }
  if (c == "[") {
    at++
    space()
    if (substr(text, at, 1) == "]") { at++; return }
    key = 0
    while (1) {
      value(path "." key++, depth + 1)
      space()
      c = substr(text, at, 1)
      at++
      if (c == "]") return
      if (c != ",") bad()
    }
  }
  if (c == "\"") { keep(path, string()); return }
  rest = substr(text, at, 64)
  if (match(rest, /^(-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?|true|false|null)/) == 0) bad()
  at += RLENGTH
  keep(path, substr(rest, 1, RLENGTH))
}
BEGIN {
  ascii = " !\"#$%&\047()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
}
NR == 1 {
  text = $0
  size = length(text)
  at = 1
  value("", 0)
  space()
  if (at <= size) bad()
}
END { if (failed || NR != 1) exit 1; printf "%s", list }
'

# Asks execd to remember this order, so that it calls again after the time-out of its alias, if that has one.
# Whether execd says continue or abort makes no difference: our own memory of a token outlives a restart, execd's doesn't.
tell_execd() {
  printf '{"version":1,"origin":{"name":"%s","module":"active-response"},"command":"check_keys","parameters":{"keys":["%s"]}}\n' "$program" "$1"
  IFS= read -r order_line || :
}

# The one line: effect and why. All that is in it has been checked to need no escaping.
answer() {
  answered="{\"riposte\":{\"v\":\"1\",\"token\":\"$token\",\"action\":\"$action\",\"verb\":\"$verb\",\"target\":\"$target\",\"effect\":\"$1\",\"why\":\"$2\",\"others\":\"$others\",\"until\":\"$until\",\"found\":{$found}}}"
  # A link here would have root write wherever Wazuh's own user points.
  if [ -L "$log" ] || ! printf '%s active-response/bin/%s: %s\n' "$(date '+%Y/%m/%d %H:%M:%S')" "$program" "$answered" >>"$log"; then
    printf '%s\n' "$answered" >&2
  fi
}
