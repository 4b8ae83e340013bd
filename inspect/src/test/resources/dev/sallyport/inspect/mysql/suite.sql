-- What mysql shows of these statements is the same with Sallyport in between (MysqlSuiteTest). Nothing here depends on
-- time, on numbers that the server gives out, or on what ran before.
drop database if exists suite;
create database suite character set utf8mb4 collate utf8mb4_general_ci;
use suite;
set time_zone = '+00:00';
set timestamp = 1790000000;

-- constants, nulls, names
select 1;
select 1 as one, 2 as two, 1 + 1 as 'the sum', null as none;
select null;
select '';
select ' ', '  x  ';
select true, false, not true, null is null, unknown is null;
select true, false, not true, null is null;
select 'a''b', "c""d", 'e\nf', 'tab\tbackslash\\', 'C:\\path', 'nul\0l';
select 'a' 'b';
select _utf8mb4'text', _latin1 x'E4', n'national', x'4142', 0x4142, b'1000001', 0b1000001;
select 1 as `a b`, 2 as `A`, 3 as `ä`, 4 as `select`, 5 as `a``b`;
select 1 from dual where false;
select 1 a, 1 a, 1 a;
values (1, 'one'), (2, 'two'), (null, null);
select 1 union all select 2;
select /* a comment */ 1 # to the end
;
select 1 -- to the end
;
select /*! 3 */ as three, /*!99999 4, */ 5 as five, /*M! 6 */ as six;

-- numbers
select 127, -128, 65535, 4294967295, 18446744073709551615, -9223372036854775808;
select 1.5, 1.50, 0.1 + 0.2, 1e10, 1e-10, 123456789012345678901234567890.123456789;
select 7 / 2, 7 div 2, 7 % 2, -7 mod 2, 2 * 3.0, pow(2, 10), sqrt(2), abs(-5), sign(-3);
select 5 & 3, 5 | 3, 5 ^ 3, ~5, 1 << 10, 1024 >> 3;
select round(2.5), round(-2.5), round(2.567, 1), truncate(2.567, 1), ceil(1.1), floor(-1.1), format(1234567.891, 2);
select cast('12abc' as signed), cast(-1 as unsigned), cast(1.5 as decimal(10, 3)), cast('x' as double);
select 1 / 0, 0 / 0, null + 1, '3' + 4, '3x' + 4;
select conv('ff', 16, 10), hex(255), bin(5), oct(8), crc32('x'), greatest(1, 3, 2), least(1, 3, 2);
select pi(), exp(1), ln(10), log(2, 8), sin(0), degrees(pi());
select 0.1e0, 1e300, 1e-300, -0.0e0;
select 9223372036854775807 + 1;
select 18446744073709551615 + 1;
select bit_count(255), bit_and(seq), bit_or(seq), bit_xor(seq) from seq_1_to_5;
select sum(seq), avg(seq), min(seq), max(seq), count(*), std(seq), variance(seq) from seq_1_to_100;

-- texts
select length('日本語'), char_length('日本語'), upper('äöü'), reverse('äöü'), lower('ABC');
select '日本語 😀 é ñ ü', char(0xF09F9880 using utf8mb4);
select 'שלום', 'مرحبا', 'привет';
select repeat('x', 250), repeat('y', 251);
select repeat('x', 65535);
select repeat('long ', 400000);
select repeat('ä', 70000);
select length(repeat('long ', 1000000)), md5(repeat('long ', 1000000));
select group_concat(seq order by seq separator '-') from seq_1_to_200;
select substring('hello', 2, 3), locate('l', 'hello'), insert('hello', 2, 1, 'XX'), trim(both 'x' from 'xxhixx'), ltrim('  x'), rtrim('x  ');
select substring_index('a,b,c', ',', 2), regexp_replace('foobar', 'o+', '0'), 'foobar' regexp '^f.*r$', regexp_substr('ab12', '[0-9]+');
select concat(1, null, 'x'), concat_ws('-', 'a', null, 'b'), elt(2, 'a', 'b'), field('b', 'a', 'b'), find_in_set('b', 'a,b');
select 'abc' like 'a%', 'a%' like 'a\%', 'abc' = 'ABC', binary 'abc' = 'ABC', 'a' sounds like 'b', strcmp('a', 'b');
select lpad('7', 3, '0'), rpad('7', 3, '.'), space(3), ascii('A'), ord('é'), char(65, 66), quote('it''s'), soundex('hello');
select 'ä' collate utf8mb4_bin, convert('ä' using latin1), charset('x'), collation('x'), coercibility('x');
select hex('ä'), unhex('C3A4'), to_base64('hello'), from_base64('aGVsbG8='), sha1('abc'), sha2('abc', 256), md5('abc');
select 'a|b', 'a\r\nb', 'NULL', '\\N', '<&>';
select x'00ff41', cast('abc' as binary(5)), binary 'x';

