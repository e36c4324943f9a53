#!/bin/sh
# Copies custom-jira and custom-jira.py from the ConfigMap to jira-writable, as root:wazuh and 0750: integratord runs as
# wazuh and refuses a script that it could write to. Whatever goes wrong is said, and Wazuh starts all the same.
umask 027
bad() {
  echo "permission-fix: $1" >&2
}

gid=
while IFS=: read -r group _ number _; do
  [ "$group" != wazuh ] || gid=$number
done </etc/group
if [ -z "$gid" ]; then
  gid=${WAZUH_GID:-999}
  bad "this image has no group wazuh: the group is set by its number, $gid. Is it a Wazuh manager's image?"
elif [ "$gid" != "${WAZUH_GID:-999}" ]; then
  bad "in this image the group wazuh is $gid, not ${WAZUH_GID:-999}: set wazuh.gid to it, or the forwarder can't read alerts"
fi

for name in custom-jira custom-jira.py; do
  part=/jira-writable/.$name.part
  if cat "/jira-conf/$name" >"$part" && chown "0:$gid" "$part" && chmod 0750 "$part" && mv -f "$part" "/jira-writable/$name"; then
    echo "permission-fix: $name is root:wazuh ($gid), 0750"
  else
    rm -f "$part"
    bad "$name could not be put in place, so that integratord does without it"
  fi
done

# Where the forwarder keeps its place: on the manager's own volume, whose owner is whoever made it.
if [ -d /riposte-state ]; then
  { chown 65532:"$gid" /riposte-state && chmod 0700 /riposte-state; } ||
    bad "the forwarder's folder could not be given to it: after a restart it may send some alerts again"
fi
exit 0
