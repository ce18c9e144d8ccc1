import type { PlannedStep } from '../events/operation.ts';
import type { VolumePlan } from '../stack/names.ts';

/** What a new data volume is filled with. */
export type Adoption =
  | {
      readonly kind: 'sqlite';
      /** As in the stack: relative to the repository or absolute. */
      readonly path: string;
      /** Its name in the volume. */
      readonly file: string;
    }
  | { readonly kind: 'database'; readonly volume: string; readonly baseline: string | null };

/** A step of an operation as data: decided before anything is touched, carried out without deciding anything. */
export type Step =
  | { readonly kind: 'build'; readonly cause: string }
  | {
      readonly kind: 'volume';
      readonly plan: VolumePlan;
      readonly name: string;
      readonly mark: string;
      readonly adopt?: Adoption;
      /** It was filled by an earlier run, from what was like this then, and nothing has started on it since. */
      readonly filledFrom?: string;
      readonly cause: string;
    }
  | { readonly kind: 'deliver'; readonly services: readonly string[]; readonly cause: string }
  /** The SQLite databases of services, each of which is stopped for it where something is new. */
  | { readonly kind: 'schema'; readonly services: readonly string[]; readonly cause: string }
  | { readonly kind: 'start'; readonly cause: string }
  | { readonly kind: 'ready'; readonly seconds: number; readonly cause: string }
  | { readonly kind: 'stop'; readonly cause: string };

/** The name of a step in events and journals. */
export function stepId(step: Step): string {
  return step.kind === 'volume' ? `volume:${step.plan.volume}` : step.kind;
}

function origin(adopt: Adoption | undefined): string {
  if (!adopt) return '';
  return adopt.kind === 'sqlite' ? ` with a copy of ${adopt.path}` : ` with a copy of the volume ${adopt.volume}`;
}

function title(step: Step): string {
  switch (step.kind) {
    case 'build':
      return 'Build the images';
    case 'volume':
      return step.filledFrom === undefined
        ? `Make the volume ${step.plan.volume}${origin(step.adopt)}`
        : `Compare the volume ${step.plan.volume} with what it is a copy of`;
    case 'deliver':
      return 'Deliver the secrets';
    case 'schema':
      return step.services.length === 1
        ? `Bring the database of ${step.services[0]} to its schema`
        : `Bring the databases of ${step.services.join(', ')} to their schema`;
    case 'start':
      return 'Start the services';
    case 'ready':
      return 'Wait until healthy';
    case 'stop':
      return 'Stop the services';
  }
}

export function describe(step: Step): PlannedStep {
  return { id: stepId(step), title: title(step), cause: step.cause };
}

/** A plan as text, one line per step: tests, `--dry-run` and the screens read the same. */
export function printPlan(steps: readonly Step[]): string {
  return steps.map((step) => `${title(step)} (${step.cause})`).join('\n');
}
