import { request as httpRequest, type IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import WebSocket from 'ws';
import { Secret } from '../secret.ts';
import { HttpFailure, type HttpRequest, type HttpResponse } from './http.ts';
import { patience } from './patience.ts';

/** How long a question may take, with the way there. */
const LIMIT_MS = 5_000;
const LONGEST_ANSWER = 1024 * 1024;

/** Where a connection goes. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** Opens a TCP connection; it is ended when the signal aborts. @throws HttpFailure, or an error of the system. */
export type Dial = (target: Target, signal: AbortSignal) => Promise<Duplex>;

/** Carries out one request over a connection of its own. @throws HttpFailure without an answer; never with a value. */
export async function exchange(request: HttpRequest, dial: Dial): Promise<HttpResponse> {
  const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
  if (url === undefined || !/^(?:https?|wss?):$/.test(url.protocol)) throw new HttpFailure('its address is none');
  const over = new AbortController();
  let forget = (): void => undefined;
  const late = new Promise<never>((_, fail) => {
    forget = patience(LIMIT_MS, () => fail(new HttpFailure(`no answer within ${LIMIT_MS / 1000} s`)));
  });
  try {
    const asked = ask(request, url, dial, over.signal);
    // Where the time is over first, what fails afterwards interests nobody.
    asked.catch(() => undefined);
    return await Promise.race([asked, late]);
  } catch (error) {
    throw error instanceof HttpFailure ? error : new HttpFailure(wordsFor(error));
  } finally {
    forget();
    over.abort();
  }
}

async function ask(request: HttpRequest, url: URL, dial: Dial, signal: AbortSignal): Promise<HttpResponse> {
  const isSecure = url.protocol === 'https:' || url.protocol === 'wss:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const raw = await dial({ host, port: Number(url.port) || (isSecure ? 443 : 80) }, signal);
  const end = (): void => void raw.destroy();
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  const socket = isSecure ? await secured(raw, host) : raw;
  return url.protocol.startsWith('ws') ? overWebSocket(request, url, socket) : overHttp(request, url, socket);
}

function secured(socket: Duplex, host: string): Promise<Duplex> {
  return new Promise((done, fail) => {
    const name = isIP(host) ? {} : { servername: host };
    const secure = tlsConnect({ socket, host, ...name, ALPNProtocols: ['http/1.1'] }, () => done(secure));
    secure.on('error', fail);
    secure.on('close', () => fail(new HttpFailure('the connection was closed before it was secured')));
  });
}

function overHttp({ method, headers, body }: HttpRequest, url: URL, socket: Duplex): Promise<HttpResponse> {
  return new Promise((done, fail) => {
    const sent = httpRequest(
      {
        createConnection: () => socket,
        method,
        path: url.pathname + url.search,
        headers: { host: url.host, connection: 'close', ...revealed(headers), ...lengthOf(body) },
      },
      (answer) => done(read(answer)),
    );
    sent.on('error', fail);
    sent.end(body === undefined ? undefined : reveal(body));
  });
}

async function read(answer: IncomingMessage): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer) {
    const bytes: Buffer = chunk;
    length += bytes.length;
    if (length > LONGEST_ANSWER) throw new HttpFailure('the answer was longer than 1 MB');
    chunks.push(bytes);
  }
  return { status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') };
}

function overWebSocket({ headers, body }: HttpRequest, url: URL, socket: Duplex): Promise<HttpResponse> {
  return new Promise((done, fail) => {
    const ws = new WebSocket(url, {
      // It wants a socket of the network, and uses only what every stream has.
      createConnection: () => socket as never,
      followRedirects: false,
      perMessageDeflate: false,
      maxPayload: LONGEST_ANSWER,
      headers: revealed(headers),
    });
    ws.on('error', fail);
    ws.on('close', () => fail(new HttpFailure('the connection was closed without an answer')));
    ws.on('unexpected-response', (_, answer) => done({ status: answer.statusCode ?? 0, body: '' }));
    ws.on('open', () => ws.send(body === undefined ? '' : reveal(body)));
    ws.once('message', (data) => {
      done({ status: 101, body: data.toString() });
      ws.terminate();
    });
  });
}

function revealed(headers: HttpRequest['headers'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, reveal(value)]));
}

function reveal(value: Secret | string): string {
  return value instanceof Secret ? value.reveal() : value;
}

function lengthOf(body: HttpRequest['body']): Record<string, number> {
  return body === undefined ? {} : { 'content-length': Buffer.byteLength(reveal(body)) };
}

/** By the codes of Node and of OpenSSL; their own sentences hold addresses, which may hold a key. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was closed',
  EPIPE: 'the connection was closed',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection was closed',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'no way there',
  ENETUNREACH: 'no network',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'no answer from the name server',
  ERR_INVALID_CHAR: 'the value has a sign that no request can carry',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is that of somebody else',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

function wordsFor(error: unknown): string {
  const code = codeOf(error);
  if (code === undefined) return 'the connection failed';
  if (WORDS[code] !== undefined) return WORDS[code];
  if (/CERT|ISSUER|SELF_SIGNED/.test(code)) return `its certificate is not trusted (${code})`;
  return code.startsWith('HPE_') ? 'what answers does not speak HTTP' : `the connection failed (${code})`;
}

function codeOf(error: unknown): string | undefined {
  // Several addresses of one name were tried.
  if (error instanceof AggregateError) return error.errors.map(codeOf).find((code) => code !== undefined);
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(error.code) ? error.code : undefined;
}
