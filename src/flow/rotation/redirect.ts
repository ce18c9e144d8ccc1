import type { Secret } from '../../secret.ts';
import { knownIn } from '../../secrets/check/subject.ts';
import type { Stack } from '../../stack/schema.ts';

/** Where browsers are sent that log in for a program without a web address. */
const USUAL: readonly string[] = ['127.0.0.1', 'localhost'];

/**
 * What is wrong with the address that a browser was sent to after a login, in a sentence without it; undefined: nothing.
 * It holds a code that is as good as a password until it is used.
 */
export function redirectProblem(stack: Stack, service: string, value: Secret): string | undefined {
  const url = parsed(value.reveal().trim());
  const hosts = hostsOf(stack, service);
  const wanted = `https://${hosts[0]}/?code=…`;
  if (!url) return `That is no address: it has to be ${wanted}, as the browser shows it.`;
  if (url.protocol !== 'https:' || !hosts.includes(url.hostname)) {
    return `That is not the address that the browser was sent to: it begins with https://${hosts[0]}.`;
  }
  if (url.searchParams.has('error')) return 'The broker refused the login: the address has an error in it.';
  if (!url.searchParams.get('code')) return `The address has no code in it: it has to be ${wanted}, whole.`;
  return undefined;
}

function parsed(text: string): URL | undefined {
  // A break would end it for whoever reads it line by line.
  if (/\s/.test(text)) return undefined;
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** The callback that the service is told of, else this machine. */
function hostsOf(stack: Stack, service: string): readonly string[] {
  const told = Object.entries(stack.services[service]?.environment ?? {})
    .filter(([name]) => knownIn(stack, name)?.credential.part === 'redirect')
    .flatMap(([, value]) => parsed(value)?.hostname ?? []);
  return told.length > 0 ? told : USUAL;
}
