import { Document, isMap, type Pair, Scalar, visit } from 'yaml';
import type { Stack } from '../stack/schema.ts';

const HEADER = ` Every decision about this stack, and no secret. Commit it.
 Change a value, then run "npx trading-setup init": the other files are made from this one.`;

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
  // Short lists of words read better on one line.
  visit(document, {
    Seq(_, node) {
      if (node.items.every((item) => item instanceof Scalar)) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 120 });
}

function commentOn(pair: Pair): void {
  const key = new Scalar(pair.key instanceof Scalar ? pair.key.value : pair.key);
  const comment = COMMENTS[String(key.value)];
  key.spaceBefore = comment !== undefined;
  if (comment !== undefined) key.commentBefore = comment;
  pair.key = key;
}
