import type { HttpResponse } from '../../../system/http.ts';
import { NotUnderstood } from '../check.ts';

/** An object of an answer whose fields are not known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** The JSON of an answer. @throws NotUnderstood where it is none. */
export function jsonOf({ body }: HttpResponse): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new NotUnderstood();
  }
}

/** The JSON object of an answer. @throws NotUnderstood where it is none. */
export function fieldsOf(answer: HttpResponse): Fields {
  return asFields(jsonOf(answer));
}

/** @throws NotUnderstood where it is no object. */
export function asFields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NotUnderstood();
  return { ...value };
}

/** The provider is there and does not say anything about the credential. @throws NotUnderstood */
export function refuseTrouble({ status }: HttpResponse): void {
  if (status !== 200) throw new NotUnderstood();
}

/** Whether the credential was refused, as the status says it. */
export function isRefused({ status }: HttpResponse): boolean {
  return status === 401 || status === 403;
}
