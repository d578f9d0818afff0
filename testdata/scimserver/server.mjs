// Starts a SCIM 2.0 server that is not ours: Better Auth's, with its own users, groups, filters and PATCH, kept in memory.
// It listens on 127.0.0.1 at a free port, says where on standard output, takes the bearer token of SCIM_TOKEN, and ends
// when standard input does.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { scim } from "@better-auth/scim";
import { memoryAdapter } from "better-auth/adapters/memory";
import { getAuthTables } from "better-auth/db";
import { betterAuth } from "better-auth/minimal";
import { toNodeHandler } from "better-auth/node";

const token = process.env.SCIM_TOKEN;
if (!token) {
  console.error("SCIM_TOKEN is not set");
  process.exit(1);
}

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const base = `http://127.0.0.1:${server.address().port}`;
  const tables = {};
  const options = {
    baseURL: base,
    basePath: "/",
    secret: randomUUID() + randomUUID(),
    database: memoryAdapter(tables),
    plugins: [scim({ connections: [{ id: "cardea", credentials: [{ id: "cardea", token }] }] })],
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
  };
  for (const table of Object.values(getAuthTables(options))) tables[table.modelName] = [];
  server.on("request", toNodeHandler(betterAuth(options)));
  console.log(`${base}/scim/v2`);
});

process.stdin.on("end", () => process.exit(0)).resume();
