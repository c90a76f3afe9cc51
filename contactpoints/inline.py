"""The value that a drawn text is: Alertmanager reads each text of a structure as YAML once drawn.

Source: template.DeepCopyWithTemplate of Alertmanager; ``details`` and ``payload`` in
https://prometheus.io/docs/alerting/latest/configuration/
"""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

from alertmanager_configs.loading import load
from alertmanager_configs.problems import SetupError
from contactpoints.groups import typed


def inline(value: Any) -> Any:
    """A drawn structure with every text in it read as YAML: a list, an object, a number, or text.

    >>> inline({"count": "2", "who": "[a, b]", "text": "plain words", "said": "'5'"})
    {'count': 2, 'who': ['a', 'b'], 'text': 'plain words', 'said': "'5'"}
    """
    if isinstance(value, str):
        return _read(str(value))
    if isinstance(value, dict):
        return {key: inline(item) for key, item in value.items()}
    if isinstance(value, list):
        return [inline(item) for item in value]
    return value


def _read(text: str) -> Any:
    try:
        if text.lstrip()[:1] in ("{", "["):
            return json.loads(text)  # JSON is YAML, and this is faster
    except ValueError:
        pass  # YAML's own lists and objects look like that as well
    try:
        found = _scalars(load(text).data)
    except SetupError:
        return text
    return text if isinstance(found, str) else found


def _scalars(value: Any) -> Any:
    if isinstance(value, str):
        found = typed(value)
        return found if not isinstance(found, float) or isfinite(found) else str(value)
    if isinstance(value, dict):
        return {str(key): _scalars(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_scalars(item) for item in value]
    return value
