import assert from 'node:assert/strict';
import test from 'node:test';
import { byKey, client } from './parley.mjs';

test('a conversation is made, read, changed and deleted', async () => {
  const made = await client.conversations.v1.conversations.create({ friendlyName: 'Ann & Bob', uniqueName: 'node 1', attributes: '{"a":1}' });
  assert.match(made.sid, /^CH[0-9a-f]{32}$/);
  assert.equal(made.state, 'active');
  assert.ok(made.dateCreated instanceof Date && !Number.isNaN(made.dateCreated.getTime()));
  const read = await byKey.conversations.v1.conversations('node 1').fetch();
  assert.deepEqual(read.toJSON(), made.toJSON());
  const changed = await client.conversations.v1.conversations(made.sid).update({ friendlyName: 'Ann' });
  assert.equal(changed.friendlyName, 'Ann');
  await assert.rejects(client.conversations.v1.conversations.create({ uniqueName: 'node 1' }),
    { code: 50353, status: 409, message: 'Conversation with provided unique name already exists' });
  assert.equal(await client.conversations.v1.conversations(made.sid).remove(), true);
  await assert.rejects(client.conversations.v1.conversations(made.sid).fetch(), { code: 20404, status: 404 });
});
