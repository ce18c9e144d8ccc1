import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { SetupError } from '../../../src/errors.ts';
import type { OperationEvent } from '../../../src/events/operation.ts';
import { createDesk } from '../../../src/flow/rotation/desk.ts';
import { forwardSteps } from '../../../src/operations/rotation/plan.ts';
import { refuseHalfRotated } from '../../../src/operations/rotation/refuse.ts';
import { resumeRotation } from '../../../src/operations/rotation/resume.ts';
import { startRotation } from '../../../src/operations/rotation/start.ts';
import type { RotationBench } from '../../../src/operations/rotation/types.ts';
import { readUnfinished } from '../../../src/operations/rotation/unfinished.ts';
import { Secret } from '../../../src/secret.ts';
import type { Verdict } from '../../../src/secrets/check/verdict.ts';
import type { SecretStore } from '../../../src/secrets/store.ts';
import { freely, type Pass } from './engine.ts';
import { follow, type Manners, NEW, OLD, removeFolder, STACK, World } from './world.ts';

afterAll(removeFolder);

async function world(manners: Manners = {}): Promise<World> {
  const made = await World.make('memory');
  made.manners = manners;
  onTestFinished(() => made.remove());
  return made;
}

const AGENT = 'HYPERLIQUID_API_WALLET_KEY';

/** What one who asks about a new value is told. */
const says = (name: string, verdict: Verdict, where?: 'here' | 'container'): Manners => ({
  check: (asked, value, from) =>
    asked === name && value === NEW[name] && (where === undefined || from === where) ? verdict : undefined,
});

const request = (...names: readonly string[]) => ({
  values: new Map(names.map((name) => [name, new Secret(NEW[name] ?? '')])),
  ...{ expires: new Map(), compromised: false, acceptUnreadable: [] },
});

function halt(here: World, ...services: readonly string[]): void {
  for (const container of here.engine.containers) if (services.includes(container.service)) container.state = 'exited';
}

/** Ends the process at the first call after this is true. */
function dieWhen(is: () => boolean): Pass {
  return async (_, effect) => {
    if (is()) throw new Error('killed');
    return effect();
  };
}

const proofs = (events: readonly OperationEvent[]) => events.filter(({ type }) => type === 'proof');

describe('a key with which data was encrypted anew', () => {
  const third = new Map([['ENCRYPTION_KEY', new Secret('9999eeee'.repeat(8))]]);

  const halted = async () => {
    const here = await world(says('ENCRYPTION_KEY', { level: 'bad', text: 'no' }, 'container'));
    const { end } = await follow(await here.start(['ENCRYPTION_KEY', 'TOY_TOKEN'], freely, { compromised: true }));
    expect(here.engine.dataKey).toBe(NEW.ENCRYPTION_KEY);
    return { here, end };
  };

  it('is not replaced by a third one, which nobody could read the data with', async () => {
    const { here, end } = await halted();
    expect(end.next.join('\n')).not.toContain('ENCRYPTION_KEY=FILE');
    expect(end.next).toContain('Or, with another new value: trading-setup rotate --resume --from-file TOY_TOKEN=FILE');
    await expect(here.resume({ values: third })).rejects.toMatchObject({ code: 'reencrypted', exitCode: 2 });
    here.manners = {};
    expect((await follow(await here.resume())).end.outcome).toBe('done');
    expect(await here.faults(['ENCRYPTION_KEY', 'TOY_TOKEN'], NEW)).toEqual([]);
  });

  it('is replaced as long as no data was', async () => {
    const here = await world();
    const killed = here.start(
      ['ENCRYPTION_KEY'],
      dieWhen(() => here.engine.log.includes('stop app')),
    );
    await expect(killed.then(follow)).rejects.toThrow('killed');
    const { end } = await follow(await here.resume({ values: third }));
    expect(end.outcome, end.truth).toBe('done');
    expect(here.engine.dataKey).toBe('9999eeee'.repeat(8));
  });
});

