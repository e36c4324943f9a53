#!/bin/sh
# Writes ossec.conf from its template, with what only this pod and its Secrets know, and then stays: the original's
# `kubectl exec -c wazuh-init -- env` asks a container that runs. A Secret that is not there yet is waited for by
# ending: only a new container gets its values. After five tries Wazuh is started without it.
umask 027
rendered=/rendered
tries_file=$rendered/tries
most=5
newline='
'
say() {
  echo "wazuh-init: $1" >&2
}

# The value of a key: from the environment, or from the mounted Secret where nothing is to stand there.
value_of() {
  eval "value=\${$2-}"
  [ -n "$value" ] || value=$(cat "/wazuh-init/$1/$2" 2>/dev/null)
}

# What would break the line of ossec.conf, or integratord's command, which is split at spaces.
is_clean() {
  case $1 in
    *'<'* | *'>'* | *' '* | *'	'* | *'\'* | *"$newline"*) return 1 ;;
  esac
}

# Whether the keys of an integration are all there and fit to be used; says which one is not, and never its value.
check() {
  integration=$1
  secret=$2
  by=$3
  shift 3
  for key in "$@"; do
    value_of "$integration" "$key"
    if [ -z "$value" ]; then
      say "Secret $secret: the key $key is missing or empty"
      return 1
    fi
    [ "$by" = integratord ] || continue
    case $key-$value in
      SLACK_WEBHOOK_URL-https://* | JIRA*) ;;
      *)
        say "Secret $secret: the key $key is no https:// address alone, which Wazuh's own slack needs"
        return 1
        ;;
    esac
    if ! is_clean "$value"; then
      say "Secret $secret: the key $key has white space, < or > in it, or a backslash, which Wazuh can't take"
      return 1
    fi
  done
}

block() {
  case $1 in
    jira)
      set -- custom-jira "$TICKET_LEVEL_MIN" "$TICKET_RULES" "$jira_by"
      url=JIRA_URL api_key=JIRA_API_KEY options=JIRA_PROJECT_KEY teller=Jira
      if [ "$jira_by" = integratord ]; then
        value_of jira JIRA_URL && url=$value
        value_of jira JIRA_API_KEY && api_key=$value
        value_of jira JIRA_PROJECT_KEY && options=$value
      fi
      ;;
    slack)
      set -- slack "$SLACK_LEVEL_MIN" "" "$slack_by"
      url=SLACK_WEBHOOK_URL api_key='' options='{"pretext": "Wazuh Alert"}' teller=Slack
      if [ "$slack_by" = integratord ]; then value_of slack SLACK_WEBHOOK_URL && url=$value; fi
      ;;
  esac
  [ "$4" = integratord ] || echo "  <!-- Riposte tells $teller, and reads the keys of its Secret from files. In place of this block:"
  echo "  <integration>"
  echo "    <name>$1</name>"
  echo "    <hook_url>$url</hook_url>"
  [ -z "$api_key" ] || echo "    <api_key>$api_key</api_key>"
  echo "    <level>$2</level>"
  [ -z "$3" ] || echo "    <rule_id>$3</rule_id>"
  echo "    <alert_format>json</alert_format>"
  [ -z "$options" ] || echo "    <options>$options</options>"
  echo "  </integration>"
  [ "$4" = integratord ] || echo "  -->"
}

render() {
  cluster_key=$(cat /wazuh-init/wazuh/cluster-key)
  [ ${#cluster_key} = 32 ] || say "the key cluster-key of the manager's Secret has not 32 characters: the nodes of the cluster will refuse it"
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      *@NODE_NAME@*) printf '%s%s%s\n' "${line%%@NODE_NAME@*}" "$NODE_NAME" "${line#*@NODE_NAME@}" ;;
      *@CLUSTER_KEY@*) printf '%s%s%s\n' "${line%%@CLUSTER_KEY@*}" "$cluster_key" "${line#*@CLUSTER_KEY@}" ;;
      *@INTEGRATIONS@*) for each in $ready; do block "$each"; done ;;
      *) printf '%s\n' "$line" ;;
    esac
  done <"/wazuh-init/template/ossec.conf"
}

ready=
missing=
for each in $INTEGRATIONS; do
  name=${each%%:*}
  rest=${each#*:}
  by=${rest%%:*}
  case $name in
    jira) jira_by=$by keys='JIRA_URL JIRA_API_KEY JIRA_PROJECT_KEY' ;;
    slack) slack_by=$by keys=SLACK_WEBHOOK_URL ;;
  esac
  # shellcheck disable=SC2086
  if check "$name" "${rest#*:}" "$by" $keys; then
    ready="$ready $name"
  else
    missing="$missing $name"
    # The block with placeholders needs no value.
    [ "$by" = integratord ] || ready="$ready $name"
  fi
done

mkdir -p "$rendered/etc/rules"
if [ -n "$missing" ] && [ ! -e "$rendered/etc/ossec.conf" ]; then
  tries=$(cat "$tries_file" 2>/dev/null)
  tries=$((${tries:-0} + 1))
  echo "$tries" >"$tries_file"
  if [ "$tries" -lt "$most" ]; then
    say "try $tries of $most: ending, to be started again with what the Secret has by then"
    exit 1
  fi
fi
for each in $missing; do
  say "WAZUH STARTS WITHOUT THE KEYS OF $each after $most tries. When its Secret is there: kubectl rollout restart of this StatefulSet"
  case $each in
    jira) by=$jira_by ;;
    slack) by=$slack_by ;;
  esac
  [ "$by" = integratord ] || say "Riposte reads that Secret by itself, keeps what is to be told, and tells it once the Secret is there"
done

# Under its name once it is whole: the startup probe, and Wazuh after it, take what they find.
if render >"$rendered/ossec.conf.part" && chmod 0640 "$rendered/ossec.conf.part"; then
  for file in authd-pass:etc/authd.pass local-rules:etc/rules/local_rules.xml; do
    for from in "/wazuh-init/wazuh/${file%%:*}" "/wazuh-init/template/${file%%:*}"; do
      [ ! -r "$from" ] || { cat "$from" >"$rendered/${file#*:}" && chmod 0640 "$rendered/${file#*:}"; }
    done
  done
  [ -n "$(ls -A "$rendered/etc/rules")" ] || rmdir "$rendered/etc/rules"
  mv -f "$rendered/ossec.conf.part" "$rendered/etc/ossec.conf"
  say "ossec.conf is written"
else
  say "ossec.conf could not be written: is the disk full?"
  exit 1
fi

trap 'exit 0' TERM INT
while :; do
  sleep 3600 &
  wait $!
done
