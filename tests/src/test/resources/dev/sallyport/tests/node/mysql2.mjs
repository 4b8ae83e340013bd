// Prints what mysql2 is told by a server: node mysql2.mjs PORT USER PASSWORD DATABASE
import { createRequire } from 'node:module';
const require = createRequire(process.env.PACKAGES + '/');
const mysql = require('mysql2/promise');

const [port, user, password, database] = process.argv.slice(2);
const settings = { host: '127.0.0.1', port: Number(port), user, password, database, timezone: 'Z', dateStrings: false };
// Two differences are known (docs/databases.md): MariaDB's own names of types are not carried, by which mysql2 parses
// JSON, and who asks what changes of a session is told of more settings.
const CHANGES = 0x4000;
const known = (key, value) => {
  if (key === 'stateChanges') return undefined;
  if (key === 'serverStatus') return value & ~CHANGES;
  return key === 'data' && value !== null && !Buffer.isBuffer(value) && !Array.isArray(value) && typeof value === 'object'
    ? JSON.stringify(value)
    : value;
};
const print = (what) => console.log(JSON.stringify(what, known));

const described = (fields) =>
  [fields].flat(2).map((f) => f && [f.name, f.orgName, f.table, f.schema, f.columnType, f.flags, f.columnLength, f.decimals]);
const short = (rows) =>
  Array.isArray(rows) && rows.length > 30 ? [rows.length, rows[0], rows.at(-1)] : rows;

const open = (more) => mysql.createConnection({ ...settings, ...more });
let connection = await open({ multipleStatements: true, supportBigNumbers: true });

const attempt = async (work) => {
  try {
    const [rows, fields] = await work();
    print({ rows: short(rows), fields: fields && described(fields) });
  } catch (error) {
    print({ code: error.code, errno: error.errno, state: error.sqlState, message: error.sqlMessage });
  }
};
const run = (...query) => attempt(() => connection.query(...query));
const prepared = (...query) => attempt(() => connection.execute(...query));

await run('drop database if exists st_node');
await run("create database st_node; use st_node; set time_zone = '+00:00'");
await run("select 1 as one, null as none, true as yes, 1.50 as price, 9223372036854775807 as big, 18446744073709551615 as most");
await run("select 'ä€😀' as text, x'00ff' as bytes, json_compact(json_object('a', 1)) as data, date '2026-11-23' as day, time '-12:34:56' as t");
await run('select 1; select 2, 3; select 4 from dual where false');
await run('select 1; select nothing; select 3');
await run('selec');
await run({ sql: 'select 1 as a, 2 as a', rowsAsArray: true });
await run(
  'create table t (id int primary key auto_increment, name varchar(100), price decimal(10, 2), data json, at datetime(3),' +
    ' raw blob, tiny tinyint, big bigint unsigned, f double, d date, m time(2), y year, e enum("x", "y"), b bit(4))',
);
await run('insert into t (name, price, at) values (?, ?, ?)', ["it's", 12.5, new Date(0)]);
const values = ['n', '3.14', '{"k":1}', new Date(1000), Buffer.from([0, 255]), -1, '18446744073709551615', 2.5, '2026-01-02', '-01:02:03.45', 2026, 'y', 5];
const insert = 'insert into t (name, price, data, at, raw, tiny, big, f, d, m, y, e, b) values (' + values.map(() => '?') + ')';
await prepared(insert, values);
await prepared('insert into t (id, name) values (?, ?)', [1, 'twice']);
await prepared('insert into t (id, name) values (?, ?)', [7, null]);
await run('select * from t order by id');
await prepared('select * from t order by id');
for (const id of [1, 2, 4711]) {
  await prepared('select id, name, price, at from t where id = ?', [id]);
}
await prepared('select ? + 1 as n, ? as t, ? as none', [41, 'text', null]);
await prepared('select nothing from t where id = ?', [1]);
await prepared('selec ?', [1]);
await prepared('update t set name = ? where id < ?', ['changed', 3]);
await prepared('delete from t where id = ?', [4711]);
const statement = await connection.prepare('select ? * 2 as n');
for (const n of [1, 2.5, '3']) {
  await attempt(() => statement.execute([n]));
}
await statement.close();
await run('select name from t where id in (?)', [[1, 2]]);
await connection.beginTransaction();
await prepared("update t set name = 'gone' where id = ?", [1]);
await run('select nothing');
await connection.rollback();
await run('select name from t where id = 1');
await run('create procedure several(in n int) begin select n; select * from t where false; update t set f = 1; end');
await run('call several(?)', [5]);
await prepared('call several(?)', [6]);
await run('insert into t (y) values (1234567)');
await run("set sql_mode = ''; insert into t (y) values (1234567); show warnings");
await run('select repeat("x", 1000000) as l, ? as given', ['y'.repeat(1_000_000)]);
await prepared('select length(?) as n, ? as back', ['z'.repeat(1_000_000), Buffer.alloc(100_000, 1)]);
await run('select seq as n, repeat("x", 100) as filler, seq * 1.5 as half from seq_1_to_50000');
await prepared('select seq as n, concat(?, seq) as t from seq_1_to_50000', ['row ']);
await run("signal sqlstate '45000' set message_text = 'by hand', mysql_errno = 5000");
await run({ sql: 'select sleep(3)', timeout: 200 });
connection.destroy();
connection = await open({});
await connection.ping();
await run('select 1; select 2');
await connection.changeUser({ user, password, database: 'st_node' });
await run('select database() as here');
await connection.query('drop database st_node');
await connection.end();

const pool = mysql.createPool({ ...settings, connectionLimit: 4 });
const many = await Promise.all(Array.from({ length: 40 }, (_, n) => pool.execute('select ? * 2 as n', [n])));
print(many.map(([rows]) => rows[0].n));
await pool.end();
try {
  await open({ database: 'never_there' });
} catch (error) {
  print(error.code !== undefined);
}
