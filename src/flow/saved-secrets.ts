import { holdsSecret, isSecretName } from '../catalog/secret-names.ts';
import { SetupError } from '../errors.ts';
import type { Stack } from '../stack/schema.ts';

/** Public values that look like keys: hashes and addresses on a chain. */
const PUBLIC = /HASH|ADDRESS|CONTRACT|ORDERBOOK|OWNER|BLOCK/;
/** Paths, numbers and switches are no keys, whatever the name. */
const HARMLESS = /^(?:[./~].*|\d+(?:\.\d+)?|true|false|.{0,7})$/;

function isSecret(name: string, value: string): boolean {
  return (isSecretName(name) && !HARMLESS.test(value)) || (!PUBLIC.test(name) && holdsSecret(value));
}

function placesOf({ services, tui }: Stack): readonly string[] {
  const groups = [
    ...Object.entries(services).map(([name, service]) => ({ path: `services.${name}`, ...service })),
    { path: 'tui', environment: tui.environment ?? {}, args: tui.args ?? [] },
  ];
  return groups.flatMap(({ path, environment, args }) => [
    ...Object.entries(environment).flatMap(([name, value]) =>
      isSecret(name, value) ? [`${path}.environment.${name}`] : [],
    ),
    ...(args.some((word) => holdsSecret(word)) ? [`${path}.args`] : []),
  ]);
}

/**
 * A key that somebody wrote into trading-setup.yaml would be copied into every file that is made from it.
 * @throws SetupError exit 2, naming the place and never the value.
 */
export function refuseSavedSecrets(stack: Stack): void {
  const [place] = placesOf(stack);
  if (place === undefined) return;
  const name = place.split('.').at(-1) ?? '';
  throw new SetupError('usage', `${place} in trading-setup.yaml is a secret: secrets are in no file.`, {
    code: 'secret-in-stack',
    next: [
      `Take it out of trading-setup.yaml; where it was committed, it is known and has to be replaced.`,
      `Then give it by: trading-setup secrets set ${isSecretName(name) ? name : 'NAME'}`,
    ],
  });
}
