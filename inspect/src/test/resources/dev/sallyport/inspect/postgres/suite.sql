-- What psql shows of these statements is the same with Sallyport in between (SuiteTest). Nothing here depends on time,
-- on numbers that the server gives out, or on what ran before.
\set VERBOSITY verbose
\set SHOW_CONTEXT always
set client_min_messages to notice;
drop schema if exists suite cascade;
create schema suite;
set search_path to suite;

-- constants, nulls, names
select 1;
select 1 as one, 2 as two, 1 + 1 as "the sum", null as none;
select null;
select '';
select ' ', '  x  ';
select true, false, not true, null::boolean;
select 'a''b', E'a\nb', E'tab\tbackslash\\', 'C:\path';
select $$dollar$$, $tag$with $$ inside$tag$;
select U&'\0441\043B\043E\043D', U&'d!0061t!+000061' uescape '!';
select 'a' 'b';
select 'one'
  'two' as continued;
select 1 as "a b", 2 as "A", 3 as "ä", 4 as "select", 5 as "";
select 1 as "a""b";
select;
select from generate_series(1, 3);
select 1 where false;
select * from (values (1)) v(x) where x > 1;
select 1 a, 1 a, 1 a;
table pg_catalog.pg_am limit 0;
values (1, 'one'), (2, 'two'), (null, null);
values (default);

-- whole and other numbers
select 32767::smallint, (-32768)::smallint, 2147483647, (-2147483648)::int, 9223372036854775807, (-9223372036854775808)::bigint;
select 1.5, 1.50, 0.1 + 0.2, 1e10, 1e-10, 123456789012345678901234567890.123456789;
select 'NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric;
select 'NaN'::float8, 'Infinity'::float8, '-Infinity'::float8, '-0'::float8;
select 0.1::float4, 0.1::float8, 1e300::float8, 1e-300::float8, pi();
select 7 / 2, 7 % 2, -7 / 2, 7.0 / 2, 2 ^ 10, |/ 2.0, @ -5;
select 1::numeric(10, 3), 1234.5678::numeric(6, 2), round(2.5), round(3.5), trunc(2.567, 1);
select 5 & 3, 5 | 3, 5 # 3, ~5, 1 << 10, 1024 >> 3;
select 12.34::money + '1.00'::money;
select 0x1f, 0b101, 1_000;
select to_char(1234567.891, 'FM9,999,999.00'), to_number('12,454.8-', '99G999D9S');
set extra_float_digits to 0;
select 0.1::float8 + 0.2::float8;
reset extra_float_digits;
select gcd(12, 18), lcm(4, 6), factorial(20), width_bucket(5.35, 0.024, 10.06, 5);
select sum(x), avg(x), min(x), max(x), count(*), stddev(x) from generate_series(1, 100) x;

-- texts
select 'x'::char(5), 'x'::varchar(5), 'abcdef'::varchar(3), 'x'::text, 'x'::name, 'x'::"char";
select length('日本語'), octet_length('日本語'), upper('straße'), reverse('äöü');
select '日本語 😀 é ñ ü', E'\u00e9', chr(128512);
select 'שלום', 'مرحبا', 'привет', 'e' || chr(769);
select repeat('x', 1000);
select length(repeat('long ', 400000)), md5(repeat('long ', 400000));
select repeat('0123456789', 20000);
select repeat(chr(228), 70000);
select string_agg(x::text, ',' order by x) from generate_series(1, 500) x;
select substring('hello' from 2 for 3), position('l' in 'hello'), overlay('hello' placing 'XX' from 2), trim(both 'x' from 'xxhixx');
select split_part('a,b,c', ',', 2), regexp_replace('foobar', 'o+', '0'), regexp_matches('foobarbaz', '(b..)(b..)');
select regexp_split_to_table('a b  c', '\s+');
select format('%s %I %L %%', 'x', 'a b', 'it''s'), quote_literal(null), quote_nullable(null), quote_ident('Ab');
select 'abc' like 'a%', 'abc' ilike 'A_C', 'abc' similar to '(a|b)%', 'abc' ~ '^a.c$', 'a%' like 'a\%';
select lpad('7', 3, '0'), rpad('7', 3, '.'), initcap('two words'), translate('12345', '143', 'ax'), ascii('A'), chr(65);
select concat(1, null, 'x', true), concat_ws('-', 'a', null, 'b'), left('abcde', -2), right('abcde', 2);
select 'a' < 'B' collate "C", 'a' collate "C";
select encode('hello', 'base64'), decode('aGVsbG8=', 'base64'), encode('\x00ff', 'hex'), encode('\x00ff', 'escape');
select E'a\r\nb', E'\x41', E'bell\a';
select 'a|b', 'a,b', '"quoted"', '\N', '\.';

