/**
 * Sends operations to the gateway: queries and mutations as JSON, subscriptions as an event stream
 * (graphql-sse, distinct connections). A token kept by the account panel goes along unless a tab brings its own.
 */
import { parse } from "graphql";
import { token } from "./account.jsx";

/** @param {string} endpoint */
export function makeFetcher(endpoint) {
  return (asked, options) => {
    const parameters = named(asked);
    const headers = { ...authorization(options?.headers), ...options?.headers };
    return isSubscription(parameters) ? stream(endpoint, parameters, headers) : ask(endpoint, parameters, headers);
  };
}

function authorization(own) {
  const named = Object.keys(own ?? {}).some((name) => name.toLowerCase() === "authorization");
  return token.get() && !named ? { authorization: `Bearer ${token.get()}` } : {};
}

/** Operations of a document; none of one that can't be read: the gateway says what is wrong with it. */
function operationsOf(query) {
  try {
    return parse(query).definitions.filter((node) => node.kind === "OperationDefinition");
  } catch {
    return [];
  }
}

/** Just after a recipe was opened the editor still names the operation of the tab before: leave that name out. */
function named(parameters) {
  const names = operationsOf(parameters.query).map((node) => node.name?.value);
  return names.includes(parameters.operationName) ? parameters : { ...parameters, operationName: undefined };
}

function isSubscription({ query, operationName }) {
  const operations = operationsOf(query);
  const chosen = operations.find((node) => node.name?.value === operationName) ?? operations[0];
  return chosen?.operation === "subscription";
}

async function ask(endpoint, parameters, headers) {
  const answer = await fetch(endpoint, request(parameters, headers, "application/graphql-response+json, application/json"));
  return answer.json();
}

async function* stream(endpoint, parameters, headers) {
  const leaving = new AbortController();
  try {
    const answer = await fetch(endpoint, { ...request(parameters, headers, "text/event-stream"), signal: leaving.signal });
    if (!answer.headers.get("content-type")?.startsWith("text/event-stream")) {
      yield await answer.json();
      return;
    }
    for await (const { event, data } of events(answer.body)) {
      if (event === "next") yield JSON.parse(data);
      if (event === "complete") return;
    }
  } finally {
    leaving.abort();
  }
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const event = /^event: ?(.*)$/m.exec(block)?.[1];
      if (event) yield { event, data: /^data: ?(.*)$/m.exec(block)?.[1] ?? "" };
    }
  }
}

function request(parameters, headers, accept) {
  return {
    method: "POST",
    headers: { "content-type": "application/json", accept, ...headers },
    body: JSON.stringify(parameters),
    credentials: "same-origin",
  };
}
