{{- define "strata.name" -}}
{{- .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "strata.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "strata.selector" -}}
app.kubernetes.io/name: {{ include "strata.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "strata.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "strata.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "strata.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "strata.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "strata.image" -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}

{{/* The configuration with what is the chart's: where a pod listens and where it keeps its own. */}}
{{- define "strata.config" -}}
{{- $own := dict "data_dir" "/var/lib/strata" "server" (dict "host" "0.0.0.0" "port" 4000) -}}
{{- toYaml (mergeOverwrite (deepCopy .Values.config) $own) -}}
{{- end -}}

{{/* What every pod has, whatever its command. */}}
{{- define "strata.pod" -}}
serviceAccountName: {{ include "strata.serviceAccount" . }}
automountServiceAccountToken: {{ .Values.serviceAccount.automountToken }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
{{- end -}}

{{- define "strata.container" -}}
image: {{ include "strata.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
env:
  - name: STRATA_CONFIG
    value: /etc/strata/data_layer.yaml
  {{- with .Values.env }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
envFrom:
  - secretRef:
      name: {{ required "secret.existingSecret: name the Secret that holds the variables of config" .Values.secret.existingSecret | quote }}
volumeMounts:
  - { name: config, mountPath: /etc/strata, readOnly: true }
  - { name: data, mountPath: /var/lib/strata }
  - { name: scratch, mountPath: /tmp }
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* For processes that stay: alive, and ready. */}}
{{- define "strata.lifecycle" -}}
ports:
  - { name: http, containerPort: 4000 }
startupProbe:
  httpGet: { path: /healthz, port: http }
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /healthz, port: http }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  # What only some requests need, such as the vector store, is away for every pod at once: without any of them nothing is answered.
  httpGet: { path: '/readyz?for=traffic', port: http }
  periodSeconds: 5
  # A part that does not answer within 5 s is not ready.
  timeoutSeconds: 6
  failureThreshold: 2
{{- end -}}

{{/* Call with (dict "root" $ "part" "api" "values" .Values.api) */}}
{{- define "strata.placement" -}}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .values.spread }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "strata.selector" .root | nindent 8 }}
        app.kubernetes.io/component: {{ .part }}
{{- end }}
{{- end -}}

{{- define "strata.podAnnotations" -}}
checksum/config: {{ include "strata.config" .root | sha256sum }}
{{- if .root.Values.metrics.annotations }}
prometheus.io/scrape: 'true'
prometheus.io/path: /metrics
prometheus.io/port: '4000'
{{- end }}
{{- with .values.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end -}}
