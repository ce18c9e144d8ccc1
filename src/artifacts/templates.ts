import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import { packageRoot } from '../system/package-root.ts';

const eta = new Eta({ autoEscape: false, autoTrim: false, useWith: false, cache: true });

/** Fills a template of `templates/`; a missing value is an error, never the word "undefined" in somebody's Dockerfile. */
export function fillTemplate(name: string, values: Readonly<Record<string, unknown>>): string {
  const source = readFileSync(join(packageRoot(), 'templates', `${name}.eta`), 'utf8');
  const text = eta.renderString(source, values);
  if (/\bundefined\b|\[object /.test(text)) throw new Error(`the template ${name} misses a value`);
  return text;
}

/** A file of `docker/`, which goes into the repository as it is. */
export function verbatim(name: string): string {
  return readFileSync(join(packageRoot(), 'docker', name), 'utf8');
}
