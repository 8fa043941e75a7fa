// Uploads a file with tus-js-client through a proxy that cuts the first connection in the middle; prints what became of it.
// node program.mjs URL EMAIL

import { createHash, randomBytes } from "node:crypto";
import net from "node:net";
import * as tus from "tus-js-client";

const [url, email] = process.argv.slice(2);
const MIB = 2 ** 20;
let cuts = 0;

// Passes everything on, and destroys the first connection that has carried 2.5 MiB.
const proxy = net.createServer((client) => {
  const server = net.connect(new URL(url).port, new URL(url).hostname);
  let carried = 0;
  client.on("data", (data) => {
    carried += data.length;
    if (!cuts && carried > 2.5 * MIB) {
      cuts += 1;
      client.destroy();
      server.end();
      return;
    }
    if (!server.write(data)) client.pause();
  });
  server.on("drain", () => client.resume());
  server.pipe(client);
  for (const socket of [client, server]) socket.on("error", () => {});
  client.on("close", () => server.end());
});
await new Promise((done) => proxy.listen(0, "127.0.0.1", done));
const through = `http://127.0.0.1:${proxy.address().port}`;

async function call(method, path, body, token) {
  const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
  const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
  return answer.json();
}

const { access_token } = await call("POST", "/v1/auth/register", { email, password: "correct horse battery" });
const project = await call("POST", "/v1/projects", { name: "Strikes" }, access_token);

function upload(data, filename) {
  const asked = [];
  return new Promise((done) => {
    const sender = new tus.Upload(data, {
      endpoint: `${through}/v1/projects/${project.id}/uploads`,
      headers: { Authorization: `Bearer ${access_token}` },
      metadata: { filename, filetype: "text/plain" },
      retryDelays: [0, 200, 500, 1000, 2000],
      onBeforeRequest: (request) => void asked.push(request.getMethod()),
      onSuccess: ({ lastResponse }) => done({ asked, document: lastResponse.getHeader("Upload-Document-Id") }),
      onError: (error) =>
        done({ asked, status: error.originalResponse?.getStatus(), error: error.originalResponse?.getBody() ?? `${error}` }),
    });
    sender.start();
  });
}

const data = Buffer.from(randomBytes(2 * MIB).toString("hex"));
const sent = await upload(data, "تقرير.txt");
const stored = sent.document && (await call("GET", `/v1/documents/${sent.document}`, undefined, access_token));
const empty = await upload(Buffer.alloc(0), "empty.txt");
const large = await upload(Buffer.alloc(50 * MIB + 1), "large.txt");
proxy.close();
console.log(
  JSON.stringify({
    cuts,
    sent,
    name: stored?.name,
    same: stored?.sha256 === createHash("sha256").update(data).digest("hex"),
    empty: empty.status,
    large: large.status,
  }),
);
process.exit(0);
