#!/bin/sh
# Run by the image's own start, as root, behind its copying and before Wazuh: a file that the image copied for the first
# time is root:root, and a volume with an fsGroup has made all of them writable for the group, which integratord refuses.
folder=/var/ossec/integrations
if ! chgrp wazuh "$folder" 2>/dev/null; then
  echo "riposte: this image has no group wazuh, so that the integrations can't be given to it: Wazuh starts without them" >&2
  exit 0
fi
for file in "$folder"/*; do
  [ -f "$file" ] && [ ! -L "$file" ] || continue
  { chown root:wazuh "$file" && chmod 0750 "$file"; } ||
    echo "riposte: $file could not be made root:wazuh 0750: integratord will not run it" >&2
done
# Its own mode too: who may write to the folder may put another script in its place.
chown root:wazuh "$folder" && chmod 0750 "$folder"
for file in /var/ossec/etc/authd.pass /var/ossec/etc/ossec.conf; do
  [ ! -f "$file" ] || { chown root:wazuh "$file" && chmod 0640 "$file"; }
done
exit 0
