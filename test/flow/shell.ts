/** The `--set` arguments of a command as a shell would hand them on. */
export function setsOf(command: string): string[] {
  const words = [...command.matchAll(/(?:'[^']*'|\\'|[^\s'\\])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|\\(')/g, (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? ''),
  );
  return words.flatMap((word, at) => (words[at - 1] === '--set' ? [word] : []));
}
