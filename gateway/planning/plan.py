"""The plan: frozen, shared by all requests of one operation, and printable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway.composition.selection import Selection
from gateway.planning.steps import OnType, Path


@dataclass(frozen=True, slots=True)
class Fetch:
    """One visit: through a root type (`as_type` None) or with representations of `as_type`.

    `path` leads from the root of the answer to the objects that are entered and written to.
    `needs` is what a representation carries, `key` the part of it that must not be null; `keys` are
    the fields it brings.
    """

    id: int
    path: Path
    as_type: str | None
    key: Selection | None
    needs: Selection
    after: tuple[int, ...]
    selection: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What travels to one subgraph in one wave. `renamed` maps made-up response names to real keys.

    `variables` are the client's; `carrying` are those that carry representations, one for each visit with a key.
    """

    graph: str
    fetches: tuple[Fetch, ...]
    kind: str
    text: str
    variables: tuple[str, ...]
    carrying: tuple[str, ...]
    renamed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """Waves of requests; each wave needs the answers of those before. The first may be a stream."""

    kind: str
    waves: tuple[tuple[Request, ...], ...]

    @property
    def requests(self) -> int:
        """How many requests the plan makes at most."""
        return sum(len(wave) for wave in self.waves)


def print_path(path: Path) -> str:
    """A path as people read it: `products.reviews[Book].author`."""
    text = ""
    for part in path:
        text += f"[{part.name}]" if isinstance(part, OnType) else f".{part}"
    return text.lstrip(".")


def print_plan(plan: Plan) -> str:
    """The plan as text: waves, requests, visits with their keys, and what each asks."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    if not plan.waves:
        yield "nothing to fetch"
    for number, wave in enumerate(plan.waves, start=1):
        yield f"wave {number}"
        for request in wave:
            yield f"  {request.kind} {request.graph}"
            for fetch in request.fetches:
                yield from _fetch_lines(fetch)
            for made_up, key in sorted(request.renamed.items()):
                yield f"    renamed {made_up} -> {key}"


def _fetch_lines(fetch: Fetch) -> Iterator[str]:
    where = print_path(fetch.path) or "(root)"
    if fetch.as_type is None:
        yield f"    #{fetch.id} at {where}"
    else:
        yield f"    #{fetch.id} at {where} as {fetch.as_type} {{ {fetch.needs.text} }}"
    if fetch.after:
        yield f"      after {', '.join(f'#{one}' for one in fetch.after)}"
    yield f"      {fetch.selection}"
