// Prints one row of what a user may not see, as node-postgres reads it: node masked.mjs PORT USER PASSWORD DATABASE
import { createRequire } from 'node:module';
const require = createRequire(process.env.PACKAGES + '/');
const { Client } = require('pg');

const [port, user, password, database] = process.argv.slice(2);
const client = new Client({ host: '127.0.0.1', port: Number(port), user, password, database, ssl: false });
await client.connect();
const text =
  "select array['x', email, null] as mixed, array[email] as email, array[4111111111111111, $1::bigint] as numbers," +
  " array[jsonb_build_object('to', email)] as documents, jsonb_build_object('to', email) as document" +
  " from (select 'jane.roe@example.org'::text as email offset 0) people";
console.log(JSON.stringify((await client.query(text, [7])).rows));
await client.end();
