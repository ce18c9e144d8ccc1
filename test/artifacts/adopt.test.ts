import { describe, expect, it } from 'vitest';
import { renderCompose } from '../../src/artifacts/compose/file.ts';
import { renderDockerfile } from '../../src/artifacts/dockerfile.ts';
import { renderStack } from '../../src/artifacts/stack-file.ts';
import { parseStack } from '../../src/stack/parse.ts';
import type { Stack } from '../../src/stack/schema.ts';
import { smallStack } from '../stack/stacks.ts';

const DATABASE = {
  ...{
    kind: 'timescaledb',
    image: 'x:1',
    name: 'd',
    role: 'd',
    migrations: ['a.sql', 'b.sql'],
    memory: '1GB',
    cpus: 1,
  },
} as const;
const plain = () => smallStack({ database: DATABASE });
const adopting = (): Stack => ({
  ...plain(),
  account: { onlyTrader: true },
  adopt: { sqlite: { app: '../bots.db' }, database: { volume: 'old_pg', baseline: 'a.sql' } },
});

describe('a stack that takes over what was there', () => {
  it('hands the baseline to the migrations, beside the operator’s own in .env', () => {
    expect(renderCompose(adopting())).toMatch(
      /MIGRATE_BASELINE: \$\{MIGRATE_BASELINE:-\}\n\s+ADOPT_BASELINE: a\.sql\n/,
    );
  });

  it('is the same image, and the same containers but for that', () => {
    expect(renderDockerfile(adopting())).toBe(renderDockerfile(plain()));
    expect(renderCompose(adopting()).replace(/\n\s+ADOPT_BASELINE: a\.sql/, '')).toBe(renderCompose(plain()));
  });

  it('is written with a word on each decision, and read again as it was', () => {
    const text = renderStack(adopting());
    expect(text).toMatch(/# Two programs on one account double the orders.*\naccount:\n {2}onlyTrader: true\n/);
    expect(text).toMatch(
      /# What was there before and is copied once.*\nadopt:\n {2}sqlite:\n {4}app: \.\.\/bots\.db\n/,
    );
    expect(parseStack(text)).toEqual(adopting());
  });

  it('leaves no trace in one that takes nothing over', () => {
    expect(renderStack(plain())).not.toMatch(/^(adopt|account):/m);
    expect(parseStack(renderStack(plain()))).toEqual(plain());
  });
});
