// Demands the library's errors for wrong credentials, and for asking too fast.
import assert from 'node:assert/strict';
import { account, apiKey, client, transport, twilio } from './parley.mjs';

const stranger = twilio(apiKey.sid, 'not the secret', { accountSid: account, httpClient: transport });
await assert.rejects(stranger.conversations.v1.configuration().fetch(), { status: 401, code: 20003 });
await assert.rejects(async () => {
  for (let i = 0; i < 100; i++) await client.conversations.v1.configuration().fetch();
}, { status: 429, code: 50074 });
