import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import { packageRoot } from '../system/package-root.ts';

const eta = new Eta({ autoEscape: false, autoTrim: false, useWith: false, cache: true });

/** Fills a template of `templates/`; a missing value is an error, never the word "undefined" in somebody's Dockerfile. */
export function fillTemplate(name: string, values: Readonly<Record<string, unknown>>): string {
  const source = readFileSync(join(packageRoot(), 'templates', `${name}.eta`), 'utf8');
  return eta.renderString(source, strict(values, name));
}

/** The same data, in which asking for what is not there is an error. */
function strict<T extends object>(data: T, where: string): T {
  return new Proxy(data, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (value === undefined && typeof key === 'string') throw new Error(`the template ${where} misses ${key}`);
      return typeof value === 'object' && value !== null ? strict(value, where) : value;
    },
  });
}

/** A file of `docker/`, which goes into the repository as it is. */
export function verbatim(name: string): string {
  return readFileSync(join(packageRoot(), 'docker', name), 'utf8');
}
