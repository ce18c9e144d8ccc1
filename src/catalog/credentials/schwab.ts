import type { Provider, Rotation } from './credential.ts';

/**
 * Key and secret belong to an app of the developer portal. That a secret could be replaced within an app is documented
 * nowhere we could read; another app always can be made, and both work until one is deleted.
 */
const app: Rotation = {
  kind: 'credential',
  comesBack: 'until-revoked',
  before: [],
  after: [
    'Log in to Schwab again: the tokens of the old app do not work with the new one.',
    'Delete the old app at developer.schwab.com.',
  ],
};

/** Tokens come from a login in the browser; a new login gives new ones and leaves the old to run out. */
const login: Rotation = {
  kind: 'credential',
  comesBack: 'until-revoked',
  before: [],
  after: [],
};

const MADE_AT =
  'developer.schwab.com, Dashboard, Apps, the app with "Accounts and Trading Production" that is "Ready For Use"; key and secret of one app';
const LOGIN = 'the login in the browser, with the Schwab account that is traded';

/**
 * Charles Schwab, OAuth: an access token lives 30 minutes, a refresh token 7 days, and then a person logs in again.
 * It is not asked: what takes app key and secret is the exchange of a code or a token, and to exchange one is a side
 * effect (the tokens that the program holds may end); nothing else is documented.
 */
export const schwab: Provider = {
  id: 'schwab',
  title: 'Schwab',
  tells: /schwab/i,
  credentials: [
    {
      env: ['SCHWAB_APP_KEY', 'SCHWAB_API_KEY', 'SCHWAB_CLIENT_ID'],
      ambiguous: ['APP_KEY'],
      part: 'key',
      about: 'app key of the Schwab API',
      from: MADE_AT,
      format: 'token',
      secret: true,
      trades: false,
      rotation: app,
    },
    {
      env: ['SCHWAB_APP_SECRET', 'SCHWAB_API_SECRET', 'SCHWAB_CLIENT_SECRET', 'SCHWAB_SECRET'],
      ambiguous: ['APP_SECRET'],
      part: 'secret',
      about: 'app secret of the Schwab API',
      from: MADE_AT,
      format: 'token',
      secret: true,
      // With the tokens that the program keeps; without them a person would have to log in.
      trades: true,
      // Of the login that is made with it.
      lifetime: { days: 7, since: 'login' },
      rotation: app,
    },
    {
      env: ['SCHWAB_REDIRECT_URI', 'SCHWAB_CALLBACK_URL', 'SCHWAB_REDIRECT_URL'],
      ambiguous: ['REDIRECT_URI'],
      part: 'redirect',
      about: 'callback URL of the Schwab app, exactly as it stands there, e.g. https://127.0.0.1',
      from: MADE_AT,
      format: 'https-url',
      secret: false,
      trades: false,
      rotation: { kind: 'credential', comesBack: 'always', before: [], after: [] },
    },
    {
      env: ['SCHWAB_REFRESH_TOKEN'],
      part: 'refresh-token',
      about: 'refresh token of the Schwab login; lives 7 days',
      from: LOGIN,
      format: 'token',
      secret: true,
      trades: true,
      lifetime: { days: 7, since: 'login' },
      rotation: login,
    },
    {
      env: ['SCHWAB_ACCESS_TOKEN'],
      part: 'access-token',
      about: 'access token of the Schwab login; lives 30 minutes, so that the program has to refresh it by itself',
      from: LOGIN,
      format: 'token',
      secret: true,
      trades: true,
      rotation: login,
    },
  ],
  hosts: { live: ['api.schwabapi.com'], testnet: [] },
};
