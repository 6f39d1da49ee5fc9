"""Merges fields of objects and interfaces, and the arguments they take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.composition.faults import Faults, listed
from gateway.composition.merge_types import IsNarrower, is_required, merged_input, merged_output
from gateway.composition.merged import MergedField, chosen_description, united
from gateway.composition.sdl import SubField, SubType
from gateway.composition.uses import Uses

Owners = Sequence[tuple[str, SubType]]  # subgraph names with their versions of one type
Holders = Sequence[tuple[str, SubField]]  # subgraph names with their versions of one field


class FieldMerger:
    """Merges the fields of types. `enums` names subgraphs as join__Graph does."""

    def __init__(
        self,
        enums: Mapping[str, str],
        uses: Mapping[str, Uses],
        narrower: IsNarrower,
        faults: Faults,
    ) -> None:
        self._enums = enums
        self._uses = uses
        self._narrower = narrower
        self._faults = faults

    def fields(self, name: str, owners: Owners) -> dict[str, MergedField]:
        """All fields that any subgraph has."""
        found = {}
        for field in united([list(owner.fields) for _, owner in owners]):
            holders = [(graph, owner.fields[field]) for graph, owner in owners if field in owner.fields]
            if all(holder.external or holder.used_overridden for _, holder in holders):
                graphs = listed([graph for graph, _ in holders])
                self._faults.add(f'"{name}.{field}" is @external in {graphs} and resolved by no subgraph')
                continue
            self._check_sharing(name, field, owners)
            found[field] = self._field(name, holders, owners)
        return found

    def _check_sharing(self, name: str, field: str, owners: Owners) -> None:
        resolving = []
        alone = []
        for graph, owner in owners:
            holder = owner.fields.get(field)
            if holder is None or owner.kind != "object" or holder.external or holder.used_overridden:
                continue
            if holder.is_moving:
                continue
            resolving.append(graph)
            if not holder.shareable and (name, field) not in self._uses[graph].by_keys:
                alone.append(graph)
        if len(resolving) > 1 and alone:
            self._faults.add(
                f'"{name}.{field}" is resolved by {listed(resolving)}, but is not @shareable in {listed(alone)}'
            )

    def _field(self, name: str, holders: Holders, owners: Owners) -> MergedField:
        spot = f"{name}.{holders[0][1].name}"
        merged = merged_output([holder.type for _, holder in holders], self._narrower)
        if merged is None:
            said = "; ".join(f'{holder.printed} in "{graph}"' for graph, holder in holders)
            self._faults.add(f'"{spot}" has types that do not fit together: {said}')
            merged = holders[0][1].printed
        return MergedField(
            name=holders[0][1].name,
            type=merged,
            description=chosen_description(holder.description for _, holder in holders),
            arguments=self._arguments(spot, holders),
            directives=united([holder.directives for _, holder in holders]),
            joins=self._joins(merged, holders, owners),
        )

    def _joins(self, merged: str, holders: Holders, owners: Owners) -> list[str]:
        """join__field for each subgraph; none where all know the field alike."""
        typed = any(holder.printed != merged for _, holder in holders)
        joins = []
        plain = len(holders) == len(owners)
        for graph, holder in holders:
            said = self._said(holder, typed=typed)
            plain = plain and not said
            joins.append(f"@join__field({', '.join([f'graph: {self._enums[graph]}', *said])})")
        return [] if plain else joins

    def _said(self, holder: SubField, *, typed: bool) -> list[str]:
        said = []
        if holder.requires is not None:
            said.append(f"requires: {quoted(holder.requires)}")
        if holder.provides is not None:
            said.append(f"provides: {quoted(holder.provides)}")
        if typed:
            said.append(f"type: {quoted(holder.printed)}")
        if holder.external:
            said.append("external: true")
        if holder.override is not None:
            said.append(f"override: {quoted(holder.override)}")
        if holder.is_moving:
            said.append(f"overrideLabel: {quoted(holder.override_label or '')}")
        if holder.used_overridden:
            said.append("usedOverridden: true")
        return said

    def _arguments(self, spot: str, holders: Holders) -> list[MergedField]:
        """Arguments that every resolving subgraph takes."""
        resolving = [(graph, holder) for graph, holder in holders if not holder.external]
        found = []
        for name in united([list(holder.arguments) for _, holder in resolving]):
            takers = [(g, holder.arguments[name]) for g, holder in resolving if name in holder.arguments]
            missing = [g for g, holder in resolving if name not in holder.arguments]
            place = f"{spot}({name}:)"
            if not missing:
                found.append(self.input(place, takers))
            elif demanding := [g for g, taker in takers if is_required(taker.type) and not taker.default]:
                self._faults.add(
                    f'"{place}" is required in {listed(demanding)} but missing in {listed(missing)}'
                )
        return found

    def input(self, place: str, takers: Holders) -> MergedField:
        """One argument or input field out of those of several subgraphs."""
        merged = merged_input([taker.type for _, taker in takers])
        if merged is None:
            said = "; ".join(f'{taker.printed} in "{graph}"' for graph, taker in takers)
            self._faults.add(f'"{place}" has types that do not fit together: {said}')
            merged = takers[0][1].printed
        defaults = {taker.default for _, taker in takers}
        if len(defaults) > 1:
            said = "; ".join(f'{taker.default or "none"} in "{graph}"' for graph, taker in takers)
            self._faults.add(f'"{place}" has different defaults: {said}')
        return MergedField(
            name=takers[0][1].name,
            type=merged,
            description=chosen_description(taker.description for _, taker in takers),
            default=takers[0][1].default,
            directives=united([taker.directives for _, taker in takers]),
        )


def quoted(text: str) -> str:
    """A GraphQL string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'
