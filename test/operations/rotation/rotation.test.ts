import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { OperationEvent } from '../../../src/events/operation.ts';
import { type Disk, disk } from '../../../src/operations/rotation/journal.ts';
import { forwardSteps } from '../../../src/operations/rotation/plan.ts';
import { previewRotation } from '../../../src/operations/rotation/preview.ts';
import { refuseHalfRotated } from '../../../src/operations/rotation/refuse.ts';
import { startRotation } from '../../../src/operations/rotation/start.ts';
import { sayTruth } from '../../../src/operations/rotation/truth.ts';
import { readUnfinished } from '../../../src/operations/rotation/unfinished.ts';
import { titleOf } from '../../../src/operations/rotation/words.ts';
import { Secret } from '../../../src/secret.ts';
import { involvedIn } from '../../../src/secrets/check/subject.ts';
import { freely, type Pass } from './engine.ts';
import { follow, type Manners, NEW, OLD, RUNNING, removeFolder, STACK, type StoreKind, World } from './world.ts';

afterAll(removeFolder);

async function world(manners: Manners = {}, kind: StoreKind = 'memory'): Promise<World> {
  const made = await World.make(kind);
  made.manners = manners;
  onTestFinished(() => made.remove());
  return made;
}

const AGENT = 'HYPERLIQUID_API_WALLET_KEY';

/** The provider takes the value when it is asked from here, and refuses it when the program asks. */
const refusing = (name: string, bad = NEW[name]): Manners => ({
  check: (asked, value, from) =>
    asked === name && value === bad && from === 'container' ? { level: 'bad', text: 'refused' } : undefined,
});

/** Ends the process just after the nth effect of this label. */
function dieAfter(label: string, nth = 1): Pass {
  let seen = 0;
  let dead = false;
  return async (found, effect) => {
    if (dead) throw new Error('killed');
    // Several volumes are filled at the same time.
    if (found === label) seen += 1;
    const isIt = found === label && seen === nth;
    const result = await effect();
    if (isIt) {
      dead = true;
      throw new Error('killed');
    }
    return result;
  };
}

const proofs = (events: readonly OperationEvent[]) =>
  events.flatMap((event) => (event.type === 'proof' ? [`${event.good ? '+' : '-'} ${event.text}`] : []));

describe('a rotation', () => {
  it.each([
    ['the database role', ['DATABASE_PASSWORD']],
    ['the superuser', ['DATABASE_SUPERUSER_PASSWORD']],
    ['the gate', ['GATE_PASSWORD']],
    ['an API credential', ['TOY_TOKEN']],
    ['a key whose old value ends', [AGENT]],
    ['an encryption key', ['ENCRYPTION_KEY']],
    ['all at once', Object.keys(NEW)],
  ])('of %s ends with one value everywhere', async (_, names) => {
    const here = await world();
    const { end } = await follow(await here.start(names));
    expect(end.outcome, end.truth).toBe('done');
    expect(await here.faults(names, NEW)).toEqual([]);
  });

  it('proves the database from another container, and every reader by what it runs with', async () => {
    const here = await world();
    const { events } = await follow(await here.start(['DATABASE_PASSWORD']));
    expect(proofs(events)).toEqual([
      '+ the new password of trader logs in, from another container',
      '+ the old password of trader is refused',
      '+ collect runs with the new DATABASE_PASSWORD',
      '+ both runs with the new DATABASE_PASSWORD',
    ]);
  });

  it('recreates who reads the secret and runs, and touches nobody else', async () => {
    const here = await world();
    const before = new Map(here.engine.containers.map(({ service, id }) => [service, id]));
    const { events } = await follow(await here.start(['DATABASE_PASSWORD']));
    const changed = here.engine.containers.filter(({ service, id }) => before.get(service) !== id);
    expect(changed.map(({ service }) => service)).toEqual(['collect', 'both']);
    const measured = events.filter((event) => event.type === 'downtime');
    expect(measured.map(({ service }) => service).sort()).toEqual(['both', 'collect']);
    for (const { downMs, wellMs } of measured) expect(wellMs).toBeGreaterThanOrEqual(downMs);
  });

  it('recreates only the gate for its login', async () => {
    const here = await world();
    const { events } = await follow(await here.start(['GATE_PASSWORD']));
    expect(here.engine.log).toEqual(['stop gate', 'start gate']);
    expect(proofs(events)).toEqual([
      '+ the gate answers 200 to the new password',
      '+ the gate answers 401 to the old password',
    ]);
  });

  it('stops nobody for the superuser: the database does not read its file again', async () => {
    const here = await world();
    await follow(await here.start(['DATABASE_SUPERUSER_PASSWORD']));
    expect(here.engine.log).toEqual([]);
    expect(await here.faults(['DATABASE_SUPERUSER_PASSWORD'], NEW)).toEqual([]);
  });

  it('carries no value in an argument, an event, the journal or .env', async () => {
    const here = await world();
    const said: string[] = [];
    const bench = here.bench(freely);
    const { run } = bench.runner;
    const runner: typeof bench.runner = {
      ...bench.runner,
      run: (command) => {
        said.push(command.argv.join(' '));
        return run(command);
      },
    };
    const files: Disk = {
      ...disk,
      write: (path, text, options) => {
        said.push(text);
        return disk.write(path, text, options);
      },
    };
    const values = new Map(Object.entries(NEW).map(([name, text]) => [name, new Secret(text)]));
    const request = { values, expires: new Map(), compromised: false, acceptUnreadable: [] };
    const operation = await startRotation({ ...bench, runner }, request, files);
    for await (const event of operation.events) said.push(JSON.stringify(event));
    expect(said.length).toBeGreaterThan(100);
    const forms = [...Object.values(OLD), ...Object.values(NEW)].flatMap((value) => [
      value,
      encodeURIComponent(value),
      Buffer.from(value).toString('base64'),
      Buffer.from(`operator:${value}`).toString('base64'),
    ]);
    for (const form of [...forms, 'SCRAM-SHA-256$']) expect(said.join('\n')).not.toContain(form);
  });
});

