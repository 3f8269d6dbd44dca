// Posts a conversation to each group of a CSV file with node's own http agent.
//
//   node announce.mjs PORT GROUPS.csv WIDTH
import http from "node:http";
import { readFileSync } from "node:fs";

const [port, file, width] = process.argv.slice(2);
const groups = readFileSync(file, "utf8").trim().split("\n").slice(1).map((line) => line.split(",")[0]);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(width) });
let next = 0;

function post(group) {
  const body = JSON.stringify({
    topic: "Take your wellness days and rest",
    threads: [{ posts: [{ body: { contentType: "html", content: "<p>Contoso cares about you: rest and recharge.</p>" } }] }],
  });
  const headers = {
    Authorization: `Bearer ${process.env.HERALD_TOKEN}`,
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const path = `/v1.0/groups/${group}/conversations`;
    const request = http.request({ port, host: "127.0.0.1", method: "POST", path, agent, headers }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        if (response.statusCode !== 201) return reject(new Error(`status ${response.statusCode}`));
        resolve(JSON.parse(Buffer.concat(chunks)).id);
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function worker() {
  while (next < groups.length) await post(groups[next++]);
}

await Promise.all(Array.from({ length: Number(width) }, worker));
agent.destroy();
