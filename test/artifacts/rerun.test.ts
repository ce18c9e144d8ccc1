import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Decide, type Plan, planWrites } from '../../src/artifacts/plan.ts';
import type { OnDisk } from '../../src/artifacts/propose.ts';
import { type Artifact, render } from '../../src/artifacts/render.ts';
import type { ConflictChoice } from '../../src/flow/types.ts';
import { type Overlay, overlay } from '../../src/stack/overlay.ts';
import { parseStack, toStack } from '../../src/stack/parse.ts';
import type { Stack } from '../../src/stack/schema.ts';
import { smallStack } from '../stack/stacks.ts';
import { type Person, personWith, wordsIn } from './person.ts';
import { type Random, randomFrom } from './random.ts';

const PAIRS = 1000;
/** `SEED=n` runs the pair that failed, and that one only. */
const SEED = process.env.SEED;

const SAMPLE = parseStack(
  readFileSync(new URL('../fixtures/upgrade/version-1-sample/trading-setup.yaml', import.meta.url), 'utf8'),
);
const [WORKER = ''] = Object.keys(SAMPLE.services).slice(1);

/** What people change their minds about. */
const CHANGES: readonly Overlay[] = [
  { ports: { tui: 7999 } },
  { ports: { api: { host: 9100 } } },
  { ports: { api: { via: 'direct' } } },
  { tui: { access: 'none' } },
  { tui: { access: 'exec' } },
  { services: { [WORKER]: null } },
  { services: { app: { environment: { NEW_SETTING: 'on' }, stopGrace: '45s' } } },
  { services: { report: { ...SAMPLE.services.app, args: ['report'], data: null } } },
  { database: { memory: '8GB', cpus: 2 } },
  { database: { migrations: ['sql/one.sql'] } },
  { build: { runtimePackages: ['libssl3'], locked: false } },
  { secrets: { gateUser: 'desk' } },
  { mode: 'live' },
];

function variantOf(base: Stack, random: Random): Stack {
  const changes = Array.from({ length: random.below(4) }, () => random.pick(CHANGES));
  const stack = changes.reduce<unknown>((sum, change) => overlay(sum, change), base);
  return toStack(stack, 'the test');
}

function withoutDatabase(stack: Stack): Stack {
  const services = Object.entries(stack.services).map(([name, service]) => [name, { ...service, database: false }]);
  return toStack({ ...stack, database: { kind: 'none' }, services: Object.fromEntries(services) }, 'the test');
}

const POOL: readonly (readonly Artifact[])[] = (() => {
  const random = randomFrom(7);
  const samples = Array.from({ length: 36 }, () => {
    const stack = variantOf(SAMPLE, random);
    return render(random.chance(0.3) ? withoutDatabase(stack) : stack);
  });
  return [...samples, render(smallStack()), render(smallStack({ ports: { api: { host: 9000 } } }))];
})();

type Repository = Map<string, OnDisk>;

/** As an earlier version of the templates would have written it. */
function older(artifacts: readonly Artifact[], random: Random): readonly Artifact[] {
  return artifacts.map((artifact) => {
    if (artifact.path === 'trading-setup.yaml' || random.chance(0.5)) return artifact;
    const lines = artifact.text.split('\n').flatMap((line) => {
      if (line === '' || random.chance(0.93)) return [line];
      return random.pick([[], [`${line} (old)`], [line, '# an old line']]);
    });
    return { ...artifact, text: lines.join('\n') };
  });
}

function currentOf(repository: Repository, path: string): string {
  return repository.get(path)?.current ?? '';
}

/** Does what the plan says, in memory. */
function carryOut(repository: Repository, { writes }: Plan): Repository {
  const after = new Map(repository);
  for (const { path, text, remove, base } of writes) {
    const before = after.get(path) ?? { current: undefined, base: undefined };
    after.set(path, {
      current: remove ? undefined : (text ?? before.current),
      base: base === null ? undefined : (base ?? before.base),
    });
  }
  return after;
}

function edited(repository: Repository, person: Person, random: Random): Repository {
  const entries = [...repository].map(([path, { current, base }]) => {
    if (current === undefined || random.chance(0.4)) return [path, { current, base }] as const;
    if (random.chance(0.03)) return [path, { current: undefined, base }] as const;
    return [path, { current: person.edit(path, current), base }] as const;
  });
  return new Map(entries);
}

