import type { Secret } from '../secret.ts';

/** A request as a value; what is secret in it (a header, a body) stays wrapped until it is sent. */
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
