import { onSuspend, terminalFacts } from '../../../src/system/terminal.ts';
import type { Terminal } from '../../../src/ui/terminal.ts';

/** The real terminal, for demonstrations and tests on a pseudo-terminal. */
export function realTerminal(): Terminal {
  const { unicode, colour, titles, remote } = terminalFacts();
  return {
    input: process.stdin,
    output: process.stdout,
    looks: { unicode, colour },
    titles,
    remote,
    onSuspend,
    now: Date.now,
    onExit(restore) {
      const ended = (): void => {
        restore();
        process.exit(1);
      };
      process.on('exit', restore);
      for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, ended);
      return () => {
        process.off('exit', restore);
        for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, ended);
      };
    },
    onInterrupt(listener) {
      process.on('SIGINT', listener);
      return () => process.off('SIGINT', listener);
    },
  };
}
