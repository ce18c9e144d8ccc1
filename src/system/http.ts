import type { Secret } from '../secret.ts';

/**
 * A request as a value; what is secret in it (a header, a body) stays wrapped until it is sent. Of an address with ws or
 * wss a WebSocket is opened, the body is its one message, and the first message that comes back the answer, under the
 * status 101.
 */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, Secret | string>>;
  readonly body?: Secret | string;
}

export interface HttpResponse {
  readonly status: number;
  /** At most 1 MB. */
  readonly body: string;
}

/** The port through which a provider is asked, from here or from inside a container. Throws HttpFailure without an answer. */
export type Http = (request: HttpRequest) => Promise<HttpResponse>;

/** No answer came: why, in a few words for the person, e.g. `connection refused`. */
export class HttpFailure extends Error {}

/**
 * Asks from this machine, within 5 s. Redirects are an answer and are not followed, and proxies of the environment are
 * not used: what is asked goes where it is said to go, or nowhere.
 */
export const directHttp: Http = async (request) => {
  // Loaded with the first question: TLS and WebSocket are nothing for the start.
  const { exchange } = await import('./exchange.ts');
  const { dial } = await import('./dial.ts');
  return exchange(request, dial);
};