-- dates and times
select date '2026-11-23', time '12:34:56', timestamp '2026-11-23 12:34:56.123456';
select now(), curdate(), curtime(), utc_timestamp(), unix_timestamp(), sysdate() is null;
select date_add('2026-01-31', interval 1 month), date_sub('2026-03-01', interval 1 day), datediff('2026-03-01', '2026-02-01');
select date_format('2026-11-23 13:14:15', '%W %d %M %Y %h:%i:%s %p %%'), str_to_date('23.11.2026', '%d.%m.%Y'), dayname('2026-11-23');
select extract(year_month from '2026-11-23'), week('2026-11-23'), quarter('2026-11-23'), last_day('2026-02-01'), makedate(2026, 60), maketime(25, 1, 2);
select timediff('12:00:00', '13:00:01.5'), addtime('23:59:59', '0:0:2'), sec_to_time(100000), time_to_sec('-1:00:00'), period_diff(202611, 202501);
select from_unixtime(0), from_unixtime(1790000000.25), convert_tz('2026-06-01 00:00', '+00:00', '+02:00'), timestampdiff(day, '2026-01-01', '2026-11-23');
select cast('2026-02-30' as date), cast('nonsense' as datetime), cast('12:61:00' as time);
select interval(5, 1, 4, 10), '2026-11-23' + interval 1 day;

-- json
select json_object('k', 1, 'list', json_array(1, 'two', null)), json_extract('{"a": {"b": [10, 20]}}', '$.a.b[1]');
select json_unquote(json_extract('{"a": "x"}', '$.a')), json_keys('{"a": 1, "b": 2}'), json_length('[1, 2]'), json_type('{}'), json_valid('{bad');
select json_set('{"a": 1}', '$.b', true), json_remove('{"a": 1}', '$.a'), json_merge_patch('{"a": 1}', '{"b": 2}'), json_contains('[1, 2]', '1');
select json_detailed('{"a": [1, {"b": "text"}], "c": true}');
select json_arrayagg(seq), json_objectagg(seq, seq * seq) from seq_1_to_3;
select * from json_table('[{"a": 1, "b": "x"}, {"a": 2}]', '$[*]' columns (n for ordinality, a int path '$.a', b text path '$.b')) t;
select json_extract('{bad', '$.a');
select point(1, 2) is null, st_astext(point(1, 2)), st_distance(point(1, 2), point(4, 6)), st_astext(st_geomfromtext('POLYGON((0 0,0 1,1 1,0 0))'));
select inet_aton('10.0.0.1'), inet_ntoa(167772161), inet6_ntoa(inet6_aton('::1')), cast('::1' as inet6), cast('00000000-0000-0000-0000-000000000001' as uuid);

