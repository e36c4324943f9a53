{{/* Each takes [context, "jira" or "slack"]. */}}

{{/* The Secret with the keys, by whichever way it comes. */}}
{{- define "integration.secret" -}}
{{- $ := index . 0 -}}
{{- $name := index . 1 -}}
{{- $of := index $.Values.integration $name -}}
{{- $external := $of.externalSecret -}}
{{- if and $external $of.existingSecret -}}
{{- fail (printf "integration.%s: externalSecret and existingSecret are both given. Keep one: externalSecret: true makes the Secret %s-wazuh-%s, existingSecret names one that is there." $name $.Release.Name $name) -}}
{{- end -}}
{{- if $of.existingSecret -}}
{{- $of.existingSecret -}}
{{- else if kindIs "string" $external -}}
{{- if eq $external "" -}}
{{- include "integration.fail" . -}}
{{- end -}}
{{- $external -}}
{{- else if $external -}}
{{- printf "%s-wazuh-%s" $.Release.Name $name -}}
{{- else -}}
{{- include "integration.fail" . -}}
{{- end -}}
{{- end -}}

{{- define "integration.fail" -}}
{{- $name := index . 1 -}}
{{- fail (printf "integration.%s.enabled needs to know where its keys are. Write externalSecret: true (the External Secrets Operator fetches %s), or existingSecret: NAME of a Secret with %s." $name (index (index . 0).Values.integration $name).remoteKey (include "integration.keys" .)) -}}
{{- end -}}

{{- define "integration.keys" -}}
{{- if eq (index . 1) "jira" -}}JIRA_URL, JIRA_API_KEY and JIRA_PROJECT_KEY{{- else -}}SLACK_WEBHOOK_URL{{- end -}}
{{- end -}}

{{- define "integration.sentBy" -}}
{{- $ := index . 0 -}}
{{- $name := index . 1 -}}
{{- $by := (index $.Values.integration $name).sentBy | default (ternary "riposte" "integratord" $.Values.riposte.enabled) -}}
{{- if and (eq $by "riposte") (not $.Values.riposte.enabled) -}}
{{- fail (printf "integration.%s.sentBy is riposte, and riposte.enabled is false: nobody would send. Write sentBy: integratord, or enable riposte." $name) -}}
{{- end -}}
{{- if and (eq $by "integratord") (not $.Values.wazuh.enabled) -}}
{{- fail (printf "integration.%s.sentBy is integratord, and wazuh.enabled is false: the chart has no manager that could send. Write sentBy: riposte." $name) -}}
{{- end -}}
{{- $by -}}
{{- end -}}

{{/* "true" where it is enabled and Riposte sends it. */}}
{{- define "integration.ofRiposte" -}}
{{- $ := index . 0 -}}
{{- if (index $.Values.integration (index . 1)).enabled -}}
{{- if eq (include "integration.sentBy" .) "riposte" }}true{{ end -}}
{{- end -}}
{{- end -}}
