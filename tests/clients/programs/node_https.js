// Node's https module as an order tells it: one POST with end(body), a HEAD on the same agent first where asked.
const https = require("node:https");
const fs = require("node:fs");

const order = JSON.parse(fs.readFileSync(0, "utf8"));
const pem = fs.readFileSync(order.certificate);
const agent = new https.Agent({
  ca: fs.readFileSync(order.ca), cert: pem, key: pem, keepAlive: true, maxSockets: 1,
  maxVersion: `TLSv${order.tls}`,
});

function send(method, headers, body) {
  return new Promise((done, fail) => {
    const request = https.request(order.url, { method, headers, agent, timeout: order.seconds * 1000 }, (answer) => {
      answer.resume();
      answer.on("end", () => done(answer.statusCode));
      answer.on("error", fail);
    });
    request.on("timeout", () => request.destroy(new Error("timed out")));
    request.on("error", fail);
    request.end(body);
  });
}

async function main() {
  if (order.head_first) await send("HEAD", {});
  const body = Buffer.alloc(order.size, "x");
  const headers = { "Content-Length": order.size };
  if (order.expect) headers.Expect = "100-continue";
  return send("POST", headers, body);
}

main().then((status) => say(status, ""), (fault) => say(null, String(fault)));

function say(status, error) {
  console.log(JSON.stringify({ status, error }));
  process.exit(0);
}