-- bytes and bits
select '\xdeadbeef'::bytea, ''::bytea, '\x00'::bytea, E'\\000\\377abc'::bytea;
set bytea_output to escape;
select '\x00ff41'::bytea;
reset bytea_output;
select length('\x0001'::bytea), get_byte('\x0102'::bytea, 1), set_byte('\x0102'::bytea, 0, 255), '\x01'::bytea || '\x02'::bytea;
select sha256('abc'), md5('abc'::bytea);
select b'1010', b'1010'::bit(4), '101'::bit varying(5), x'1F', b'1100' & b'1010';
select length(decode(repeat('ff', 100000), 'hex'));

-- dates and times
set timezone to 'UTC';
select date '2026-11-23', time '12:34:56.789', timestamp '2026-11-23 12:34:56.123456', timestamptz '2026-11-23 12:34:56+02';
select 'infinity'::date, '-infinity'::timestamp, 'epoch'::timestamptz, '4713-01-01 BC'::date, '294276-12-31'::timestamp;
select interval '1 year 2 months 3 days 04:05:06.7', interval '-1 day', interval '0';
select timetz '12:00:00+05:30', timestamptz '2026-06-01 00:00' at time zone 'Europe/Berlin';
select date '2026-01-31' + interval '1 month', date '2026-03-01' - date '2026-02-01', age(timestamp '2026-11-23', timestamp '2000-01-01');
select extract(epoch from timestamp '2026-11-23'), date_part('dow', date '2026-11-23'), date_trunc('month', timestamp '2026-11-23 11:11');
set datestyle to 'German';
select date '2026-11-23', timestamp '2026-11-23 01:02:03';
set datestyle to 'SQL, DMY';
select date '2026-11-23', timestamptz '2026-11-23 01:02:03';
set datestyle to 'Postgres, MDY';
select timestamp '2026-11-23 01:02:03';
reset datestyle;
set intervalstyle to iso_8601;
select interval '1 year 2 months 3 days 04:05:06';
set intervalstyle to postgres_verbose;
select interval '1 year 2 months 3 days 04:05:06';
reset intervalstyle;
set timezone to 'America/New_York';
select timestamptz '2026-07-01 00:00+00', timestamptz '2026-01-01 00:00+00';
set timezone to '-05:30';
select timestamptz '2026-07-01 00:00+00';
set timezone to 'UTC';
select to_char(timestamp '2026-11-23 13:14:15', 'Day DD Month YYYY HH12:MI:SS AM'), to_date('23.11.2026', 'DD.MM.YYYY');
select generate_series(date '2026-01-29', date '2026-03-05', interval '7 days')::date;
select make_date(2026, 2, 28), make_interval(days => 10), make_timestamp(2026, 1, 2, 3, 4, 5.5), isfinite('infinity'::date);

