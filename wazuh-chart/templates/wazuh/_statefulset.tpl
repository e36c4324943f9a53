{{/* A manager's StatefulSet; takes [context, "master" or "worker", name, its own values, replicas]. */}}
{{- define "wazuh.statefulSet" -}}
{{- $ := index . 0 -}}
{{- $type := index . 1 -}}
{{- $name := index . 2 -}}
{{- $own := index . 3 -}}
{{- $wazuh := $.Values.wazuh -}}
{{- $image := include "chart.image" (list $ $wazuh.image "") -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ $name }}
  namespace: {{ $.Release.Namespace }}
  labels:
    {{- include "chart.labels" (list $ "wazuh-manager") | nindent 4 }}
    node-type: {{ $type }}
spec:
  replicas: {{ index . 4 }}
  serviceName: {{ include "chart.cluster" $ }}
  podManagementPolicy: Parallel
  selector:
    matchLabels:
      {{- include "chart.selector" (list $ "wazuh-manager") | nindent 6 }}
      node-type: {{ $type }}
  template:
    metadata:
      labels:
        {{- include "chart.labels" (list $ "wazuh-manager") | nindent 8 }}
        node-type: {{ $type }}
      annotations:
        kubectl.kubernetes.io/default-container: wazuh-manager
        # integratord and its like read their files when they start.
        checksum/conf: {{ list (include "wazuh.ossecConf" (list $ $type)) $wazuh.localRules ($.Files.Glob "files/*" | toJson) | toJson | sha256sum }}
        {{- with $wazuh.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "chart.wazuh" $ }}-manager
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 60
      {{- include "chart.pullSecrets" $ | nindent 6 }}
      {{- with $wazuh.podSecurityContext }}
      securityContext: {{- toYaml . | nindent 8 }}
      {{- end }}
      initContainers:
        {{- include "wazuh.permissionFix" (list $ $image) | nindent 8 }}
        {{- include "wazuh.init" (list $ $image) | nindent 8 }}
        {{- if $.Values.riposte.enabled }}
        {{- include "wazuh.forward" $ | nindent 8 }}
        {{- end }}
      containers:
        - name: wazuh-manager
          image: {{ $image }}
          imagePullPolicy: {{ $wazuh.image.pullPolicy }}
          # Wazuh's image starts as root, and its daemons chroot.
          securityContext:
            capabilities: { add: [SYS_CHROOT] }
          ports:
            - { name: agents, containerPort: 1514 }
            - { name: cluster, containerPort: 1516 }
            {{- if eq $type "master" }}
            - { name: registration, containerPort: 1515 }
            - { name: api, containerPort: 55000 }
            {{- end }}
          {{- if or (eq $type "master") $wazuh.indexer.url }}
          env:
            {{- if eq $type "master" }}
            - { name: API_USERNAME, value: {{ $wazuh.apiUser }} }
            - name: API_PASSWORD
              valueFrom: { secretKeyRef: { name: {{ include "chart.wazuhSecret" $ }}, key: api-password } }
            {{- end }}
            {{- with $wazuh.indexer.url }}
            - { name: INDEXER_URL, value: {{ quote . }} }
            - name: INDEXER_USERNAME
              valueFrom: { secretKeyRef: { name: {{ $wazuh.indexer.existingSecret }}, key: username } }
            - name: INDEXER_PASSWORD
              valueFrom: { secretKeyRef: { name: {{ $wazuh.indexer.existingSecret }}, key: password } }
            - { name: FILEBEAT_SSL_VERIFICATION_MODE, value: full }
            - { name: SSL_CERTIFICATE_AUTHORITIES, value: /etc/ssl/indexer/ca.crt }
            {{- end }}
          {{- end }}
          startupProbe:
            tcpSocket: { port: {{ ternary "api" "agents" (eq $type "master") }} }
            periodSeconds: 10
            failureThreshold: 60
          readinessProbe:
            tcpSocket: { port: agents }
            periodSeconds: 10
          resources: {{- toYaml $own.resources | nindent 12 }}
          volumeMounts:
            {{- range list "api/configuration" "etc" "logs" "queue" "var/multigroups" "integrations" "active-response/bin" "agentless" "wodles" }}
            - { name: wazuh-manager, mountPath: /var/ossec/{{ . }}, subPath: wazuh/var/ossec/{{ . }} }
            {{- end }}
            {{- range list "etc/filebeat" "var/lib/filebeat" }}
            - { name: wazuh-manager, mountPath: /{{ . }}, subPath: filebeat/{{ . }} }
            {{- end }}
            # The image's own start copies what lies here over /var/ossec.
            - { name: wazuh-conf, mountPath: /wazuh-config-mount/etc, subPath: etc, readOnly: true }
            - { name: jira-writable, mountPath: /wazuh-config-mount/integrations, readOnly: true }
            - { name: scripts, mountPath: /entrypoint-scripts/50-integrations.sh, subPath: integrations.sh, readOnly: true }
            {{- if $wazuh.indexer.url }}
            - { name: indexer-ca, mountPath: /etc/ssl/indexer, readOnly: true }
            {{- end }}
      volumes:
        - name: jira-conf
          configMap: { name: {{ include "chart.wazuh" $ }}-jira-files }
        - name: jira-writable
          emptyDir: {}
        - name: scripts
          configMap: { name: {{ include "chart.wazuh" $ }}-scripts }
        - name: template
          configMap: { name: {{ include "chart.wazuh" $ }}-{{ $type }}-conf }
        - name: wazuh-conf
          emptyDir: {}
        - name: wazuh-secret
          secret:
            secretName: {{ include "chart.wazuhSecret" $ }}
            items:
              - { key: cluster-key, path: cluster-key }
              - { key: authd-pass, path: authd-pass }
        {{- range list "jira" "slack" }}
        {{- if and (index $.Values.integration .).enabled (or (eq . "slack") (not $.Values.integration.jira.exposeEnv)) }}
        - name: {{ . }}-keys
          secret: { secretName: {{ include "integration.secret" (list $ .) }}, optional: true }
        {{- end }}
        {{- end }}
        {{- if $wazuh.indexer.url }}
        - name: indexer-ca
          secret: { secretName: {{ $wazuh.indexer.caSecret }}, items: [{ key: ca.crt, path: ca.crt }] }
        {{- end }}
        {{- if $.Values.riposte.enabled }}
        - name: riposte-keys
          projected:
            # No group is the pod's, so everybody in the pod reads them: the forwarder, and root.
            defaultMode: 0444
            sources:
              {{- if gt (int (index . 4)) 0 }}
              - secret:
                  name: {{ include "chart.riposte" $ }}-tokens
                  items:
                    {{- range $i := until (int (index . 4)) }}
                    - { key: {{ $name }}-{{ $i }}, path: tokens/{{ $name }}-{{ $i }} }
                    {{- end }}
              {{- end }}
              - secret:
                  name: {{ include "chart.tlsSecret" $ }}
                  items: [{ key: ca.crt, path: ca.crt }]
        {{- end }}
      {{- with $wazuh.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $wazuh.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $wazuh.affinity }}
      affinity: {{- toYaml . | nindent 8 }}
      {{- end }}
  volumeClaimTemplates:
    - metadata:
        name: wazuh-manager
      spec:
        accessModes: [ReadWriteOnce]
        {{- with $own.storage.storageClassName }}
        storageClassName: {{ . }}
        {{- end }}
        resources: { requests: { storage: {{ $own.storage.size }} } }
{{- end -}}

