import { isDeepStrictEqual } from 'node:util';
import { Document, isMap, isSeq, type Pair, parseDocument, Scalar, visit, type YAMLSeq } from 'yaml';
import { Stack } from '../stack/schema.ts';

/** The one file whose content is the person's: comments, order and form stay, only values are ours to change. */
export const STACK_PATH = 'trading-setup.yaml';

const HEADER = ` Every decision about this stack, and no secret. Commit it.
 Change a value, then run "npx trading-setup init": the other files are made from this one.`;

const LINE_WIDTH = 120;

/** Comments in the words of the person who edits the file. */
const COMMENTS: Readonly<Record<string, string>> = {
  writtenBy: ' The version of trading-setup that wrote this file.',
  id: ' Names containers, volumes and the keychain entry: a changed id is another stack, with empty volumes.',
  mode: ' paper or live; live starts only when a person has confirmed it.',
  build: ' How the images are built.',
  services: ' Programs of this repository, each in a container of its own. The first one is the daemon.',
  tui: ' access: browser (behind the login), exec (docker compose exec) or none.',
  database: ' The SQL files are applied in this order, each once.',
  ports: ' On the host. bind is the address they listen on; via: gate puts the login in front, direct does not.',
  secrets: ' Names and formats. Values are in the store: keychain or vault.',
};

/** The text of trading-setup.yaml. */
export function renderStack(stack: Stack): string {
  const document = new Document(stack, { aliasDuplicateObjects: false });
  document.commentBefore = HEADER;
  if (isMap(document.contents)) for (const pair of document.contents.items) commentOn(pair);
  shortLists(document);
  return document.toString({ lineWidth: LINE_WIDTH });
}

/** Short lists of words read better on one line. */
function shortLists(node: Parameters<typeof visit>[0]): void {
  visit(node, {
    Seq(_, list) {
      if (list.items.every((item) => item instanceof Scalar)) list.flow = true;
    },
  });
}

function commentOn(pair: Pair): void {
  const key = new Scalar(pair.key instanceof Scalar ? pair.key.value : pair.key);
  const comment = COMMENTS[String(key.value)];
  key.spaceBefore = comment !== undefined;
  if (comment !== undefined) key.commentBefore = comment;
  pair.key = key;
}

/** The stack in a text; undefined where it holds none. */
export function stackIn(text: string): Stack | undefined {
  const document = parseDocument(text);
  return document.errors.length > 0 ? undefined : Stack.safeParse(document.toJS()).data;
}

/** The text with the values of the stack, and everything else as it was; a text that holds no stack is replaced. */
export function updatedStackText(currentText: string, stack: Stack): string {
  const current = stackIn(currentText);
  if (current === undefined) return renderStack(stack);
  if (isDeepStrictEqual(current, stack)) return currentText;
  const document = parseDocument(currentText);
  // A value may stand in several places by now: what changes in one must not change in the other.
  visit(document, { Alias: (_, alias) => document.createNode(alias.resolve(document)?.toJS(document)) });
  update(document, [], current, stack);
  const indent = /^( +)[^\s#-]/m.exec(currentText)?.[1]?.length ?? 2;
  const text = document.toString({ lineWidth: LINE_WIDTH, indent });
  return currentText.includes('\r\n') ? text.replace(/\r?\n/g, '\r\n') : text;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function update(document: Document.Parsed, path: readonly string[], old: unknown, next: unknown): void {
  if (isDeepStrictEqual(old, next)) return;
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isRecord(old) && isRecord(next) && isMap(node)) {
    for (const key of Object.keys(old)) if (!(key in next)) document.deleteIn([...path, key]);
    for (const [key, value] of Object.entries(next)) update(document, [...path, key], old[key], value);
  } else if (Array.isArray(next) && isSeq(node)) {
    updateList(document, node, next);
  } else if (next instanceof Object) {
    const created = document.createNode(next);
    shortLists(created);
    document.setIn(path, created);
  } else {
    document.setIn(path, next);
  }
}

/** Entries that stay keep their comments, wherever they move. */
function updateList(document: Document.Parsed, list: YAMLSeq, next: readonly unknown[]): void {
  const left = list.items.map((item) => ({ item, value: document.createNode(item).toJS(document) as unknown }));
  list.items = next.map((value) => {
    const at = left.findIndex((each) => isDeepStrictEqual(each.value, value));
    return at === -1 ? document.createNode(value) : left.splice(at, 1)[0]?.item;
  });
}
