/** An SQL file of the repository. */
export interface SqlFile {
  readonly path: string;
  readonly text: string;
}

const NAME = String.raw`((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))?)`;
const UNLESS = String.raw`(?:IF\s+NOT\s+EXISTS\s+)?`;
/** What a statement leaves behind, by which it is recognised later. */
const RELATIONS = [
  String.raw`\bCREATE\s+(?:UNLOGGED\s+)?TABLE\s+${UNLESS}${NAME}`,
  String.raw`\bCREATE\s+(?:UNIQUE\s+)?INDEX\s+(?:CONCURRENTLY\s+)?${UNLESS}${NAME}\s+ON\b`,
  String.raw`\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:MATERIALIZED\s+)?VIEW\s+${UNLESS}${NAME}`,
].map((pattern) => new RegExp(pattern, 'gi'));
const ALTERED = new RegExp(String.raw`\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?${NAME}([^;]*)`, 'gi');
const ADDED = new RegExp(
  String.raw`\bADD\s+(?:COLUMN\s+)?${UNLESS}(?!CONSTRAINT\b|PRIMARY\b|FOREIGN\b|UNIQUE\b|CHECK\b)${NAME}`,
  'gi',
);

/** Without its schema and quotes; what is not quoted is in small letters. */
function plain(name: string): string {
  const last = /(?:"([^"]+)"|([\w$]+))$/.exec(name);
  return last?.[1] ?? last?.[2]?.toLowerCase() ?? '';
}

function withoutComments(text: string): string {
  return text.replace(/--.*$/gm, '').replace(/\/\*[\s\S]*?\*\//g, '');
}

/** What a file leaves behind, in the words of the script that looks into the database. */
function tracesOf(text: string): readonly string[] {
  const code = withoutComments(text);
  const relations = RELATIONS.flatMap((pattern) =>
    [...code.matchAll(pattern)].map(([, name = '']) => `relation ${plain(name)}`),
  );
  const columns = [...code.matchAll(ALTERED)].flatMap(([, table = '', actions = '']) =>
    [...actions.matchAll(ADDED)].map(([, column = '']) => `column ${plain(table)} ${plain(column)}`),
  );
  return [...relations, ...columns];
}

/**
 * The last of the files, in their order, up to which everything that they leave behind is in the database; undefined
 * where not even the first is. A file that leaves no trace goes with the one after it, never with the one before.
 */
export function proposeBaseline(files: readonly SqlFile[], schema: ReadonlySet<string>): string | undefined {
  let proposed: string | undefined;
  for (const { path, text } of files) {
    const traces = tracesOf(text);
    if (traces.some((trace) => !schema.has(trace))) return proposed;
    if (traces.length > 0) proposed = path;
  }
  return proposed;
}
