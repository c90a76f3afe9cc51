"""Contact points as Kubernetes objects: AlertmanagerConfig of the Prometheus operator, and
VMAlertmanagerConfig of VictoriaMetrics'.
"""
