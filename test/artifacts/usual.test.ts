import { describe, expect, it } from 'vitest';
import { render, USUAL_PATHS } from '../../src/artifacts/render.ts';
import { smallStack } from '../stack/stacks.ts';

describe('the artefacts of a stack', () => {
  it('have their usual paths where no file has another name', () => {
    const paths = render(smallStack()).map(({ path }) => path);
    expect(USUAL_PATHS).toEqual(expect.arrayContaining(paths));
  });

  it('have the same text however often it is asked for', () => {
    for (const artifact of render(smallStack())) {
      const first = artifact.text;
      expect(first).not.toBe('');
      expect(artifact.text).toBe(first);
      expect({ ...artifact }.text).toBe(first);
    }
  });
});
