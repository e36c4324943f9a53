{{/* riposte.yaml: what the chart writes, with the keys of riposte.config in place of its own. Never through tpl: a {{ there is Riposte's. */}}
{{- define "riposte.config" -}}
{{- $own := fromYaml (include "riposte.ownConfig" .) -}}
{{- if hasKey $own "Error" }}{{ fail (printf "a mistake of the chart: %s" $own.Error) }}{{ end -}}
{{- $given := .Values.riposte.config | default dict -}}
{{- range $key, $value := $given -}}
{{- /* Those of the chart stay, since the chart's policies name them. */ -}}
{{- if and (eq $key "destinations") (kindIs "map" $value) -}}
{{- $value = merge (dict) $value (get $own "destinations" | default dict) -}}
{{- end -}}
{{- $_ := set $own $key $value -}}
{{- end -}}
{{- toYaml $own -}}
{{- end -}}

{{- define "riposte.forwarders" -}}
{{- $names := list -}}
{{- if .Values.wazuh.enabled -}}
{{- $names = append $names (printf "%s-0" (include "chart.master" .)) -}}
{{- range $i := until (int .Values.wazuh.worker.replicas) -}}
{{- $names = append $names (printf "%s-%d" (include "chart.worker" $) $i) -}}
{{- end -}}
{{- end -}}
{{- range .Values.riposte.forwarders -}}
{{- $names = append $names . -}}
{{- end -}}
{{- toJson (uniq $names) -}}
{{- end -}}

{{- define "riposte.ownConfig" -}}
{{- $riposte := .Values.riposte -}}
{{- $forwarders := fromJsonArray (include "riposte.forwarders" .) -}}
{{- $indexer := $riposte.indexer -}}
{{- $jira := eq (include "integration.ofRiposte" (list . "jira")) "true" -}}
{{- $slack := eq (include "integration.ofRiposte" (list . "slack")) "true" -}}
{{- if not (or $forwarders $indexer.url (hasKey ($riposte.config | default dict) "wazuh")) -}}
{{- fail "riposte: where do the alerts come from? wazuh.enabled is false; give riposte.indexer.url (a Wazuh indexer), riposte.forwarders (names of forwarders elsewhere) or riposte.config.wazuh." -}}
{{- end -}}
{{- if and $indexer.url (not $indexer.existingSecret) -}}
{{- fail "riposte.indexer.url needs riposte.indexer.existingSecret: the name of a Secret with the password of the user." -}}
{{- end -}}
{{- with $riposte.postgres.existingSecret }}
store: { postgres: { file: /etc/riposte/postgres/url } }
{{- else }}
store: sqlite:/var/lib/riposte/data/riposte.db
{{- end }}
# In a folder that Riposte makes: a volume's own is writable for its group, where others could put a socket in place.
socket: /var/lib/riposte/data/riposte.sock
http:
  listen: 0.0.0.0:8443
  tls: { certificate: /etc/riposte/tls/tls.crt, key: /etc/riposte/tls/tls.key }
  tokens:
    {{- range $forwarders }}
    - { name: {{ include "riposte.tokenName" . }}, secret: { file: /etc/riposte/tokens/{{ . }} }, may: [send] }
    {{- end }}
    {{- with $riposte.tokens }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- if not (or $forwarders $riposte.tokens) }} []
    {{- end }}
wazuh:
  alerts:
    {{- if $indexer.url }}
    - name: indexer
      from: indexer
      url: {{ $indexer.url | quote }}
      user: {{ $indexer.user | quote }}
      password: { file: /etc/riposte/indexer/password }
      {{- if $indexer.fingerprint }}
      fingerprint: {{ $indexer.fingerprint | quote }}
      {{- else if $indexer.caKey }}
      ca: /etc/riposte/indexer/ca.crt
      {{- end }}
    {{- end }}
    {{- if $forwarders }}
    - { name: forwarders, from: http }
    {{- end }}
destinations:
  {{- if $slack }}
  security-alerts: { type: slack, webhook: { file: /etc/riposte/slack/SLACK_WEBHOOK_URL } }
  {{- end }}
  {{- if $jira }}
  soc-webhook:
    type: jira-automation
    url: { file: /etc/riposte/jira/JIRA_URL }
    token: { file: /etc/riposte/jira/JIRA_API_KEY }
    project: { file: /etc/riposte/jira/JIRA_PROJECT_KEY }
  {{- end }}
  {{- if not (or $jira $slack) }} {}
  {{- end }}
policies:
  - name: agent-lost
    when: { rule.id: [504, 506] }
    clear: { rule.id: [501, 503] }
    hold: 30m
    group_by: [agent.id]
    severity: high
    playbook: agent-disconnection
  {{- if $jira }}
  - name: custom-jira
    when: { rule.id: {{ toJson .Values.integration.jira.ruleIds }}, rule.level: ">= {{ .Values.integration.jira.level }}" }
    group_by: [agent.id, data.srcip]
    playbook: ssh-brute-force
    tell: {{ ternary "[security-alerts, soc-webhook]" "[soc-webhook]" $slack }}
  {{- end }}
  {{- if $slack }}
  - name: slack
    when: { rule.level: ">= {{ .Values.integration.slack.level }}", location: "*" }
    tell: [security-alerts]
  {{- end }}
{{- end -}}

{{/* A token's name has at most 40 letters, digits and hyphens; the end of a pod's name tells it apart. */}}
{{- define "riposte.tokenName" -}}
{{- if gt (len .) 40 -}}
{{- printf "%s-%s" (. | sha256sum | trunc 6) (substr (int (sub (len .) 33)) (len .) . | trimPrefix "-") -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}