describe('a rotation that fails', () => {
  it('goes back, and what was not recreated is not touched', async () => {
    const here = await world(refusing('TOY_TOKEN'));
    const operation = await here.start(['TOY_TOKEN', 'DATABASE_PASSWORD']);
    const { events, end } = await follow(operation);
    expect(end.outcome).toBe('failed');
    expect(operation.failure()).toMatchObject({ code: 'not-proven', exitCode: 1 });
    expect(events.find((event) => event.type === 'undoing')).toMatchObject({ why: expect.stringContaining('refused') });
    expect(end.truth).toBe(
      'The old values of TOY_TOKEN and DATABASE_PASSWORD are in force again; the new ones are forgotten.',
    );
    expect(await here.faults(['TOY_TOKEN', 'DATABASE_PASSWORD'], OLD)).toEqual([]);
  });

  it('touches nothing where a new value is refused at once', async () => {
    const here = await world({ check: () => ({ level: 'bad', text: 'no such key' }) });
    const operation = await here.start(['TOY_TOKEN']);
    const { end } = await follow(operation);
    expect(operation.failure()).toMatchObject({ code: 'credential-refused', exitCode: 4 });
    expect(end.truth).toBe('Nothing was changed: the old values are in force.');
    expect(here.engine.log).toEqual([]);
    expect(await here.faults(['TOY_TOKEN'], OLD)).toEqual([]);
  });

  it('goes back when a reader does not get well', async () => {
    const here = await world();
    here.engine.isIll = (_, environment) => environment.get('TOY_TOKEN') === NEW.TOY_TOKEN;
    const { end } = await follow(await here.start(['TOY_TOKEN']));
    expect(end.outcome).toBe('failed');
    expect(await here.faults(['TOY_TOKEN'], OLD)).toEqual([]);
  });

  it('goes back though a reader was ill before: only who was well has to be so again', async () => {
    const here = await world(refusing('TOY_TOKEN'));
    here.engine.isIll = (service) => service === 'both';
    here.engine.crash('both');
    const { end } = await follow(await here.start(['TOY_TOKEN']));
    expect(end.outcome).toBe('failed');
    expect(await here.unfinished()).toBeUndefined();
    expect(here.engine.of('app')?.environment.get('TOY_TOKEN')).toBe(OLD.TOY_TOKEN);
  });

  it('with compromised values stays stopped, says so, and ends with another value', async () => {
    const here = await world(refusing('TOY_TOKEN'));
    const { end } = await follow(await here.start(['TOY_TOKEN'], freely, { compromised: true }));
    expect(end.outcome).toBe('failed');
    expect(end.truth).toMatch(/^The old values do not come back\. app and both stopped and stay so\. /);
    expect(end.next).toContain('Or, with another new value: trading-setup rotate --resume --from-file TOY_TOKEN=FILE');
    for (const service of ['app', 'both']) expect(here.engine.of(service)?.state).toBe('exited');
    await expect(here.resume({ undo: true })).rejects.toMatchObject({ code: 'rotation-forward-only', exitCode: 2 });
    const third = { ...NEW, TOY_TOKEN: 'third-token-token-3' };
    const again = await follow(await here.resume({ values: new Map([['TOY_TOKEN', new Secret(third.TOY_TOKEN)]]) }));
    expect(again.end.outcome, again.end.truth).toBe('done');
    expect(await here.faults(['TOY_TOKEN'], third)).toEqual([]);
  });

  it('goes on from there with the same values when their provider has come to its senses', async () => {
    const here = await world(refusing('TOY_TOKEN'));
    await follow(await here.start(['TOY_TOKEN'], freely, { compromised: true }));
    here.manners = {};
    const { end } = await follow(await here.resume());
    expect(end.outcome, end.truth).toBe('done');
    expect(await here.faults(['TOY_TOKEN'], NEW)).toEqual([]);
  });

  it('after the old value has ended stays stopped', async () => {
    const here = await world(refusing(AGENT));
    const { events, end } = await follow(await here.start([AGENT]));
    expect(here.engine.log).toEqual(['stop app', 'start app', 'stop app']);
    expect(end.truth).toContain('app stopped and stays so.');
    expect(events.some((event) => event.type === 'undoing')).toBe(false);
    expect(await readUnfinished(here.journal)).toMatchObject({ direction: 'forward', forwardOnly: true });
  });
});

