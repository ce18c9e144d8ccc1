/** A block of cargo's output is cut here: macro errors run over hundreds of lines. */
const BLOCK_LINES = 30;

/** Sums and consequences, not causes. */
const CONSEQUENCE = /^error: (could not compile|aborting due to|build failed|failed to compile|.* previous errors?)/;

/** The first error that cargo or rustc printed. */
export interface CompileError {
  /** e.g. `src/x.rs:3: cannot find value …`. */
  readonly sentence: string;
  readonly lines: readonly string[];
  /** rustc refused the code; false: cargo itself failed, e.g. over the lock file. */
  readonly inCode: boolean;
}

/** Watches a step's log for cargo's first error; thousands may follow it. */
export function compileErrorFinder(): { see(line: string): void; found(): CompileError | undefined } {
  const block: string[] = [];
  let open = false;
  let compiler = false;
  return {
    see(line) {
      if (/^error(\[E\d+\])?: /.test(line)) {
        // Also when only a consequence says so: a linker error has no code of its own.
        compiler ||= /^error(\[E|: could not compile)/.test(line);
        open = block.length === 0 && !CONSEQUENCE.test(line);
      }
      if (open && line.trim() === '') open = false;
      if (open && block.length < BLOCK_LINES) block.push(line);
    },
    found: () => (block.length === 0 ? undefined : toError(block, compiler)),
  };
}

function toError(lines: readonly string[], compiler: boolean): CompileError {
  const text = (lines[0] ?? '').replace(/^error(\[E\d+\])?: /, '');
  const place = lines.map((line) => /^\s*--> (\S+?):(\d+):\d+$/.exec(line)).find((match) => match !== null);
  return {
    sentence: place ? `${place[1]}:${place[2]}: ${text}` : text,
    lines,
    inCode: compiler || /failed to run custom build command/.test(text),
  };
}