-- arrays, composites, ranges, json, xml, geometry, addresses, others
select array[1, 2, 3], array['a', null, 'c d', 'e"f', ''], '{}'::int[], array[[1, 2], [3, 4]];
select '[2:4]={1,2,3}'::int[], (array[1, 2, 3])[2], (array[1, 2, 3])[2:3], array_length(array[[1, 2], [3, 4]], 2);
select array[1, 2] || 3, array_agg(x order by x desc) from generate_series(1, 3) x;
select unnest(array[1, 2, null]), unnest(array['a', 'b']);
select array[1.5, null]::numeric[], array[true, false], array['\x00'::bytea], array[date '2026-01-01'];
select 2 = any(array[1, 2]), 2 > all(array[1, 2]), array[1, 2] @> array[1], array[1] && array[2];
select row(1, 'a', null), row(1, row(2, 'x y')), row();
create type pair as (a int, b text);
select row(1, 'x')::pair, (row(1, 'x')::pair).b, array[row(1, 'x')::pair, null];
create type mood as enum ('sad', 'ok', 'happy');
select 'ok'::mood, 'sad'::mood < 'happy'::mood, enum_range(null::mood);
create domain positive as int check (value > 0);
select 5::positive;
select int4range(1, 5), int4range(1, 5, '[]'), 'empty'::int4range, numrange(1.5, null), daterange('2026-01-01', '2026-02-01');
select int4multirange(int4range(1, 3), int4range(5, 8)), 3 <@ int4range(1, 5), range_merge(int4range(1, 2), int4range(5, 6));
select '{"b": 1, "a": [1, 2, {"c": null}]}'::json, '{"b": 1, "a": [1, 2, {"c": null}]}'::jsonb;
select '{"a": {"b": [10, 20]}}'::jsonb -> 'a' -> 'b' -> 1, '{"a": "x"}'::json ->> 'a', '{"a": {"b": 1}}'::jsonb #>> '{a,b}';
select jsonb_pretty('{"a": [1, {"b": "text"}], "c": true}'::jsonb);
select jsonb_build_object('k', 1, 'list', jsonb_build_array(1, 'two', null)), to_jsonb(row(1, 'x')), row_to_json(row(1, 'x'));
select * from jsonb_each('{"a": 1, "b": "x"}');
select * from jsonb_to_recordset('[{"a": 1, "b": "x"}, {"a": 2}]') as t(a int, b text);
select jsonb_path_query('{"a": [1, 2, 3]}', '$.a[*] ? (@ > 1)'), '"\u00e9\ud83d\ude00"'::jsonb, '1e400'::json;
select jsonb_set('{"a": 1}', '{b}', '[true]'), '{"a": 1}'::jsonb || '{"b": 2}', '{"a": 1, "b": 2}'::jsonb - 'a', '{"a": 1}'::jsonb @> '{"a": 1}';
select json_agg(x), jsonb_object_agg(x, x * x) from generate_series(1, 3) x;
select xmlelement(name a, xmlattributes('x' as b), 'text'), '<a>1</a>'::xml;
select point(1, 2), '((0,0),(1,1))'::box, '<(0,0),5>'::circle, '[(0,0),(1,1)]'::lseg, '((0,0),(1,1),(2,0))'::polygon, '[(0,0),(1,1)]'::path, '{1,2,3}'::line;
select point(1, 2) <-> point(4, 6), area('((0,0),(2,2))'::box);
select '00000000-0000-0000-0000-000000000001'::uuid, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid;
select 'a b c'::tsvector, 'a & b'::tsquery, to_tsvector('english', 'the quick brown foxes'), to_tsquery('english', 'fox & quick');
select ts_headline('english', 'the quick brown fox', to_tsquery('english', 'fox'));
select 'pg_class'::regclass, 'int4'::regtype, 'now()'::regprocedure, 25::oid, '0/16B3748'::pg_lsn, '(0,1)'::tid;
select pg_typeof(1), pg_typeof(1.0), pg_typeof('x'), pg_typeof(null), pg_typeof(array[1]);
select cast('12' as int), '12'::int, int '12', 12::text, cast(null as date);

