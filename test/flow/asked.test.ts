import { describe, expect, it } from 'vitest';
import { askedFlags } from '../../src/flow/asked.ts';
import { equivalentCommand } from '../../src/flow/equivalent.ts';

const HERE = '/home/me/work';
const asked = (dir: string | undefined) => askedFlags({ dir, start: true }, HERE).join(' ');

describe('the command for the same without questions', () => {
  it.each([
    [undefined, ''],
    ['/home/me/work', ''],
    ['/home/me/work/bot', '--dir bot'],
    ['/home/me/work/my bot', "--dir 'my bot'"],
    ['/home/me/work/-bot', '--dir ./-bot'],
    ['/home/me/work/..bot', '--dir ..bot'],
    ['/home/me', '--dir /home/me'],
    ['/srv/bot', '--dir /srv/bot'],
  ])('names the folder %s so that it is found from here', (dir, flags) => {
    expect(asked(dir)).toBe(flags);
  });

  it('says again what was said of the run', () => {
    const flags = askedFlags({ dir: '/srv/bot', start: false, allowExposed: true }, HERE);
    expect(equivalentCommand({ ports: { tui: 7700 } }, flags)).toBe(
      'npx trading-setup init --yes --dir /srv/bot --no-start --allow-exposed --set ports.tui=7700',
    );
  });
});
