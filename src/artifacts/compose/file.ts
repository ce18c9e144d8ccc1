import { Document, isMap, isScalar, Pair, Scalar, visit, YAMLMap } from 'yaml';
import {
  composeServices,
  DATABASE,
  GATE,
  hasGate,
  MIGRATE,
  networkOf,
  publishedApis,
  schemaService,
  TUI,
  volumesOf,
  withSchema,
} from '../../stack/names.ts';
import type { Stack } from '../../stack/schema.ts';
import { composeCommand, composeOverride } from '../../stack/words.ts';
import { gateService, tuiService } from './access.ts';
import { databaseService, migrateService } from './database.ts';
import { type ComposeService, externalVolume, HARDENING } from './parts.ts';
import { programService, schemaOneShot } from './services.ts';

function service(stack: Stack, name: string): ComposeService {
  if (stack.database.kind === 'timescaledb') {
    if (name === DATABASE) return databaseService(stack, stack.database);
    if (name === MIGRATE) return migrateService(stack, stack.database);
  }
  if (name === TUI && stack.tui.access === 'browser') return tuiService(stack, stack.tui);
  if (name === GATE) return gateService(stack);
  const served = withSchema(stack).find((each) => schemaService(each) === name);
  const { migrations } = (served && stack.services[served]) || {};
  if (served && migrations) return schemaOneShot(stack, served, migrations);
  const program = stack.services[name];
  if (!program) throw new Error(`no such service in the stack: ${name}`);
  return programService(stack, name, program);
}

function networks(stack: Stack): Readonly<Record<string, unknown>> {
  // One object each: a shared one would come out as an anchor and an alias.
  const isolated = () => ({ internal: true });
  return {
    ...byName(
      Object.keys(stack.services).map((name) => networkOf(stack, 'outbound', name)),
      () => ({}),
    ),
    ...(stack.database.kind === 'none' ? {} : { database: isolated() }),
    ...byName(
      publishedApis(stack).flatMap(({ service, via }) => (via === 'gate' ? [networkOf(stack, 'api', service)] : [])),
      isolated,
    ),
    ...(stack.tui.access === 'browser' ? { terminal: {} } : {}),
    ...(hasGate(stack) ? { edge: {} } : {}),
  };
}

function byName(names: readonly string[], make: () => unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...new Set(names)].map((name) => [name, make()]));
}

function volumes(stack: Stack): Readonly<Record<string, unknown>> {
  const external = volumesOf(stack).map(({ volume }) => [volume, externalVolume(stack, volume)] as const);
  return { ...Object.fromEntries(external), ...(stack.tui.access === 'browser' ? { 'tui-socket': {} } : {}) };
}

const COMMENTS: Readonly<Record<string, string>> = {
  [DATABASE]: ' Not published. Reached by the other services as database:5432.',
  [MIGRATE]: ' Runs to its end before any trader starts.',
  [TUI]: ' The terminal program in the browser, without network ports and without credentials.',
  [GATE]: ' The login. Nothing that can act is reached past it.',
};

function header(stack: Stack): string {
  const compose = composeCommand(stack);
  const override = composeOverride(stack);
  const reader =
    stack.files.compose === 'docker-compose.yml'
      ? 'which Compose reads by itself'
      : `which trading-setup reads by itself and Compose with another -f ${override}`;
  // Compose removes a running service before what it waits for has run: a bad file would leave it down.
  const versions =
    withSchema(stack).length === 0
      ? ''
      : `
 A new version comes with: npx trading-setup deploy
 It tries new SQL files on a copy while the services run; "${compose} up --build" takes them down first.`;
  return ` From trading-setup.yaml by trading-setup; start it with: ${compose} up -d${versions}
 Changes that should stay out of this file belong into ${override}, ${reader}.
 Secrets come from volumes that "trading-setup secrets push" fills; none is in this file.`;
}

/** The text of the Compose file. */
export function renderCompose(stack: Stack): string {
  // Compose reads YAML 1.1: `off`, `no` and `70:70` must be quoted to stay text.
  const document = new Document({ name: stack.id }, { compat: 'yaml-1.1', aliasDuplicateObjects: false });
  const hardening = document.createNode(HARDENING);
  hardening.anchor = 'hardening';
  document.set('x-hardening', hardening);
  const services = new YAMLMap();
  for (const name of composeServices(stack)) services.add(servicePair(document, stack, name));

  document.set('services', services);
  tighten(document);
  document.set('networks', networks(stack));
  document.set('volumes', volumes(stack));
  document.commentBefore = header(stack);
  spaceOut(document);
  // The merge key is one of the words that 1.1 gives a meaning; here it is meant.
  return document.toString({ lineWidth: 0, flowCollectionPadding: false }).replaceAll('"<<":', '<<:');
}

function servicePair(document: Document, stack: Stack, name: string): Pair {
  const body = document.createNode(service(stack, name));
  if (isMap(body))
    body.items.unshift(new Pair(new Scalar('<<'), document.createAlias(anchored(document), 'hardening')));
  const key = new Scalar(name);
  const served = withSchema(stack).find((each) => schemaService(each) === name);
  const comment = COMMENTS[name] ?? (served && ` Brings the database of ${served} to its schema before it starts.`);
  if (comment) key.commentBefore = comment;
  key.spaceBefore = name !== composeServices(stack)[0];
  return new Pair(key, body);
}

function anchored(document: Document): YAMLMap {
  const node = document.get('x-hardening', true);
  if (!isMap(node)) throw new Error('x-hardening is written first');
  return node;
}

/** Lists of words on one line, as a person would write them. */
function tighten(document: Document): void {
  visit(document, {
    Seq(_, node) {
      const words = node.items.filter(isScalar).map(({ value }) => String(value));
      node.flow =
        words.length === node.items.length && words.join(', ').length < 90 && !words.some((w) => w.includes('/'));
    },
  });
}

/** Blank lines between the blocks of the file. */
function spaceOut(document: Document): void {
  if (!isMap(document.contents)) return;
  for (const [index, pair] of document.contents.items.entries()) {
    const key = new Scalar(pair.key instanceof Scalar ? pair.key.value : pair.key);
    key.spaceBefore = index > 0;
    pair.key = key;
  }
}
