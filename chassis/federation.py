"""Federation 2 for Graphene: directives beside the types, the subgraph's SDL, batched `_entities`.

The SDL is the printed schema with the directives put into its syntax tree. `_entities` groups the
representations by type and asks each type once: `resolve_references(representations, info) -> list`, an entry
for each representation in order (None, or an Exception, which becomes an error of that entry alone).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar, cast

import graphene
from graphene.types.unmountedtype import UnmountedType
from graphene.utils.str_converters import to_camel_case
from graphql import GraphQLSchema, parse, print_ast, print_schema
from graphql.language import ast

from chassis.errors import Invalid
from chassis.permissions import Permissions

LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: '
    '["@key", "@shareable", "@inaccessible", "@external", "@requires", "@provides"])'
)
_OWN_TYPES = {"_Any", "_Entity", "_Service"}
_OWN_FIELDS = {"_entities", "_service"}

_KEY = re.compile(r'@key\(fields: "([^"]*)"')

C = TypeVar("C")


def key(fields: str, *, resolvable: bool = True) -> Callable[[C], C]:
    """Mark a type as an entity found by `fields`; resolvable ones need `resolve_references`."""
    return _class_directive(f'@key(fields: "{fields}"' + (")" if resolvable else ", resolvable: false)"))


def shareable(cls: C) -> C:
    """Say that other subgraphs define the same type."""
    return _class_directive("@shareable")(cls)


def inaccessible(target: Any) -> Any:
    """Keep a type (class) or field out of the public API; siblings may still ask for it."""
    return (
        _class_directive("@inaccessible")(target)
        if isinstance(target, type)
        else _field_directive("@inaccessible", target)
    )


def external(field: Any) -> Any:
    """A field that another subgraph owns."""
    return _field_directive("@external", field)


def requires(fields: str, field: Any) -> Any:
    """A field that is computed from `fields` of other subgraphs."""
    return _field_directive(f'@requires(fields: "{fields}")', field)


def provides(fields: str, field: Any) -> Any:
    """A field whose answer brings along `fields` that other subgraphs own."""
    return _field_directive(f'@provides(fields: "{fields}")', field)


def build_schema(
    query: type[graphene.ObjectType],
    mutation: type[graphene.ObjectType] | None = None,
    subscription: type[graphene.ObjectType] | None = None,
    types: Sequence[Any] = (),
    permissions: Permissions | None = None,
) -> FederatedSchema:
    """A subgraph's schema with its SDL; `types` adds those that no field leads to. Raises ValueError: see enforce."""
    return FederatedSchema(query, mutation, subscription, types, permissions)


class FederatedSchema:
    """`core`: the graphql-core schema to execute; `sdl`: what the subgraph publishes."""

    def __init__(
        self,
        query: Any,
        mutation: Any,
        subscription: Any,
        types: Sequence[Any],
        permissions: Permissions | None = None,
    ) -> None:
        plain = graphene.Schema(query=query, mutation=mutation, subscription=subscription, types=list(types))
        classes = _graphene_classes(plain.graphql_schema)
        entities = {name: cls for name, cls in classes.items() if _is_resolvable(cls)}
        self.sdl = _federated_sdl(plain.graphql_schema, classes)
        self.entities = entities
        full = graphene.Schema(
            query=_with_federation(query, self.sdl, entities, permissions),
            mutation=mutation,
            subscription=subscription,
            types=list(types),
        )
        self.core: GraphQLSchema = full.graphql_schema
        self.permissions = permissions
        if permissions is not None:
            permissions.enforce(self.core, entities)


def _class_directive(text: str) -> Callable[[C], C]:
    def mark(cls: C) -> C:
        own = vars(cls).get("_federation", ())
        cls._federation = (text, *own)  # type: ignore[attr-defined]  # decorators run bottom up: keep reading order
        return cls

    return mark


def _field_directive(text: str, field: Any) -> Any:
    if isinstance(field, UnmountedType):
        field = field.Field()
    field.federation = (*getattr(field, "federation", ()), text)
    return field


def _graphene_classes(schema: GraphQLSchema) -> dict[str, Any]:
    return {
        name: graphql_type.graphene_type
        for name, graphql_type in schema.type_map.items()
        if hasattr(graphql_type, "graphene_type")
    }


def _is_resolvable(cls: Any) -> bool:
    marks = vars(cls).get("_federation", ())
    return any(mark.startswith("@key") and "resolvable: false" not in mark for mark in marks)


def _federated_sdl(schema: GraphQLSchema, classes: dict[str, Any]) -> str:
    document = parse(print_schema(schema), no_location=True)
    definitions = [_decorated(definition, classes) for definition in document.definitions]
    roots = [node for node in definitions if not isinstance(node, ast.SchemaDefinitionNode)]
    return LINK + "\n\n" + "\n\n".join(print_ast(node) for node in roots) + "\n"


