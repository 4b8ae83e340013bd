// Prints what node-postgres is told by a server: node pg.mjs PORT USER PASSWORD DATABASE
import { createRequire } from 'node:module';
const require = createRequire(process.env.PACKAGES + '/');
const { Client, Pool, types } = require('pg');

const [port, user, password, database] = process.argv.slice(2);
const settings = { host: '127.0.0.1', port: Number(port), user, password, database, ssl: false };
const print = (what) => console.log(JSON.stringify(what));

const shown = (result) =>
  [result].flat().map((one) => ({
    command: one.command,
    rowCount: one.rowCount,
    // of tables of this run the server's numbers differ
    fields: one.fields.map((f) => [f.name, f.dataTypeID, f.dataTypeModifier, f.dataTypeSize, f.format, f.columnID]),
    rows: one.rows.length > 30 ? [one.rows.length, one.rows[0], one.rows.at(-1)] : one.rows,
  }));

const told = (error) => {
  const names = ['severity', 'code', 'message', 'detail', 'hint', 'position', 'where', 'schema', 'table', 'column'];
  return Object.fromEntries([...names, 'constraint', 'routine'].map((name) => [name, error[name]]));
};

const client = new Client(settings);
client.on('notice', (notice) => print({ notice: told(notice) }));
client.on('notification', (heard) => print({ channel: heard.channel, payload: heard.payload }));
await client.connect();

const run = async (...query) => {
  try {
    print(shown(await client.query(...query)));
  } catch (error) {
    print({ error: told(error) });
  }
};

await run('drop schema if exists node cascade');
await run("create schema node; set search_path to node; set timezone to 'UTC'");
await run('select 1 as one, null as none, true as yes, 1.50::numeric as price, 9223372036854775807 as big');
await run("select 'ä€😀' as text, '\\x00ff'::bytea as bytes, array[1, 2, null] as list, array['a', 'b c'] as texts");
await run("select '{\"a\": [1, 2]}'::jsonb as data, timestamptz '2026-11-23 01:02:03.456Z' as at, interval '1 day 2 hours' as took");
await run('select 1; select 2, 3; select 4 where false');
await run('select 1; select nothing; select 3');
await run('');
await run({ text: 'select 1 as a, 2 as a', rowMode: 'array' });
await run('create table t (id int primary key, name text, price numeric(10, 2), tags text[], data jsonb, at timestamptz, raw bytea)');
const values = [1, "it's", 12.5, ['a', null, 'b,"c"'], { deep: [1, { x: null }] }, new Date(0), Buffer.from([0, 255])];
await run('insert into t values ($1, $2, $3, $4, $5, $6, $7) returning *', values);
await run('insert into t values ($1, $2, $3, $4, $5, $6, $7) returning *', values);
await run('insert into t (id) values ($1), ($2)', [2, 3]);
await run('select * from t where id = any($1) order by id', [[1, 2]]);
await run('select $1::int + $2::int as sum', ['40', 2]);
await run('select $1::int', ['x']);
await run('select $1::text', [null]);
await run('select $1::int', []);
await run('selec $1', [1]);
await run('select nothing from t where id = $1', [1]);
for (const id of [1, 2, 4711]) {
  await run({ name: 'by-id', text: 'select id, name from t where id = $1', values: [id] });
}
await run({ name: 'fails', text: 'select nothing', values: [] });
await run({ name: 'divides', text: 'select 10 / $1::int as d', values: [0] });
await run({ name: 'divides', text: 'select 10 / $1::int as d', values: [5] });
await run({ text: 'select $1::int as binary, 2.5::float8 as f, true as b', values: [7], binary: true });
await run({ text: 'select generate_series(1, 25) as n', rows: 10 });
// without waiting for answers
print(shown(await Promise.all([1, 2, 3].map((n) => client.query('select $1::int as n', [n])))));
await run('begin');
await run('update t set name = $1 where id = $2', ['changed', 2]);
await run('select nothing');
await run('select 1');
await run('rollback');
await run('select name from t where id = 2');
await run("do $$ begin raise notice 'heard %', 1; raise warning 'and' using hint = 'a hint'; end $$");
await run('listen told');
await run("notify told, 'words'");
await run('select $1::text as long, length($1) as n', ['x'.repeat(1_000_000)]);
await run("select g as n, repeat('x', 100) as filler, g * 1.5 as half from generate_series(1, 50000) g");
await run("select g as n, $1 || g as t from generate_series(1, 50000) g", ['row ']);
await run('set statement_timeout to 20; select count(*) from generate_series(1, 1000000000)');
await run('set statement_timeout to 0');
await run('copy (select 1) to stdout');
print([client.processID > 0, client.secretKey !== 0]);
await run('drop schema node cascade');
await client.end();

const pool = new Pool({ ...settings, max: 4 });
const many = await Promise.all(Array.from({ length: 40 }, (_, n) => pool.query('select $1::int * 2 as n', [n])));
print(many.map((one) => one.rows[0].n));
await pool.end();
print(types.builtins.INT4);
