import { SetupError } from '../errors.ts';
import type { BuildEvent } from '../events/build.ts';
import { type CompileError, compileErrorFinder } from './compile-error.ts';
import { engineError, lastLines } from './errors.ts';

/** Last lines that are kept of each step that is at work. */
const TAIL = 20;

type Step = Extract<BuildEvent, { type: 'step' }>;

interface Notes {
  readonly tail: string[];
  readonly compile: ReturnType<typeof compileErrorFinder>;
}

/** Watches a build so that its failure can be told in one sentence. */
export interface FailureNotes {
  see(event: BuildEvent): void;
  /** `trailer`: the plain text beside the events. */
  toError(trailer: readonly string[]): SetupError;
}

/** Notes for one build. */
export function failureNotes(): FailureNotes {
  const notes = new Map<string, Notes>();
  let culprit: Step | undefined;

  function see(event: BuildEvent): void {
    if (event.type === 'step' && event.state === 'failed') culprit ??= event;
    if (event.type === 'step' && (event.state === 'done' || event.state === 'cached')) notes.delete(event.id);
    if (event.type !== 'log') return;
    const own = notes.get(event.id) ?? { tail: [], compile: compileErrorFinder() };
    notes.set(event.id, own);
    own.compile.see(event.line);
    own.tail.push(event.line);
    if (own.tail.length > TAIL) own.tail.shift();
  }

  return {
    see,
    toError(trailer) {
      const own = culprit && notes.get(culprit.id);
      const compile = own?.compile.found();
      const known = engineError(
        [culpritText(culprit), ...withoutExcerpt(trailer), ...(own?.tail ?? [])].join('\n'),
        'build',
      );
      if (known.code === 'disk-full') return known;
      if (compile?.inCode) return compileFailed(compile);
      // A RUN step may print anything, so its log alone never decides about the engine.
      if (!ranAndFailed(culprit) && known.code !== 'engine-error') return known;
      return buildFailed(culprit, compile?.sentence, own?.tail ?? withoutExcerpt(trailer));
    },
  };
}

function ranAndFailed(step: Step | undefined): boolean {
  return step?.error !== undefined && / did not complete successfully: exit code: \d+/.test(step.error);
}

/** BuildKit's error repeats the whole RUN line, which may hold any words. */
function culpritText(step: Step | undefined): string {
  return ranAndFailed(step) ? '' : (step?.error ?? '');
}

/** The trailer without the Dockerfile's own lines and without the repeated RUN line. */
function withoutExcerpt(trailer: readonly string[]): readonly string[] {
  return trailer.filter((line) => !/^\s*\d+ \|/.test(line) && !/^-+$/.test(line.trim()) && !/: process "/.test(line));
}

function compileFailed({ sentence, lines }: CompileError): SetupError {
  return new SetupError('tool-failed', sentence, {
    code: 'compile-error',
    next: ['Mend the code, then run the command again: what is compiled already stays in the cache.'],
    output: lines.map((line) => line.slice(0, 500)),
  });
}

/** The first line; mounts say nothing of what failed, and are longer than what does. */
function withoutMounts(name: string): string {
  return (name.split('\n')[0] ?? '').replace(/(?<=\bRUN) +(?:--\w+=\S+ +)+/, ' ');
}

function buildFailed(step: Step | undefined, reason: string | undefined, output: readonly string[]): SetupError {
  const exit = /exit code: (\d+)/.exec(step?.error ?? '')?.[1];
  const where =
    step === undefined ? 'The build failed' : `The build step ${withoutMounts(step.name).slice(0, 120)} failed`;
  const why = reason ?? (step && exit === undefined ? step.error : undefined);
  const code = exit === undefined ? '' : ` with exit code ${exit}`;
  return new SetupError('tool-failed', `${where}${code}${why === undefined ? '' : `: ${why}`}.`, {
    code: 'build-failed',
    next: ['Read the lines above, mend the cause, then run the command again.'],
    output: lastLines(output.join('\n')),
  });
}
