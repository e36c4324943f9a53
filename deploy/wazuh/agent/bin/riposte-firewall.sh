# shellcheck shell=sh
# A table (nftables) or chains (iptables) of our own: nobody else's rule is read, moved or changed, and what is accepted
# elsewhere is dropped all the same. Established connections are cut as well.

# Sets with; false: there is no firewall that we know.
find_firewall() {
  for with in nft iptables; do
    case $with in
      nft) nft list tables >/dev/null 2>&1 && return 0 ;;
      iptables) iptables -w -S >/dev/null 2>&1 && ip6tables -w -S >/dev/null 2>&1 && return 0 ;;
    esac
  done
  with=
  return 1
}

family_of() { case $1 in *:*) echo 6 ;; *) echo 4 ;; esac; }

# firewall_block ADDRESS
firewall_block() {
  case $with in
    nft)
      # One transaction: the rules are there whole or not at all, however often.
      nft -f - <<RULES
add table inet riposte
add set inet riposte blocked4 { type ipv4_addr; }
add set inet riposte blocked6 { type ipv6_addr; }
add chain inet riposte input { type filter hook input priority -10; policy accept; }
add chain inet riposte forward { type filter hook forward priority -10; policy accept; }
add chain inet riposte output { type filter hook output priority -10; policy accept; }
flush chain inet riposte input
flush chain inet riposte forward
flush chain inet riposte output
add rule inet riposte input ip saddr @blocked4 drop
add rule inet riposte input ip6 saddr @blocked6 drop
add rule inet riposte forward ip saddr @blocked4 drop
add rule inet riposte forward ip daddr @blocked4 drop
add rule inet riposte forward ip6 saddr @blocked6 drop
add rule inet riposte forward ip6 daddr @blocked6 drop
add rule inet riposte output ip daddr @blocked4 drop
add rule inet riposte output ip6 daddr @blocked6 drop
add element inet riposte blocked$(family_of "$1") { $1 }
RULES
      ;;
    iptables)
      of=$(tables_for "$1")
      "$of" -w -N RIPOSTE
      for rule in "-s $1" "-d $1"; do
        # shellcheck disable=SC2086
        "$of" -w -C RIPOSTE $rule -j DROP || "$of" -w -A RIPOSTE $rule -j DROP
      done
      for chain in INPUT FORWARD OUTPUT; do
        "$of" -w -C "$chain" -j RIPOSTE || "$of" -w -I "$chain" 1 -j RIPOSTE
      done
      ;;
  esac
}

# firewall_blocks ADDRESS: looks, and trusts nothing that we remember.
firewall_blocks() {
  case $with in
    nft)
      family=$(family_of "$1")
      nft get element inet riposte "blocked$family" "{ $1 }" >/dev/null 2>&1 || return 1
      for chain in input forward output; do
        nft list chain inet riposte "$chain" 2>/dev/null | grep -q "hook $chain" || return 1
        nft list chain inet riposte "$chain" | grep -q "@blocked$family drop" || return 1
      done
      ;;
    iptables)
      of=$(tables_for "$1")
      "$of" -w -C RIPOSTE -s "$1" -j DROP && "$of" -w -C RIPOSTE -d "$1" -j DROP || return 1
      for chain in INPUT FORWARD OUTPUT; do "$of" -w -C "$chain" -j RIPOSTE || return 1; done
      ;;
  esac 2>/dev/null
}

# Any part of it that is left: half a block is not lifted.
firewall_knows() {
  case $with in
    nft) nft get element inet riposte "blocked$(family_of "$1")" "{ $1 }" >/dev/null 2>&1 ;;
    iptables)
      of=$(tables_for "$1")
      "$of" -w -C RIPOSTE -s "$1" -j DROP 2>/dev/null || "$of" -w -C RIPOSTE -d "$1" -j DROP 2>/dev/null
      ;;
    *) return 1 ;;
  esac
}

# firewall_allow ADDRESS; with the last one goes all that was ours.
firewall_allow() {
  case $with in
    nft)
      nft delete element inet riposte "blocked$(family_of "$1")" "{ $1 }"
      if ! nft list set inet riposte blocked4 | grep -q elements && ! nft list set inet riposte blocked6 | grep -q elements; then
        nft delete table inet riposte
      fi
      ;;
    iptables)
      of=$(tables_for "$1")
      for rule in "-s $1" "-d $1"; do
        # shellcheck disable=SC2086
        while "$of" -w -C RIPOSTE $rule -j DROP; do "$of" -w -D RIPOSTE $rule -j DROP || break; done
      done
      if [ "$("$of" -w -S RIPOSTE | wc -l)" -eq 1 ]; then
        for chain in INPUT FORWARD OUTPUT; do
          while "$of" -w -C "$chain" -j RIPOSTE; do "$of" -w -D "$chain" -j RIPOSTE || break; done
        done
        "$of" -w -X RIPOSTE
      fi
      ;;
  esac >/dev/null 2>&1
}

own_addresses() { ip -o addr show 2>/dev/null | awk '{ sub(/\/.*/, "", $4); print $4 }'; }
gateways() { { ip route show; ip -6 route show; } 2>/dev/null | awk '{ for (i = 1; i < NF; i++) if ($i == "via") print $(i + 1) }'; }
addresses_of() { bounded getent ahosts "$1" 2>/dev/null | awk '{ print $1 }'; }
can_list_addresses() { command -v ip >/dev/null 2>&1; }

tables_for() { if [ "$(family_of "$1")" = 6 ]; then echo ip6tables; else echo iptables; fi; }