-- tables
create table goods (id int generated always as identity primary key, name text not null unique, price numeric(10, 2) check (price >= 0), tags text[] default '{}', data jsonb, added date default date '2026-01-01');
insert into goods (name, price) values ('apple', 1.20), ('pear', 2.30), ('plum', null);
insert into goods (name, price, tags, data) values ('nut', 9.99, '{dry,brown}', '{"k": [1, 2]}') returning *;
insert into goods (name) values ('fig') returning id, upper(name) as shout, tags;
insert into goods select from (values (1)) v where false;
insert into goods (name, price) values ('apple', 3) on conflict (name) do nothing;
insert into goods (name, price) values ('apple', 3) on conflict (name) do update set price = excluded.price returning id, price;
select * from goods order by id;
update goods set price = price + 1 where price is not null;
update goods set tags = tags || 'new' where name like 'p%' returning name, tags;
delete from goods where name = 'fig';
delete from goods where name = 'nothing' returning *;
create table sold (good int references goods on delete cascade, amount int not null default 1, who text);
insert into sold values (1, 5, 'ann'), (1, 7, 'bob'), (2, 1, 'ann'), (2, default, null);
select g.name, sum(s.amount) from goods g left join sold s on s.good = g.id group by g.name order by g.name;
select * from goods join sold on good = id order by id, amount;
select * from goods natural join (values (1, 'apple')) v(id, name);
select * from goods cross join lateral (select count(*) as n from sold where good = goods.id) c order by id;
select g from goods g order by id;
select (g).name, g.* from goods g where id = 1;
select name from goods union all select who from sold order by 1 nulls first;
select name from goods intersect select 'apple';
select id from goods except select good from sold order by 1;
select who, count(*) from sold group by rollup (who) order by who nulls last, count desc;
select good, who, sum(amount), grouping(good, who) from sold group by cube (good, who) order by 1, 2, 3;
select count(*) filter (where amount > 4), count(distinct who), array_agg(distinct who) from sold;
select percentile_cont(0.5) within group (order by amount), mode() within group (order by who) from sold;
select exists (select 1 from sold), (select max(amount) from sold), 1 in (select good from sold);
select case when amount > 4 then 'many' else 'few' end, coalesce(who, '?'), nullif(amount, 1), greatest(amount, 3), least(1, 2) from sold order by amount;
select * from goods order by price desc nulls last limit 2 offset 1;
select * from goods order by id fetch first 1 row with ties;
select distinct on (good) good, amount from sold order by good, amount desc;
select id, name from goods for update;
select name, row_number() over w, rank() over (order by price), lag(name) over w, sum(price) over (order by id rows between 1 preceding and current row) from goods window w as (order by id) order by id;
select who, amount, ntile(2) over (partition by who order by amount), first_value(amount) over (partition by who order by amount) from sold order by who, amount;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 10) select array_agg(i) from n;
with recursive tree(i, path) as (values (1, '1') union all select i * 2, path || '.' || (i * 2) from tree where i < 20) select * from tree;
with gone as (delete from sold where who is null returning *), made as (insert into sold values (3, 2, 'eve') returning *) select 'gone' as what, * from gone union all select 'made', * from made;
with changed as (update goods set data = '{"seen": true}' returning id) select count(*) from changed;
with a as materialized (select 1 as x), b as not materialized (select 2 as x) select * from a, b;
merge into goods g using (values ('apple', 5.00), ('kiwi', 0.50)) v(name, price) on g.name = v.name when matched then update set price = v.price when not matched then insert (name, price) values (v.name, v.price);
select name, price from goods order by name;
alter table goods add column weight real default 1.5, drop column added;
alter table goods rename column weight to mass;
alter table goods alter column mass type double precision;
select * from goods where id = 1;
create index goods_price on goods (price) where price > 1;
create view dear as select name, price from goods where price > 3 with check option;
select * from dear order by name;
update dear set price = 1 where name = 'apple';
create materialized view totals as select good, sum(amount) as total from sold group by good;
refresh materialized view totals;
select * from totals order by good;
create sequence counter start 10 increment 5;
select nextval('counter'), nextval('counter'), currval('counter'), setval('counter', 100), lastval();
comment on table goods is 'what is sold: ''things''';
create table as_is as select g as n, g * 1.5 as x from generate_series(1, 5) g;
create table if not exists goods (x int);
select into copied from goods;
select * into other from as_is where n < 3;
truncate other, copied;
drop table other;
drop table if exists never_there;
create table parts (k int, v text) partition by list (k);
create table parts_1 partition of parts for values in (1);
insert into parts values (1, 'one');
insert into parts values (2, 'two');
select tableoid::regclass, * from parts;
create table gen (a int, b int generated always as (a * 2) stored);
insert into gen values (1), (2);
insert into gen values (1, 1);
select * from gen;
create rule no_delete as on delete to gen do instead nothing;
delete from gen;