-- tables of all types
create table types (a tinyint, b smallint unsigned, c mediumint, d int, e bigint unsigned, f float, g double, h decimal(20, 4), i date, j datetime, k datetime(6), l timestamp null, m time(6), n year, o char(5), p varchar(100), q mediumtext, r varbinary(20), s longblob, t enum('x', 'y'), u set('u', 'v'), v bit(10), w json, x binary(4), y bool, z int zerofill);
insert into types values (-128, 65535, -8388608, 2147483647, 18446744073709551615, 1.5, 1e300, 1234567890123456.7890, '2026-11-23', '2026-11-23 01:02:03', '2026-11-23 01:02:03.456789', '2026-11-23 01:02:03', '-838:59:59', 2026, 'abc', 'häßlich', 'text', x'00ff', x'0001', 'y', 'u,v', b'1010', '{"a": 1}', 'ab', true, 42);
insert into types (a) values (null), (0);
insert into types (o, p, q) values ('', '', '');
select * from types;
select hex(r), hex(s), hex(v), v + 0, t + 0, u + 0, hex(x) from types;
describe types;
show columns from types like 'a%';
show full columns from types;
show create table types;
show index from types;
select column_name, data_type, is_nullable from information_schema.columns where table_schema = 'suite' order by ordinal_position;
insert into types (a) values (1000);
insert into types (i) values ('2026-02-30');
insert into types (o) values ('too long');
insert into types (t) values ('z');
insert into types (w) values ('{bad');
insert into types (b) values (-1);
insert into types (nothing) values (1);
set sql_mode = '';
insert into types (a, i, o, t, b) values (1000, '2026-02-30', 'too long', 'z', -1);
show warnings;
show count(*) warnings;
select a, i, o, t, b from types where a = 127;
show errors;
set sql_mode = default;

-- what is done with tables
create table goods (id int auto_increment primary key, name varchar(40) not null unique, price decimal(10, 2) check (price >= 0), tags json, added date default '2026-01-01') engine = innodb;
insert into goods (name, price) values ('apple', 1.20), ('pear', 2.30), ('plum', null);
select last_insert_id(), row_count();
insert into goods (name, price, tags) values ('nut', 9.99, '["dry"]') returning *;
insert into goods (name) values ('fig') returning id, upper(name) as shout;
insert into goods set name = 'lime', price = 0.5;
insert ignore into goods (name) values ('apple');
insert into goods (name, price) values ('apple', 3) on duplicate key update price = values(price);
replace into goods (id, name, price) values (1, 'apple', 4);
insert into goods (name) select concat('copy of ', name) from goods where id < 3;
select * from goods order by id;
update goods set price = price + 1 where price is not null;
update goods set price = 2 order by id limit 1;
update goods set price = 2 where id = 1;
delete from goods where name = 'fig';
delete from goods where name = 'nothing';
delete from goods where name like 'copy%' returning name;
create table sold (good int, amount int not null default 1, who varchar(20), foreign key (good) references goods (id) on delete cascade);
insert into sold values (1, 5, 'ann'), (1, 7, 'bob'), (2, 1, 'ann'), (2, default, null);
select g.name, sum(s.amount) from goods g left join sold s on s.good = g.id group by g.name order by g.name;
select * from goods join sold on good = id order by id, amount, who;
select * from goods natural join (select 1 as id) one;
select * from goods straight_join sold using (nothing);
select name from goods union all select who from sold order by 1;
select name from goods intersect select 'apple';
select id from goods except select good from sold order by 1;
select who, count(*) from sold group by who with rollup;
select count(distinct who), group_concat(distinct who order by who) from sold;
select exists (select 1 from sold), (select max(amount) from sold), 1 in (select good from sold);
select case when amount > 4 then 'many' else 'few' end, coalesce(who, '?'), nullif(amount, 1), if(amount > 4, 'y', 'n'), ifnull(who, '-') from sold order by amount, who;
select * from goods order by price desc limit 2 offset 1;
select sql_calc_found_rows id from goods order by id limit 1;
select found_rows();
select id, name from goods order by id for update;
select id from goods order by id lock in share mode;
select name, row_number() over w, rank() over (order by price), lag(name) over w, sum(price) over (order by id rows between 1 preceding and current row) from goods window w as (order by id) order by id;
with recursive n as (select 1 as i union all select i + 1 from n where i < 10) select group_concat(i) from n;
with a as (select 1 as x), b as (select x + 1 as y from a) select * from a, b;
update goods g join sold s on s.good = g.id set g.price = 7 where s.who = 'bob';
delete s from sold s join goods g on s.good = g.id where s.who is null;
select * from goods partition (p0);
alter table goods add column weight float default 1.5, drop column added;
alter table goods change weight mass double, add index by_price (price);
alter table goods add column weight float after nowhere;
show create table goods;
select * from goods where id = 1;
create view dear as select name, price from goods where price > 3 with check option;
select * from dear order by name;
update dear set price = 1 where name = 'apple';
show create view dear;
create sequence counter start with 10 increment by 5;
select next value for counter, nextval(counter), previous value for counter;
create table as_is as select seq as n, seq * 1.5 as x from seq_1_to_5;
create table if not exists goods (x int);
create table like_goods like goods;
rename table like_goods to other;
truncate table other;
drop table other;
drop table if exists never_there;
create table parts (k int, v text) partition by list (k) (partition p1 values in (1), partition p2 values in (2));
insert into parts values (1, 'one'), (2, 'two');
insert into parts values (3, 'three');
select * from parts partition (p1);
create table gen (a int, b int generated always as (a * 2) stored, c int as (a + 1) virtual);
insert into gen (a) values (1), (2);
insert into gen values (1, 1, 1);
select * from gen;
show tables;
show full tables;
show table status like 'nothing';
check table gen;
analyze table gen;
checksum table gen;
optimize table as_is;
lock tables gen read;
insert into gen (a) values (3);
unlock tables;
do 1, 2;
do sleep(0);
handler as_is open;
handler as_is read first;
handler as_is read next;
handler as_is close;