describe('what nobody was seen to use', () => {
  it('is not called proven: the old value is kept until the next start was seen to work', async () => {
    const here = await world();
    halt(here, 'app', 'both');
    const { events, end } = await follow(await here.start(['TOY_TOKEN']));
    expect(proofs(events)).toEqual([]);
    expect(events.some(({ type }) => type === 'manual')).toBe(false);
    expect(end.truth).toBe('The new values of TOY_TOKEN are kept for the next start of what reads them, not proven.');
    expect(end.next[0]).toBe(
      'Start what reads TOY_TOKEN (trading-setup deploy), so that its new value is seen to work.',
    );
    expect(end.next[1]).toMatch(/Revoke/);
    expect((await here.store(freely).get('TOY_TOKEN', 'previous'))?.reveal()).toBe(OLD.TOY_TOKEN);
    expect(await readUnfinished(here.journal)).toMatchObject({
      direction: 'waiting',
      manual: [expect.stringMatching(/^Start/), expect.stringMatching(/^Revoke/)],
    });
    await expect(refuseHalfRotated(here.bench(freely))).resolves.toBeUndefined();
  });

  it('is proven by the next run, when a deploy has started it', async () => {
    const here = await world();
    halt(here, 'app', 'both');
    await follow(await here.start(['TOY_TOKEN', 'DATABASE_PASSWORD']));
    for (const service of ['app', 'both']) here.engine.crash(service);
    const { events, end } = await follow(await here.resume());
    expect(proofs(events)).toContainEqual(expect.objectContaining({ text: 'app runs with the new TOY_TOKEN' }));
    expect(end.truth).toBe(
      'The new values of TOY_TOKEN and DATABASE_PASSWORD are in force and proven; the old ones are forgotten.',
    );
    expect(await here.unfinished()).toBeUndefined();
  });

  it('waits on where what was started refuses it, and ends by the word of a person', async () => {
    const here = await world();
    halt(here, 'app', 'both');
    await follow(await here.start(['TOY_TOKEN']));
    here.engine.crash('app');
    here.manners = { manual: 'later', ...says('TOY_TOKEN', { level: 'bad', text: 'refused' }) };
    const again = await follow(await here.resume());
    expect(again.end).toMatchObject({ outcome: 'done', truth: expect.stringContaining('not proven') });
    expect(await here.unfinished()).toMatchObject({ direction: 'waiting', unproven: ['TOY_TOKEN'] });
    here.manners = { manual: 'done' };
    halt(here, 'app');
    const { end } = await follow(await here.resume());
    expect(end.truth).not.toContain('in force and proven');
    expect(await here.unfinished()).toBeUndefined();
    expect(await here.store(freely).get('TOY_TOKEN', 'previous')).toBeUndefined();
  });

  it('is not proven by a provider that could not be asked', async () => {
    const here = await world(says('TOY_TOKEN', { level: 'unknown', text: 'not reached' }));
    const { events } = await follow(await here.start(['TOY_TOKEN']));
    expect(JSON.stringify(proofs(events))).not.toContain('not reached');
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'step-progress', text: expect.stringContaining('not reached') }),
    );
  });

  it('is delivered to nobody where no program reads it', () => {
    const [before, after] = [[], []];
    const secret = { name: 'UNREAD', kind: 'generic' as const, comesBack: 'always' as const, before, after };
    const secrets = [{ ...secret, oldPrint: '', newPrint: '' }];
    const none = { ran: [], well: [], revisions: {}, reencrypt: null };
    const ids = forwardSteps(STACK, { secrets, compromised: false, ...none }).map(({ id }) => id);
    expect(ids).toEqual('check stage prove promote confirm'.split(' '));
  });
});

describe('a reader that was ill before', () => {
  it('is not waited for, and does not halt the others', async () => {
    const here = await world();
    here.engine.isIll = (service) => service === 'both';
    here.engine.crash('both');
    const { events, end } = await follow(await here.start(['TOY_TOKEN'], freely, { compromised: true }));
    expect(end.outcome, end.truth).toBe('done');
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'step-progress',
        id: 'recreate',
        text: expect.stringMatching(/^both was not healthy before/),
      }),
    );
    expect(here.engine.of('app')?.state).toBe('running');
    expect(here.engine.of('both')?.environment.get('TOKEN')).toBe(`token ${NEW.TOY_TOKEN}`);
  });
});

describe('the end of a new value', () => {
  it('is what its provider says, whoever asked it last', async () => {
    const here = await world({
      check: (name, _, from) =>
        name === 'TOY_TOKEN'
          ? { level: 'good', text: 'ok', expires: from === 'here' ? '2027-01-01T00:00:00Z' : '2027-02-02T00:00:00Z' }
          : undefined,
    });
    const staged: (string | undefined)[] = [];
    const bench = here.bench(freely);
    const store = await bench.openStore();
    const noting: SecretStore = {
      ...store,
      stage: (values, expires) => {
        staged.push(expires?.get('TOY_TOKEN'));
        return store.stage(values, expires);
      },
    };
    await follow(await startRotation({ ...bench, openStore: async () => noting }, request('TOY_TOKEN')));
    expect(staged).toEqual(['2027-01-01T00:00:00Z', '2027-02-02T00:00:00Z']);
    expect(await here.faults(['TOY_TOKEN'], NEW)).toEqual([]);
  });
});

