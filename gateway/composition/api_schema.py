"""The public face of a supergraph: what clients may see, validate against and introspect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DirectiveNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    InputValueDefinitionNode,
    NonNullTypeNode,
    SchemaDefinitionNode,
    TypeDefinitionNode,
    build_ast_schema,
    validate_schema,
)

PRIVATE_PREFIXES = ("join__", "link__", "core__", "federation__")
PRIVATE_DIRECTIVES = frozenset(
    ["link", "core", "tag", "inaccessible", "composeDirective", "context", "context__fromContext"]
)
ADVISORY_DIRECTIVES = frozenset(["authenticated", "requiresScopes", "policy", "cost", "listSize"])

Node = TypeVar("Node", bound=Any)


class UnsoundSchema(ValueError):
    """The public schema does not hold together; `faults` say why."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


def api_schema(document: DocumentNode) -> GraphQLSchema:
    """The schema without @inaccessible members and machinery. Raises UnsoundSchema."""
    definitions = [kept for node in document.definitions if (kept := _public(node)) is not None]
    hidden = {
        node.name.value
        for node in document.definitions
        if isinstance(node, TypeDefinitionNode) and _is_hidden(node)
    }
    definitions = [_without_hidden(node, hidden) for node in definitions]
    try:
        schema = build_ast_schema(DocumentNode(definitions=tuple(definitions)), assume_valid_sdl=True)
    except (GraphQLError, TypeError) as error:
        raise UnsoundSchema([str(error)]) from error
    faults = [*_demanded(document), *(error.message for error in validate_schema(schema))]
    if faults:
        raise UnsoundSchema(faults)
    return schema


def _is_hidden(node: Any) -> bool:
    return any(directive.name.value == "inaccessible" for directive in node.directives or ())


def _demanded(document: DocumentNode) -> Iterator[str]:
    """What must be given and may not be seen: nobody could ask for the field, or fill in the input."""
    for node in document.definitions:
        if not isinstance(node, TypeDefinitionNode) or _is_private(node.name.value) or _is_hidden(node):
            continue
        for member in getattr(node, "fields", None) or ():
            spot = f"{node.name.value}.{member.name.value}"
            if isinstance(member, InputValueDefinitionNode):
                if _is_lost(member):
                    yield f'"{spot}" must be given, but is @inaccessible'
            elif not _is_hidden(member):
                for argument in filter(_is_lost, member.arguments):
                    yield f'"{spot}({argument.name.value}:)" must be given, but is @inaccessible'


def _is_lost(node: InputValueDefinitionNode) -> bool:
    return _is_hidden(node) and isinstance(node.type, NonNullTypeNode) and node.default_value is None


def _is_private(name: str) -> bool:
    return name.startswith(PRIVATE_PREFIXES) or name in PRIVATE_DIRECTIVES


def _public(node: DefinitionNode) -> DefinitionNode | None:
    if isinstance(node, SchemaDefinitionNode):
        return _copy(node, directives=())
    if isinstance(node, DirectiveDefinitionNode):
        name = node.name.value
        if _is_private(name) or name in ADVISORY_DIRECTIVES:
            return None
        visible = tuple(_stripped(argument) for argument in node.arguments if not _is_hidden(argument))
        return _copy(node, arguments=visible)
    if not isinstance(node, TypeDefinitionNode) or _is_private(node.name.value) or _is_hidden(node):
        return None
    changes: dict[str, Any] = {"directives": _shown(node.directives)}
    for part in ("fields", "values"):
        members = getattr(node, part, None)
        if members:
            changes[part] = tuple(_member(member) for member in members if not _is_hidden(member))
    return _copy(node, **changes)


def _member(node: Any) -> Any:
    arguments = getattr(node, "arguments", None)
    if not arguments:
        return _stripped(node)
    visible = tuple(_stripped(argument) for argument in arguments if not _is_hidden(argument))
    return _copy(node, directives=_shown(node.directives), arguments=visible)


def _stripped(node: Any) -> Any:
    return _copy(node, directives=_shown(node.directives))


def _shown(directives: Sequence[DirectiveNode]) -> tuple[DirectiveNode, ...]:
    # Costs stay on the nodes, though their definitions are not shown: limits read them from here.
    return tuple(node for node in directives or () if not _is_private(node.name.value))


def _without_hidden(node: DefinitionNode, hidden: set[str]) -> DefinitionNode:
    """Hidden types leave the unions they are members of and the lists of interfaces."""
    changes: dict[str, Any] = {}
    for part in ("types", "interfaces"):
        names = getattr(node, part, None)
        if names and any(name.name.value in hidden for name in names):
            changes[part] = tuple(name for name in names if name.name.value not in hidden)
    return _copy(node, **changes) if changes else node


def _copy(node: Node, **changes: Any) -> Node:
    """A shallow copy: the document stays as it was read."""
    kept = {key: getattr(node, key) for key in node.keys if key != "loc"}
    copy: Node = type(node)(**{**kept, **changes})
    return copy
