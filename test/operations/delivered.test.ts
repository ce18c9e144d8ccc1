import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { deliver, isDelivered } from '../../src/operations/deliver.ts';
import { writeRevisions } from '../../src/operations/env-file.ts';
import { unlockSecrets } from '../../src/operations/preflight.ts';
import { Secret } from '../../src/secret.ts';
import { openVault } from '../../src/secrets/vault.ts';
import { engineVolume, volumesOf } from '../../src/stack/names.ts';
import { smallStack } from '../stack/stacks.ts';
import { fakeEngine, workbench } from './engine.ts';

const stack = smallStack();
const PLAN = [{ kind: 'deliver', services: ['app'], cause: 'x' }] as const;

/** A vault with a passphrase, all of which is delivered; `open` opens it as another run does. */
async function delivered() {
  const dir = mkdtempSync(join(tmpdir(), 'delivered-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const engine = fakeEngine(stack);
  for (const { volume } of volumesOf(stack)) engine.volumes.set(engineVolume(stack, volume), []);
  const open = () => {
    const asked: string[] = [];
    const ask = async (purpose: string) => {
      asked.push(purpose);
      return new Secret('correct horse battery');
    };
    return { asked, store: openVault({ dir, unlock: { kind: 'passphrase', ask }, now: () => 0 }) };
  };
  const { store } = open();
  await store.set('TOY_TOKEN', new Secret('hunter2-hunter2'));
  const revisions = await deliver(engine.runner, stack, store);
  await writeRevisions(dir, revisions);
  const bench = (opened: ReturnType<typeof open>) =>
    workbench(stack, dir, engine.runner, { openStore: async () => opened.store });
  return { dir, engine, open, store, revisions, bench, list: join(dir, 'names.json') };
}

describe('a deploy with a passphrase', { timeout: 60_000 }, () => {
  let place: Awaited<ReturnType<typeof delivered>>;
  const sees = async (over: Partial<typeof place & { of: typeof stack }> = {}) => {
    const { engine, revisions, open, of = stack } = { ...place, ...over };
    const { store, asked } = open();
    const found = await isDelivered(engine.runner, of, store, revisions);
    expect(asked).toEqual([]);
    return found;
  };

  it('asks for nothing where every volume is right, and leaves the delivery out', async () => {
    place = await delivered();
    expect(await sees()).toBe(true);
    const opened = place.open();
    expect(await unlockSecrets(place.bench(opened), PLAN)).toEqual([]);
    expect(opened.asked).toEqual([]);
  });

  it('asks and delivers where a value is another one', async () => {
    place = await delivered();
    await place.store.set('TOY_TOKEN', new Secret('another-token-1'));
    expect(await sees()).toBe(false);
    const opened = place.open();
    expect(await unlockSecrets(place.bench(opened), PLAN)).toEqual(PLAN);
    expect(opened.asked).toEqual(['open']);
    await deliver(place.engine.runner, stack, place.store);
    expect(place.engine.volumes.get('toy-5a3b1e_app-secrets')?.at(-1)).toContain('another-token-1');
  });

  it('does not believe a list that is not of this vault', async () => {
    place = await delivered();
    const before = readFileSync(place.list);
    await place.store.set('TOY_TOKEN', new Secret('another-token-2'));
    // As a crash between the two writes leaves them.
    writeFileSync(place.list, before);
    expect(await sees()).toBe(false);
  });

  it('believes nothing where a service reads something else, a volume lost its mark or .env its revision', async () => {
    place = await delivered();
    const app = { ...smallStack().services.app, secrets: { TOY_TOKEN: 'x${TOY_TOKEN}' } };
    expect(await sees({ of: smallStack({ services: { app } }) })).toBe(false);
    expect(await sees({ revisions: new Map([['app', 7]]) })).toBe(false);
    const [tar = ''] = place.engine.volumes.get('toy-5a3b1e_app-secrets') ?? [];
    place.engine.volumes.set('toy-5a3b1e_app-secrets', [
      tar.replace('toy-5a3b1e app-secrets', 'other-000000 app-data'),
    ]);
    expect(await sees()).toBe(false);
  });

  it('notes once of what a volume was made that a rotation filled, and writes nothing else into it', async () => {
    place = await delivered();
    const volume = 'toy-5a3b1e_app-secrets';
    const tars = place.engine.volumes.get(volume) ?? [];
    place.engine.volumes.set(
      volume,
      tars.map((tar) => tar.replace(/"origin":"[0-9a-f]*",/, '')),
    );
    expect(await sees()).toBe(false);
    expect(await deliver(place.engine.runner, stack, place.store)).toEqual(place.revisions);
    expect(place.engine.volumes.get(volume)?.at(-1)).not.toContain('hunter2');
    expect(await sees()).toBe(true);
  });
});
