import { cp, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { SetupError } from '../errors.ts';
import { isFolder, readText, writeAtomic } from '../system/files.ts';
import { packageRoot } from '../system/package-root.ts';

/** Says that a folder is an unpacked sample, so that it may be used again. */
const MARK = '.trading-setup-sample';

/** npm leaves `.gitignore` files out of packages; the sample's travels under another name. */
const GITIGNORE = { packed: '_gitignore', unpacked: '.gitignore' };

/** Unpacks the bundled trading workspace; an unpacked one is used as it is. @throws SetupError for a folder of another kind. */
export async function unpackSample(dir: string): Promise<'unpacked' | 'reused'> {
  if ((await readText(join(dir, MARK))) !== undefined) return 'reused';
  if ((await isFolder(dir)) && (await readdir(dir)).length > 0) {
    throw new SetupError('usage', `${dir} is not empty and is not the sample.`, {
      code: 'sample-folder-taken',
      next: ['Name another folder: trading-setup try DIR'],
    });
  }
  await cp(join(packageRoot(), 'templates', 'sample'), dir, { recursive: true });
  await rename(join(dir, GITIGNORE.packed), join(dir, GITIGNORE.unpacked));
  // Last: an interrupted copy is not taken for a whole one.
  await writeAtomic(join(dir, MARK), 'Unpacked by trading-setup try. Delete the folder when you are done.\n');
  return 'unpacked';
}
