import { describe, expect, it } from 'vitest';
import { planBuild, planDeploy, planDown, planPush } from '../../src/operations/plan.ts';
import type { Snapshot } from '../../src/operations/snapshot.ts';
import { describe as describeStep, printPlan } from '../../src/operations/step.ts';
import { volumesOf } from '../../src/stack/names.ts';
import { smallStack, stackOfCase } from '../stack/stacks.ts';

const NOTHING: Snapshot = { volumes: new Set(), known: new Set(), begun: new Set() };
const all = (over: Partial<Record<keyof Snapshot, readonly string[]>> = {}): Snapshot => ({
  volumes: new Set(over.volumes ?? ['app-data', 'app-secrets']),
  known: new Set(over.known ?? ['app-data']),
  begun: new Set(over.begun ?? []),
});

describe('the plan', () => {
  it('of a first deploy makes every volume, data first, before anything starts', () => {
    expect(printPlan(planDeploy(smallStack(), NOTHING))).toMatchInlineSnapshot(`
      "Build the images (the images follow the sources)
      Make the volume app-data (it is missing)
      Make the volume app-secrets (it is missing)
      Deliver the secrets (containers read them at their start)
      Start the services (what changed is recreated, the old one stopped first)
      Wait until healthy (started is not yet healthy)"
    `);
  });

  it('of a later deploy makes none', () => {
    expect(printPlan(planDeploy(smallStack(), all()))).toMatchInlineSnapshot(`
      "Build the images (the images follow the sources)
      Deliver the secrets (containers read them at their start)
      Start the services (what changed is recreated, the old one stopped first)
      Wait until healthy (started is not yet healthy)"
    `);
  });

  it('of the whole sample', async () => {
    expect(printPlan(planDeploy(await stackOfCase('sample'), NOTHING))).toMatchInlineSnapshot(`
      "Build the images (the images follow the sources)
      Make the volume database-data (it is missing)
      Make the volume app-data (it is missing)
      Make the volume database-secrets (it is missing)
      Make the volume migrate-secrets (it is missing)
      Make the volume app-secrets (it is missing)
      Make the volume collect-secrets (it is missing)
      Make the volume scheduled-backtest-secrets (it is missing)
      Make the volume gate-secrets (it is missing)
      Deliver the secrets (containers read them at their start)
      Start the services (what changed is recreated, the old one stopped first)
      Wait until healthy (started is not yet healthy)"
    `);
  });

  it('of a push touches no service', () => {
    expect(printPlan(planPush(smallStack(), all()))).toBe('Deliver the secrets (containers read them at their start)');
  });

  it('delivers nothing where there is no secret', () => {
    const bare = smallStack({ services: { app: { secrets: { TOY_TOKEN: null } } } });
    expect(printPlan(planPush(bare, all()))).toBe('');
  });

  it('of a build and a stop is one step each', () => {
    expect(printPlan([...planBuild(), ...planDown()])).toBe(
      'Build the images (asked for)\nStop the services (asked for)',
    );
  });

  it('finishes a volume whose making was interrupted', () => {
    const steps = planPush(smallStack(), all({ begun: ['app-data'], known: [] }));
    expect(printPlan(steps)).toContain('Make the volume app-data (its making was interrupted)');
  });

  it.each([planDeploy, planPush])('refuses to put an empty volume in the place of a lost one', (plan) => {
    const lost = all({ volumes: ['app-secrets'] });
    expect(() => plan(smallStack(), lost)).toThrow(
      expect.objectContaining({
        code: 'data-volume-lost',
        exitCode: 4,
        message: expect.stringContaining('toy-5a3b1e_app-data'),
        next: expect.arrayContaining([expect.stringContaining('--new-volumes')]),
      }),
    );
    expect(printPlan(plan(smallStack(), lost, true))).toContain('Make the volume app-data (it is missing)');
  });

  it('makes lost secret volumes again without asking: their content is in the store', () => {
    expect(printPlan(planPush(smallStack(), all({ volumes: ['app-data'] })))).toContain('app-secrets (it is missing)');
  });

  it('marks each volume with the stack and its name, owned by who uses it', async () => {
    const stack = await stackOfCase('sample');
    const steps = planPush(stack, NOTHING).filter((step) => step.kind === 'volume');
    expect(steps.map(({ name, mark }) => [name, mark])).toEqual(
      volumesOf(stack).map(({ volume }) => [`${stack.id}_${volume}`, `${stack.id} ${volume}`]),
    );
  });

  it('gives every step a name of its own', async () => {
    const ids = planDeploy(await stackOfCase('sample'), NOTHING).map((step) => describeStep(step).id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
