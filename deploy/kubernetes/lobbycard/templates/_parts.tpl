{{- define "lobbycard.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "lobbycard.labels" -}}
app.kubernetes.io/name: lobbycard
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- /* A value of the Secret under its own name. */ -}}
{{- define "lobbycard.secret" -}}
- name: {{ .name }}
  valueFrom: {secretKeyRef: {name: {{ .root.Values.secretName }}, key: {{ .key | default .name }}{{ if .optional }}, optional: true{{ end }}}}
{{- end }}

{{- /* What every part is told. $(…) is filled in by Kubernetes from the entries before. */ -}}
{{- define "lobbycard.environment" -}}
{{- $root := .root }}
- {name: LOBBYCARD_ENV, value: {{ $root.Values.environment }}}
- {name: LOBBYCARD_SEED, value: {{ ternary "1" "0" $root.Values.seed | quote }}}
- {name: MIGRATE_AT_START, value: "0"}
- {name: LOG_LEVEL, value: {{ $root.Values.logLevel | quote }}}
- {name: PUBLIC_URL, value: {{ $root.Values.publicUrl | quote }}}
- {name: ALLOWED_ORIGINS, value: {{ $root.Values.allowedOrigins | quote }}}
{{ include "lobbycard.secret" (dict "root" $root "name" "ROOM_KEYS") }}
{{ include "lobbycard.secret" (dict "root" $root "name" "INTERNAL_SECRET" "key" (printf "%s_INTERNAL_SECRET" (upper .part))) }}
{{ include "lobbycard.secret" (dict "root" $root "name" "REDIS_PASSWORD") }}
{{ include "lobbycard.secret" (dict "root" $root "name" "RABBITMQ_PASSWORD") }}
{{- with $root.Values.engines }}
- {name: REDIS_URL, value: "redis://:$(REDIS_PASSWORD)@{{ .redis.host }}:{{ .redis.port }}/0"}
- {name: BROKER_URL, value: "amqp://{{ .rabbitmq.user }}:$(RABBITMQ_PASSWORD)@{{ .rabbitmq.host }}:{{ .rabbitmq.port }}/{{ .rabbitmq.vhost }}"}
{{- end }}
- name: PEERS
  value: "
    {{- range $index, $name := keys $root.Values.services | sortAlpha -}}
    {{- if $index }},{{ end }}{{ $name }}_service=http://{{ $name }}-service:{{ (get $root.Values.services $name).port }}
    {{- end }}"
{{- end }}

{{- define "lobbycard.serviceEnvironment" -}}
{{- $root := .root }}
{{- $password := printf "%s_DB_PASSWORD" (upper .part) }}
{{ include "lobbycard.environment" . }}
- {name: SERVICE_PORT, value: {{ .service.port | quote }}}
- {name: WEB_THREADS, value: {{ .service.threads | quote }}}
{{ include "lobbycard.secret" (dict "root" $root "name" $password) }}
{{- with $root.Values.engines.mysql }}
- {name: DATABASE_URL, value: "mysql+pymysql://{{ $.part }}_service:$({{ $password }})@{{ .host }}:{{ .port }}/{{ $.part }}_db?charset=utf8mb4"}
{{- end }}
{{- if eq .part "user" }}
- {name: QUIET_REGISTRATION, value: {{ $root.Values.quietRegistration | quote }}}
{{ include "lobbycard.secret" (dict "root" $root "name" "PASSWORD_PEPPER") }}
{{- else if eq .part "movie" }}
{{- range list "POSTER_BUCKET" "POSTER_S3_ENDPOINT" "AWS_ACCESS_KEY_ID" "AWS_SECRET_ACCESS_KEY" "AWS_DEFAULT_REGION" }}
{{ include "lobbycard.secret" (dict "root" $root "name" . "optional" true) }}
{{- end }}
{{- else if eq .part "booking" }}
- {name: BOOKING_FILES_DIR, value: /var/lib/lobbycard/files}
{{ include "lobbycard.secret" (dict "root" $root "name" "TICKET_SIGNING_KEYS") }}
{{- else if eq .part "payment" }}
- {name: SIMULATED_WEBHOOK_URL, value: "http://payment-service:{{ .service.port }}/webhooks/simulated"}
{{- range list "STRIPE_SECRET_KEY" "STRIPE_PUBLISHABLE_KEY" "STRIPE_WEBHOOK_SECRETS" "ALLOW_PAYMENTS_WITHOUT_MONEY" }}
{{ include "lobbycard.secret" (dict "root" $root "name" . "optional" true) }}
{{- end }}
{{- else if eq .part "notification" }}
- {name: MAIL_FROM, value: {{ $root.Values.mailFrom | quote }}}
{{- if $root.Values.smtpUrl }}
- {name: SMTP_URL, value: {{ $root.Values.smtpUrl | quote }}}
{{- else }}
{{ include "lobbycard.secret" (dict "root" $root "name" "SMTP_URL" "optional" true) }}
{{- end }}
{{- range list "SMS_URL" "SMS_TOKEN" "WEB_PUSH" "VAPID_CONTACT" }}
{{ include "lobbycard.secret" (dict "root" $root "name" . "optional" true) }}
{{- end }}
{{- end }}
{{- include "lobbycard.moreSettings" . }}
{{- end }}

{{- define "lobbycard.moreSettings" -}}
{{- $more := merge (dict) (get .root.Values.settings .part | default dict) (get .root.Values.settings "all" | default dict) }}
{{- range $name, $value := $more }}
- {name: {{ $name }}, value: {{ $value | toString | quote }}}
{{- end }}
{{- end }}

{{- define "lobbycard.podSettings" -}}
automountServiceAccountToken: false
enableServiceLinks: false # a service called redis would otherwise set REDIS_PORT
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - {name: {{ . }}}
{{- end }}
{{- end }}
{{- end }}

{{- define "lobbycard.containerSettings" -}}
image: {{ include "lobbycard.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- define "lobbycard.mounts" -}}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
{{- if .service.files }}
  - {name: files, mountPath: /var/lib/lobbycard}
{{- end }}
{{- end }}

{{- define "lobbycard.volumes" -}}
volumes:
  - {name: tmp, emptyDir: {sizeLimit: 512Mi}}
{{- if .service.files }}
  - {name: files, persistentVolumeClaim: {claimName: {{ .part }}-files}}
{{- end }}
{{- end }}

{{- /* Replicas stand on different nodes where there are several. */ -}}
{{- define "lobbycard.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: {matchLabels: {app.kubernetes.io/instance: {{ .root.Release.Name }}, app.kubernetes.io/component: {{ .component }}}}
{{- end }}
