import type { Face } from './face.ts';
import type { Terminal } from './terminal.ts';
import { UNASKED } from './unasked.ts';

/** What decides which face a run has. */
export interface FaceChoice {
  readonly json: boolean;
  readonly plain: boolean;
  /** Both stdin and stdout are a terminal. */
  readonly interactive: boolean;
  /** False with `--yes`: nobody is asked, even on a terminal; what happens is still shown, line by line. */
  readonly asks: boolean;
  /** `$TERM`. */
  readonly term: string | undefined;
  readonly screenReader: boolean;
  readonly terminal: Terminal;
}

/** Which face a run gets; the strongest reason first. */
export function faceKind(choice: Omit<FaceChoice, 'terminal'>): Face['kind'] {
  if (choice.json) return 'json';
  if (!choice.interactive) return 'silent';
  return choice.plain || !choice.asks || choice.term === 'dumb' || choice.screenReader ? 'plain' : 'ink';
}

/** The face of this run. Each is loaded only when it is chosen: `--help` must not pay for React. */
export async function chooseFace(choice: FaceChoice): Promise<Face> {
  // The Linux console has UTF-8, and a font of 256 or 512 signs without ours.
  const unicode = choice.terminal.looks.unicode && choice.term !== 'linux';
  const terminal: Terminal = { ...choice.terminal, looks: { ...choice.terminal.looks, unicode } };
  switch (faceKind(choice)) {
    case 'json':
      return (await import('./json.ts')).jsonFace(terminal);
    case 'silent':
      return (await import('./silent.ts')).silentFace(terminal);
    case 'plain': {
      const spin = !choice.screenReader && choice.term !== 'dumb';
      const face = (await import('./plain/face.ts')).plainFace(terminal, { spin });
      return choice.asks ? face : { ...face, ...UNASKED };
    }
    case 'ink':
      return (await import('./ink/face.tsx')).inkFace(terminal);
  }
}
