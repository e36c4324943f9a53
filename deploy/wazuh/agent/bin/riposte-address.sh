# shellcheck shell=sh
# One address, whatever way it is written, and those that must never be blocked.

resolv_conf=/etc/resolv.conf
# Whom systemd-resolved asks, where resolv.conf names only itself.
upstream_conf=/run/systemd/resolve/resolv.conf

# spell ADDRESS: prints it in its one spelling, IPv4 as numbers and IPv6 as eight groups; false: it is none.
# Nothing else is taken for an address: no name, no network, no zone, no IPv4 within an IPv6.
spell() {
  printf '%s\n' "$1" | awk '
    function no() { failed = 1; exit 1 }
    /[^0-9a-fA-F:.]/ || length($0) > 45 || length($0) < 2 { no() }
    /:/ {
      if (/\./ || /:::/ || /^:[^:]/ || /[^:]:$/) no()
      halves = split($0, half, "::")
      if (halves > 2) no()
      left = half[1] == "" ? 0 : split(half[1], before, ":")
      right = halves < 2 || half[2] == "" ? 0 : split(half[2], after, ":")
      if (halves == 2 ? left + right > 7 : left != 8) no()
      for (i = 1; i <= 8; i++) {
        group = i <= left ? before[i] : i > 8 - right ? after[i - 8 + right] : "0"
        if (group == "" || length(group) > 4) no()
        group = tolower(group)
        while (length(group) > 1 && group ~ /^0/) group = substr(group, 2)
        out = out (i > 1 ? ":" : "") group
      }
      print out
      next
    }
    {
      if (split($0, part, ".") != 4) no()
      for (i = 1; i <= 4; i++) if (part[i] !~ /^(0|[1-9][0-9]?[0-9]?)$/ || part[i] > 255) no()
      print
    }
    END { if (failed || NR != 1) exit 1 }'
}

# Never a single machine somewhere else: this one, everybody, nobody, the link, an IPv4 in disguise.
is_nobodys() {
  case $1 in
    0.* | 127.* | 169.254.* | 22[4-9].* | 2[345]?.*) return 0 ;;
    0:0:0:0:0:*) return 0 ;;
    fe[89ab]?:* | ff??:*) return 0 ;;
    64:ff9b:*) return 0 ;;
  esac
  return 1
}

# What this agent can't do without, each in its one spelling: itself, its gateways, its resolvers, its manager.
# False: it can't be known who the manager is, and then nobody is blocked.
needed_addresses() {
  {
    own_addresses
    gateways
    resolvers_in "$resolv_conf"
    resolvers_in "$upstream_conf"
  } | sed 's/%.*//' | while IFS= read -r needed; do spell "$needed"; done
  manager_addresses
}

resolvers_in() { awk '$1 == "nameserver" { print $2 }' "$1" 2>/dev/null; }

# Each in its one spelling. False: it can't be known who the manager is.
manager_addresses() {
  managers=$(manager_names)
  [ -n "$managers" ] || return 1
  for manager in $managers; do
    spell "$manager" && continue
    resolved=$(addresses_of "$manager" | sort -u)
    [ -n "$resolved" ] || return 1
    for each in $resolved; do spell "$each"; done
  done
}

# As they stand in the agent's config: addresses or names.
manager_names() {
  sed -n 's/.*<address>[[:space:]]*\([^<[:space:]]*\)[[:space:]]*<\/address>.*/\1/p' "$here/../../etc/ossec.conf" 2>/dev/null
}
