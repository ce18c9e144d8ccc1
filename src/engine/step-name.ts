/** What BuildKit's name of a step says about its place. */
export interface StepPlace {
  /** The Compose service or bake target, when several are built. */
  readonly target?: string;
  /** The Dockerfile stage; absent for `[internal]` steps and exports. */
  readonly stage?: string;
}

/**
 * Reads `[app build 3/4] RUN …` (target and stage), `[build 3/4] …` (stage) and `[app internal] …` (target).
 * Compose puts the target in front only when it builds several.
 */
export function parseStepName(name: string): StepPlace {
  const words = /^\[([^\]]+)\]/.exec(name)?.[1]?.split(' ') ?? [];
  const last = words.at(-1);
  if (last === 'internal') return words.length > 1 ? target(words[0]) : {};
  if (last === undefined || !/^\d+\/\d+$/.test(last)) return target(words[0]);
  const stage = words.at(-2);
  if (stage === undefined) return { stage: 'stage-0' };
  return { ...(words.length > 2 ? target(words[0]) : {}), stage };
}

function target(name: string | undefined): StepPlace {
  return name === undefined ? {} : { target: name };
}