-- errors of many kinds
selec;
select nothing;
select * from nowhere;
select * from nowhere.at_all;
select no_such_function(1);
select 1 +;
select 'x' = ;
select id, count(*) from goods group by nothing;
select * from goods g, goods h where name = 'x';
select sum(sum(price)) from goods;
select 1 union select 1, 2;
select (select 1 union select 2);
select (select 1, 2);
insert into goods (name) values ('apple');
insert into goods (name) values (null);
insert into goods (name, price) values ('less', -1);
insert into goods (name, price) values ('x');
insert into sold values (4711, 1, null);
insert into goods (name, price) values ('dear', 1234567890123);
insert into goods (id, name) values (1, 'twice');
delete from goods where id = (select max(id) from goods where nothing);
create table goods (x int);
create database suite;
create table bad (a int, a int);
create table bad (a nonsense);
create table bad (a int primary key, b int primary key);
drop table never_there;
drop database never_there;
drop procedure never_there;
drop view never_there;
alter table goods drop column nothing;
alter table never_there add x int;
create index i on goods (nothing);
use never_there;
set no_such_variable = 1;
set sort_buffer_size = 'much';
set @@global.no_such = 1;
show variables like 'no_such%';
show create table never_there;
call never_there();
execute never_there;
deallocate prepare never_there;
prepare bad from 'select from';
signal sqlstate '45000' set message_text = 'by hand', mysql_errno = 5000;
signal sqlstate '01000' set message_text = 'only a warning';
show warnings;
resignal;
release savepoint never_there;
rollback to never_there;
grant select on never_there.* to nobody_at_all;
load data infile '/no/such/file' into table goods;
load data local infile '/no/such/file' into table goods;
select load_file('/no/such/file');
select * from goods into outfile '/no/such/folder/x';
select cast('x' as signed), 'x' + 1, 1 / 0;
show warnings limit 2;
select json_value('{}', 'not a path');
select repeat('x', 1000000000) is null;
select benchmark(1);
select extractvalue('<a>', '/b');
select st_geomfromtext('nonsense');

-- functions, procedures, triggers
create function plus(a int, b int) returns int deterministic return a + b;
select plus(1, 2), plus(1, null);
select plus(1);
delimiter //
create procedure several(in n int, out m int, inout k int) begin
  select 'first' as what; select n, k; select * from goods where false;
  set m = n * 2, k = k + 1; update as_is set x = 0 where n = 4711; select 'last';
