import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { follow, NEW, OLD, removeFolder, type StoreKind, World } from './world.ts';

afterAll(removeFolder);

async function world(kind: StoreKind = 'memory'): Promise<World> {
  const made = await World.make(kind);
  onTestFinished(() => made.remove());
  return made;
}

describe('a rotation', () => {
  it.each([
    ['the database role', ['DATABASE_PASSWORD']],
    ['the superuser', ['DATABASE_SUPERUSER_PASSWORD']],
    ['the gate', ['GATE_PASSWORD']],
    ['an API credential', ['TOY_TOKEN']],
    ['a key whose old value ends', ['HYPERLIQUID_API_WALLET_KEY']],
    ['all at once', Object.keys(NEW)],
  ])('of %s ends with one value everywhere', async (_, names) => {
    const here = await world();
    const { end } = await follow(await here.start(names));
    expect(end.outcome, end.truth).toBe('done');
    expect(await here.faults(names, NEW)).toEqual([]);
  });
});
