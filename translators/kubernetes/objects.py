"""The objects of a text: YAML documents, JSON, and the items of lists."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from alertmanager_configs.json_text import load_json
from alertmanager_configs.loading import Document, load_all
from alertmanager_configs.places import line_starts
from alertmanager_configs.problems import Path, SetupError
from translators.kubernetes.names import APIS, Api
from translators.kubernetes.references import FromSecret, Kind, KnownSecret
from translators.yaml_starts import is_mapping

KINDS = "|".join(sorted({api.kind for api in APIS}))
STARTS = re.compile(rf"^kind:\s*['\"]?(?:{KINDS})(?:List)?['\"]?\s*(?:#.*)?$", re.M)
IN_LIST = re.compile(rf"\bkind['\"]?:\s*['\"]?(?:{KINDS})\b")
HOLDS_VALUES = re.compile(r"\bkind['\"]?:\s*['\"]?(?:Secret|ConfigMap|List)\b")
LIST = re.compile(r"^kind:\s*['\"]?List\b", re.M)


def is_objects(text: str) -> bool:
    """Whether a text has an object of ours in it."""
    if "AlertmanagerConfig" not in text or not is_mapping(text):
        return False
    if STARTS.search(text):
        return True
    in_list = text.lstrip()[:1] == "{" or LIST.search(text)
    return bool(in_list and IN_LIST.search(text))


@dataclass
class Object:
    """One object and the way to it in its text; ``api`` is ``None`` for what is not ours."""

    data: Any
    path: Path = ()
    api: Api | None = None

    @property
    def metadata(self) -> Mapping[str, Any]:
        found = self.data.get("metadata") if isinstance(self.data, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def name(self) -> str:
        return str(self.metadata.get("name") or "")

    @property
    def namespace(self) -> str:
        return str(self.metadata.get("namespace") or "")

    @property
    def label(self) -> str:
        """What a report calls the object."""
        kind = self.data.get("kind") if isinstance(self.data, dict) else None
        name = "/".join(part for part in (self.namespace, self.name) if part)
        return " ".join(part for part in (str(kind or "object"), name) if part)


@dataclass(slots=True)
class Objects(Document):
    """Several documents as one: with more than one, the first step of a path is the number of the
    document.
    """

    documents: list[Document] = field(default_factory=list)

    def place(self, path: Path, at_key: bool = False) -> tuple[int, int]:
        if len(self.documents) == 1:
            return self.documents[0].place(as_it_stands(self.data, path), at_key)
        number, *rest = path or (0,)
        if number and not self.documents[-1]._lines:  # all are of one text
            lines = line_starts(self.documents[0].text)
            for each in self.documents:
                each._lines = lines
        if not isinstance(number, int) or number >= len(self.documents):
            return 1, 1
        document = self.documents[number]
        return document.place(as_it_stands(document.data, tuple(rest)), at_key)

    def written(self, path: Path) -> Path:
        """A path with every key spelled as it is in the text."""
        return as_it_stands(self.data, path)


def as_it_stands(data: Any, path: Path) -> Path:
    """``path``, which may have Alertmanager's names of keys, with those that ``data`` has."""
    found: list[str | int] = []
    for step in path:
        if isinstance(data, dict) and step not in data:
            plain = _plain(str(step))
            same = [key for key in data if _plain(key) == plain]
            near = [key for key in data if plain in ALSO.get(_plain(key), ())]
            step = next(iter([*same, *near]), step)
        found.append(step)
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            data = None
    return tuple(found)


def _plain(key: str) -> str:
    return key.replace("_", "").lower()


ALSO = {
    "apiurl": ("webhookurl",),
    "urlsecret": ("url", "webhookurl"),
    "webhookurlsecret": ("webhookurl",),
    "sourcematch": ("sourcematchers",),
    "targetmatch": ("targetmatchers",),
    "bearertokensecret": ("bearertoken",),
    "keysecret": ("key",),
    "pagerdutyimageconfigs": ("images",),
    "pagerdutylinkconfigs": ("links",),
}
"""Keys that say more than another spelling of Alertmanager's names, without ``_`` and in small
letters.
"""


