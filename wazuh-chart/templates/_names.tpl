{{/* The longest name built on it ends in -wazuh-manager-master, and a StatefulSet adds a hash to that. */}}
{{- define "chart.base" -}}
{{- .Release.Name | trunc 30 | trimSuffix "-" -}}
{{- end -}}

{{/* A release that is called wazuh, or riposte, need not say it twice. */}}
{{- define "chart.wazuh" -}}
{{- $base := include "chart.base" . -}}
{{- if contains "wazuh" $base }}{{ $base }}{{ else }}{{ $base }}-wazuh{{ end -}}
{{- end -}}
{{- define "chart.master" -}}{{ include "chart.wazuh" . }}-manager-master{{- end -}}
{{- define "chart.worker" -}}{{ include "chart.wazuh" . }}-manager-worker{{- end -}}
{{- define "chart.cluster" -}}{{ include "chart.wazuh" . }}-cluster{{- end -}}
{{- define "chart.wazuhSecret" -}}
{{- .Values.wazuh.existingSecret | default (printf "%s-manager" (include "chart.wazuh" .)) -}}
{{- end -}}

{{- define "chart.riposte" -}}
{{- $base := include "chart.base" . -}}
{{- if contains "riposte" $base }}{{ $base }}{{ else }}{{ $base }}-riposte{{ end -}}
{{- end -}}
{{- define "chart.riposteAddress" -}}
https://{{ include "chart.riposte" . }}.{{ .Release.Namespace }}.svc:8443
{{- end -}}
{{- define "chart.tlsSecret" -}}
{{- .Values.riposte.tls.existingSecret | default (printf "%s-tls" (include "chart.riposte" .)) -}}
{{- end -}}

{{/* Takes [context, component]. */}}
{{- define "chart.selector" -}}
{{- $ := index . 0 -}}
app.kubernetes.io/name: {{ index . 1 }}
app.kubernetes.io/instance: {{ $.Release.Name }}
{{- end -}}

{{- define "chart.labels" -}}
{{- $ := index . 0 -}}
{{ include "chart.selector" . }}
app.kubernetes.io/part-of: wazuh
app.kubernetes.io/managed-by: {{ $.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $.Chart.Name $.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Takes [context, image, tag where the image says none]. */}}
{{- define "chart.image" -}}
{{- $ := index . 0 -}}
{{- $image := index . 1 -}}
{{- $registry := $.Values.global.imageRegistry | default $image.registry -}}
{{- with $registry }}{{ trimSuffix "/" . }}/{{ end }}{{ $image.repository }}:{{ $image.tag | default (index . 2) }}
{{- end -}}

{{- define "chart.pullSecrets" -}}
{{- with .Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* What a container may do that needs nothing. */}}
{{- define "chart.restricted" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: { drop: [ALL] }
seccompProfile: { type: RuntimeDefault }
{{- end -}}
