import { text } from './build.ts';
import type { Question } from './question.ts';

/** An address that a service can be given by its environment. */
export interface Endpoint {
  readonly service: string;
  readonly name: string;
  /** What the program takes where it is given none. */
  readonly url?: string;
}

/**
 * Where a service finds venues; what it has by itself is the default.
 * @param required settings that are asked for by themselves.
 */
export function endpointQuestions(
  service: string,
  endpoints: readonly Endpoint[],
  required: readonly string[] = [],
): readonly Question[] {
  return endpoints
    .filter((endpoint) => endpoint.service === service && !required.includes(endpoint.name))
    .map(({ name, url }) => ({
      ...text({
        path: `services.${service}.environment.${name}`,
        section: 'Services',
        title: name,
        help: `An address of a venue, https:// or wss://. Empty: the program's own${url === undefined ? '' : `, ${url}`}. An address elsewhere than on a test network makes the stack LIVE.`,
        form: 'https://HOST/PATH or wss://HOST/PATH',
      }),
      show: (value) => (typeof value === 'string' ? value : (url ?? "the program's own")),
      edit: (value) => (typeof value === 'string' ? value : ''),
      parse: (typed) => (typed.trim() === '' ? null : typed.trim()),
    }));
}
