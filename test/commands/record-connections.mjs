// Preloaded into the program by connections.test.ts: writes down every connection and name look-up it attempts.
import { appendFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';

const require = createRequire(import.meta.url);
const record = (what) => appendFileSync(process.env.CONNECTIONS_RECORD, `${what}\n`);

const net = require('node:net');
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function recorded(...args) {
  const [first] = Array.isArray(args[0]) ? args[0] : args;
  // The pipes of our own children are sockets without an address.
  record(`connect ${JSON.stringify(first)}`);
  return connect.apply(this, args);
};

const dns = require('node:dns');
for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) {
  const original = dns[name];
  dns[name] = (...args) => {
    record(`${name} ${args[0]}`);
    return original(...args);
  };
}

const dgram = require('node:dgram');
const createSocket = dgram.createSocket;
dgram.createSocket = (...args) => {
  record('udp');
  return createSocket(...args);
};

const { fetch } = globalThis;
globalThis.fetch = (...args) => {
  record(`fetch ${args[0]}`);
  return fetch(...args);
};
syncBuiltinESMExports();
