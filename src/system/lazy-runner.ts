import type { Runner } from './run.ts';

const real = async (): Promise<Runner> => (await import('./run.ts')).runner();

/** The real runner, loaded with the first program that is called: the first screen does not wait for it. */
export function lazyRunner(): Runner {
  return {
    run: async (command, options) => (await real()).run(command, options),
    async *stream(command, options) {
      return yield* (await real()).stream(command, options);
    },
    attach: async (command) => (await real()).attach(command),
    talk: async (command) => (await real()).talk(command),
  };
}
