import * as z from 'zod';
import { RepoFacts } from '../detect/facts.ts';
import { SystemFacts } from '../host/facts.ts';
import { Contract } from '../stack/contract.ts';
import { Evolved } from '../stack/evolved.ts';

/** The document of `inspect --json`: what the repository says, each service's environment, and what is on the machine. */
export const InspectDocument = RepoFacts.unwrap()
  .extend({ contract: Contract, evolved: Evolved, host: SystemFacts })
  .describe('what trading-setup inspect --json prints');

export type InspectDocument = z.infer<typeof InspectDocument>;

/** The document's JSON Schema (draft 2020-12). */
export function inspectSchema(): object {
  return { title: 'trading-setup inspect --json', ...z.toJSONSchema(InspectDocument) };
}
