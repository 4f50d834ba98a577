// axios as an order tells it, with an https agent that keeps connections.
const https = require("node:https");
const fs = require("node:fs");
const axios = require("axios");

const order = JSON.parse(fs.readFileSync(0, "utf8"));
const pem = fs.readFileSync(order.certificate);
const httpsAgent = new https.Agent({
  ca: fs.readFileSync(order.ca), cert: pem, key: pem, keepAlive: true, maxSockets: 1,
  maxVersion: `TLSv${order.tls}`,
});
const common = { httpsAgent, proxy: false, timeout: order.seconds * 1000, validateStatus: () => true };

async function main() {
  if (order.head_first) await axios.head(order.url, common);
  const headers = { "Content-Type": "application/octet-stream" };
  if (order.expect) headers.Expect = "100-continue";
  const answer = await axios.post(order.url, Buffer.alloc(order.size, "x"), { ...common, headers });
  return answer.status;
}

main().then((status) => say(status, ""), (fault) => say(null, String(fault)));

function say(status, error) {
  console.log(JSON.stringify({ status, error }));
  process.exit(0);
}
