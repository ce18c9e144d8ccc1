import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { sizeWords } from '../host/words.ts';
import type { Check } from './types.ts';

/**
 * Whether a file that is to be taken over is there.
 * @param root the repository, from which a relative path counts.
 */
export async function fileCheck(root: string, text: string): Promise<Check | undefined> {
  if (/^(–|-|none|\s*)$/.test(text)) return undefined;
  try {
    const found = await stat(resolve(root, text.trim()));
    if (found.isFile()) return { level: 'good', text: `is there, ${sizeWords(found.size)}` };
    return { level: 'bad', text: 'is no file' };
  } catch {
    return { level: 'bad', text: 'there is no such file', advice: 'empty: it starts with nothing' };
  }
}
