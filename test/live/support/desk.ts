import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { gateway } from './venue.ts';

/** Who may use the brokers. */
export interface Accounts {
  readonly schwab: { readonly key: string; readonly secret: string };
  readonly alpaca: { readonly key: string; readonly secret: string };
}

/** What Schwab, Alpaca and a node of the chain are to containers: stand-ins on this machine, for system B. */
export interface Desk {
  /** `https://…`; containers trust it by `authority` only. */
  readonly broker: string;
  /** `ws://…` */
  readonly node: string;
  /** Certificate that vouches for the broker. */
  readonly authority: string;
  /** Every request to the broker: path and address it came from. */
  readonly asked: readonly { readonly path: string; readonly from: string }[];
  /** Tokens that were given. */
  readonly tokens: readonly string[];
  /** Whom the brokers know; may be changed. */
  accounts: Accounts;
  /** Has something taken from the order, in a new block. */
  take(input: number, output: number): void;
  close(): void;
}

/** The order book on the chain, and the order in it. */
export const CHAIN = {
  orderbook: `0x${'0b'.repeat(20)}`,
  orderHash: `0x${'c4'.repeat(32)}`,
  owner: `0x${'d5'.repeat(20)}`,
  deploymentBlock: 100,
};

/** A certificate for an address of this machine, made for this run. */
function certificate(folder: string, address: string): { readonly key: string; readonly cert: string } {
  mkdirSync(folder, { recursive: true });
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  // It vouches for itself and is no authority: rustls refuses a server that is one.
  const extensions = [`subjectAltName=IP:${address}`, 'basicConstraints=critical,CA:FALSE'];
  const subject = ['-subj', '/CN=stand-in', ...extensions.flatMap((each) => ['-addext', each])];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { key, cert };
}

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The two brokers, on one address. */
class Brokers {
  readonly tokens: string[] = [];
  readonly #codes = new Set<string>();
  accounts: Accounts;

  constructor(accounts: Accounts) {
    this.accounts = accounts;
  }

  answer(request: IncomingMessage, url: URL, form: URLSearchParams): Answer {
    const { method, headers } = request;
    const route = `${method} ${url.pathname}`;
    if (route === 'GET /v1/oauth/authorize') return this.#authorize(url.searchParams);
    if (route === 'POST /v1/oauth/token') return this.#token(headers.authorization, form);
    if (url.pathname.startsWith('/trader/')) return this.#schwab(route, headers.authorization);
    const { key, secret } = this.accounts.alpaca;
    if (headers['apca-api-key-id'] !== key || headers['apca-api-secret-key'] !== secret)
      return { status: 401, body: { message: 'unauthorized.' } };
    if (route === 'GET /v2/account') return { body: { account_number: 'PA3STANDIN', status: 'ACTIVE' } };
    if (route === 'POST /v2/orders') return { body: { id: randomBytes(8).toString('hex') } };
    return { status: 404 };
  }

  /** What a person does there: the browser is sent back with a code. */
  #authorize(query: URLSearchParams): Answer {
    if (query.get('client_id') !== this.accounts.schwab.key) return { status: 401 };
    const code = `C0.${randomBytes(12).toString('hex')}@`;
    this.#codes.add(code);
    const to = new URL(query.get('redirect_uri') ?? '');
    to.searchParams.set('code', code);
    return { status: 302, headers: { location: to.href } };
  }

  #token(authorization: string | undefined, form: URLSearchParams): Answer {
    const { key, secret } = this.accounts.schwab;
    if (authorization !== `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`)
      return { status: 401, body: { error: 'invalid_client' } };
    const isRefresh = form.get('grant_type') === 'refresh_token';
    const refresh = form.get('refresh_token') ?? '';
    // A code is good once.
    const isGood = isRefresh ? this.tokens.includes(refresh) : this.#codes.delete(form.get('code') ?? '');
    if (!isGood) return { status: 400, body: { error: 'invalid_grant' } };
    const access = `I0.${randomBytes(16).toString('hex')}@`;
    const next = isRefresh ? refresh : randomBytes(16).toString('hex');
    this.tokens.push(access, next);
    return { body: { token_type: 'Bearer', expires_in: 1800, access_token: access, refresh_token: next } };
  }

  #schwab(route: string, authorization: string | undefined): Answer {
    if (!this.tokens.some((token) => authorization === `Bearer ${token}`)) return { status: 401 };
    if (route === 'GET /trader/v1/accounts/accountNumbers')
      return { body: [{ accountNumber: '12345678', hashValue: 'A1B2C3' }] };
    return { status: 201 };
  }
}

