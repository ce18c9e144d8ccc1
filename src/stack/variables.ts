import { plainProblem } from '../catalog/plain-variables.ts';
import type { Finding } from './inspect.ts';
import { secretsIn } from './names.ts';
import type { Service, Stack } from './schema.ts';

/** A plain setting of a service. */
export interface Variable {
  readonly service: string;
  readonly name: string;
  /** Its path in trading-setup.yaml. */
  readonly path: string;
}

/** The path of a plain setting in trading-setup.yaml. */
export function variablePath(service: string, name: string): string {
  return `services.${service}.environment.${name}`;
}

/** Settings that a program gives up without and that have no value, in the order of the file. */
export function missingVariables({ services }: Pick<Stack, 'services'>): readonly Variable[] {
  return Object.entries(services).flatMap(([service, { required = [], environment, secrets }]) =>
    required
      .filter((name) => (environment[name] ?? '').trim() === '' && secrets[name] === undefined)
      .map((name) => ({ service, name, path: variablePath(service, name) })),
  );
}

/**
 * What the entrypoint insists on, a word each: `NAME`; `NAME=SECRET` where the secret that gives it is called otherwise;
 * `NAME=` for a plain setting.
 */
export function insistedOn({ secrets }: Pick<Stack, 'secrets'>, service: Service): readonly string[] {
  const given = Object.entries(service.secrets)
    .filter(([, template]) => secretsIn(template).some((name) => secrets.entries[name]?.required))
    .map(([variable, template]) => {
      const [name = variable] = secretsIn(template);
      return name === variable || template !== `\${${name}}` ? variable : `${variable}=${name}`;
    });
  const plain = (service.required ?? []).filter((name) => service.secrets[name] === undefined);
  return [...given, ...plain.map((name) => `${name}=`)];
}

/**
 * Values of a wrong form. Where the program gives up without one, it is an error; elsewhere a warning: a program may mean
 * something of its own by the name.
 */
export function variableFindings({ services }: Pick<Stack, 'services'>): readonly Finding[] {
  return Object.entries(services).flatMap(([service, { required = [], environment }]) =>
    Object.entries(environment).flatMap(([name, value]): readonly Finding[] => {
      const problem = value.trim() === '' ? undefined : plainProblem(name, value);
      if (problem === undefined) return [];
      const level = required.includes(name) ? 'error' : 'warning';
      return [{ level, path: variablePath(service, name), message: problem }];
    }),
  );
}
