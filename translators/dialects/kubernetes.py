"""Kubernetes: AlertmanagerConfig (v1alpha1, v1beta1) and VMAlertmanagerConfig, one or several in a
text.

https://prometheus-operator.dev/docs/developer/alerting/#alertmanagerconfig-resource
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from alertmanager_configs.loading import Document
from alertmanager_configs.problems import Problems
from alertmanager_configs.writing import as_written, dump
from contactpoints.base import Integration
from contactpoints.file_names import plain_names
from contactpoints.setup import Setup
from translators.alertmanager_needs import complete
from translators.dialect import Dialect, Find, Writing
from translators.kubernetes.kept import Kept
from translators.kubernetes.names import ALPHA, VERSIONS, Api, shape_of
from translators.kubernetes.objects import Objects, is_list, is_objects, load_objects, objects_of
from translators.kubernetes.reading import read_objects
from translators.kubernetes.references import FromSecret, reference_of
from translators.kubernetes.rewriting import Parts, write_kept
from translators.kubernetes.shaping import Vault
from translators.kubernetes.writing import WritingSpec
from translators.losses import Report
from translators.variables import Piece, Reference, variable_name

NAME = "contactpoints"  # of what is written new: the object, and the Secret beside it
HOME = ("kubernetes", "victoriametrics")


class Kubernetes(Dialect):
    name = "kubernetes"
    family = "alertmanager"
    about = "AlertmanagerConfig and VMAlertmanagerConfig objects"
    takes_files = False
    takes_secrets = True
    values_file = "secret.yaml"
    api: ClassVar[Api] = ALPHA
    """What is written, unless objects were read."""

    def claims(self, text: str) -> bool:
        return is_objects(text)

    def load(self, text: str | bytes, name: str) -> Document:
        return load_objects(text, name)

    def recognises(self, document: Document) -> bool:
        return any(each.api for each in objects_of(document))

    def variable(self, pieces: tuple[Piece, ...]) -> FromSecret:
        names = [piece.name for piece in pieces if isinstance(piece, Reference)]
        return FromSecret(NAME, variable_name(*names))

    def lacks(self, declared: type[Integration]) -> bool:
        return shape_of(self.api, declared) is None

    def redacted(self, name: str) -> str:
        return FromSecret(NAME, name)

    def write_values(self, values: Mapping[str, str]) -> str:
        return dump(secret_object(dict(values)))

    def read(self, document: Document, problems: Problems, find: Find) -> Setup:
        return read_objects(document, self.name, problems)

    def report_kept(self, setup: Setup, report: Report) -> None:
        used = {
            reference.name
            for _, integration in setup.integrations()
            for reference in references_in(integration.values)
        }
        for kept in setup.kept.get("objects", ()):
            label, path = kept.object.label, kept.object.path
            if kept.api is None:
                if not (kept.holds_values and kept.object.name in used):
                    why = "it says nothing of notifications"
                    report.lose((label,), "dropped", why, path)
                continue
            report.lose((label,), "notice", operator_adds(kept), (*path, "metadata"))
            for way, _ in kept.unknown.found:
                steps = tuple(map(str, way[len(path) :]))
                report.lose((label, *steps), "dropped", "it is not a field that is known", way)
        root = setup.policy
        if root is not None and not root.path:
            report.lose(
                ("route",),
                "added",
                f"a root above the objects' routes, which gives what none of them takes to "
                f"{root.receiver!r}",
            )

    def write(self, setup: Setup, report: Report) -> Writing:
        vault = vault_for(setup)
        if setup.dialect == self.name and setup.kept.get("objects"):
            written: list[Any] = list(self.write_again(setup, report, vault))
        else:
            written = [self.write_new(setup, report, vault)]
            written += [
                as_written(kept.object.data)
                for kept in setup.kept.get("objects", ())
                if kept.holds_values and setup.dialect in HOME
            ]
        if vault.values:
            why = "a Secret with the values that the references name"
            report.lose(("Secret", vault.name), "added", why)
            written.append(secret_object(vault.values, vault.name))
        files = write_templates(setup, self.api, report)
        return Writing("---\n".join(map(dump, written)), files)

    @staticmethod
    def wanted_api(report: Report, api: Api) -> Api:
        """The version of ``api`` that is asked for."""
        return VERSIONS.get(report.kubernetes_version, api) if api.is_camel else api

    def write_again(self, setup: Setup, report: Report, vault: Vault) -> Any:
        """The documents that were read, from the setup."""
        kept: dict[Any, Kept] = {each.object.path: each for each in setup.kept["objects"]}
        parts = Parts(setup)
        document = setup.document
        documents = document.documents if isinstance(document, Objects) else [document]
        for number, each in enumerate(documents):
            prefix = () if len(documents) == 1 else (number,)
            if prefix in kept:
                yield self.write_kept(kept[prefix], parts, report, vault)
            elif each is not None and is_list(each.data):
                again = as_written(each.data)
                assert isinstance(again, dict)
                again["items"] = [
                    self.write_kept(kept[(*prefix, "items", index)], parts, report, vault)
                    for index in range(len(each.data["items"]))  # type: ignore[index, arg-type, call-overload]
                ]
                yield again

    def write_kept(self, kept: Kept, parts: Parts, report: Report, vault: Vault) -> Any:
        api = kept.api and self.wanted_api(report, kept.api)
        return write_kept(kept, api, parts, report, vault)

    def write_new(self, setup: Setup, report: Report, vault: Vault) -> dict[str, Any]:
        """One object with everything in it."""
        api = self.wanted_api(report, self.api)
        if setup.policy is None:
            why = f"without a route, the operator takes no receiver of the {api.kind}"
            report.lose(("route",), "notice", why)
        else:
            setup = complete(setup, report)
            why = (
                'the operator adds namespace="…" and continue: true to the top route of the '
                f"{api.kind}, and puts its namespace and name before the names of receivers"
            )
            report.lose(("route",), "notice", why)
        writer = WritingSpec(api, vault, report, is_home=setup.dialect in HOME)
        spec = writer.spec(
            setup.policy, setup.contact_points, setup.mute_timings, setup.inhibitions
        )
        return {
            "apiVersion": f"{api.group}/{api.version}",
            "kind": api.kind,
            "metadata": {"name": NAME},
            "spec": spec,
        }


def vault_for(setup: Setup) -> Vault:
    """The Secret for the values that are written: with a name that no Secret of the text has, nor
    one that is written apart, and with keys that no reference names.
    """
    used: dict[str, set[str]] = {
        kept.object.name: set() for kept in setup.kept.get("objects", ()) if kept.holds_values
    }
    is_inline = False
    for _, integration in setup.integrations():
        for reference in references_in(integration.values):
            used.setdefault(reference.name, set()).add(reference.key)
        is_inline = is_inline or has_plain_secrets(integration)
    if is_inline and setup.dialect not in HOME:
        return Vault(NAME, taken=used.get(NAME, set()))
    name, turn = NAME, 1
    while name in used:
        turn += 1
        name = f"{NAME}-{turn}"
    return Vault(name)


def has_plain_secrets(integration: Integration) -> bool:
    """Whether a secret's value stands in the settings."""
    for name, value in integration.values.items():
        for path in integration.fields[name].secrets(value):
            leaf = value
            for step in path:
                leaf = leaf[step]
            if isinstance(leaf, str) and reference_of(leaf) is None:
                return True
    return False


