import { describe, expect, it } from 'vitest';
import { decidedBy, onConflictFlags, parseOnConflict, refuseStrangePaths } from '../../src/flow/decide.ts';

describe('--on-conflict', () => {
  it.each([
    [[], 'Dockerfile', undefined],
    [['keep'], 'Dockerfile', 'keep'],
    [['replace'], 'Dockerfile', 'replace'],
    [['Dockerfile=merge'], 'Dockerfile', 'merge'],
    [['./Dockerfile=merge'], 'Dockerfile', 'merge'],
    [['Dockerfile=merge'], 'README.md', undefined],
    [['keep', 'Dockerfile=replace'], 'Dockerfile', 'replace'],
    [['Dockerfile=replace', 'keep'], 'README.md', 'keep'],
    [['docker/health.sh=keep', 'docker/health.sh=replace'], 'docker/health.sh', 'replace'],
  ])('%j decides %s: %s', (flags, path, choice) => {
    expect(decidedBy(parseOnConflict(flags))(path)).toBe(choice);
  });

  it.each(['merge', 'yes', 'Dockerfile=', 'Dockerfile=mine', '=keep', ''])('refuses %j', (flag) => {
    expect(() => parseOnConflict([flag])).toThrow(expect.objectContaining({ code: 'bad-on-conflict', exitCode: 2 }));
  });

  it('refuses a path that decides nothing, with the one that was meant', () => {
    const files = [{ path: 'Dockerfile', action: 'unchanged' }] as const;
    expect(() => refuseStrangePaths(parseOnConflict(['Dockerfil=keep']), files, [])).toThrow(
      'did you mean Dockerfile?',
    );
    expect(() =>
      refuseStrangePaths(parseOnConflict(['Dockerfile=keep', 'x.yml=keep']), files, ['x.yml']),
    ).not.toThrow();
  });

  it('is written as it is read', () => {
    const decided = new Map([
      ['Dockerfile', 'keep'],
      ['README.md', 'merge'],
    ] as const);
    expect(onConflictFlags(decided)).toBe(' --on-conflict Dockerfile=keep --on-conflict README.md=merge');
  });
});
