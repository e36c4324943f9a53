# shellcheck shell=sh
# A table (nftables) or chains (iptables) of our own that let through the manager, this machine to itself, and what an
# address needs to stay one (DHCP, IPv6's neighbours). Nobody else's rule is changed, and what they drop stays dropped.

# isolate PEERS: one address a line.
isolate() {
  case $with in
    nft)
      # One transaction, which takes the place of whatever was there of ours.
      {
        echo 'add table inet riposte_isolation'
        echo 'delete table inet riposte_isolation'
        echo 'add table inet riposte_isolation'
        for chain in input forward output; do
          echo "add chain inet riposte_isolation $chain { type filter hook $chain priority -20; policy drop; }"
        done
        echo 'add rule inet riposte_isolation input iif lo accept'
        echo 'add rule inet riposte_isolation output oif lo accept'
        echo 'add rule inet riposte_isolation input udp sport 67 udp dport 68 accept'
        echo 'add rule inet riposte_isolation output udp sport 68 udp dport 67 accept'
        for chain in input output; do
          echo "add rule inet riposte_isolation $chain icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept"
        done
        for peer in $1; do
          if [ "$(family_of "$peer")" = 6 ]; then ip=ip6; else ip=ip; fi
          echo "add rule inet riposte_isolation input $ip saddr $peer accept"
          echo "add rule inet riposte_isolation output $ip daddr $peer accept"
        done
        for resolver in $(needed_resolvers); do
          if [ "$(family_of "$resolver")" = 6 ]; then ip=ip6; else ip=ip; fi
          for how in udp tcp; do
            echo "add rule inet riposte_isolation output $ip daddr $resolver $how dport 53 accept"
            echo "add rule inet riposte_isolation input $ip saddr $resolver $how sport 53 accept"
          done
        done
      } | nft -f -
      ;;
    iptables)
      # Not one transaction: what is left of a half is taken away first, and all is let in until the last step.
      rejoin
      for of in iptables ip6tables; do
        "$of" -w -N RIPOSTE_ALONE_IN && "$of" -w -N RIPOSTE_ALONE_OUT || return 1
        "$of" -w -A RIPOSTE_ALONE_IN -i lo -j RETURN
        "$of" -w -A RIPOSTE_ALONE_OUT -o lo -j RETURN
        "$of" -w -A RIPOSTE_ALONE_IN -p udp --sport 67 --dport 68 -j RETURN
        "$of" -w -A RIPOSTE_ALONE_OUT -p udp --sport 68 --dport 67 -j RETURN
      done
      for type in 133 134 135 136; do
        for chain in IN OUT; do
          ip6tables -w -A "RIPOSTE_ALONE_$chain" -p icmpv6 --icmpv6-type "$type" -j RETURN
        done
      done
      for peer in $1; do
        of=$(tables_for "$peer")
        "$of" -w -A RIPOSTE_ALONE_IN -s "$peer" -j RETURN
        "$of" -w -A RIPOSTE_ALONE_OUT -d "$peer" -j RETURN
      done
      for resolver in $(needed_resolvers); do
        of=$(tables_for "$resolver")
        for how in udp tcp; do
          "$of" -w -A RIPOSTE_ALONE_OUT -d "$resolver" -p "$how" --dport 53 -j RETURN
          "$of" -w -A RIPOSTE_ALONE_IN -s "$resolver" -p "$how" --sport 53 -j RETURN
        done
      done
      for of in iptables ip6tables; do
        "$of" -w -A RIPOSTE_ALONE_IN -j DROP
        "$of" -w -A RIPOSTE_ALONE_OUT -j DROP
        "$of" -w -I INPUT 1 -j RIPOSTE_ALONE_IN
        "$of" -w -I FORWARD 1 -j RIPOSTE_ALONE_OUT
        "$of" -w -I OUTPUT 1 -j RIPOSTE_ALONE_OUT
      done
      ;;
  esac
}

# Names are looked up anew whenever the agent connects: only who has the manager by its name needs them. False: it is
# not known who is asked, so the agent would not find its manager again; what helps is to give that by its address.
needed_resolvers() {
  for manager in $(manager_names); do
    spell "$manager" >/dev/null && continue
    away=$(resolvers_away "$resolv_conf")
    [ -n "$away" ] || away=$(resolvers_away "$upstream_conf")
    [ -n "$away" ] || return 1
    printf '%s\n' "$away"
    return 0
  done
}

# Who listens on this machine itself only asks others, which are those to be reached.
resolvers_away() {
  resolvers_in "$1" | sed 's/%.*//' | while IFS= read -r each; do spell "$each"; done |
    grep -v -e '^127\.' -e '^0\.' -e '^0:0:0:0:0:0:0:[01]$'
}

# Looks, and trusts nothing that we remember.
is_isolated() {
  case $with in
    nft)
      for chain in input forward output; do
        nft list chain inet riposte_isolation "$chain" 2>/dev/null | grep -q "hook $chain .*policy drop" || return 1
      done
      ;;
    iptables)
      for of in iptables ip6tables; do
        "$of" -w -C RIPOSTE_ALONE_IN -j DROP && "$of" -w -C RIPOSTE_ALONE_OUT -j DROP || return 1
        "$of" -w -C INPUT -j RIPOSTE_ALONE_IN && "$of" -w -C OUTPUT -j RIPOSTE_ALONE_OUT || return 1
        "$of" -w -C FORWARD -j RIPOSTE_ALONE_OUT || return 1
      done
      ;;
    *) return 1 ;;
  esac 2>/dev/null
}

# Any part of it that is left.
knows_isolation() {
  case $with in
    nft) nft list table inet riposte_isolation >/dev/null 2>&1 ;;
    iptables)
      for of in iptables ip6tables; do
        for chain in IN OUT; do "$of" -w -S "RIPOSTE_ALONE_$chain" >/dev/null 2>&1 && return 0; done
      done
      return 1
      ;;
    *) return 1 ;;
  esac
}

rejoin() {
  case $with in
    nft) nft delete table inet riposte_isolation ;;
    iptables)
      for of in iptables ip6tables; do
        for jump in INPUT:IN FORWARD:OUT OUTPUT:OUT; do
          while "$of" -w -D "${jump%:*}" -j "RIPOSTE_ALONE_${jump#*:}"; do :; done
        done
        for chain in IN OUT; do
          "$of" -w -F "RIPOSTE_ALONE_$chain"
          "$of" -w -X "RIPOSTE_ALONE_$chain"
        done
      done
      ;;
  esac >/dev/null 2>&1
  return 0
}
