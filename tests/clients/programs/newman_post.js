// newman, Postman's own runner, with a collection of one POST (and a HEAD before it) made from an order.
const fs = require("node:fs");
const tls = require("node:tls");
const newman = require("newman");

const order = JSON.parse(fs.readFileSync(0, "utf8"));
tls.DEFAULT_MAX_VERSION = `TLSv${order.tls}`;

const header = [{ key: "Content-Type", value: "text/plain" }];
if (order.expect) header.push({ key: "Expect", value: "100-continue" });
const item = [{ name: "post", request: {
  method: "POST", url: order.url, header, body: { mode: "raw", raw: "x".repeat(order.size) } } }];
if (order.head_first) item.unshift({ name: "head", request: { method: "HEAD", url: order.url } });

newman.run({
  collection: { info: { name: "order", schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
    item },
  sslExtraCaCerts: order.ca, sslClientCert: order.certificate, sslClientKey: order.certificate,
  timeoutRequest: order.seconds * 1000,
}, (fault, summary) => {
  const last = summary?.run.executions.at(-1);
  const error = fault ?? last?.requestError;
  console.log(JSON.stringify({ status: last?.response?.code ?? null, error: error ? String(error) : "" }));
  process.exit(0);
});