describe('a store that is locked in the middle', () => {
  it('does not keep the old values from coming back', async () => {
    const here = await world(says('TOY_TOKEN', { level: 'bad', text: 'refused' }, 'container'));
    const bench = here.bench(freely);
    const store = await bench.openStore();
    let isLocked = false;
    const shut = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => {
      return async (...args: A): Promise<R> => {
        if (isLocked)
          throw new SetupError('needs-you', 'The keychain is locked.', { code: 'keychain-locked', next: [] });
        return call(...args);
      };
    };
    const locking: SecretStore = {
      ...store,
      get: shut(store.get),
      set: shut(store.set),
      fingerprint: shut(store.fingerprint),
      discard: shut(store.discard),
      promote: shut(store.promote),
    };
    const operation = await startRotation({ ...bench, openStore: async () => locking }, request('TOY_TOKEN'));
    const events: OperationEvent[] = [];
    for await (const event of operation.events) {
      events.push(event);
      if (event.type === 'step-started' && event.id === 'ready') isLocked = true;
    }
    for (const service of ['app', 'both']) expect(here.engine.of(service)?.state).toBe('running');
    expect(here.engine.of('app')?.environment.get('TOY_TOKEN')).toBe(OLD.TOY_TOKEN);
    expect(events.at(-1)).toMatchObject({
      type: 'ended',
      truth: expect.stringMatching(/app runs with the old one.*the store could not be asked \(The keychain is locked/),
    });
    isLocked = false;
    await follow(await here.resume());
    expect(await here.faults(['TOY_TOKEN'], OLD)).toEqual([]);
  });
});

describe('a call that nobody answers', () => {
  it('is given up where a role of the database is changed, on both sides', async () => {
    const here = await world();
    const bench = here.bench(freely);
    const seen: (readonly [sql: string, timeoutMs: number | undefined, signal: boolean])[] = [];
    const run: typeof bench.runner.run = (command, options) => {
      if (command.argv[5] === 'psql' && command.stdin instanceof Secret)
        seen.push([command.stdin.reveal(), options?.timeoutMs, options?.signal !== undefined]);
      return bench.runner.run(command, options);
    };
    await follow(await startRotation({ ...bench, runner: { ...bench.runner, run } }, request('DATABASE_PASSWORD')));
    expect(seen).toEqual([[expect.stringMatching(/^SET LOCAL lock_timeout = '\d+s';$/m), expect.any(Number), true]]);
  });

  it('ends with the word of a person where data is encrypted anew, and so does what it has left', async () => {
    const here = await world();
    const abort = new AbortController();
    const bench = here.bench(freely, { signal: abort.signal });
    const ended: string[] = [];
    const run: typeof bench.runner.run = async (command, options) => {
      const call = command.argv.slice(1, 3).join(' ');
      if (call === 'container rm') ended.push(command.argv.at(-1) ?? '');
      if (command.argv[1] !== 'compose' || command.argv[2] !== 'run' || abort.signal.aborted)
        return bench.runner.run(command, options);
      setTimeout(() => abort.abort(), 5);
      await new Promise((resolve) => options?.signal?.addEventListener('abort', resolve));
      return { exitCode: 130, stdout: '', stderr: '', missing: false };
    };
    const operation = await startRotation({ ...bench, runner: { ...bench.runner, run } }, request('ENCRYPTION_KEY'));
    const { end } = await follow(operation);
    expect(operation.failure()).toMatchObject({ kind: 'cancelled' });
    expect(end.truth).toMatch(/^The old values of ENCRYPTION_KEY are in force again/);
    expect(ended.filter((name) => name.startsWith('trading-setup-reencrypt-')).length).toBeGreaterThan(1);
    expect(await here.faults(['ENCRYPTION_KEY'], OLD)).toEqual([]);
  });
});

describe('a person who has not approved a new key', () => {
  const left = async (verdict?: Verdict) => {
    const here = await world({ manual: 'later', ...(verdict && says(AGENT, verdict)) });
    const { end } = await follow(await here.start([AGENT]));
    expect(here.engine.of('app')?.state).toBe('exited');
    return { here, end };
  };

  it.each([
    ['its provider says so', { level: 'waiting', text: 'not approved' } as const],
    ['nobody can tell', undefined],
  ])('can go back where %s', async (_, verdict) => {
    const { here, end } = await left(verdict);
    expect(end.next.at(-1)).toBe('Or go back, where it was not: trading-setup rotate --undo');
    expect(await readUnfinished(here.journal)).toMatchObject({ forwardOnly: false });
    const undone = await follow(await here.resume({ undo: true }));
    expect(undone.end.outcome, undone.end.truth).toBe('done');
    expect(await here.faults([AGENT], OLD)).toEqual([]);
  });

  it('cannot where the provider takes the new one by now: the old one has ended', async () => {
    const { here } = await left({ level: 'waiting', text: 'not approved' });
    here.manners = says(AGENT, { level: 'good', text: 'approved' });
    await expect(here.resume({ undo: true })).rejects.toMatchObject({ code: 'rotation-forward-only', exitCode: 2 });
    expect((await follow(await here.resume())).end.outcome).toBe('done');
    expect(await here.faults([AGENT], NEW)).toEqual([]);
  });

  it('cannot after it was said to be done', async () => {
    const here = await world();
    const killed = here.start(
      [AGENT],
      dieWhen(() => here.engine.log.includes('start app')),
    );
    await expect(killed.then(follow)).rejects.toThrow('killed');
    await expect(here.resume({ undo: true })).rejects.toMatchObject({ code: 'rotation-forward-only' });
  });

  it('is not taken back by itself when the new value is lost: that is for a person to say', async () => {
    const { here } = await left();
    await here.store(freely).discard([AGENT]);
    await expect(here.resume()).rejects.toMatchObject({ code: 'value-gone' });
    expect((await follow(await here.resume({ undo: true }))).end.outcome).toBe('done');
    expect(await here.faults([AGENT], OLD)).toEqual([]);
  });
});

describe('what is left to do when the new values are in force', () => {
  const desk = (who: 'said-before' | 'nobody') =>
    createDesk({ who, polls: false, clock: { sleep: async () => undefined }, signal: new AbortController().signal });

  const said = (here: World): RotationBench => {
    const { manual } = desk('said-before');
    here.engine.orphanLock();
    return { ...here.bench(freely), manual: (_id, items, checked, options) => manual(items, checked, options) };
  };

  it('is not done by a flag that was given before it could be', async () => {
    const here = await world();
    const { end } = await follow(await startRotation(said(here), request(AGENT, 'TOY_TOKEN')));
    expect(end.next.join('\n')).toMatch(/Revoke the old value/);
    expect(await here.unfinished()).toMatchObject({ direction: 'waiting' });
    const again = await follow(await resumeRotation(said(here)));
    expect(again.end.truth).toContain('the old ones are forgotten');
    expect(await here.faults([AGENT, 'TOY_TOKEN'], NEW)).toEqual([]);
  });

  it('waits, and lets a deploy pass, where the person stops it there', async () => {
    const here = await world();
    const abort = new AbortController();
    const stops = async () => {
      abort.abort();
      return 'later' as const;
    };
    const bench = { ...here.bench(freely), signal: abort.signal, manual: stops };
    const operation = await startRotation(bench, request('TOY_TOKEN'));
    const { end } = await follow(operation);
    expect(operation.failure()).toMatchObject({ kind: 'cancelled' });
    expect(end.truth).toBe('The new values of TOY_TOKEN are in force and proven; what a person does is left.');
    expect(end.next.at(-1)).toBe('Then run: trading-setup rotate --resume --manual-done');
    await expect(refuseHalfRotated(here.bench(freely))).resolves.toBeUndefined();
  });

  it('waits where the old values could not be forgotten', async () => {
    const here = await world({ manual: 'done' });
    const bench = here.bench(freely);
    const store = await bench.openStore();
    const confirm = () =>
      Promise.reject(new SetupError('needs-you', 'The keychain is locked.', { code: 'keychain-locked', next: [] }));
    const operation = await startRotation(
      { ...bench, openStore: async () => ({ ...store, confirm }) },
      request('TOY_TOKEN'),
    );
    const { end } = await follow(operation);
    expect(end).toMatchObject({ outcome: 'failed', truth: expect.stringContaining('are not forgotten yet') });
    await expect(refuseHalfRotated(here.bench(freely))).resolves.toBeUndefined();
    await follow(await here.resume());
    expect(await here.faults(['TOY_TOKEN'], NEW)).toEqual([]);
  });
});
