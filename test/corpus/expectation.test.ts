import { describe, expect, it } from 'vitest';
import type { RepoFacts } from '../../src/detect/facts.ts';
import { factsOf } from '../detect/repository.ts';
import { compare } from './compare.ts';

const facts = (): Promise<RepoFacts> =>
  factsOf('fn main() { let _ = std::env::var("API_KEY"); }', { 'Cargo.lock': '' });

describe('the comparison of the corpus', () => {
  it('takes a missed binary and a wrong lock state for wrong, a missed variable for unknown', async () => {
    const rows = compare(await facts(), {
      binaries: [
        { package: 'bot', bin: 'bot', path: 'src/main.rs' },
        { package: 'bot', bin: 'other', path: 'src/bin/other.rs' },
      ],
      lockfile: 'absent',
      env: [{ name: 'API_KEY' }, { name: 'MISSED' }],
    });
    expect(rows.map(({ kind, verdict }) => `${kind} ${verdict}`)).toEqual([
      'binaries right',
      'binaries wrong',
      'lockfile wrong',
      'env right',
      'env unknown',
    ]);
  });

  it('takes what was found and is none for wrong, and what differs in a stated field too', async () => {
    const rows = compare(await facts(), {
      binaries: [{ package: 'bot', bin: 'bot', path: 'src/start.rs' }],
      env: [],
      noWarnings: ['manifest-missing'],
    });
    expect(rows.map(({ kind, verdict }) => `${kind} ${verdict}`)).toEqual([
      'binaries wrong',
      'env wrong',
      'warnings right',
    ]);
    expect(rows[0]?.detail).toContain('src/start.rs');
  });

  it('asks nothing that is not stated', async () => {
    expect(compare(await facts(), {})).toEqual([]);
  });
});
