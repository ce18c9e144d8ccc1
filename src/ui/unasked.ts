import type { Questions } from './face.ts';

/** The questions where nobody is asked: without a terminal, with `--json` and with `--yes`. */
export const UNASKED: Questions = {
  review: async () => 'write',
  rotate: async () => 'quit',
  confirm: async (_question, fallback) => fallback,
  choose: async () => undefined,
  askText: async () => undefined,
  askSecret: async () => undefined,
};
