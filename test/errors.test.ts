import { describe, expect, it } from 'vitest';
import { SetupError } from '../src/errors.ts';
import { Secret } from '../src/secret.ts';

describe('an error for a person', () => {
  const value = 'of/an error\'s "value"';
  new Secret(value);
  const error = new SetupError('tool-failed', `It said ${value}.`, {
    code: 'said',
    next: [`Do ${encodeURIComponent(value)}`],
    output: [`log ${JSON.stringify(value)}`],
    cause: new Error('cause'),
  });

  it('holds no known value in what it says', () => {
    expect(error.message).toBe('It said [secret].');
    expect(error.next).toEqual(['Do [secret]']);
    expect(error.output).toEqual(['log "[secret]"']);
  });

  it('keeps its kind, its code and its cause', () => {
    expect(error).toMatchObject({ kind: 'tool-failed', code: 'said', exitCode: 1, cause: { message: 'cause' } });
  });
});
