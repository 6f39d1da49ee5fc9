/** `node compose.mjs < GRAPHS`: composes each of a JSON list of graphs ([{name, url, sdl}]); a JSON list of {supergraph, errors}. */
import { readFileSync } from "node:fs";
import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";

const composed = JSON.parse(readFileSync(0, "utf8")).map((graph) => {
  try {
    const found = composeServices(
      graph.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
    );
    return {
      supergraph: found.supergraphSdl ?? null,
      errors: (found.errors ?? []).map((error) => error.message),
    };
  } catch (error) {
    return { supergraph: null, errors: [String(error)] };
  }
});
console.log(JSON.stringify(composed));
