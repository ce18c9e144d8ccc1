import { SetupError } from '../errors.ts';
import { readValues } from '../operations/deliver.ts';
import type { Stack } from '../stack/schema.ts';
import { now } from '../system/clock.ts';
import { environment } from '../system/process.ts';
import type { Context } from './context.ts';
import { passphraseFor } from './passphrase.ts';

/**
 * Reads the values of a stack, so that they are blanked in what a program prints, where nobody has to be asked for that.
 * @returns why they are not known, in a sentence; undefined: they are.
 */
export async function learnValues({ face }: Pick<Context, 'face'>, stack: Stack): Promise<string | undefined> {
  try {
    const { openStore } = await import('../secrets/open.ts');
    const ask = () => passphraseFor({ face, interactive: false }, 'open');
    await readValues(stack, await openStore(stack, { env: environment(), now, ask }));
    return undefined;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return `What it prints is not searched for secret values: ${error.message}`;
  }
}