-- errors of many kinds, at their place in the text
selec;
select nothing;
select * from nowhere;
select * from nowhere.at_all;
select no_such_function(1);
select 1 +;
select 'not closed;
';
select 1/0;
select 'x'::int;
select '2026-02-30'::date;
select 99999999999999999999::int;
select 1e400::float8;
select 'x'::numeric(3, 1);
select 1234::numeric(3, 1);
select '{1,2'::int[];
select '{bad'::json;
select 'nobody'::mood;
select (-1)::positive;
select 'abcdef'::regclass;
select '\xzz'::bytea;
select 'zz'::uuid;
select log(-1), sqrt(-1);
select substring('a' from 1 for -1);
select 'a' ~ '(';
select array[1, 2] || array[[[3]]];
select (select generate_series(1, 2));
select name, count(*) from goods;
select * from goods g, goods h where name = 'x';
select sum(sum(price)) from goods;
select 1 union select 'x';
select 1 union select 1, 2;
insert into goods (name) values ('apple');
insert into goods (name) values (null);
insert into goods (name, price) values ('less', -1);
insert into goods (id, name) values (1, 'x');
insert into goods (nothing) values (1);
insert into goods (name, price) values ('x');
insert into sold values (4711, 1);
insert into goods (name, price) values ('dear', 1234567890123);
update dear set price = 0.5 / 0;
delete from goods where name = 1;
create table goods (x int);
create type mood as enum ('x');
create schema suite;
drop table goods;
drop table never_there;
drop function never_there(int);
drop type pair;
alter table goods drop column name restrict, add constraint c check (nothing > 1);
create view v as select 1 as a, 2 as a;
create index on goods (nothing);
grant select on goods to never_there;
set role never_there;
set no_such_setting to 1;
set work_mem to 'much';
set transaction_isolation to 'sideways';
show no_such_setting;
rollback to nowhere;
savepoint outside;
commit;
execute never_there;
deallocate never_there;
fetch from never_there;
close never_there;
copy never_there to stdout;
copy goods to '/no/such/folder/x';
select pg_read_file('no/such/file');
select set_config('no_such', 'x', false), current_setting('never.there');
select current_setting('never.there', true) is null;
select * from generate_series(1, 3, 0);
select lo_get(4711);
select 'a'::char(3) collate "nope";
select convert_from('\xff', 'UTF8');
select chr(0);
select E'\x00';
select repeat('x', 2000000000);
with recursive r as (select 1 union all select x + 1 from r) select * from r;
alter system set work_mem to 'much';
vacuum never_there;
listen;
call never_there();

-- functions, procedures, notices
create function plus(a int, b int default 1) returns int language sql immutable return a + b;
select plus(1), plus(1, 5), plus(b => 3, a => 4);
create function talk(what text) returns text language plpgsql as $$
begin
  raise debug 'not heard %', what;
  raise log 'not heard either';
  raise info 'info %', what;
  raise notice 'notice %', what;
  raise warning 'warning %', what using detail = 'in detail', hint = 'a hint';
  return what || '!';
end $$;
select talk('x'), talk('y');
create function fail(code text) returns void language plpgsql as $$
begin
  raise exception 'failed with %', code using errcode = code, detail = 'said so', hint = 'do not', column = 'c', table = 't', schema = 's', constraint = 'k', datatype = 'd';
