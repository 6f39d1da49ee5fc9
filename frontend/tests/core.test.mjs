import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { credentials, gql, gqlPartial } from "../app/core/gql.js";
import { matchPath } from "../app/core/router.js";
import { eventReader } from "../app/core/sse.js";
import { distanceKm } from "../app/domain/distance.js";

/** A server of our own: answers in turn, remembers what it was sent. */
function serve(...answers) {
  const requests = [];
  globalThis.fetch = async (url, options) => {
    requests.push({ url, ...options, body: JSON.parse(options.body) });
    const answer = answers[Math.min(requests.length, answers.length) - 1];
    if (answer instanceof Error) throw answer;
    return new Response(JSON.stringify(answer.body ?? answer), { status: answer.status ?? 200 });
  };
  return requests;
}
const refusal = (code, path) => ({ errors: [{ message: "no", path, extensions: { code, requestId: "r1" } }] });
const saved = { ...credentials, fetch: globalThis.fetch };

beforeEach(() => Object.assign(credentials, { token: () => "token-1", renew: async () => false, stale: () => false }));
afterEach(() => {
  Object.assign(credentials, saved);
  globalThis.fetch = saved.fetch;
});

test("an operation is sent by its name with the access token", async () => {
  const [request] = [serve({ data: { me: { id: "1" } } })];

  const data = await gql("query Me { me { id } }");

  assert.deepEqual(data, { me: { id: "1" } });
  assert.equal(request[0].body.operationName, "Me");
  assert.equal(request[0].headers.authorization, "Bearer token-1");
});

test("a query is asked twice when no answer comes, a mutation once", async () => {
  const queries = serve(new TypeError("network"), { data: { me: null } });
  await gqlPartial("query Me { me { id } }");
  const mutations = serve(new TypeError("network"), { data: { logout: { done: true } } });

  await assert.rejects(gql("mutation Logout { logout { done } }"), { code: "OFFLINE" });

  assert.equal(queries.length, 2);
  assert.equal(mutations.length, 1);
});

test("a refused token is renewed once and the request sent again", async () => {
  const requests = serve({ status: 401, body: refusal("UNAUTHENTICATED") }, { data: { me: { id: "1" } } });
  let renewed = 0;
  credentials.renew = async () => (renewed += 1) === 1;

  await gql("query Me { me { id } }");

  assert.equal(renewed, 1);
  assert.equal(requests.length, 2);
});

test("a missing part is no failure of the whole, a missing answer is", async () => {
  serve({ data: { film: { id: "1", rating: null } }, ...refusal("SERVICE_UNAVAILABLE", ["film", "rating"]) });
  assert.equal((await gql("query Film { film { id rating } }")).film.id, "1");
  serve({ data: { film: null }, ...refusal("NOT_FOUND", ["film"]) });

  await assert.rejects(gql("query Film { film { id } }"), { code: "NOT_FOUND", requestId: "r1" });
});

test("paths give their parameters, and only to the pattern they fit", () => {
  assert.deepEqual(matchPath("/films/:id", "/films/a%20b"), { id: "a b" });
  assert.deepEqual(matchPath("/", "/"), {});
  assert.deepEqual(matchPath("/cinemas", "/cinemas/"), {});
  assert.equal(matchPath("/films/:id", "/films/1/2"), null);
  assert.equal(matchPath("/films/:id", "/cinemas/1"), null);
});

test("events are read whole from pieces cut anywhere", () => {
  const read = eventReader();
  const text = ": beat\n\nevent: next\r\ndata: {\"a\":\r\ndata: 1}\r\n\r\nevent: complete\n\n";

  const events = [...text].flatMap((letter) => read(letter));

  assert.deepEqual(events, [{ event: "next", data: '{"a":\n1}' }, { event: "complete", data: "" }]);
});

test("the distance from Paris to Berlin is about 878 km", () => {
  const km = distanceKm({ latitude: 48.8566, longitude: 2.3522 }, { latitude: 52.52, longitude: 13.405 });

  assert.ok(Math.abs(km - 878) < 3, String(km));
});
