import { checkFormat } from './credentials/format.ts';
import { checkAddress } from './eip55.ts';

/** A setting that is no secret and that programs of the trade read under a name of its own. */
export interface PlainVariable {
  readonly names: readonly string[];
  /** What it is, in the words of the trade. */
  readonly about: string;
  /** What can be typed, e.g. `0x and 40 hexadecimal digits`. */
  readonly form: string;
  /** It stands on a chain, where everybody can read it, and has the form of a key all the same. */
  readonly onChain?: true;
  /** What is wrong with a value, in words that never contain it; undefined: nothing. */
  readonly problem: (value: string) => string | undefined;
}

const ADDRESS_FORM = '0x and 40 hexadecimal digits';
const HASH_FORM = '64 hexadecimal digits, with or without 0x before them';
const LARGEST_PORT = 65_535;

/** Only names that are known are judged: what another program means by a name of its own nobody can tell. */
const VARIABLES: readonly PlainVariable[] = [
  {
    names: ['ORDERBOOK', 'ORDERBOOK_ADDRESS'],
    about: 'address of the order book contract on the chain',
    form: ADDRESS_FORM,
    problem: addressProblem,
  },
  {
    names: ['ORDER_OWNER', 'ORDER_OWNER_ADDRESS'],
    about: 'address that owns the order on the chain',
    form: ADDRESS_FORM,
    problem: addressProblem,
  },
  {
    names: ['ORDER_HASH'],
    about: 'hash of the order on the chain',
    form: HASH_FORM,
    onChain: true,
    problem: hashProblem,
  },
  {
    names: ['DEPLOYMENT_BLOCK'],
    about: 'block of the chain in which the contract was deployed; its events are read from there',
    form: 'a whole number',
    problem: (value) => numberProblem(value, 0),
  },
  {
    names: ['CHAIN_ID'],
    about: 'number of the chain, e.g. 1 for Ethereum',
    form: 'a whole number',
    problem: (value) => numberProblem(value, 1),
  },
  {
    names: ['ACCOUNT_INDEX'],
    about: 'which of the accounts of the login is traded, counted from 0',
    form: 'a whole number',
    problem: (value) => numberProblem(value, 0),
  },
  {
    names: ['BASE_URL', 'API_BASE_URL', 'SCHWAB_BASE_URL', 'ALPACA_BASE_URL', 'APCA_API_BASE_URL'],
    about: "address of the broker's API",
    form: 'https://HOST',
    problem: webProblem,
  },
  {
    names: ['REDIRECT_URI', 'CALLBACK_URL'],
    about: 'where the browser is sent after the login, exactly as the app at the broker has it',
    form: 'https://HOST, e.g. https://127.0.0.1',
    problem: (value) => checkFormat('https-url', value),
  },
  {
    names: ['BROKER'],
    about: 'which of the brokers that it knows the program trades at',
    form: 'one word, e.g. schwab or alpaca',
    problem: (value) => (/^[\w.-]+$/.test(value) ? undefined : 'it is one word, such as schwab or alpaca'),
  },
  {
    names: ['SERVER_PORT', 'HTTP_PORT', 'METRICS_PORT'],
    about: 'port on which the program listens, in its container',
    form: `a number from 1 to ${LARGEST_PORT}`,
    problem: portProblem,
  },
];

const byName = new Map(VARIABLES.flatMap((variable) => variable.names.map((name) => [name, variable] as const)));

/** What is known of a plain setting by its name; undefined: nothing, and then nothing is guessed. */
export function plainVariable(name: string): PlainVariable | undefined {
  return byName.get(name);
}

/** What is wrong with the value of a setting that is known, in words that never contain it; undefined: nothing. */
export function plainProblem(name: string, value: string): string | undefined {
  const variable = plainVariable(name);
  if (variable === undefined) return undefined;
  if (value !== value.trim()) return 'it has a space or a line break at its start or end';
  return variable.problem(value);
}

/** Whether a value that looks like a key is known to be none. */
export function isPublicValue(name: string, value: string): boolean {
  return plainVariable(name)?.onChain === true && plainProblem(name, value) === undefined;
}

function addressProblem(value: string): string | undefined {
  return checkFormat('evm-address', value) ?? checkAddress(value);
}

function hashProblem(value: string): string | undefined {
  const digits = value.replace(/^0x/, '');
  if (!/^[0-9a-fA-F]*$/.test(digits)) return `it contains something else than hexadecimal digits: it is ${HASH_FORM}`;
  if (digits.length === 64) return undefined;
  return `it has ${digits.length} digit${digits.length === 1 ? '' : 's'}: it is ${HASH_FORM}`;
}

function numberProblem(value: string, least: number): string | undefined {
  if (!/^\d{1,15}$/.test(value)) return 'it is a whole number, in digits only';
  return Number(value) < least ? `it is ${least} or more` : undefined;
}

function portProblem(value: string): string | undefined {
  const isPort = /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= LARGEST_PORT;
  return isPort ? undefined : `it is a port: a number from 1 to ${LARGEST_PORT}`;
}

/** Without TLS only what stays on this machine, such as a service of the same stack. */
function webProblem(value: string): string | undefined {
  const isNear = /^http:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|[\w-]+)(?::\d+)?(?:\/|$)/.test(value);
  return isNear ? undefined : checkFormat('https-url', value);
}
