-- A small shop, with what its engineers need not see. Cards and numbers are those that are set aside for tests.
create table customers (
    id          integer primary key generated always as identity,
    name        text not null,
    email       text not null,
    phone       text,
    national_id text,
    card        text,
    city        text not null
);

create table orders (
    id          integer primary key generated always as identity,
    customer_id integer not null references customers,
    article     text not null,
    total       numeric(10, 2) not null,
    placed      timestamptz not null default now()
);

insert into customers (name, email, phone, national_id, card, city) values
    ('Ada Okafor',     'ada.okafor@example.com',     '+1 202 555 0143',  '219-09-9999', '4111 1111 1111 1111', 'Lagos'),
    ('Jonas Weber',    'jonas.weber@example.org',    '+49 30 901820',    '078-05-1120', '5555 5555 5555 4444', 'Berlin'),
    ('Mei Tanaka',     'mei.tanaka@example.net',     '+81 3 3224 9999',  '457-55-5462', '3782 822463 10005',   'Osaka'),
    ('Lucía Fernández','lucia.fernandez@example.com','+34 91 538 8200',  '612-04-1234', '6011 1111 1111 1117', 'Sevilla'),
    ('Sam Patel',      'sam.patel@example.org',      '+44 20 7946 0018', '509-22-7743', '4012 8888 8888 1881', 'Leeds');

insert into orders (customer_id, article, total)
    select 1 + n % 5, (array['kettle', 'lamp', 'desk', 'bicycle'])[1 + n % 4], 12.50 * (1 + n % 7)
    from generate_series(1, 60) n;
