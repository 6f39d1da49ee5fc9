"""Prints a supergraph: standard SDL with join directives, which any Federation 2 router can load."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graphql import DirectiveDefinitionNode, print_ast
from graphql.language.block_string import print_block_string
from graphql.language.directive_locations import DirectiveLocation

from gateway.composition.merge_fields import quoted
from gateway.composition.merged import MergedField, MergedType
from gateway.composition.sdl import ROOTS, SubSchema

EXECUTABLE = frozenset(
    one.name
    for one in DirectiveLocation
    if one.name in ("QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "VARIABLE_DEFINITION")
    or one.name.startswith(("FRAGMENT", "INLINE"))
)
JOIN = """\
directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE

directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, \
external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION

directive @join__graph(name: String!, url: String!) on ENUM_VALUE

directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE

directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, \
resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) \
repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR

directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION

directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA"""
NEWER_JOIN = ("https://specs.apollo.dev/join/v0.3", "https://specs.apollo.dev/join/v0.4")
LABELLED = (
    "usedOverridden: Boolean) repeatable",
    "usedOverridden: Boolean, overrideLabel: String) repeatable",
)
PURPOSE = '''\
scalar link__Import

enum link__Purpose {
  """
  `SECURITY` features provide metadata necessary to securely resolve fields.
  """
  SECURITY

  """
  `EXECUTION` features provide metadata necessary for operation execution.
  """
  EXECUTION
}'''
EVERYWHERE = (
    "FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE"
    " | INPUT_OBJECT | INPUT_FIELD_DEFINITION"
)
OUTPUTS = "FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM"
# Carried directives: their link on the schema, and their definitions.
FEATURES = {
    "tag": ("tag/v0.3", "", f"directive @tag(name: String!) repeatable on {EVERYWHERE} | SCHEMA"),
    "inaccessible": ("inaccessible/v0.2", "SECURITY", f"directive @inaccessible on {EVERYWHERE}"),
    "authenticated": ("authenticated/v0.1", "SECURITY", f"directive @authenticated on {OUTPUTS}"),
    "requiresScopes": (
        "requiresScopes/v0.1",
        "SECURITY",
        f"""scalar requiresScopes__Scope

directive @requiresScopes(scopes: [[requiresScopes__Scope!]!]!) on {OUTPUTS}""",
    ),
    "policy": (
        "policy/v0.1",
        "SECURITY",
        f"scalar policy__Policy\n\ndirective @policy(policies: [[policy__Policy!]!]!) on {OUTPUTS}",
    ),
    "cost": (
        "cost/v0.1",
        "",
        """directive @cost(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION \
| INPUT_FIELD_DEFINITION | OBJECT | SCALAR""",
    ),
    "listSize": (
        "cost/v0.1",
        "",
        """directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], \
requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION""",
    ),
}


@dataclass(frozen=True, slots=True)
class Supplement:
    """Directive definitions that come from the subgraphs themselves, and the specifications of composed ones."""

    definitions: Mapping[str, DirectiveDefinitionNode]
    homes: Mapping[str, tuple[str, str]]


def render(
    schemas: Sequence[SubSchema],
    enums: Mapping[str, str],
    types: Sequence[MergedType],
    supplement: Supplement,
) -> str:
    """The supergraph SDL."""
    used = [name for name in FEATURES if _uses(types, name)]
    parts = [_schema(types, used, supplement)]
    parts += [FEATURES[name][2] for name in used]
    parts += [_directive(node) for _, node in sorted(supplement.definitions.items())]
    parts += [JOIN, "scalar join__FieldSet", _graphs(schemas, enums), PURPOSE]
    parts += [_type(one) for one in types]
    sdl = "\n\n".join(part for part in parts if part) + "\n"
    if any(
        "overrideLabel: " in join for one in types for field in one.fields.values() for join in field.joins
    ):
        sdl = sdl.replace(*NEWER_JOIN).replace(*LABELLED)  # only then: older routers read v0.3
    return sdl


def _schema(types: Sequence[MergedType], used: Sequence[str], supplement: Supplement) -> str:
    lines = [
        "schema",
        '  @link(url: "https://specs.apollo.dev/link/v1.0")',
        '  @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION)',
    ]
    links: dict[str, list[str]] = {}
    for name in used:
        links.setdefault(FEATURES[name][0], []).append(name)
    for feature, names in links.items():
        purpose = FEATURES[names[0]][1]
        imported = ", ".join(f'"@{name}"' for name in names) if feature.startswith("cost/") else ""
        lines.append(
            f'  @link(url: "https://specs.apollo.dev/{feature}"'
            + (f", import: [{imported}]" if imported else "")
            + (f", for: {purpose})" if purpose else ")")
        )
    for url in sorted({url for url, _ in supplement.homes.values()}):
        own = [
            _import(name, there) for name, (home, there) in sorted(supplement.homes.items()) if home == url
        ]
        lines.append(f"  @link(url: {quoted(url)}, import: [{', '.join(own)}])")
    present = {one.name for one in types}
    roots = [f"  {kind}: {name}" for kind, name in ROOTS.items() if name in present]
    return "\n".join([*lines, "{", *roots, "}"])


def _import(name: str, there: str) -> str:
    if name == there:
        return f'"@{name}"'
    return f'{{name: "@{there}", as: "@{name}"}}'


def _uses(types: Iterable[MergedType], name: str) -> bool:
    return any(_named(text) == name for one in types for text in _directives(one))


def _named(printed: str) -> str:
    return printed[1:].split("(", 1)[0]


def _directives(one: MergedType) -> Iterator[str]:
    yield from one.directives
    for field in one.fields.values():
        yield from field.directives
        for argument in field.arguments:
            yield from argument.directives


def is_executable(node: DirectiveDefinitionNode) -> bool:
    """Whether operations may use the directive."""
    return any(one.value in EXECUTABLE for one in node.locations)


def _directive(node: DirectiveDefinitionNode) -> str:
    """A subgraph's directive; of one that is not composed only the executable part is left."""
    locations = [one.value for one in node.locations]
    if not is_executable(node):
        return print_ast(node)
    kept = print_ast(node).rsplit(" on ", 1)[0]
    return f"{kept} on {' | '.join(one for one in locations if one in EXECUTABLE)}"


def _graphs(schemas: Sequence[SubSchema], enums: Mapping[str, str]) -> str:
    lines = [
        f"  {enums[one.name]} @join__graph(name: {quoted(one.name)}, url: {quoted(one.url)})"
        for one in schemas
    ]
    return "\n".join(["enum join__Graph {", *lines, "}"])


def _type(one: MergedType) -> str:
    keyword = {"object": "type"}.get(one.kind, one.kind)
    implements = f" implements {' & '.join(one.interfaces)}" if one.interfaces else ""
    lines = [f"{_description(one.description, '')}{keyword} {one.name}{implements}"]
    lines += [f"  {directive}" for directive in (*one.joins, *one.directives)]
    if one.kind == "union":
        lines.append(f" = {' | '.join(one.members)}")
    elif one.fields:
        lines.append("{")
        lines += [_field(field, one.kind) for field in one.fields.values()]
        lines.append("}")
    return "\n".join(lines)


def _field(field: MergedField, kind: str) -> str:
    text = _description(field.description, "  ") + f"  {field.name}"
    if kind != "enum":
        text += _arguments(field.arguments) + f": {field.type}"
    if field.default is not None:
        text += f" = {field.default}"
    return " ".join([text, *field.directives, *field.joins])


def _arguments(arguments: Sequence[MergedField]) -> str:
    if not arguments:
        return ""
    if not any(argument.description for argument in arguments):
        return f"({', '.join(_argument(one) for one in arguments)})"
    lines = [_description(one.description, "    ") + f"    {_argument(one)}" for one in arguments]
    return "(\n" + "\n".join(lines) + "\n  )"


def _argument(one: MergedField) -> str:
    default = f" = {one.default}" if one.default is not None else ""
    return " ".join([f"{one.name}: {one.type}{default}", *one.directives])


def _description(text: str | None, indent: str) -> str:
    if not text:
        return ""
    block = print_block_string(text).replace("\n", f"\n{indent}")
    return f"{indent}{block}\n"
