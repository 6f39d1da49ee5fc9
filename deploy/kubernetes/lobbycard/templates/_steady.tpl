{{- /* Alive: its own process answers. Ready: it may be sent requests; a server that stops is taken away first. */ -}}
{{- define "lobbycard.probes" -}}
startupProbe: {httpGet: {path: /live, port: http}, periodSeconds: 2, failureThreshold: 150}
livenessProbe: {httpGet: {path: /live, port: http}, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6}
readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2}
lifecycle: {preStop: {exec: {command: [sleep, "5"]}}} # until no proxy sends it anything new
{{- end }}

{{- /* More replicas under load, and never none of them while nodes are emptied. */ -}}
{{- define "lobbycard.steady" -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ .name }}
  labels: {{- include "lobbycard.labels" (dict "root" .root "component" .name) | nindent 4 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ .name }}}
  minReplicas: {{ .replicas }}
  maxReplicas: {{ max .autoscaling.maximum .replicas }}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: {{ .autoscaling.cpu }}}}}]
  behavior: {scaleDown: {stabilizationWindowSeconds: 600}} # streams stay where they are for a while
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  labels: {{- include "lobbycard.labels" (dict "root" .root "component" .name) | nindent 4 }}
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app.kubernetes.io/instance: {{ .root.Release.Name }}, app.kubernetes.io/component: {{ .name }}}}
{{- end }}