describe('a rotation that waits for a person', () => {
  it('stops the readers of a key whose old value ends, and goes on when it is done', async () => {
    const here = await world({ manual: 'later' });
    const operation = await here.start([AGENT]);
    const { events, end } = await follow(operation);
    expect(operation.failure()).toMatchObject({ code: 'manual-left', exitCode: 4 });
    expect(events.find((event) => event.type === 'manual')).toMatchObject({
      items: [expect.stringMatching(/Approve/)],
    });
    expect(here.engine.of('app')?.state).toBe('exited');
    expect(end.truth).toBe('What uses the old values is stopped, and stays so until it goes on.');
    expect((await readUnfinished(here.journal))?.manual[0]).toMatch(/Approve/);
    here.manners = { manual: 'done' };
    const again = await follow(await here.resume());
    expect(again.end.outcome, again.end.truth).toBe('done');
    expect(await here.faults([AGENT], NEW)).toEqual([]);
  });

  it('has the new values in force when only the old one is to be revoked, and lets a deploy pass', async () => {
    const here = await world({ manual: 'later' });
    const { end } = await follow(await here.start(['TOY_TOKEN']));
    expect(end.outcome).toBe('done');
    expect(end.truth).toBe('The new values of TOY_TOKEN are in force and proven; what a person does is left.');
    expect(end.next[0]).toMatch(/Revoke the old value/);
    const left = await readUnfinished(here.journal);
    expect(left).toMatchObject({ direction: 'waiting', manual: [expect.stringMatching(/Revoke/)] });
    await expect(refuseHalfRotated(here.bench(freely))).resolves.toBeUndefined();
    await expect(here.start(['TOY_TOKEN'])).rejects.toMatchObject({ code: 'rotation-unfinished', exitCode: 4 });
    here.manners = { manual: 'done' };
    await follow(await here.resume());
    expect(await here.faults(['TOY_TOKEN'], NEW)).toEqual([]);
  });
});

