import { detect } from '../detect/detect.ts';
import { printFacts } from '../detect/print.ts';
import { readStack } from '../flow/repository.ts';
import { LOOK_MS, withDeadline } from '../host/deadline.ts';
import { printSystem } from '../host/print.ts';
import { soughtIn } from '../host/sought.ts';
import { observeSystem, thisMachine } from '../host/system.ts';
import { redactedJson } from '../secret.ts';
import { contractOf, printContract } from '../stack/contract.ts';
import { differenceWords, evolved } from '../stack/evolved.ts';
import { missingVariables, type Variable } from '../stack/variables.ts';
import { type CommonFlags, makeContext } from './context.ts';
import type { InspectDocument } from './inspect-schema.ts';

export interface InspectFlags extends CommonFlags {
  /** Prints the JSON Schema of the document, and looks at nothing. */
  readonly schema?: boolean;
}

function print(document: object): void {
  process.stdout.write(`${redactedJson(document, 2)}\n`);
}

function openWords({ service, name, path }: Variable): string {
  return `  ${service} does not start without ${name}. Say it: --set ${path}=VALUE`;
}

/** `inspect`: what was detected, with evidence, and what of it is on this machine already; nothing is written. */
export async function inspect(flags: InspectFlags): Promise<void> {
  if (flags.schema) return print((await import('./inspect-schema.ts')).inspectSchema());
  const { dir, face, runner } = await makeContext({ ...flags, plain: true });
  const detected = detect(dir);
  // The engine takes as long to answer as the repository to read.
  const { runner: asked, problem } = withDeadline(runner, LOOK_MS);
  const [facts, host] = await Promise.all([detected, observeSystem(asked, detected.then(soughtIn), thisMachine())]);
  const stack = await readStack(dir);
  const contract = contractOf(facts, stack);
  const differences = stack ? evolved(stack, facts) : [];
  if (flags.json) return print({ ...facts, contract, evolved: differences, host } satisfies InspectDocument);
  face.say(printFacts(facts));
  const environment = printContract(contract);
  if (environment !== '') face.say(`\nEnvironment of each service\n\n${environment}`);
  if (differences.length > 0)
    face.say(
      `\nDifferent from trading-setup.yaml\n\n${differences.map((each) => `  ${differenceWords(each)}`).join('\n')}`,
    );
  const open = stack ? missingVariables(stack) : [];
  if (open.length > 0) face.say(`\nNot answered yet\n\n${open.map(openWords).join('\n')}`);
  const system = printSystem(host);
  if (system !== '') face.say(`\nOn this machine\n\n${system}`);
  const unanswered = problem();
  if (unanswered) face.say(`\n${unanswered.message} What runs there is not known.`);
  face.say(stack ? '\nNext: trading-setup check' : '\nNext: trading-setup init');
}
