"""Every integration: each file beside this one is one, and the folder's listing is the register."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from contactpoints.base import Integration, Receiver


@cache
def integrations() -> Mapping[str, type[Integration]]:
    """Every integration by its Grafana type, and every form of one by its own name, sorted."""
    found: dict[str, type[Integration]] = {}
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        for value in vars(loaded).values():
            if (
                isinstance(value, type)
                and issubclass(value, Integration)
                and value.__module__ == loaded.__name__
            ):
                found[module.name if value.form_of else value.type] = value
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


@cache
def by_lower_type() -> Mapping[str, type[Integration]]:
    """Every integration that Grafana has, by its type and aliases in lower case, as Grafana finds
    them.
    """
    return {
        name.lower(): integration
        for integration in integrations().values()
        if integration.grafana is None and integration.form_of is None
        for name in (*integration.aliases, integration.type)
    }


@cache
def by_receiver_key() -> Mapping[str, type[Integration]]:
    """Every integration that Alertmanager has, by its key in a receiver (``slack_configs``)."""
    return {
        integration.alertmanager.key: integration
        for integration in integrations().values()
        if isinstance(integration.alertmanager, Receiver) and integration.form_of is None
    }
