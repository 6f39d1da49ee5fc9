import assert from "node:assert/strict";
import { test } from "node:test";

import { changesOf } from "../app/admin/domain/changes.js";

test("each part that differs is a line, by name, and equal ones are left out", () => {
  const lines = changesOf('{"title":"Old","minutes":90,"tags":["a"]}', '{"title":"New","minutes":90,"tags":["a","b"]}');

  assert.deepEqual(lines, [
    { part: "tags", before: '["a"]', after: '["a","b"]' },
    { part: "title", before: "Old", after: "New" },
  ]);
});

test("what is made has no before, what is gone no after", () => {
  assert.deepEqual(changesOf(null, '{"name":"Roxy"}'), [{ part: "name", before: null, after: "Roxy" }]);
  assert.deepEqual(changesOf('{"name":"Roxy"}', null), [{ part: "name", before: "Roxy", after: null }]);
  assert.deepEqual(changesOf(null, null), []);
});

test("what is no object is shown as it is", () => {
  assert.deepEqual(changesOf("[1]", "nonsense"), [{ part: "", before: "[1]", after: "nonsense" }]);
});
