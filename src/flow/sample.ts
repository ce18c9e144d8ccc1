import { cp, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SetupError } from '../errors.ts';
import { isFolder, readText, writeAtomic } from '../system/files.ts';
import { packageRoot } from '../system/package-root.ts';

/** Says that a folder is an unpacked sample, so that it may be used again. */
const MARK = '.trading-setup-sample';

/** Where it is unpacked before it is moved to its place; what an interrupted run left there is thrown away. */
const PART = '.trading-setup-sample.new';

/** npm leaves `.gitignore` files out of packages; the sample's travels under another name. */
const GITIGNORE = { packed: '_gitignore', unpacked: '.gitignore' };

/** Unpacks the bundled trading workspace; an unpacked one is used as it is. @throws SetupError for a folder of another kind. */
export async function unpackSample(dir: string): Promise<'unpacked' | 'reused'> {
  if ((await readText(join(dir, MARK))) !== undefined) return 'reused';
  const there = await isFolder(dir);
  if (there && (await readdir(dir)).some((name) => name !== PART)) {
    throw new SetupError('usage', `${dir} is not empty and is not the sample.`, {
      code: 'sample-folder-taken',
      next: ['Name another folder: trading-setup try DIR'],
    });
  }
  const part = there ? join(dir, PART) : join(dirname(dir), `.${basename(dir)}${PART}`);
  await rm(part, { recursive: true, force: true });
  await cp(join(packageRoot(), 'templates', 'sample'), part, { recursive: true });
  await rename(join(part, GITIGNORE.packed), join(part, GITIGNORE.unpacked));
  await writeAtomic(join(part, MARK), 'Unpacked by trading-setup try. Delete the folder when you are done.\n');
  await (there ? moveInto(dir, part) : rename(part, dir));
  return 'unpacked';
}

/** Not a rename of the whole: an empty folder may be a mount, or the one that the person's shell is in. */
async function moveInto(dir: string, part: string): Promise<void> {
  const names = (await readdir(part)).filter((name) => name !== MARK);
  // The mark last: a part of the sample is not taken for the whole.
  for (const name of [...names, MARK]) await rename(join(part, name), join(dir, name));
  await rmdir(part);
}
