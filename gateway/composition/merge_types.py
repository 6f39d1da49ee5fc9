"""Finds the one type that stands for what several subgraphs declare."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from graphql import ListTypeNode, NamedTypeNode, NonNullTypeNode, TypeNode

IsNarrower = Callable[[str, str], bool]


def merged_output(types: Sequence[TypeNode], narrower: IsNarrower) -> str | None:
    """Nullable if any is; the widest of the named types; None if they do not fit together."""
    if all(isinstance(one, NonNullTypeNode) for one in types):
        inner = merged_output([_inner(one) for one in types], narrower)
        return None if inner is None else f"{inner}!"
    bare = [_inner(one) if isinstance(one, NonNullTypeNode) else one for one in types]
    if all(isinstance(one, ListTypeNode) for one in bare):
        inner = merged_output([_inner(one) for one in bare], narrower)
        return None if inner is None else f"[{inner}]"
    names = [one.name.value for one in bare if isinstance(one, NamedTypeNode)]
    if len(names) < len(bare):
        return None
    return next((w for w in names if all(n == w or narrower(n, w) for n in names)), None)


def merged_input(types: Sequence[TypeNode]) -> str | None:
    """Non-null if any is; None if they do not fit together."""
    required = any(isinstance(one, NonNullTypeNode) for one in types)
    bare = [_inner(one) if isinstance(one, NonNullTypeNode) else one for one in types]
    found: str | None = None
    if all(isinstance(one, ListTypeNode) for one in bare):
        inner = merged_input([_inner(one) for one in bare])
        found = None if inner is None else f"[{inner}]"
    else:
        names = {one.name.value for one in bare if isinstance(one, NamedTypeNode)}
        if len(names) == 1 and all(isinstance(one, NamedTypeNode) for one in bare):
            found = names.pop()
    return f"{found}!" if found is not None and required else found


def is_required(node: TypeNode) -> bool:
    """Whether the type is non-null."""
    return isinstance(node, NonNullTypeNode)


def _inner(node: TypeNode) -> TypeNode:
    assert isinstance(node, (ListTypeNode, NonNullTypeNode))
    return node.type
