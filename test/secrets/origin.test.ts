import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { origins } from '../../src/secrets/origin.ts';
import { renderDeliveries } from '../../src/secrets/render.ts';
import { BROWSER, DATABASE, sampleStack, sampleValues } from './sample.ts';

const TEMPLATES = { URL: 'postgres://x:${DATABASE_PASSWORD|url}@d', KEY: '{k="${API_KEY|toml}"}' };
const stack = sampleStack(TEMPLATES, { database: DATABASE, tui: BROWSER });
const VALUES = {
  ...{ API_KEY: 'a"b', DATABASE_PASSWORD: 'p@ss' },
  ...{ DATABASE_SUPERUSER_PASSWORD: 'super-pass', GATE_PASSWORD: 'gate-pass' },
};
const PRINTS = new Map(Object.keys(VALUES).map((name) => [name, `print of ${name}`]));

describe('what a delivery is made of', () => {
  it('changes with a value, a template and the name of the login, for those who read them', () => {
    const before = origins(stack, PRINTS);
    const changed = (after: ReadonlyMap<string, string>) =>
      [...before].flatMap(([service, origin]) => (after.get(service) === origin ? [] : [service])).sort();
    expect([...before.keys()].sort()).toEqual(['app', 'database', 'gate', 'migrate']);
    expect(changed(origins(stack, PRINTS))).toEqual([]);
    expect(changed(origins(stack, new Map([...PRINTS, ['API_KEY', 'another']])))).toEqual(['app']);
    expect(changed(origins(stack, new Map([...PRINTS, ['DATABASE_PASSWORD', 'another']])))).toEqual(['app', 'migrate']);
    const other = sampleStack({ ...TEMPLATES, KEY: '${API_KEY}' }, { database: DATABASE, tui: BROWSER });
    expect(changed(origins(other, PRINTS))).toEqual(['app']);
    const user = { ...stack, secrets: { ...stack.secrets, gateUser: 'somebody' } };
    expect(changed(origins(user, PRINTS))).toContain('gate');
  });

  it('is rendered as it was when RENDERING was raised the last time', () => {
    const zeros = (bytes: number): Buffer => Buffer.alloc(bytes);
    const files = renderDeliveries(stack, sampleValues(VALUES), zeros).map(({ files: all, ...delivery }) => ({
      ...delivery,
      files: all.map(({ path, content }) => [path, typeof content === 'string' ? content : content.reveal()]),
    }));
    // Another one: raise RENDERING in src/secrets/origin.ts with it, or volumes of before count as right.
    expect(createHash('sha256').update(JSON.stringify(files)).digest('hex')).toBe(
      'fedf75972a3ef89714289423d9f71f644c500dd5f8ed0e244086d16d358446ea',
    );
  });
});