{{- define "wazuh.permissionFix" -}}
{{- $ := index . 0 -}}
- name: permission-fix
  image: {{ index . 1 }}
  imagePullPolicy: {{ $.Values.wazuh.image.pullPolicy }}
  command: [/bin/sh, /scripts/permission-fix.sh]
  env:
    - { name: WAZUH_GID, value: {{ $.Values.wazuh.gid | quote }} }
  securityContext: {{- include "wazuh.rootOfFiles" . | nindent 4 }}
  resources: {{- toYaml $.Values.wazuh.initResources | nindent 4 }}
  volumeMounts:
    - { name: scripts, mountPath: /scripts, readOnly: true }
    - { name: jira-conf, mountPath: /jira-conf, readOnly: true }
    - { name: jira-writable, mountPath: /jira-writable }
    {{- if $.Values.riposte.enabled }}
    - { name: wazuh-manager, mountPath: /riposte-state, subPath: riposte/forward }
    {{- end }}
{{- end -}}

{{/* Root, since Wazuh's files are, and of its rights only those to give files away. */}}
{{- define "wazuh.rootOfFiles" -}}
runAsUser: 0
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL], add: [CHOWN, DAC_OVERRIDE, FOWNER] }
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "wazuh.init" -}}
{{- $ := index . 0 -}}
{{- $jira := $.Values.integration.jira -}}
{{- $slack := $.Values.integration.slack -}}
- name: wazuh-init
  image: {{ index . 1 }}
  imagePullPolicy: {{ $.Values.wazuh.image.pullPolicy }}
  # A native sidecar: it goes before Wazuh and stays, so that its environment can be looked at.
  restartPolicy: Always
  command: [/bin/sh, /scripts/wazuh-init.sh]
  env:
    - name: NODE_NAME
      valueFrom: { fieldRef: { fieldPath: metadata.name } }
    {{- $integrations := list }}
    {{- range list "jira" "slack" }}
    {{- if (index $.Values.integration .).enabled }}
    {{- $integrations = append $integrations (printf "%s:%s:%s" . (include "integration.sentBy" (list $ .)) (include "integration.secret" (list $ .))) }}
    {{- end }}
    {{- end }}
    - { name: INTEGRATIONS, value: {{ join " " $integrations | quote }} }
    {{- if $slack.enabled }}
    - { name: SLACK_LEVEL_MIN, value: {{ $slack.level | quote }} }
    {{- end }}
    {{- if $jira.enabled }}
    - { name: TICKET_LEVEL_MIN, value: {{ $jira.level | quote }} }
    - { name: TICKET_RULES, value: {{ join "," $jira.ruleIds | quote }} }
    {{- if $jira.exposeEnv }}
    {{- range list "JIRA_URL" "JIRA_API_KEY" "JIRA_PROJECT_KEY" }}
    - name: {{ . }}
      valueFrom: { secretKeyRef: { name: {{ include "integration.secret" (list $ "jira") }}, key: {{ . }}, optional: true } }
    {{- end }}
    {{- end }}
    {{- end }}
  startupProbe:
    exec: { command: [/bin/sh, -c, "test -s /rendered/etc/ossec.conf"] }
    periodSeconds: 2
    failureThreshold: 30
  securityContext: {{- include "wazuh.rootOfFiles" . | nindent 4 }}
  resources: {{- toYaml $.Values.wazuh.initResources | nindent 4 }}
  volumeMounts:
    - { name: scripts, mountPath: /scripts, readOnly: true }
    - { name: template, mountPath: /wazuh-init/template, readOnly: true }
    - { name: wazuh-secret, mountPath: /wazuh-init/wazuh, readOnly: true }
    - { name: wazuh-conf, mountPath: /rendered }
    {{- if and $jira.enabled (not $jira.exposeEnv) }}
    - { name: jira-keys, mountPath: /wazuh-init/jira, readOnly: true }
    {{- end }}
    {{- if $slack.enabled }}
    - { name: slack-keys, mountPath: /wazuh-init/slack, readOnly: true }
    {{- end }}
{{- end -}}