describe('the next run', () => {
  const killed = async (here: World, names: readonly string[], pass: Pass) => {
    await expect(here.start(names, pass).then(follow)).rejects.toThrow('killed');
    here.engine.orphanLock();
  };

  it('says what is true, measured, before it does anything', async () => {
    const here = await world();
    await killed(here, ['DATABASE_PASSWORD'], dieAfter('alter a role'));
    expect(await sayTruth(here.bench(freely))).toEqual([
      'DATABASE_PASSWORD: the database takes the new one; collect runs with the old one, both runs with the old one and idle does not run; the volumes hold the new one for collect, both, idle and migrate; the store has the old one.',
    ]);
    const { events } = await follow(await here.resume());
    const [planned] = events;
    const ids = planned?.type === 'planned' ? planned.steps.map(({ id }) => id) : [];
    expect(ids).toEqual('look alter recreate ready prove promote confirm'.split(' '));
    expect(events[1]).toMatchObject({ type: 'step-started', id: 'look' });
    expect(await here.faults(['DATABASE_PASSWORD'], NEW)).toEqual([]);
  });

  it('goes back where it is told to', async () => {
    const here = await world();
    await killed(here, ['DATABASE_PASSWORD', 'GATE_PASSWORD'], dieAfter('compose up', 4));
    const { end } = await follow(await here.resume({ undo: true }));
    expect(end).toMatchObject({ outcome: 'done', truth: expect.stringMatching(/^The old values of .* are in force/) });
    expect(await here.faults(['DATABASE_PASSWORD', 'GATE_PASSWORD'], OLD)).toEqual([]);
  });

  it('takes the new value away from a reader that came back by itself in between', async () => {
    const here = await world();
    await killed(here, ['TOY_TOKEN'], dieAfter('fill a volume', 2));
    here.engine.crash('app');
    expect(here.engine.of('app')?.environment.get('TOY_TOKEN')).toBe(NEW.TOY_TOKEN);
    await follow(await here.resume({ undo: true }));
    expect(await here.faults(['TOY_TOKEN'], OLD)).toEqual([]);
  });

  it('goes back from a volume that was filled by half, whose record still says the old values', async () => {
    const here = await world();
    const dies = dieAfter('fill a volume');
    const pass: Pass = (label, effect) => {
      here.engine.tears = label === 'fill a volume';
      return dies(label, effect);
    };
    await killed(here, ['TOY_TOKEN'], pass);
    here.engine.tears = false;
    await follow(await here.resume({ undo: true }));
    expect(await here.faults(['TOY_TOKEN'], OLD)).toEqual([]);
  });

  it('does not start what a person has stopped in between', async () => {
    const here = await world();
    await killed(here, ['TOY_TOKEN'], dieAfter('fill a volume', 2));
    const app = here.engine.of('app');
    if (app) app.state = 'exited';
    await follow(await here.resume());
    expect(here.engine.log.filter((line) => line === 'start app')).toEqual([]);
    expect(app?.state).toBe('exited');
  });

  it('has to be let finish before anything is delivered or rotated', async () => {
    const here = await world();
    await killed(here, ['TOY_TOKEN'], dieAfter('fill a volume'));
    const refused = {
      code: 'rotation-unfinished',
      exitCode: 4,
      next: ['Finish it: trading-setup rotate --resume', expect.anything()],
    };
    await expect(here.start(['GATE_PASSWORD'])).rejects.toMatchObject(refused);
    await expect(refuseHalfRotated(here.bench(freely))).rejects.toMatchObject(refused);
  });

  it('never passes over a damaged journal', async () => {
    const here = await world();
    await killed(here, ['TOY_TOKEN'], dieAfter('fill a volume'));
    expect(statSync(here.journal).mode & 0o777).toBe(0o600);
    writeFileSync(here.journal, readFileSync(here.journal, 'utf8').slice(0, -9));
    const calls = [() => here.resume(), () => readUnfinished(here.journal), () => here.start(['TOY_TOKEN'])];
    for (const call of calls)
      await expect(call()).rejects.toMatchObject({ code: 'rotation-journal-damaged', exitCode: 4 });
  });

  it('has nothing to do where nothing is unfinished', async () => {
    const here = await world();
    await expect(here.resume()).rejects.toMatchObject({ code: 'no-rotation' });
    expect(await readUnfinished(here.journal)).toBeUndefined();
    expect(await sayTruth(here.bench(freely))).toEqual(['No rotation is unfinished.']);
  });
});

describe('a rotation is refused, with nothing touched,', () => {
  const refused = async (here: World, names: readonly string[], code: string, exitCode = 4) => {
    await expect(here.start(names)).rejects.toMatchObject({ code, exitCode });
    expect(here.engine.log).toEqual([]);
    expect(await here.unfinished()).toBeUndefined();
    expect(here.engine.lock).toBeUndefined();
  };

  it('of a secret that has no value', async () => {
    const here = await world();
    await here.store(freely).delete('TOY_TOKEN');
    await refused(here, ['TOY_TOKEN'], 'no-value');
  });

  it('of a secret that is not in the stack, and of none', async () => {
    const here = await world();
    await refused(here, ['OTHER'], 'secret-unknown', 2);
    await refused(here, [], 'no-names', 2);
  });

  it('to the value that it has', async () => {
    const here = await world();
    await here.store(freely).set('TOY_TOKEN', new Secret(NEW.TOY_TOKEN ?? ''));
    await refused(here, ['TOY_TOKEN'], 'same-value', 2);
  });

  it('where the store has what was never delivered: nobody knows the old value', async () => {
    const here = await world();
    await here.store(freely).set('TOY_TOKEN', new Secret('set-and-not-delivered'));
    await refused(here, ['TOY_TOKEN'], 'not-delivered');
  });

  it('of a password while the database does not run', async () => {
    const here = await world();
    const database = here.engine.of('database');
    if (database) database.state = 'exited';
    await refused(here, ['DATABASE_PASSWORD'], 'database-stopped');
  });

  it('where a reader would come back from a newer image', async () => {
    const here = await world();
    here.engine.image = 'sha256:newer';
    await refused(here, ['TOY_TOKEN'], 'image-newer');
  });
});