end $$;
select fail('P0001');
select fail('22012');
select fail('23505');
select fail('40001');
select fail('40P01');
select fail('57014');
select fail('55P03');
select fail('42501');
select fail('XX000');
select fail('ZZ999');
select fail('53100');
do $$ begin perform fail('P0002'); exception when others then raise notice 'caught % %', sqlstate, sqlerrm; end $$;
do $$ begin for i in 1..20 loop raise notice 'line %', i; end loop; end $$;
do $$ begin raise notice '%', repeat('long ', 5000); end $$;
do $$ declare x int; begin select 1/0 into x; end $$;
do $$ begin execute 'select * from nowhere'; end $$;
do $$ begin assert 1 = 2, 'it is not'; end $$;
do language plpgsql $$ begin raise exception using message = 'only a message'; end $$;
create function rows_of(n int) returns table (i int, t text) language sql as $$ select g, 'row ' || g from generate_series(1, n) g $$;
select * from rows_of(3);
select rows_of(2);
create function two(out a int, out b text) language sql as $$ select 1, 'x' $$;
select * from two();
select two();
create procedure act(inout x int) language plpgsql as $$ begin x := x + 1; raise notice 'acting'; commit; end $$;
call act(41);
create function noise() returns trigger language plpgsql as $$ begin raise notice '% on %: %', tg_op, tg_table_name, new; return new; end $$;
create trigger noise before insert or update on as_is for each row execute function noise();
insert into as_is values (10, 1), (11, 2);
update as_is set x = 0 where n > 9;
create function bad() returns int language plpgsql as $$ begin return 'x'; end $$;
select bad();
create function broken() returns int language plpgsql as $$ begin retrun 1; end $$;
create function wrong() returns int language sql as $$ select 'x' $$;
drop function talk(text), fail(text);

-- transactions and savepoints
begin;
insert into goods (name) values ('in between');
savepoint one;
insert into goods (name) values ('apple');
select 1;
rollback to one;
select count(*) from goods;
release one;
release one;
rollback;
select count(*) from goods;
begin transaction isolation level serializable read only;
show transaction_isolation;
insert into goods (name) values ('read only');
commit;
begin;
begin;
select 1;
end;
end;
rollback;
start transaction read write;
commit and chain;
select 1;
rollback and no chain;
begin;
select nothing;
commit;
begin;
set local work_mem to '5MB';
show work_mem;
commit;
show work_mem;
begin;
prepare transaction 'suite';
set constraints all deferred;
set transaction isolation level repeatable read;
begin;
lock table goods in access exclusive mode nowait;
commit;

-- several statements in one text
select 1 \; select 2, 'x' \; select 3 where false;
select 'a' \; select nothing \; select 'not reached';
create table multi (x int) \; insert into multi values (1), (2) \; select * from multi;
begin \; insert into multi values (3) \; select count(*) from multi \; rollback \; select count(*) from multi;
insert into multi values (9) \; select 1/0;
select count(*) from multi;
\;
;
select 1 \; \; select 2;

-- cursors
begin;
declare c cursor for select g, 'row ' || g from generate_series(1, 10) g;
fetch 3 from c;
fetch next from c;
move 2 in c;
fetch all from c;
fetch from c;
close c;
declare s scroll cursor with hold for values (1), (2), (3);
fetch last from s;
fetch prior from s;
fetch absolute 1 from s;
fetch relative 1 from s;
fetch backward all from s;
commit;
fetch forward 2 from s;
close s;
declare c cursor for select 1;

-- prepare and execute
prepare p (int, text) as select $1 + 1 as n, $2 || '!' as t;
execute p (41, 'x');
execute p (1, null);
execute p (1);
execute p ('x', 'y');
prepare p as select 1;
prepare ins as insert into multi values ($1) returning x;
execute ins (5);
execute ins (6);
prepare bad as select nothing;
explain (costs off) execute p (1, 'x');
select name, parameter_types from pg_prepared_statements order by name;
deallocate p;
execute p (1, 'x');
deallocate all;
create table ctas as execute never_there;

