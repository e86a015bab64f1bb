// Has Twilio's library for Node do the steps of testdata/scenario.json, which says what its members mean.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { byKey, client, transport } from './parley.mjs';

const pageSize = 2;
const { both, once } = JSON.parse(readFileSync(new URL('../testdata/scenario.json', import.meta.url)));
const v1 = client.conversations.v1;
const vars = JSON.parse(process.env.PARLEY_VARS);

// Where the library has each resource, in the default service or another one (s).
const resources = {
  Conversation: (s) => s.conversations,
  ConversationMessage: (s, c) => s.conversations(c).messages,
  ConversationMessageReceipt: (s, c, m) => s.conversations(c).messages(m).deliveryReceipts,
  ConversationParticipant: (s, c) => s.conversations(c).participants,
  ConversationScopedWebhook: (s, c) => s.conversations(c).webhooks,
  ConversationWithParticipants: (s) => s.conversationWithParticipants,
  ParticipantConversation: (s) => s.participantConversations,
  Role: (s) => s.roles,
  User: (s) => s.users,
  UserConversation: (s, u) => s.users(u).userConversations,
  Service: () => v1.services,
  ServiceBinding: (_, service) => v1.services(service).bindings,
  ServiceConfiguration: (_, service) => () => v1.services(service).configuration(),
  ServiceNotification: (_, service) => () => v1.services(service).configuration.notifications(),
  ServiceWebhookConfiguration: (_, service) => () => v1.services(service).configuration.webhooks(),
  Configuration: () => () => v1.configuration(),
  ConfigurationWebhook: () => () => v1.configuration.webhooks(),
  ConfigurationAddress: () => v1.addressConfigurations,
  Credential: () => v1.credentials,
};
const singletons = ['ServiceConfiguration', 'ServiceNotification', 'ServiceWebhookConfiguration', 'Configuration', 'ConfigurationWebhook'];

/** Puts what earlier steps made in the place of $name, anywhere in a value. */
function fill(value) {
  if (typeof value === 'string') {
    const names = Object.keys(vars).sort((a, b) => b.length - a.length);
    return names.reduce((text, name) => text.replaceAll(`$${name}`, vars[name]), value);
  }
  if (Array.isArray(value)) return value.map(fill);
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fill(v)]));
  return value;
}

const lower = (text) => text[0].toLowerCase() + text.slice(1);
const snake = (text) => text.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);

/** Parameters under the library's names: Timers.Closed is "timers.closed", and dates are dates. */
function params(step) {
  const named = {};
  for (const [name, value] of Object.entries(fill(step.with ?? {}))) {
    const key = name.startsWith('X-') ? lower(name.replaceAll('-', '')) : name.split('.').map(lower).join('.');
    named[key] = /^(Date(Created|Updated))$/.test(name) ? new Date(value) : value;
  }
  return named;
}

function call(scope, verb, of, at, given) {
  const path = fill(at ?? []);
  if (verb === 'Create') return resources[of](scope, ...path).create(given);
  if (verb === 'List') return resources[of](scope, ...path).list({ pageSize, ...given });
  const parent = singletons.includes(of) ? path : path.slice(0, -1);
  const one = resources[of](scope, ...parent)(...(singletons.includes(of) ? [] : path.slice(-1)));
  return verb === 'Fetch' ? one.fetch() : verb === 'Update' ? one.update(given) : one.remove();
}

/** An answer in the names of JSON. What the library does not have is missing, and a date that it could not read is none. */
function plain(instance, nulls) {
  const all = {};
  for (const [name, value] of Object.entries(instance.toJSON())) {
    const key = snake(name);
    assert.notEqual(value, undefined, `${key} is missing`);
    if (nulls) assert.ok(value !== null || nulls.includes(key), `${key} is null`);
    if (value instanceof Date) assert.ok(!Number.isNaN(value.getTime()), `${key} is no date`);
    all[key] = value instanceof Date ? value.toISOString().replace('.000Z', 'Z') : value;
  }
  return all;
}

function holds(got, want = {}) {
  for (const [name, value] of Object.entries(want)) assert.deepEqual(got[name], fill(value), name);
}

async function readAgain(scope, verb, of, step, got) {
  let at = step.at ?? [];
  if (verb === 'Create') at = [...at, got.sid];
  const resource = of === 'ConversationWithParticipants' ? 'Conversation' : of;
  const read = plain(await call(scope, 'Fetch', resource, at), step.null ?? []);
  for (const name of step.once ?? []) delete read[name], delete got[name];
  assert.deepEqual(read, got, 'read again');
}

function listed(step, all) {
  const entries = all.map((one) => plain(one));
  const got = entries.map((one) => one[step.key ?? 'sid']);
  for (const one of entries) holds(one, step.each);
  for (const sid of fill(step.has ?? [])) assert.ok(got.includes(sid), `${sid} is not listed`);
  if (!step.sids) return;
  const want = fill(step.sids);
  assert.deepEqual(step.unordered ? got.toSorted() : got, step.unordered ? want.toSorted() : want);
  assert.ok(transport.requests >= Math.ceil(want.length / pageSize), `${want.length} entries in ${transport.requests} pages`);
}

async function run(scope, step) {
  const [, verb, of] = /^(Create|Fetch|Update|Delete|List)(.*)$/.exec(step.do);
  transport.requests = 0;
  if (step.fails) {
    const { code, status, message = '' } = step.fails;
    await assert.rejects(async () => call(scope, verb, of, step.at, params(step)), (error) => {
      if (error.message.startsWith('Required parameter')) return true; // the library itself refuses
      assert.equal(error.status, status, error.message);
      if (code) assert.equal(error.code, code, error.message);
      assert.ok(error.moreInfo.includes('/errors/') && error.message.includes(fill(message)), error.message);
      return true;
    });
    return;
  }
  const answer = await call(scope, verb, of, step.at, params(step));
  if (verb === 'List') return listed(step, answer);
  if (verb === 'Delete') {
    assert.equal(answer, true);
    if (of !== 'UserConversation') await assert.rejects(call(scope, 'Fetch', of, step.at), { code: 20404, status: 404 });
    return;
  }
  const got = plain(answer, step.null ?? []);
  holds(got, step.is);
  if (step.as) vars[step.as] = got.sid;
  if (verb !== 'Fetch') await readAgain(scope, verb, of, step, got);
}

async function steps(name, scope, all) {
  for (const [i, step] of all.entries()) {
    try {
      await run(scope, step);
    } catch (error) {
      error.message = `${step.do} in ${name}, step ${i}: ${error.message}\n${JSON.stringify(transport.last?.body)}`;
      throw error;
    }
  }
}

test('the scenario', async () => {
  const own = await v1.services.create({ friendlyName: 'a tenant' });
  vars.n = '0';
  await steps('the default service', v1, both);
  vars.n = '1';
  await steps('a service of its own', byKey.conversations.v1.services(own.sid), both);
  await steps('the account', v1, once);
});
