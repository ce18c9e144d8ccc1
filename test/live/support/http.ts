import { request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface Asking {
  readonly method?: string;
  readonly login?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly host?: string;
}

export function basic(login: string): string {
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

/** One request with exactly these headers; `fetch` would not let us choose all of them. */
export function ask(port: number, path: string, asking: Asking = {}): Promise<Answer> {
  const body = asking.json === undefined ? undefined : JSON.stringify(asking.json);
  return new Promise((done, fail) => {
    const call = request(
      {
        host: asking.host ?? '127.0.0.1',
        port,
        path,
        method: asking.method ?? 'GET',
        agent: false,
        timeout: 10_000,
        headers: {
          ...(asking.login === undefined ? {} : { authorization: basic(asking.login) }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...asking.headers,
        },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => done({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
      },
    );
    call.on('timeout', () => call.destroy(new Error('no answer in 10 s')));
    call.on('error', fail);
    call.end(body);
  });
}
