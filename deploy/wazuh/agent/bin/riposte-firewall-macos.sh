# shellcheck shell=sh
# Blocks of macOS with its packet filter, in an anchor of our own below the one that its stock pf.conf asks.
# Written from the manual of pfctl and never run: see the README.

# shellcheck disable=SC2034
state=/var/db/riposte-companion
anchor=com.apple/riposte

find_firewall() {
  with=
  command -v pfctl >/dev/null 2>&1 && pfctl -s rules 2>/dev/null | grep -q 'anchor "com.apple/\*"' && with=pf
}

firewall_block() {
  pfctl -a "$anchor" -s rules | grep -q '<riposte>' || pfctl -a "$anchor" -f - <<'RULES'
table <riposte> persist
block drop quick from <riposte> to any
block drop quick from any to <riposte>
RULES
  pfctl -a "$anchor" -t riposte -T add "$1"
  # pf counts who wants it on; ours is taken back with the last block.
  if ! pf_is_on; then
    pf_token=$(pfctl -E 2>&1 | sed -n 's/^Token : //p')
    put "$state/pf-token" "$pf_token"
  fi
  # What is established has passed already.
  pfctl -k "$1"
  pfctl -k 0.0.0.0/0 -k "$1"
}

pf_is_on() { pfctl -s info 2>/dev/null | grep -q '^Status: Enabled'; }

firewall_blocks() {
  pf_is_on && firewall_knows "$1" && [ "$(pfctl -a "$anchor" -s rules 2>/dev/null | grep -c '<riposte>')" -eq 2 ]
}

firewall_knows() { pfctl -a "$anchor" -t riposte -T test "$1" >/dev/null 2>&1; }

firewall_allow() {
  pfctl -a "$anchor" -t riposte -T delete "$1"
  if [ -z "$(pfctl -a "$anchor" -t riposte -T show)" ]; then
    pfctl -a "$anchor" -F all
    if [ -f "$state/pf-token" ]; then
      read -r pf_token <"$state/pf-token"
      pfctl -X "$pf_token"
      rm -f "$state/pf-token"
    fi
  fi
} >/dev/null 2>&1

own_addresses() { ifconfig | awk '$1 == "inet" || $1 == "inet6" { print $2 }'; }
gateways() { netstat -rn | awk '$1 == "default" { print $2 }'; }
addresses_of() { dscacheutil -q host -a name "$1" | awk '$1 == "ip_address:" || $1 == "ipv6_address:" { print $2 }'; }
can_list_addresses() { :; }
bounded() { "$@"; }
