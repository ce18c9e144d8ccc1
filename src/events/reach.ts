/** Whether a program can reach an address that it is told, asked from inside its container. */
export type ReachState =
  /** It answers, with a certificate that the image trusts where it is asked for one. */
  | 'reachable'
  | 'refused'
  | 'name-not-found'
  | 'no-answer'
  /** It answers, and its certificate is not one that is trusted in that image. */
  | 'untrusted'
  | 'failed'
  /** Nobody could look, e.g. for want of a shell in the image. */
  | 'unchecked';

/** One address that a service is told. */
export interface Reach {
  readonly service: string;
  /** Empty, and the port 0: what it is told stands in its secrets alone, and nobody could look. */
  readonly host: string;
  readonly port: number;
  /** It is reached encrypted: https or wss. */
  readonly tls: boolean;
  readonly state: ReachState;
  /** More about it in words; absent where the state says it all. */
  readonly why?: string;
}

const WORDS: Readonly<Record<ReachState, string>> = {
  reachable: 'reachable',
  refused: 'connection refused',
  'name-not-found': 'name not found',
  'no-answer': 'no answer in 3 s',
  untrusted: 'certificate not trusted in that image',
  failed: 'the connection failed',
  unchecked: 'not looked at',
};

/** The state in the words of every face. */
export function reachWords({ state, why }: Pick<Reach, 'state' | 'why'>): string {
  return why === undefined ? WORDS[state] : `${WORDS[state]} (${why})`;
}

/** An address as it is said: the usual port goes without saying. */
export function reachAddress({ host, port, tls }: Pick<Reach, 'host' | 'port' | 'tls'>): string {
  if (host === '') return 'the addresses in its secrets';
  const name = host.includes(':') ? `[${host}]` : host;
  return port === (tls ? 443 : 80) ? name : `${name}:${port}`;
}