end //
create procedure fails() begin select 'before'; select nothing; select 'after'; end //
create procedure caught() begin
  declare continue handler for sqlexception select 'caught';
  select * from nowhere; select 'after';
end //
create procedure warned() begin signal sqlstate '01001' set message_text = 'warned', mysql_errno = 1234; end //
create procedure loops() begin declare i int default 0; while i < 5 do select i; set i = i + 1; end while; end //
create procedure by_cursor() begin
  declare done int default false; declare v int; declare c cursor for select n from as_is order by n limit 2;
  declare continue handler for not found set done = true;
  open c; fetch c into v; select v; fetch c into v; select v; fetch c into v; select done; close c;
end //
create trigger noise before insert on as_is for each row begin if new.n > 100 then signal sqlstate '45000' set message_text = 'too many'; end if; set new.x = new.n * 2; end //
begin not atomic declare x int default 41; set x = x + 1; select x; end //
create procedure broken() begin selec 1; end //
delimiter ;
set @k = 7;
call several(21, @m, @k);
select @m, @k;
call fails();
call caught();
call warned();
show warnings;
call loops();
call by_cursor();
call several(1);
insert into as_is (n) values (10), (11);
insert into as_is (n) values (101);
select * from as_is order by n;
show procedure status like 'nothing';
show create function plus;
drop function plus;
drop procedure if exists never_there;
execute immediate 'select 1 + ? as by_text' using 41;

-- transactions and savepoints
begin;
insert into goods (name) values ('in between');
savepoint one;
insert into goods (name) values ('apple');
insert into goods (name) values ('more');
select count(*) from goods;
rollback to one;
select count(*) from goods;
release savepoint one;
release savepoint one;
rollback;
select count(*) from goods;
start transaction read only;
insert into goods (name) values ('read only');
commit;
set autocommit = 0;
insert into goods (name) values ('not yet');
rollback;
select @@autocommit;
set autocommit = 1;
start transaction with consistent snapshot;
commit and chain;
select 1;
rollback and no chain;
connect suite
select 'a new session', @a;
set time_zone = '+00:00';
set timestamp = 1790000000;
set transaction isolation level serializable;
set session transaction isolation level read committed;
select @@tx_isolation, @@in_transaction;
xa start 'suite';
select 1;
xa end 'suite';
xa prepare 'suite';
xa rollback 'suite';

-- prepare and execute
prepare p from 'select ? + 1 as n, concat(?, ''!'') as t';
set @a = 41, @b = 'x';
execute p using @a, @b;
execute p using @a;
execute p using @b, @a;
deallocate prepare p;
execute p using @a, @b;
prepare ins from 'insert into goods (name) values (?)';
set @n = 'apple';
execute ins using @n;
set @n = 'prepared';
execute ins using @n;
prepare many from 'select * from goods where id > ? order by id limit ?';
set @from = 0, @count = 2;
execute many using @from, @count;
execute many using @from, @count;
prepare nothing from 'select nothing';
deallocate prepare many;

-- settings and what is shown of them
select @a, @never, @x := 5, @x + 1;
set @text = 'ä', @number = 1.5, @none = null;
select @text, @number, @none;
select @@version_comment is null, @@sql_mode, @@session.time_zone;
show variables like 'character_set_c%';
show session variables where variable_name in ('autocommit', 'sql_mode', 'time_zone');
show collation where collation = 'utf8mb4_bin';
show character set like 'latin1';
show engines like 'x';
show databases like 'suit%';
show grants for nobody_at_all;
show events;
show triggers like 'nothing';
show open tables like 'nothing';
show privileges like 'x';
set names latin1;
select length('ä'), 'ä', hex('ä');
set names utf8mb4;
set character_set_results = null;
select 'ä';
set character_set_results = utf8mb4;
set sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT';
select "id" || 'x' from goods order by id limit 1;
set sql_mode = 'NO_BACKSLASH_ESCAPES';
select 'a\b', 'it''s';
set sql_mode = default;
set sql_select_limit = 2;
select id from goods order by id;
set sql_select_limit = default;
set statement max_statement_time = 0.05 for select count(*) from seq_1_to_100000000;
set statement sort_buffer_size = 100000 for select 1;
set group_concat_max_len = 10;
select group_concat(seq) from seq_1_to_50;
show warnings;
set group_concat_max_len = default;
set collation_connection = utf8mb4_bin;
select 'a' = 'A';
use mysql;
select database();
use suite;
select database(), schema();
\u suite
\g
select 1 as x, 'two' as y\G
select null as x, 'line\nbreak' as y\G
select 1\g
system true
\! true
warnings;
nowarning
prompt \\d> 
help nothing_there;

