/** Asks until the answer is not undefined; a last error or a word about the last state goes into the failure. */
export async function waitFor<T>(what: string, look: () => Promise<T | undefined>, seconds = 60): Promise<T> {
  const until = performance.now() + seconds * 1000;
  let last: unknown;
  while (performance.now() < until) {
    try {
      const found = await look();
      if (found !== undefined) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((next) => setTimeout(next, 200));
  }
  throw new Error(`not within ${seconds} s: ${what}`, { cause: last });
}
