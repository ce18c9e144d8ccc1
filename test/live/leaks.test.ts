import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KINDS } from './leaks/kinds.ts';
import { type Life, live } from './leaks/life.ts';
import { plant } from './leaks/plant.ts';
import { mb, search } from './leaks/search.ts';
import { engineLog, inspected, layers } from './support/places.ts';
import { LIVE, must, run } from './support/run.ts';
import { findIn, formsOf } from './support/search.ts';

describe('the whole life of a stack', () => {
  let life: Life;
  beforeAll(async () => {
    life = await live();
  });

  it('went as it was meant to, so that there was something to find', () => {
    expect(life.surprises).toEqual([]);
  });

  it('leaves no secret, and nothing made from one, in any place that could show it', async () => {
    const needles = life.values.needles();
    expect(life.values.count).toBeGreaterThan(25);
    const alive = await search(
      KINDS.filter((kind) => kind.alive),
      life.scene,
      needles,
    );
    const stats = await life.end();
    const after = await search(
      KINDS.filter((kind) => !kind.alive),
      life.scene,
      needles,
    );
    const hits = [...alive.hits, ...after.hits];
    console.info(
      [
        `leaks: ${KINDS.length} kinds of places, ${alive.places + after.places} places, ${mb(alive.bytes + after.bytes)} searched`,
        `leaks: ${life.values.count} values in ${needles.length} forms, ${hits.length} hits`,
        `leaks: processes looked at ${stats.looks} times (every ${stats.medianMs.toFixed(1)} ms, 99 % within ${stats.p99Ms.toFixed(1)} ms): ` +
          `${stats.processes} command lines, ${stats.clients} docker clients, ${stats.events} events, ${stats.inspections} containers inspected as they came`,
      ].join('\n'),
    );
    // It saw what it was to see: the copies into the volumes went by, and so did the logins.
    expect(stats.medianMs).toBeLessThan(15);
    expect(stats.clients).toBeGreaterThan(20);
    expect(stats.inspections).toBeGreaterThan(10);
    expect(hits).toEqual([]);
  });
});

describe('the search itself', () => {
  // Each encoding writes some of its signs otherwise, and a name of a Compose variable stands in it.
  const PLANTED = 'planted-4f1d"8c$6a%20b';
  let planted: Awaited<ReturnType<typeof plant>>;
  beforeAll(async () => {
    planted = await plant(PLANTED);
  });
  afterAll(() => planted.remove());

  it('finds a leak that was planted, in every kind of place', async () => {
    const needles = formsOf('planted', PLANTED);
    const { silent, places } = await search(KINDS, planted.scene, needles);
    console.info(`leaks: planted in ${places} places of ${KINDS.length} kinds, not found in ${silent.length}`);
    expect(silent).toEqual([]);
    // An engine that is not the lab's own writes its log elsewhere.
    const absent = KINDS.filter(({ places: of }) => of(planted.scene).length === 0).map(({ what }) => what);
    expect(absent).toEqual(engineLog() === undefined ? ['engine log'] : []);
  });

  it('finds a value in each form, wherever it is cut', async () => {
    for (const { bytes } of formsOf('planted', PLANTED)) {
      const whole = Buffer.concat([Buffer.from('..'), bytes, Buffer.from('..')]);
      for (let at = 0; at <= whole.length; at += 1) {
        const halves = { name: 'halves', read: () => [whole.subarray(0, at), whole.subarray(at)] };
        expect(await findIn(halves, formsOf('planted', PLANTED))).not.toEqual([]);
      }
    }
  });

  it('reads the layers of an image, not only its configuration', async () => {
    const bare = 'FROM debian:13.1-slim\nCOPY file /deep/value\n';
    const only = 'localhost/trading-setup-live/planted:layer';
    const label = `trading-setup.live=${LIVE}`;
    const build = ['docker', 'build', '-q', '-t', only, '--label', label, '-f', '-', join(LIVE, 'planted/program')];
    await must(build, { stdin: bare });
    try {
      const needle = formsOf('planted', PLANTED).filter(({ name }) => name === 'planted');
      expect(await findIn(layers([only]), needle)).toEqual(['planted']);
      expect(await findIn(inspected('image', [only]), needle)).toEqual([]);
    } finally {
      await run(['docker', 'image', 'rm', '-f', only]);
    }
  });
});
