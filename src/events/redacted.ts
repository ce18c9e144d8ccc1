import { redact } from '../secret.ts';
import type { OperationEvent, PlannedStep } from './operation.ts';

/**
 * The events of an operation without any known secret in their words, for whichever face; what a build and the board tell
 * is redacted where it is read.
 */
export async function* redactedEvents(events: AsyncIterable<OperationEvent>): AsyncGenerator<OperationEvent, void> {
  for await (const event of events) yield redactedEvent(event);
}

function redactedEvent(event: OperationEvent): OperationEvent {
  switch (event.type) {
    case 'planned':
      return { ...event, steps: event.steps.map(redactedStep) };
    case 'undoing':
      return { ...event, why: redact(event.why), steps: event.steps.map(redactedStep) };
    case 'step-progress':
    case 'proof':
      return { ...event, text: redact(event.text) };
    case 'step-failed':
      return { ...event, message: redact(event.message) };
    case 'manual':
      return {
        ...event,
        items: event.items.map(redact),
        ...(event.checked === undefined ? {} : { checked: redact(event.checked) }),
      };
    case 'ended':
      return { ...event, truth: redact(event.truth), next: event.next.map(redact) };
    default:
      return event;
  }
}

function redactedStep({ id, title, cause }: PlannedStep): PlannedStep {
  return { id, title: redact(title), cause: redact(cause) };
}
