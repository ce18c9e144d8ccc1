import { statfs } from 'node:fs/promises';

/**
 * Free bytes of the disk that the engine keeps its images on.
 * @param folder as the engine names it; in an engine that lives in a virtual machine this machine does not have it.
 * @returns undefined where that cannot be told.
 */
export async function freeBytesIn(folder: string | undefined): Promise<number | undefined> {
  if (folder === undefined || folder === '') return undefined;
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