def load_objects(text: str | bytes, name: str) -> Objects:
    """The documents of a text. :raises SetupError: when it is neither YAML nor JSON."""
    documents = [each for each in _load(text, name) if each.data is not None]
    data: Any = [each.data for each in documents]
    whole = documents[0].text if documents else ""
    found = Objects(data[0] if len(data) == 1 else data, whole, name, documents=documents)
    for number, document in enumerate(documents):
        prefix: Path = () if len(documents) == 1 else (number,)
        found.duplicates += [
            each._replace(path=(*prefix, *each.path)) for each in document.duplicates
        ]
    return found


def _load(text: str | bytes, name: str) -> list[Document]:
    said = text if isinstance(text, str) else text.decode(errors="replace")
    if said.lstrip()[:1] == "{":
        try:
            return [load_json(text, name)]
        except SetupError:
            pass  # YAML in braces, or several documents
    return load_all(text, name)


def objects_of(document: Document) -> Iterator[Object]:
    """Every object in a document, the items of lists one by one."""
    documents = document.documents if isinstance(document, Objects) else [document]
    for number, each in enumerate(documents):
        prefix: Path = () if len(documents) == 1 else (number,)
        data: Any = each.data
        items = data.get("items") if is_list(data) else None
        if isinstance(items, list):
            for index, item in enumerate(items):
                yield Object(item, (*prefix, "items", index), api_of(item))
        else:
            yield Object(each.data, prefix, api_of(each.data))


def is_list(data: Any) -> bool:
    return isinstance(data, dict) and str(data.get("kind", "")).endswith("List")


def api_of(data: Any) -> Api | None:
    """The API that an object is of; the nearest one when its version is not known."""
    if not isinstance(data, dict):
        return None
    group, _, version = str(data.get("apiVersion", "")).rpartition("/")
    same = [api for api in APIS if (api.kind, api.group) == (data.get("kind"), group)]
    return next((api for api in same if api.version == version), same[0] if same else None)


def values_in(text: str | bytes) -> set[str]:
    """The names of the Secrets and ConfigMaps in a text that has nothing else in it."""
    said = text if isinstance(text, str) else text.decode(errors="replace")
    if not HOLDS_VALUES.search(said):
        return set()
    try:
        found = list(objects_of(load_objects(text, "")))
    except SetupError:
        return set()
    return {each.name for each in found} if all(map(kind_of_values, found)) else set()


def kind_of_values(each: Object) -> Kind | None:
    """What kind of values an object holds."""
    if not isinstance(each.data, dict) or each.data.get("apiVersion") != "v1":
        return None
    kinds: Mapping[str, Kind] = {"Secret": "secret", "ConfigMap": "configMap"}
    return kinds.get(str(each.data.get("kind")))


@dataclass
class Secrets:
    """The Secrets and ConfigMaps of a text: their values, by namespace, name and key."""

    values: dict[tuple[str, str, str, str], str] = field(default_factory=dict)

    def add(self, each: Object) -> bool:
        """Take in an object; whether it is one that holds values."""
        kind = kind_of_values(each)
        if kind is None:
            return False
        for key, value in _entries(each.data, "data"):
            text = _decoded(value) if kind == "secret" else value
            if text is not None:
                self.values[kind, each.namespace, each.name, key] = text
        for key, value in _entries(each.data, "stringData"):
            self.values[kind, each.namespace, each.name, key] = value
        return True

    def resolved(self, reference: FromSecret, namespace: str) -> FromSecret | KnownSecret:
        """The value behind a reference, when it is here."""
        for space in (namespace, ""):
            value = self.values.get((reference.kind, space, reference.name, reference.key))
            if value is not None:
                return KnownSecret(value, reference)
        return reference


def _entries(data: Mapping[str, Any], key: str) -> Iterator[tuple[str, str]]:
    entries = data.get(key)
    for name, value in entries.items() if isinstance(entries, dict) else ():
        if isinstance(value, str):
            yield name, str(value)


def _decoded(value: str) -> str | None:
    try:
        return base64.b64decode("".join(value.split()), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
