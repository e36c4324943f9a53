{{/* What the server's pod and the one of `helm test` have in common: the config and every secret that it names, in one
volume that changes as a whole. */}}
{{- define "riposte.etc" -}}
{{- $riposte := .Values.riposte -}}
- name: etc
  projected:
    defaultMode: 0440
    sources:
      - configMap: { name: {{ include "chart.riposte" . }} }
      - secret:
          name: {{ include "chart.tlsSecret" . }}
          items:
            {{- range list "tls.crt" "tls.key" "ca.crt" }}
            - { key: {{ . }}, path: tls/{{ . }} }
            {{- end }}
      {{- with fromJsonArray (include "riposte.forwarders" .) }}
      - secret:
          name: {{ include "chart.riposte" $ }}-tokens
          items:
            {{- range . }}
            - { key: {{ . }}, path: tokens/{{ . }} }
            {{- end }}
      {{- end }}
      {{- if eq (include "integration.ofRiposte" (list . "jira")) "true" }}
      # Optional: without it Riposte runs, keeps what is to be told, and says what is missing.
      - secret:
          name: {{ include "integration.secret" (list . "jira") }}
          optional: true
          items:
            {{- range list "JIRA_URL" "JIRA_API_KEY" "JIRA_PROJECT_KEY" }}
            - { key: {{ . }}, path: jira/{{ . }} }
            {{- end }}
      {{- end }}
      {{- if eq (include "integration.ofRiposte" (list . "slack")) "true" }}
      - secret:
          name: {{ include "integration.secret" (list . "slack") }}
          optional: true
          items: [{ key: SLACK_WEBHOOK_URL, path: slack/SLACK_WEBHOOK_URL }]
      {{- end }}
      {{- with $riposte.indexer }}
      {{- if .url }}
      - secret:
          name: {{ .existingSecret }}
          items:
            - { key: {{ .passwordKey }}, path: indexer/password }
            {{- if and .caKey (not .fingerprint) }}
            - { key: {{ .caKey }}, path: indexer/ca.crt }
            {{- end }}
      {{- end }}
      {{- end }}
      {{- with $riposte.postgres }}
      {{- if .existingSecret }}
      - secret:
          name: {{ .existingSecret }}
          items: [{ key: {{ .key }}, path: postgres/url }]
      {{- end }}
      {{- end }}
{{- range $riposte.extraSecrets }}
- name: extra-{{ . | sha256sum | trunc 10 }}
  secret: { secretName: {{ . }}, defaultMode: 0440 }
{{- end }}
{{- end -}}

{{- define "riposte.etcMounts" -}}
- { name: etc, mountPath: /etc/riposte, readOnly: true }
{{- range .Values.riposte.extraSecrets }}
- { name: extra-{{ . | sha256sum | trunc 10 }}, mountPath: /run/secrets/riposte/{{ . }}, readOnly: true }
{{- end }}
{{- end -}}

{{- define "riposte.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end -}}