def _decorated(definition: Any, classes: dict[str, Any]) -> Any:
    name = getattr(getattr(definition, "name", None), "value", None)
    cls = classes.get(name) if name else None
    if cls is None:
        return definition
    definition.directives = (*definition.directives, *_nodes(vars(cls).get("_federation", ())))
    marks = {
        (field.name or to_camel_case(attribute)): field.federation
        for attribute, field in getattr(cls._meta, "fields", {}).items()
        if hasattr(field, "federation")
    }
    for field_node in getattr(definition, "fields", ()) or ():
        field_node.directives = (*field_node.directives, *_nodes(marks.get(field_node.name.value, ())))
    return definition


def _nodes(texts: Iterable[str]) -> list[Any]:
    read = (parse(f"scalar X {text}", no_location=True).definitions[0] for text in texts)
    return [cast(ast.ScalarTypeDefinitionNode, scalar).directives[0] for scalar in read]


def _with_federation(query: Any, sdl: str, entities: dict[str, Any], permissions: Permissions | None) -> Any:
    service = type("_Service", (graphene.ObjectType,), {"sdl": graphene.String(required=True)})
    attributes: dict[str, Any] = {
        "federation_service": graphene.Field(service, name="_service", required=True),
        "resolve_federation_service": lambda _root, _info: {"sdl": sdl},
    }
    if entities:
        union = _entity_union(entities)
        attributes["federation_entities"] = graphene.Field(
            graphene.NonNull(graphene.List(union)),
            name="_entities",
            representations=graphene.List(graphene.NonNull(_Any), required=True),
        )
        attributes["resolve_federation_entities"] = _entities_resolver(entities, permissions)
    return type("Query", (query,), attributes)


def _entity_union(entities: dict[str, Any]) -> Any:
    def resolve_type(_cls: Any, instance: Any, info: Any) -> Any:
        return info.context.entity_types[id(instance)]

    meta = type("Meta", (), {"types": tuple(entities[name] for name in sorted(entities))})
    return type("_Entity", (graphene.Union,), {"Meta": meta, "resolve_type": classmethod(resolve_type)})


class _Any(graphene.Scalar):
    """A representation: an entity's type name and key."""

    class Meta:
        name = "_Any"

    serialize = staticmethod(lambda value: value)
    parse_value = staticmethod(lambda value: value)

    @staticmethod
    def parse_literal(node: Any, _variables: Any = None) -> Any:
        """The plain value of a representation written into the document."""
        from graphql import value_from_ast_untyped

        return value_from_ast_untyped(node, _variables)


def _entities_resolver(entities: dict[str, Any], permissions: Permissions | None) -> Callable[..., list[Any]]:
    def resolve(_root: Any, info: Any, representations: list[Any]) -> list[Any]:
        groups: dict[str, list[int]] = defaultdict(list)
        for index, representation in enumerate(representations):
            name = representation.get("__typename") if isinstance(representation, dict) else None
            groups[name if isinstance(name, str) else ""].append(index)
        answers: list[Any] = [None] * len(representations)
        for name, indexes in groups.items():
            if permissions and permissions.hides(name, info.context.caller):
                continue  # null: whether there is such an object is not told either
            found = _resolve_group(entities.get(name), [representations[index] for index in indexes], info)
            for index, item in zip(indexes, found, strict=True):
                answers[index] = item
                if item is not None and not isinstance(item, Exception):
                    info.context.entity_types[id(item)] = entities[name]
        return answers

    return resolve


def _resolve_group(cls: Any, representations: list[Any], info: Any) -> list[Any]:
    if cls is None:
        return [Invalid("This representation names no entity of this service.") for _ in representations]
    answers: list[Any] = [Invalid("This representation lacks the fields of a key.") for _ in representations]
    whole = [index for index, given in enumerate(representations) if _has_key(cls, given)]
    if not whole:
        return answers
    try:
        found = list(cls.resolve_references([representations[index] for index in whole], info))
    except Exception as error:  # noqa: BLE001  # one type's failure is that type's alone
        found = [error for _ in whole]
    for index, item in zip(whole, found, strict=True):
        answers[index] = item
    return answers


def _has_key(cls: Any, representation: dict[str, Any]) -> bool:
    """Whether the representation has the outer fields of one of the type's keys."""
    keys = (_KEY.match(mark) for mark in vars(cls).get("_federation", ()))
    outer = (re.findall(r"\w+", re.sub(r"\{[^{}]*\}", "", found.group(1))) for found in keys if found)
    return any(all(representation.get(name) is not None for name in names) for names in outer)
