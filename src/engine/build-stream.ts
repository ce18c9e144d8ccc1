import * as z from 'zod';
import type { BuildEvent } from '../events/build.ts';
import { redact } from '../secret.ts';
import { type StepLog, stepLog } from './build-log.ts';
import { composeMessage } from './errors.ts';
import { parseStepName } from './step-name.ts';

/** Plain text beside the JSON that is kept for the error. */
const TRAILER_LINES = 200;

const Vertex = z.object({
  digest: z.string(),
  name: z.string().default(''),
  inputs: z.array(z.string()).nullish(),
  started: z.string().optional(),
  completed: z.string().optional(),
  cached: z.boolean().default(false),
  error: z.string().default(''),
});
const Log = z.object({ vertex: z.string(), stream: z.int().default(1), data: z.string().default('') });
const Warning = z.object({ short: z.string().default('') });

/** A line of BuildKit's rawjson: several keys and several elements may come in one line. */
const Status = z.object({
  vertexes: z.array(Vertex).default([]),
  logs: z.array(Log).default([]),
  warnings: z.array(Warning).default([]),
});

/** The line that comes by the ten thousand, read without making an object of each of its parts. */
const ONE_LOG = /^\{"logs":\[\{"vertex":"([^"\\]+)","stream":(\d),"data":"([\w+/=-]*)","timestamp":"[^"]*"\}\]\}$/;

type Step = Extract<BuildEvent, { type: 'step' }>;
type Vertex = z.infer<typeof Vertex>;

/** Turns BuildKit's rawjson, line by line, into build events. */
export interface BuildDecoder {
  feed(line: string): readonly BuildEvent[];
  /** What has no end of line when the stream ends. */
  end(): readonly BuildEvent[];
  /** The plain text around the JSON: Compose's and buildx's own words. */
  trailer(): readonly string[];
}

/** A decoder for one build; feed it the lines of both pipes. */
export function buildDecoder(): BuildDecoder {
  const steps = new Map<string, Step>();
  /** By step, a log for each of its pipes. */
  const logs = new Map<string, Map<number, StepLog>>();
  const trailer: string[] = [];

  function onVertex(vertex: Vertex, into: BuildEvent[]): void {
    const step = toStep(vertex, steps.get(vertex.digest));
    steps.set(vertex.digest, step);
    if (step.state !== 'running' && step.state !== 'waiting') flush(step.id, into);
    into.push(step);
  }

  function flush(id: string, into: BuildEvent[]): void {
    for (const log of logs.get(id)?.values() ?? []) into.push(...log.end());
    logs.delete(id);
  }

  function onLog({ vertex, stream, data }: z.infer<typeof Log>): readonly BuildEvent[] {
    const log = logs.get(vertex)?.get(stream) ?? newLog(vertex, stream);
    return log.feed(Buffer.from(data, 'base64'));
  }

  function newLog(vertex: string, stream: number): StepLog {
    // The step's own id, where it is known: the one in the line would keep the whole line in memory.
    const log = stepLog(steps.get(vertex)?.id ?? vertex);
    logs.set(vertex, new Map([...(logs.get(vertex) ?? []), [stream, log]]));
    return log;
  }

  function onText(line: string): readonly BuildEvent[] {
    for (const part of (composeMessage(line) ?? line).split('\n')) if (part.trim() !== '') trailer.push(redact(part));
    trailer.splice(0, trailer.length - TRAILER_LINES);
    return [];
  }

  return {
    feed(line) {
      const [, vertex, stream, data] = ONE_LOG.exec(line) ?? [];
      if (vertex !== undefined && data !== undefined) return onLog({ vertex, stream: Number(stream), data });
      const status = parseStatus(line);
      if (status === undefined) return onText(line);
      const events: BuildEvent[] = [];
      // A step's logs before its end: both may stand in one line, and the end flushes.
      for (const log of status.logs) events.push(...onLog(log));
      for (const vertex of status.vertexes) onVertex(vertex, events);
      for (const { short } of status.warnings) events.push(toWarning(short));
      return events;
    },
    end: () => {
      const events: BuildEvent[] = [];
      for (const id of [...logs.keys()]) flush(id, events);
      return events;
    },
    trailer: () => trailer,
  };
}

function parseStatus(line: string): z.infer<typeof Status> | undefined {
  if (
    !line.startsWith('{"vertexes"') &&
    !line.startsWith('{"statuses"') &&
    !line.startsWith('{"logs"') &&
    !line.startsWith('{"warnings"')
  ) {
    return undefined;
  }
  try {
    return Status.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function toStep(vertex: Vertex, before: Step | undefined): Step {
  // A step that several targets share is re-sent under the name of each: the first one stays.
  const name = before?.name ?? redact(vertex.name);
  // `started` left out means unknown: a step that has run does not wait again.
  if (vertex.started === undefined && before !== undefined) return before;
  const { target, stage } = parseStepName(name);
  const inputs = vertex.inputs ?? before?.inputs;
  return {
    type: 'step',
    id: vertex.digest,
    name,
    ...(target === undefined ? {} : { target }),
    ...(stage === undefined ? {} : { stage }),
    ...(inputs === undefined ? {} : { inputs }),
    state: stateOf(vertex),
    ...(vertex.started === undefined ? {} : { startedAt: Date.parse(vertex.started) }),
    ...(vertex.completed === undefined ? {} : { endedAt: Date.parse(vertex.completed) }),
    ...(vertex.error === '' ? {} : { error: redact(vertex.error) }),
  };
}

function stateOf({ started, completed, cached, error }: Vertex): Step['state'] {
  // One failed target cancels its siblings; their errors say so and are not the cause.
  if (error !== '') return error.includes('context canceled') ? 'cancelled' : 'failed';
  if (cached) return 'cached';
  if (completed !== undefined) return 'done';
  return started === undefined ? 'waiting' : 'running';
}

function toWarning(short: string): BuildEvent {
  return { type: 'warning', message: redact(Buffer.from(short, 'base64').toString('utf8')) };
}
