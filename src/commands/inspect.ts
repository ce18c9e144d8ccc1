import { detect } from '../detect/detect.ts';
import { printFacts } from '../detect/print.ts';
import { readStack } from '../flow/repository.ts';
import { printSystem } from '../host/print.ts';
import { soughtIn } from '../host/sought.ts';
import { observeSystem, thisMachine } from '../host/system.ts';
import { contractOf, printContract } from '../stack/contract.ts';
import { type CommonFlags, makeContext } from './context.ts';

/** `inspect`: what was detected, with evidence, and what of it is on this machine already; nothing is written. */
export async function inspect(flags: CommonFlags): Promise<void> {
  const { dir, face, runner } = await makeContext({ ...flags, plain: true });
  const detected = detect(dir);
  // The engine takes as long to answer as the repository to read.
  const [facts, host] = await Promise.all([detected, observeSystem(runner, detected.then(soughtIn), thisMachine())]);
  const contract = contractOf(facts, await readStack(dir));
  if (flags.json) return void process.stdout.write(`${JSON.stringify({ ...facts, contract, host }, null, 2)}\n`);
  face.say(printFacts(facts));
  const environment = printContract(contract);
  if (environment !== '') face.say(`\nEnvironment of each service\n\n${environment}`);
  const system = printSystem(host);
  if (system !== '') face.say(`\nOn this machine\n\n${system}`);
}