describe('an encryption key', () => {
  const { commands: _, ...secrets } = STACK.secrets;
  const stack = { ...STACK, secrets };
  const request = (acceptUnreadable: readonly string[]) => ({
    values: new Map([['ENCRYPTION_KEY', new Secret(NEW.ENCRYPTION_KEY ?? '')]]),
    ...{ expires: new Map(), compromised: false, acceptUnreadable },
  });

  it('is not replaced unless the program encrypts its data anew, or a person says what may be lost', async () => {
    const here = await world();
    await expect(startRotation(here.bench(freely, { stack }), request([]))).rejects.toMatchObject({
      ...{ code: 'unreadable', exitCode: 4 },
      message: expect.stringContaining('everything that the program has encrypted with the old key'),
    });
    here.engine.dataKey = NEW.ENCRYPTION_KEY ?? '';
    const accepted = await startRotation(here.bench(freely, { stack }), request(['ENCRYPTION_KEY']));
    expect((await follow(accepted)).end.outcome).toBe('done');
  });

  it('goes back with the data, when the program does not get well with the new one', async () => {
    const here = await world();
    here.engine.isIll = (_, environment) => environment.get('ENCRYPTION_KEY') === NEW.ENCRYPTION_KEY;
    const { end } = await follow(await here.start(['ENCRYPTION_KEY']));
    expect(end.outcome).toBe('failed');
    expect(await here.faults(['ENCRYPTION_KEY'], OLD)).toEqual([]);
  });
});

describe('the preview', () => {
  it('says every step and who is away, and touches nothing', async () => {
    const here = await world();
    const request = {
      values: new Map([['DATABASE_PASSWORD', new Secret('placeholder')]]),
      expires: new Map(),
      compromised: true,
      acceptUnreadable: [],
    };
    const bench = { ...here.bench(freely), openStore: () => Promise.reject(new Error('opened the store')) };
    const { steps, recreated, warnings } = await previewRotation(bench, request);
    expect(recreated).toEqual(['collect', 'both']);
    expect(warnings).toEqual([
      'idle does not run now, and gets the new value at the next start.',
      'The old values never come back: if a new one fails, what reads it is stopped and stays so.',
    ]);
    expect(steps.map(({ id }) => id)).toEqual(
      'check stage deliver alter recreate ready prove promote confirm'.split(' '),
    );
    expect(here.engine.log).toEqual([]);
    expect(RUNNING.every((service) => here.engine.of(service)?.state === 'running')).toBe(true);
  });

  it('of a key whose old value ends stops its readers and waits for a person first', () => {
    const secrets = [{ name: AGENT, ...involvedIn(STACK, AGENT), oldPrint: '', newPrint: '' }];
    const ran = ['app'];
    const revisions = { app: { old: 1, new: 2 } };
    const plan = forwardSteps(STACK, { secrets, compromised: false, ran, well: ran, revisions, reencrypt: null });
    expect(plan.map((step) => `${titleOf(step)} (${step.cause})`).join('\n')).toMatchInlineSnapshot(`
      "Check the new values (a wrong value is noticed before anything is touched)
      Keep the new values as pending (HYPERLIQUID_API_WALLET_KEY: kept beside the old until the new works)
      Stop app (the old value ends while the new one begins)
      Wait until a person has approved the new values (HYPERLIQUID_API_WALLET_KEY)
      Deliver the new values to app (each finds them there at its next start)
      Recreate app (values are read at the start)
      Wait until app is healthy (started is not yet healthy)
      Prove that the new values are in force (each is tried where it is used, nothing is assumed)
      Make the new values the current ones (the new values are proven)
      Wait until a person has ended the old values (HYPERLIQUID_API_WALLET_KEY)
      Forget the old values (nothing needs them any more)"
    `);
  });
});
