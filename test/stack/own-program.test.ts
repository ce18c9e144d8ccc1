import { describe, expect, it } from 'vitest';
import { serviceStartedBy } from '../../src/stack/own-program.ts';
import { smallStack } from './stacks.ts';

function started(args: readonly string[], call: string, words = call === '' ? [] : call.split(' ')) {
  return serviceStartedBy(smallStack({ services: { app: { binary: 'toy', args } } }), 'app', words);
}

describe('the words of a call', () => {
  it.each([
    ['nothing: what the image starts', ['run'], ''],
    ['the very same', ['run', '--fast'], 'toy run --fast'],
    ['the same with other flags', ['run'], 'toy run --slow'],
    ['a flag in front', ['run'], 'toy --config other.toml run'],
    ['a whole path', ['run'], '/usr/local/bin/toy run'],
    ['started by something', ['run'], 'env A=b timeout 5 toy run'],
    ['no subcommand', [], 'toy'],
    ['no subcommand, and flags', [], 'toy --port 8080'],
    ['a subcommand that cannot be told from the value of a flag', ['--verbose', 'run'], 'toy --verbose run'],
    ['a subcommand after the value of a flag', ['--config', 'a', 'run'], 'toy --config b run'],
  ])('start the service with %s', (_, args, call) => {
    expect(started(args, call)).toBe('app');
  });

  it.each([
    ['sh', '-c', 'toy run'],
    ['sh', '-c', 'cd /data && exec toy run'],
    ['bash', '-lc', 'sleep 1; "toy" run &'],
  ])('start the service out of a shell: %s %s %s', (...words) => {
    expect(started(['run'], '', words)).toBe('app');
  });

  it.each([
    ['another subcommand', ['run'], 'toy auth'],
    ['one whose own word is the same', ['run'], 'toy migrate run'],
    ['a subcommand of a program that has none for the service', [], 'toy auth'],
    ['the same flags with another subcommand', ['--config', 'a', 'run'], 'toy --config a auth'],
    ['help', ['run'], 'toy --help'],
    ['help of the very subcommand', ['run'], 'toy run --help'],
    ['a shell', ['run'], 'sh'],
    ['another program', ['run'], 'ls /usr/local/bin/toy run'],
  ])('do not with %s', (_, args, call) => {
    expect(started(args, call)).toBeUndefined();
  });

  it('start another service of the same image as well', () => {
    const services = { app: { binary: 'toy', args: ['run'] }, worker: { binary: 'toy', args: ['work'] } };
    const stack = smallStack();
    const { app } = stack.services;
    if (!app) throw new Error('the small stack has a service app');
    const two = { ...stack, services: { app: { ...app, ...services.app }, worker: { ...app, ...services.worker } } };
    expect(serviceStartedBy(two, 'app', ['toy', 'work'])).toBe('worker');
  });
});