const OWN = ['README.md', '.gitignore', '.env.example', 'docker/entrypoint.sh'];

function began(person: Person, random: Random): Repository {
  const own = OWN.filter(() => random.chance(0.4));
  return new Map(own.map((path) => [path, { current: person.write(path), base: undefined }]));
}

function decider(random: Random): { readonly decide: Decide; readonly made: Map<string, ConflictChoice> } {
  const made = new Map<string, ConflictChoice>();
  const decide = (path: string) => {
    const choice = made.get(path) ?? random.pick<ConflictChoice>(['keep', 'replace', 'merge']);
    made.set(path, choice);
    return choice;
  };
  return { decide, made };
}

/** A merge needs a text that both come from: without one the person keeps. */
function run(repository: Repository, artifacts: readonly Artifact[], random: Random): Ran {
  const { decide, made } = decider(random);
  const able = (path: string): ConflictChoice | undefined => {
    const choice = decide(path);
    return choice === 'merge' && repository.get(path)?.base === undefined ? 'keep' : choice;
  };
  const plan = planWrites(artifacts, repository, able);
  return { plan, made, after: carryOut(repository, plan) };
}

interface Ran {
  readonly plan: Plan;
  readonly made: ReadonlyMap<string, ConflictChoice>;
  readonly after: Repository;
}

/** Every line of the person is where it was, once; or in the copy that was asked for. */
function expectNothingLost(before: Repository, { plan, made, after }: Ran): void {
  for (const [path, { current }] of before) {
    const words = wordsIn(current ?? '');
    const copied = plan.writes.find((write) => write.path === path)?.replaced;
    if (copied !== undefined) expect(made.get(path), `${path} was replaced`).toBe('replace');
    const kept = wordsIn(`${currentOf(after, path)}\n${copied ?? ''}`);
    if (copied === undefined) expect(kept, path).toEqual(words);
    else for (const word of words) expect(kept, path).toContain(word);
  }
}

const FIRST: Decide = () => 'keep';

function pair(seed: number): void {
  const random = randomFrom(seed);
  const person = personWith(random);
  const one = random.pick(POOL);
  const isSame = random.chance(0.2);
  const two = isSame ? one : random.pick(POOL);
  const start = began(person, random);
  const first = carryOut(start, planWrites(isSame || random.chance(0.5) ? one : older(one, random), start, FIRST));

  const mine = edited(first, person, random);
  const ran = run(mine, two, random);
  expectNothingLost(mine, ran);
  const again = planWrites(two, ran.after);
  expect(again.writes, 'a second run').toEqual([]);
  expect(again.changes.filter(({ action }) => action === 'conflict')).toEqual([]);
  if (isSame) expectNothingWritten(mine, ran);
  expectOurs(first, mine, two, ran);
}

/** Nothing new from us: files that are still there keep every byte. */
function expectNothingWritten(before: Repository, { after }: Ran): void {
  for (const [path, { current, base }] of before) {
    const isCut = base !== undefined && current !== undefined && currentOf(after, path).startsWith(current);
    if (current !== undefined && !isCut) expect(currentOf(after, path), path).toBe(current);
  }
}

/** A file that nobody touched is as it would be written now. */
function expectOurs(first: Repository, mine: Repository, artifacts: readonly Artifact[], { after }: Ran): void {
  for (const { path, text, form } of artifacts) {
    const { current, base } = mine.get(path) ?? { current: undefined, base: undefined };
    const isUntouched = base !== undefined && current === first.get(path)?.current && current === base;
    if (form === 'file' && path !== 'trading-setup.yaml' && isUntouched)
      expect(currentOf(after, path), path).toBe(text);
  }
}

it(`loses no line of a person in ${PAIRS} random edits and runs, and a second run changes no byte`, () => {
  const seeds = SEED === undefined ? Array.from({ length: PAIRS }, (_, at) => at + 1) : [Number(SEED)];
  const started = performance.now();
  for (const seed of seeds) {
    try {
      pair(seed);
    } catch (error) {
      if (error instanceof Error) error.message = `SEED=${seed}: ${error.message}`;
      throw error;
    }
  }
  console.info(`${seeds.length} pairs in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}, 60_000);
