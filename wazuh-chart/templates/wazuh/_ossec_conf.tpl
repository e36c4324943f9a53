{{/* ossec.conf of a node; takes [context, "master" or "worker"]. What is between @ signs, wazuh-init fills in. */}}
{{- define "wazuh.ossecConf" -}}
{{- $ := index . 0 -}}
{{- $wazuh := $.Values.wazuh -}}
<ossec_config>
  <global>
    <jsonout_output>yes</jsonout_output>
    <alerts_log>yes</alerts_log>
    <email_notification>no</email_notification>
    <agents_disconnection_time>{{ $wazuh.agentsDisconnectionTime }}</agents_disconnection_time>
    <agents_disconnection_alert_time>0s</agents_disconnection_alert_time>
  </global>
  <alerts>
    <log_alert_level>3</log_alert_level>
  </alerts>
  <logging>
    <log_format>plain</log_format>
  </logging>
  <remote>
    <connection>secure</connection>
    <port>1514</port>
    <protocol>tcp</protocol>
  </remote>
  <auth>
    <disabled>{{ ternary "no" "yes" (eq (index . 1) "master") }}</disabled>
    <port>1515</port>
    <use_password>yes</use_password>
  </auth>
  <ruleset>
    <decoder_dir>ruleset/decoders</decoder_dir>
    <rule_dir>ruleset/rules</rule_dir>
    <rule_exclude>0215-policy_rules.xml</rule_exclude>
    <list>etc/lists/audit-keys</list>
    <list>etc/lists/amazon/aws-eventnames</list>
    <list>etc/lists/security-eventchannel</list>
    <decoder_dir>etc/decoders</decoder_dir>
    <rule_dir>etc/rules</rule_dir>
  </ruleset>
  <cluster>
    <name>{{ $wazuh.clusterName }}</name>
    <node_name>@NODE_NAME@</node_name>
    <node_type>{{ index . 1 }}</node_type>
    <key>@CLUSTER_KEY@</key>
    <port>1516</port>
    <bind_addr>0.0.0.0</bind_addr>
    <nodes>
      <node>{{ include "chart.master" $ }}-0.{{ include "chart.cluster" $ }}.{{ $.Release.Namespace }}.svc.{{ $wazuh.clusterDomain }}</node>
    </nodes>
    <hidden>no</hidden>
    <disabled>no</disabled>
  </cluster>
  {{- with $wazuh.indexer.url }}
  <indexer>
    <enabled>yes</enabled>
    <hosts>
      <host>{{ . }}</host>
    </hosts>
    <ssl>
      <certificate_authorities>
        <ca>/etc/ssl/indexer/ca.crt</ca>
      </certificate_authorities>
    </ssl>
  </indexer>
  {{- end }}
@INTEGRATIONS@
{{- with $wazuh.extraConfig }}
{{ . }}
{{- end }}
</ossec_config>
{{- end -}}