{{- define "wazuh.forward" -}}
- name: riposte-forward
  image: {{ include "chart.image" (list . .Values.riposte.image .Chart.AppVersion) }}
  imagePullPolicy: {{ .Values.riposte.image.pullPolicy }}
  restartPolicy: Always
  args: [forward, --log-format, json]
  env:
    - name: POD_NAME
      valueFrom: { fieldRef: { fieldPath: metadata.name } }
    - { name: RIPOSTE_FORWARD_TO, value: {{ include "chart.riposteAddress" . }} }
    - { name: RIPOSTE_FORWARD_TOKEN_FILE, value: /etc/riposte/tokens/$(POD_NAME) }
    - { name: RIPOSTE_FORWARD_CA, value: /etc/riposte/ca.crt }
    - { name: RIPOSTE_FORWARD_NODE, value: {{ .Values.wazuh.clusterName }}/$(POD_NAME) }
    - { name: RIPOSTE_FORWARD_START, value: {{ .Values.riposte.forward.start | quote }} }
  securityContext:
    {{- include "chart.restricted" . | nindent 4 }}
    runAsUser: 65532
    # The group wazuh may read alerts, and nobody else may.
    runAsGroup: {{ .Values.wazuh.gid }}
  resources: {{- toYaml .Values.riposte.forward.resources | nindent 4 }}
  volumeMounts:
    # The whole of logs: a folder below it that the kubelet makes first would keep the image from filling it.
    - { name: wazuh-manager, mountPath: /var/ossec/logs, subPath: wazuh/var/ossec/logs, readOnly: true }
    - { name: wazuh-manager, mountPath: /var/lib/riposte-forward, subPath: riposte/forward }
    - { name: riposte-keys, mountPath: /etc/riposte, readOnly: true }
{{- end -}}