-- plans, temporary tables, many rows
explain select * from goods where id = 1;
explain format = json select 1;
explain extended select name from goods where id = 2;
explain update goods set price = 1 where id = 4711;
explain select nothing;
create temporary table t (a int, b varchar(20));
insert into t select seq, concat('row ', seq) from seq_1_to_1000;
select count(*), min(b), max(b) from t;
select * from t order by a;
show create table t;
drop temporary table t;
select * from t;
select seq as n, repeat('x', 50) as filler, seq * 1.5 as half, seq % 2 = 0 as even, null as none from seq_1_to_20000;
select seq, md5(seq) from seq_1_to_3000 order by 2 limit 2000;
select a.seq, b.seq from seq_1_to_40 a, seq_1_to_40 b;
select 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30;
select * from information_schema.character_sets order by 1;
select * from information_schema.collations order by id, collation_name;
select * from mysql.help_topic order by help_topic_id limit 50;
delimiter //
select 1; select 2, 'x'; update as_is set x = 1 where n = 1; select x from as_is where n = 1; //
select 1; select * from nowhere; select 'not reached'; //
select 'a' where false; select 'b'; //
insert into as_is (n) values (20); select row_count(); delete from as_is where n = 20; select row_count(); //
delimiter ;

-- what users need not see: with masking on, these cells differ and no others
create table people (id int, name varchar(40), email varchar(60), card varchar(40), iban varchar(40), phone varchar(40), note text, city varchar(40), password_hash varchar(60), ssn varchar(20), contact json);
insert into people values (1, 'Jane Roe', 'jane.roe@example.org', '4111 1111 1111 1111', 'DE89370400440532013000', '+49 30 901820', 'write to jane@example.net', 'Berlin', 'not told', '078-05-1120', '{"email": "jane.roe@example.org", "age": 33}'), (2, 'Joe Bloggs', 'joe@example.com', '5500-0000-0000-0004', null, null, 'a parcel', 'Paris', null, null, '{"age": 4}');
select * from people order by id;
select id, name, city from people order by id;
select email as harmless, upper(email), length(email), 'x' as email from people order by id;
select (select max(email) from people), count(*) from people;
select group_concat(email order by id), group_concat(name order by id) from people;
select 'mail jane.roe@example.org or call +49 30 901820' as free, 4111111111111111 as number, 4111111111111112 as other;
select json_object('mail', 'jane.roe@example.org', 'n', 1), json_array('joe@example.com', 2);
select json_value(contact, '$.email'), json_extract(contact, '$.age') from people order by id;
delete from people where id = 3 returning email, city;
insert into people (id, email, city) values (3, 'eve@example.com', 'Rome') returning email, city;
select email from people union all select city from people order by 1;
select x.* from (select id, email from people) x join people using (id) order by id;
table people;
create unique index by_email on people (email);
insert into people (email) values (concat('joe', '@example.com'));
signal sqlstate '45000' set message_text = 'to jane.roe@example.org';
select cast(concat('jane.roe', '@example.org') as signed);
show warnings;
prepare m from 'select email, city from people order by id';
execute m;
create procedure told() select id, email from people order by id;
call told();
select 'jane.roe@example.org' as at\G
drop database suite;
