import { isDeepStrictEqual } from 'node:util';
import {
  Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { SetupError } from '../errors.ts';
import { readYaml } from '../stack/read-yaml.ts';
import { Stack } from '../stack/schema.ts';
import { isOlder, upgraded } from '../stack/upgrade.ts';

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
  files: ' What our files are called; others than the usual ones where the repository has files of those names.',
  account: ' Two programs on one account double the orders; the start of a LIVE stack asks for this answer.',
  build: ' How the images are built.',
  services: ' Programs of this repository, each in a container of its own. The first one is the daemon.',
  tui: ' access: browser (behind the login), exec (docker compose exec) or none.',
  database: ' The SQL files are applied in this order, each once.',
  ports: ' On the host. bind is the address they listen on; via: gate puts the login in front, direct does not.',
  adopt: ' What was there before and is copied once, when its volume is made; the originals stay as they are.',
  'build.nix': ' How the flake builds it, with strategy: nix. cargo-chef is the other strategy, and needs no Nix.',
  'build.needs': ' Has to be in the working tree before a build; make is the command that makes a file.',
  'build.checkedAgainst':
    ' SQL files of the throw-away SQLite database that query! is checked against while compiling.',
  secrets: ` Names and formats. Values are in the store: keychain or vault. What the program itself offers for them can stand
 under commands, each as { service, run: [word, …] }: login prints the address to open and reads the one that the
 browser was sent to, reencrypt reads the old key and the new one, a line each.`,
};

/** The text of trading-setup.yaml. */
export function renderStack(stack: Stack): string {
  const document = new Document(stack, { aliasDuplicateObjects: false });
  document.commentBefore = HEADER;
  if (isMap(document.contents)) for (const pair of document.contents.items) commentOn(pair);
  commentOnBuild(document);
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

/** The parts of `build` that few stacks have. */
function commentOnBuild(document: Document): void {
  const build = document.get('build', true);
  if (!isMap(build)) return;
  for (const pair of build.items) {
    const comment = COMMENTS[`build.${pair.key instanceof Scalar ? pair.key.value : pair.key}`];
    if (comment === undefined) continue;
    const key = new Scalar(pair.key instanceof Scalar ? pair.key.value : pair.key);
    key.commentBefore = comment;
    pair.key = key;
  }
}

function commentOn(pair: Pair): void {
  const key = new Scalar(pair.key instanceof Scalar ? pair.key.value : pair.key);
  const comment = COMMENTS[String(key.value)];
  key.spaceBefore = comment !== undefined;
  if (comment !== undefined) key.commentBefore = comment;
  pair.key = key;
}

interface Read {
  readonly stack: Stack;
  /** What the text says, before anything was added to it. */
  readonly raw: unknown;
}

/** The stack in a text, of whatever schema version; undefined where it holds none. */
function read(text: string): Read | undefined {
  try {
    const { value } = readYaml(text, STACK_PATH);
    const stack = Stack.safeParse(upgraded(value)).data;
    // What an older version lacks has to be written; a default that somebody left out has not.
    return stack && { stack, raw: isOlder(value) ? value : stack };
  } catch (error) {
    if (error instanceof SetupError) return undefined;
    throw error;
  }
}

/** The text with the values of the stack, and everything else as it was; undefined for a text that holds no stack. */
export function updatedStackText(currentText: string, stack: Stack): string | undefined {
  const current = read(currentText);
  if (current === undefined) return undefined;
  if (isDeepStrictEqual(current.raw, stack)) return currentText;
  const document = parseDocument(currentText);
  // A value may stand in several places by now: what changes in one must not change in the other.
  visit(document, { Alias: (_, alias) => document.createNode(alias.resolve(document)?.toJS(document)) });
  update(document, [], current.raw, stack);
  if (isMap(document.contents) && isRecord(current.raw)) introduce(document.contents.items, current.raw);
  const indent = /^( +)[^\s#-]/m.exec(currentText)?.[1]?.length ?? 2;
  const text = document.toString({ lineWidth: LINE_WIDTH, indent });
  return currentText.includes('\r\n') ? text.replace(/\r?\n/g, '\r\n') : text;
}

/** A decision that the file had not gets its comment. */
function introduce(pairs: readonly Pair[], before: Readonly<Record<string, unknown>>): void {
  for (const pair of pairs) {
    const name = String(pair.key instanceof Scalar ? pair.key.value : pair.key);
    if (!Object.hasOwn(before, name)) commentOn(pair);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function update(document: Document.Parsed, path: readonly string[], old: unknown, next: unknown): void {
  if (isDeepStrictEqual(old, next)) return;
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isRecord(old) && isRecord(next) && isMap(node)) {
    for (const key of Object.keys(old)) if (!(key in next)) takeOut(node, key);
    for (const [key, value] of Object.entries(next)) update(document, [...path, key], old[key], value);
  } else if (Array.isArray(next) && isSeq(node)) {
    updateList(document, node, next);
  } else if (next instanceof Object || !isScalar(node)) {
    const created = document.createNode(next);
    shortLists(created);
    if (isNode(created)) putBefore(created, commentsIn(node));
    document.setIn(path, created);
  } else {
    document.setIn(path, next);
  }
}

/** Takes a key out and leaves what was written around it: comments are the person's, whatever they stood at. */
function takeOut(map: YAMLMap, name: string): void {
  const at = map.items.findIndex(({ key }) => String(isScalar(key) ? key.value : key) === name);
  const [pair] = at === -1 ? [] : map.items.splice(at, 1);
  if (!pair) return;
  const comments = [...commentsIn(pair.key), ...commentsIn(pair.value)];
  const after = map.items[at]?.key;
  if (isNode(after)) putBefore(after, comments);
  else putBehind(map, comments);
}

/** Entries that stay keep their comments, wherever they move. */
function updateList(document: Document.Parsed, list: YAMLSeq, next: readonly unknown[]): void {
  const left = list.items.map((item) => ({ item, value: document.createNode(item).toJS(document) as unknown }));
  list.items = next.map((value) => {
    const at = left.findIndex((each) => isDeepStrictEqual(each.value, value));
    return at === -1 ? document.createNode(value) : left.splice(at, 1)[0]?.item;
  });
  putBehind(
    list,
    left.flatMap(({ item }) => commentsIn(item)),
  );
}

/** Every comment in and around a node, in the order of the text. */
function commentsIn(node: unknown): readonly string[] {
  if (!isNode(node)) return [];
  const before: string[] = [];
  const behind: string[] = [];
  visit(node, {
    Node(_, { commentBefore, comment }) {
      if (commentBefore) before.push(commentBefore);
      if (comment) behind.push(comment);
    },
  });
  return [...before, ...behind];
}

function putBefore(node: Node, comments: readonly string[]): void {
  if (comments.length > 0)
    node.commentBefore = [...comments, ...(node.commentBefore ? [node.commentBefore] : [])].join('\n');
}

function putBehind(node: Node, comments: readonly string[]): void {
  if (comments.length > 0) node.comment = [...(node.comment ? [node.comment] : []), ...comments].join('\n');
}