-- copy
copy (select g, 'a	b', null, E'back\\slash', E'new\nline' from generate_series(1, 3) g) to stdout;
copy goods (name, price, tags) to stdout with (format csv, header, force_quote (name), null 'NULL');
copy goods (name, data) to stdout (delimiter '|', null '-');
copy (select * from generate_series(1, 20000)) to stdout;
copy (select 1/(3 - g) from generate_series(1, 5) g) to stdout;
copy multi from stdin;
10
11
\.
copy multi from stdin;
12
not a number
13
\.
copy sold (good, amount, who) from stdin with (format csv, header);
good,amount,who
1,3,"a ""quoted"" name"
2,4,
\.
copy sold from stdin;
1	2
\.
select * from sold order by good, amount;
select count(*), sum(x) from multi;
\copy multi to stdout
\copy (select 'by' as client, 1 as n) to stdout csv header
\copy multi from stdin
20
\.
\copy nowhere to stdout
\copy multi to '/no/such/folder/x'
copy (insert into multi values (30) returning x) to stdout;
copy multi to stdout with (format nonsense);

-- what psql itself asks and does
\d goods
\d+ sold
\d dear
\d nowhere
\dt
\dt+ nowhere*
\dv
\di
\ds
\df
\dT
\dD
\dn suite
\sf plus
\sv dear
\l template?
\dx
\dp goods
\dg never_there
\echo said by the client
select 1 as a, 'x'::text as b, null::numeric(5, 2) as c, array[1] as d \gdesc
select nothing \gdesc
insert into multi values (1) returning x \gdesc
select 1 as x, 'two' as y \gx
select 42 as answer \gset
\echo :answer
select :answer + 1, :'answer', :"answer";
select 'select ' || g || ' as made' from generate_series(1, 3) g \gexec
select good, who, amount from (values (1, 'a', 5), (2, 'b', 6)) v(good, who, amount) \crosstabview
\x on
select * from goods order by id limit 2;
\x off
\a
select 1, 'x', null;
\a
\pset null '(null)'
select null;
\pset null ''
\t on
select 1;
\t off
\set FETCH_COUNT 100
select g, repeat('x', g % 10) from generate_series(1, 1050) g;
select 1 / (500 - g) from generate_series(1, 1000) g;
insert into multi values (7) returning x;
\unset FETCH_COUNT
\set ON_ERROR_ROLLBACK on
begin;
select nothing;
select 'still there';
commit;
\set ON_ERROR_ROLLBACK off
\set AUTOCOMMIT off
select 1;
rollback;
\set AUTOCOMMIT on
\set SINGLESTEP off
\if true
select 'yes';
\else
select 'no';
\endif
\errverbose
\set VERBOSITY terse
select nothing;
\set VERBOSITY sqlstate
select nothing;
\set VERBOSITY default
select nothing;
\set VERBOSITY verbose
\encoding
\encoding LATIN1
select 'ä', length('ä');
\encoding UTF8
select 1 as one \g (format=csv)
\bind 1
select $1;