const Question = z.object({ id: z.number(), method: z.string(), params: z.array(z.unknown()) });
const hex = (number: number): string => `0x${number.toString(16)}`;
const word = (number: number): string => number.toString(16).padStart(64, '0');

/** A node with one contract. */
class Chain {
  readonly #watching = new Set<WebSocket>();
  readonly #logs: object[] = [];
  #block = 120;

  serve(socket: WebSocket): void {
    socket.on('close', () => this.#watching.delete(socket));
    socket.on('message', (data) => {
      const { id, method, params } = Question.parse(JSON.parse(String(data)));
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, result: this.#answer(socket, method, params) }));
    });
  }

  #answer(socket: WebSocket, method: string, [first]: readonly unknown[]): unknown {
    if (method === 'eth_chainId') return '0x2105';
    if (method === 'eth_blockNumber') return hex(this.#block);
    if (method === 'eth_getCode') return first === CHAIN.orderbook ? '0x6080' : '0x';
    if (method === 'eth_getLogs') return this.#logs;
    if (method !== 'eth_subscribe') return null;
    this.#watching.add(socket);
    return '0x1';
  }

  take(input: number, output: number): void {
    this.#block += 1;
    const log = {
      address: CHAIN.orderbook,
      topics: [`0x${word(1)}`, `0x${CHAIN.owner.slice(2).padStart(64, '0')}`, CHAIN.orderHash],
      blockNumber: hex(this.#block),
      transactionHash: `0x${randomBytes(32).toString('hex')}`,
      logIndex: '0x0',
      data: `0x${word(7)}${word(input)}${word(output)}`,
    };
    this.#logs.push(log);
    const params = { subscription: '0x1', result: log };
    const news = JSON.stringify({ jsonrpc: '2.0', method: 'eth_subscription', params });
    for (const socket of this.#watching) socket.send(news);
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, gateway(), () => done()));
  // A server on a port has an address with one.
  return (server.address() as AddressInfo).port;
}

/** Starts both stand-ins on the address at which containers reach this machine. */
export async function desk(folder: string, accounts: Accounts): Promise<Desk> {
  const host = gateway();
  const { key, cert } = certificate(folder, host);
  const brokers = new Brokers(accounts);
  const chain = new Chain();
  const asked: { path: string; from: string }[] = [];
  const broker = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'https://stand-in');
      asked.push({ path: url.pathname, from: request.socket.remoteAddress ?? '' });
      const { status = 200, headers = {}, body: text } = brokers.answer(request, url, new URLSearchParams(body));
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(text === undefined ? undefined : JSON.stringify(text));
    });
  });
  const node = createServer();
  const sockets = new WebSocketServer({ server: node });
  sockets.on('connection', (socket) => chain.serve(socket));
  const ports = [await listen(broker), await listen(node)];
  return {
    broker: `https://${host}:${ports[0]}`,
    node: `ws://${host}:${ports[1]}`,
    authority: cert,
    asked,
    tokens: brokers.tokens,
    get accounts() {
      return brokers.accounts;
    },
    set accounts(next) {
      brokers.accounts = next;
    },
    take: (input, output) => chain.take(input, output),
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      for (const server of [broker, node]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}
