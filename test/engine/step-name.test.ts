import { expect, it } from 'vitest';
import { parseStepName } from '../../src/engine/step-name.ts';

it.each([
  ['[app build 3/4] RUN cargo build', { target: 'app', stage: 'build' }],
  ['[build 3/4] RUN cargo build', { stage: 'build' }],
  ['[2/4] RUN echo', { stage: 'stage-0' }],
  ['[app internal] load metadata for x', { target: 'app' }],
  ['[internal] load .dockerignore', {}],
  ['[app] exporting to image', { target: 'app' }],
  ['exporting to image', {}],
  ['', {}],
])('%s', (name, expected) => expect(parseStepName(name)).toEqual(expected));