-- plans, settings, notifications, temporary tables, and many rows
explain (costs off) select * from goods where id = 1;
explain (costs off, format json) select 1;
explain (costs off, format yaml) select count(*) from sold;
explain (costs off) select g.name from goods g join sold s on s.good = g.id where amount > 3 order by 1;
explain (analyze, costs off, timing off, summary off, buffers off) select count(*) from generate_series(1, 10);
explain select nothing;
set search_path to suite, public;
show search_path;
set work_mem = '8MB';
show work_mem;
reset work_mem;
set session characteristics as transaction isolation level repeatable read;
show default_transaction_isolation;
reset all;
set search_path to suite;
set timezone to 'UTC';
show timezone;
show server_encoding;
show client_encoding;
set client_encoding to latin1;
select 'ä', '€';
select chr(8364);
set client_encoding to utf8;
set standard_conforming_strings to off;
select 'a\'b', 'a\nb';
set standard_conforming_strings to on;
select 'a\b';
set client_min_messages to warning;
do $$ begin raise notice 'not heard'; raise warning 'heard'; end $$;
set client_min_messages to debug1;
create table debugged (x int primary key);
set client_min_messages to error;
do $$ begin raise warning 'not heard'; end $$;
set client_min_messages to notice;
set statement_timeout to '1ms';
select count(*) from generate_series(1, 100000000);
set statement_timeout to 0;
select set_config('suite.own', 'value', false);
show suite.own;
listen channel;
notify channel;
notify channel, 'with words';
select pg_notify('channel', 'by function'), pg_notify('nobody_hears', 'x');
begin;
notify channel, 'at the end';
select 'before';
commit;
begin;
notify channel, 'never';
rollback;
unlisten channel;
notify channel, 'not heard';
unlisten *;
create temp table t (a int, b text) on commit preserve rows;
insert into t select g, 'row ' || g from generate_series(1, 1000) g;
select count(*), min(b), max(b) from t;
analyze t;
create temp table gone (a int) on commit drop;
select * from gone;
discard temp;
select * from t;
select g as n, repeat('x', 50) as filler, g * 1.5 as half, g % 2 = 0 as even, null as none from generate_series(1, 20000) g;
select array_agg(g) from generate_series(1, 5000) g;
select * from (select g, md5(g::text) from generate_series(1, 3000) g) s order by 2 limit 2000;
select string_agg('x', '') over (order by g) from generate_series(1, 300) g;
select g1.g, g2.g from generate_series(1, 40) g1(g), generate_series(1, 40) g2(g);
select 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30;
/* a comment */ select /* inside /* nested */ */ 1 -- at the end
;
-- only a comment
/* only another */;
select 1 as "line
break";

-- what users need not see: with masking on, these cells differ and no others
create table people (id int, name text, email text, card text, iban text, phone text, note text, city text, password_hash text, ssn text, contact jsonb);
insert into people values
  (1, 'Jane Roe', 'jane.roe@example.org', '4111 1111 1111 1111', 'DE89370400440532013000', '+49 30 901820', 'write to jane@example.net', 'Berlin', 'not told', '078-05-1120', '{"email": "jane.roe@example.org", "age": 33}'),
  (2, 'Joe Bloggs', 'joe@example.com', '5500-0000-0000-0004', null, null, 'a parcel', 'Paris', null, null, '{"age": 4}');
select * from people order by id;
select id, name, city from people order by id;
select email as harmless, upper(email), length(email), 'x' as email from people order by id;
select (select max(email) from people), count(*) from people;
select p from people p where id = 2;
select array_agg(email order by id), string_agg(name, ',' order by id) from people;
select 'mail jane.roe@example.org or call +49 30 901820' as free, 4111111111111111 as number, 4111111111111112 as other;
select array['x', 'a jane.roe@example.org, or', null, ''], array['{"mail": "jane.roe@example.org"}'::jsonb, '{}'], array[4111111111111111, 7];
select jsonb_build_object('mail', 'jane.roe@example.org', 'n', 1), json_build_array('joe@example.com', 2);
select contact ->> 'email', contact -> 'age' from people order by id;
update people set city = 'Rome' where id = 2 returning email, city;
copy (select id, email, city from people order by id) to stdout;
copy (select id, email, city from people order by id) to stdout csv;
do $$ begin raise notice 'to jane.roe@example.org'; raise notice 'to nobody'; end $$;
select ('jane.roe' || '@example.org')::int;
create unique index on people (email);
insert into people (email) values ('joe' || '@example.com');
prepare m as select email, city from people order by id;
execute m;
begin;
declare m cursor for select id, email from people order by id;
fetch 1 from m;
fetch 1 from m;
commit;
select email from people \gdesc
select 'jane.roe@example.org' as at \gx
select x.* from (select id, email from people) x join people using (id) order by id;
select email from people union all select city from people order by 1;
table people;
drop schema suite cascade;
