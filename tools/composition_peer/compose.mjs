/**
 * `node compose.mjs < GRAPHS`: composes each of a JSON list of graphs ([{name, url, sdl}]); a JSON list of
 * {supergraph, errors}. In place of a graph a supergraph may stand ({supergraph}): what a router shows of it, {public}.
 */
import { readFileSync } from "node:fs";
import { composeServices, transformSupergraphToPublicSchema } from "@theguild/federation-composition";
import { buildASTSchema, parse, print } from "graphql";

function compose(graph) {
  const found = composeServices(graph.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
  return { supergraph: found.supergraphSdl ?? null, errors: (found.errors ?? []).map(({ message }) => message) };
}

function read({ supergraph }) {
  const document = parse(supergraph);
  buildASTSchema(document); // refuses what is no sound SDL
  return { public: print(transformSupergraphToPublicSchema(document)), errors: [] };
}

const answers = JSON.parse(readFileSync(0, "utf8")).map((asked) => {
  try {
    return Array.isArray(asked) ? compose(asked) : read(asked);
  } catch (error) {
    return { supergraph: null, public: null, errors: [String(error)] };
  }
});
console.log(JSON.stringify(answers));
