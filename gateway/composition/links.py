"""Which directives of a subgraph are Federation's, whatever it calls them.

A Federation 2 subgraph links the specification and may import its directives under other names; one
that links nothing speaks Federation 1, where the names are fixed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import DirectiveNode, DocumentNode, SchemaDefinitionNode, SchemaExtensionNode

from gateway.composition.read_supergraph import arguments_of

FEDERATION_1 = ("key", "requires", "provides", "external", "extends", "tag", "inaccessible")
FEDERATION_2 = (
    *FEDERATION_1,
    "shareable",
    "override",
    "composeDirective",
    "interfaceObject",
    "authenticated",
    "requiresScopes",
    "policy",
    "cost",
    "listSize",
)
UNSUPPORTED = ("context", "fromContext")
CARRIED = ("tag", "inaccessible", "authenticated", "requiresScopes", "policy", "cost", "listSize")


@dataclass(frozen=True, slots=True)
class Links:
    """`canonical` maps a directive's name in the document to Federation's; `composed` are to be carried.

    `homes` are the specifications of other directives by their own names: url, and the name there.
    `unknown` are directives imported from Federation that it does not have, as far as is known here.
    """

    version: int
    canonical: Mapping[str, str]
    composed: frozenset[str]
    unknown: tuple[str, ...] = ()
    homes: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def name(self, directive: DirectiveNode) -> str | None:
        """Federation's name of a directive, or None for any other."""
        return self.canonical.get(directive.name.value)


def read_links(document: DocumentNode) -> Links:
    """The links of a subgraph's schema definition and extensions."""
    links: list[dict[str, Any]] = []
    composed: list[DirectiveNode] = []
    for node in document.definitions:
        if not isinstance(node, (SchemaDefinitionNode, SchemaExtensionNode)):
            continue
        for directive in node.directives:
            if directive.name.value == "link":
                links.append(arguments_of(directive))
            else:
                composed.append(directive)
    canonical: dict[str, str] = {}
    unknown: list[str] = []
    homes: dict[str, tuple[str, str]] = {}
    version = 1
    for link in links:
        feature = str(link.get("url", "")).rstrip("/").split("/")
        name = feature[-2] if len(feature) > 1 else ""
        if name == "federation":
            version = 2
            _federation(link, canonical)
            unknown += [one for one in _imports(link).values() if one not in (*FEDERATION_2, *UNSUPPORTED)]
        elif name in FEDERATION_2:
            canonical[str(link.get("as") or name)] = name
        if name == "cost":
            canonical.update(_imports(link))
        homes.update({own: (str(link.get("url")), there) for own, there in _imports(link).items()})
    if version == 1:
        canonical.update({name: name for name in FEDERATION_1})
    names = {
        str(arguments_of(node).get("name", "")).lstrip("@")
        for node in composed
        if canonical.get(node.name.value) == "composeDirective"
    }
    return Links(version, canonical, frozenset(names), tuple(unknown), homes)


def _federation(link: Mapping[str, Any], canonical: dict[str, str]) -> None:
    namespace = str(link.get("as") or "federation")
    imported = _imports(link)
    canonical.update(imported)
    for name in (*FEDERATION_2, *UNSUPPORTED):
        canonical[f"{namespace}__{name}"] = name


def _imports(link: Mapping[str, Any]) -> dict[str, str]:
    """Directive imports as own name to Federation's."""
    found = {}
    for entry in link.get("import") or ():
        name = entry if isinstance(entry, str) else str(entry.get("name", ""))
        own = name if isinstance(entry, str) else str(entry.get("as") or name)
        if name.startswith("@"):
            found[own[1:]] = name[1:]
    return found
