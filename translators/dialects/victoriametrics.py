"""VMAlertmanagerConfig objects of VictoriaMetrics' operator, to be written: the dialect kubernetes
reads them.

https://docs.victoriametrics.com/operator/resources/vmalertmanagerconfig/
"""

from __future__ import annotations

from alertmanager_configs.loading import Document
from translators.dialects.kubernetes import Kubernetes
from translators.kubernetes.names import VICTORIA


class VictoriaMetrics(Kubernetes):
    name = "victoriametrics"
    about = "VMAlertmanagerConfig objects of VictoriaMetrics' operator"
    api = VICTORIA

    def claims(self, text: str) -> bool:
        return False

    def recognises(self, document: Document) -> bool:
        return False
