import { SetupError } from '../errors.ts';

/** Ends the command where the person gave up a question, which is neither yes nor no. @throws SetupError exit 130. */
export function giveUp(sentence = 'Cancelled.', next = 'Run the same command again when you are ready.'): never {
  throw new SetupError('cancelled', sentence, { code: 'cancelled', next: [next] });
}
