/** `node audit.mjs URL`: runs every check of graphql-http against URL; JSON with what failed; exits 1 if anything did. */
import { auditServer } from "graphql-http";

const results = await auditServer({ url: process.argv[2] });
const failed = results
  .filter(({ status }) => status !== "ok")
  .map(({ id, name, status, reason }) => ({ id, name, status, reason: String(reason) }));
console.log(JSON.stringify({ passed: results.length - failed.length, total: results.length, failed }));
process.exit(failed.length ? 1 : 0);