def secret_object(values: Mapping[str, str], name: str = NAME) -> dict[str, Any]:
    """The Secret that new references name."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name},
        "type": "Opaque",
        "stringData": dict(values),
    }


def references_in(value: Any) -> list[FromSecret]:
    """Every reference in a value."""
    if isinstance(value, dict | list):
        items = value.values() if isinstance(value, dict) else value
        return [found for item in items for found in references_in(item)]
    found = reference_of(value)
    return [] if found is None else [found]


def operator_adds(kept: Kept) -> str:
    """What the operator makes of an object beyond what it says, for people."""
    namespace = kept.object.namespace or "<the object's namespace>"
    api = kept.api
    assert api
    prefix = api.prefix.format(namespace=namespace, name=kept.object.name)
    if kept.prefix and kept.object.namespace:
        return (
            f'its metadata is not written; as the operator does, namespace="{namespace}" is added '
            "to the top route and the inhibition rules, continue: true to the top route, and "
            f"{prefix} before the names of receivers and time intervals"
        )
    if kept.prefix:
        return (
            "its metadata is not written; as the operator does, continue: true is added to the top "
            f"route, and {kept.prefix} before the names of receivers and time intervals; the "
            "operator also puts the object's namespace, which it does not say, before the names, "
            "and as a matcher to the top route and the inhibition rules"
        )
    return (
        f'its metadata is not written, nor what the operator adds: namespace="{namespace}" to the '
        f"top route and the inhibition rules, continue: true to the top route, and {prefix} before "
        "the names of receivers and time intervals"
    )


def write_templates(setup: Setup, api: Api, report: Report) -> dict[str, str]:
    """The template files, to be put into a Secret or ConfigMap by hand."""
    files = {}
    names = plain_names((file.name for file in setup.templates), ".tmpl")
    for file in setup.templates:
        what, how = "dropped", "the file's text was not given"
        if file.text is not None:
            files[names[file.name]] = file.text
            what, how = "changed", "its text stands in a file of its own beside this one"
        why = f"{how}; the Alertmanager object takes templates, not {api.kind}"
        report.lose(("templates", file.name), what, why, file.path)  # type: ignore[arg-type]
    return files
