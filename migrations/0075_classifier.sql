-- What requests are about: place → category → problem. Only the triples that are here may be chosen.
--
-- The shipped problems are the product's, one list for everybody. Each company has rows of its own for them, made when
-- the company is made, so that it may rename, hide and order them; its own problems stand beside them. A later
-- migration adds to the shipped list and calls `give_common_problems` once more.
create table common_places (
  key text primary key,
  name_ru text not null,
  name_uz text not null,
  name_en text not null,
  position int not null
);

create table common_problems (
  key text primary key,
  place text not null references common_places,
  category text not null,
  name_ru text not null,
  name_uz text not null,
  name_en text not null,
  kind text not null,
  priority text not null,
  position int not null
);

create table places (
  company_id uuid not null references companies,
  -- the shipped word, or `own-` and a number
  key text not null check (key ~ '^[a-z0-9-]{1,40}$'),
  name_ru text not null check (length(name_ru) between 1 and 100),
  name_uz text not null check (length(name_uz) between 1 and 100),
  name_en text not null check (length(name_en) between 1 and 100),
  position int not null,
  hidden boolean not null default false,
  primary key (company_id, key)
);

create table problems (
  id uuid primary key,
  company_id uuid not null references companies,
  -- the shipped problem it was made from; the company's own have none
  common_key text references common_problems,
  place text not null,
  category text not null
    check (category in ('plumbing', 'electrical', 'heating', 'elevator', 'cleaning', 'doors', 'yard', 'other')),
  name_ru text not null check (length(name_ru) between 1 and 100),
  name_uz text not null check (length(name_uz) between 1 and 100),
  name_en text not null check (length(name_en) between 1 and 100),
  kind text not null check (kind in ('regular', 'emergency', 'paid', 'warranty')),
  priority text not null check (priority in ('low', 'normal', 'high', 'urgent')),
  -- the usual time to mend it; without it the company's hours by urgency hold
  hours smallint check (hours between 1 and 2000),
  -- who usually does it: a trade, or one person
  skill text check (skill in ('plumber', 'electrician', 'heating', 'lift', 'cleaner', 'locksmith', 'handyman')),
  assignee_id uuid,
  position int not null,
  hidden boolean not null default false,
  -- the names are the company's and not replaced when the shipped ones are bettered
  renamed boolean not null default false,
  version int not null default 1,
  unique (company_id, id),
  foreign key (company_id, place) references places (company_id, key),
  foreign key (company_id, assignee_id) references users (company_id, id)
);
create unique index problems_common on problems (company_id, common_key) where common_key is not null;
create index problems_order on problems (company_id, position, id);

insert into common_places (key, name_ru, name_uz, name_en, position) values
  ('flat', 'Квартира', 'Xonadon', 'Flat', 10),
  ('entrance', 'Подъезд', 'Yoʻlak', 'Entrance', 20),
  ('lift', 'Лифт', 'Lift', 'Lift', 30),
  ('roof', 'Крыша и чердак', 'Tom va chordoq', 'Roof and attic', 40),
  ('basement', 'Подвал', 'Yertoʻla', 'Basement', 50),
  ('facade', 'Фасад', 'Fasad', 'Facade', 60),
  ('yard', 'Двор', 'Hovli', 'Yard', 70),
  ('parking', 'Паркинг', 'Avtoturargoh', 'Parking', 80),
  ('other', 'Другое', 'Boshqa', 'Other', 90);

insert into common_problems (key, place, category, name_ru, name_uz, name_en, kind, priority, position) values
  ('flat.tap', 'flat', 'plumbing', 'Течёт кран или смеситель', 'Joʻmrak yoki smesitel oqmoqda', 'Tap or mixer leaks', 'regular', 'normal', 10),
  ('flat.burst', 'flat', 'plumbing', 'Прорвало трубу, затопление', 'Quvur yorildi, suv bosmoqda', 'Burst pipe, flooding', 'emergency', 'urgent', 20),
  ('flat.leak_above', 'flat', 'plumbing', 'Топят сверху, мокрый потолок', 'Tepadan suv oqmoqda, shift nam', 'Leak from above, wet ceiling', 'regular', 'high', 30),
  ('flat.sewer', 'flat', 'plumbing', 'Засор канализации', 'Kanalizatsiya tiqilgan', 'Blocked drain', 'regular', 'high', 40),
  ('flat.sewer_flood', 'flat', 'plumbing', 'Канализация поднялась, льётся на пол', 'Kanalizatsiya koʻtarildi, polga oqmoqda', 'Sewage backing up', 'emergency', 'urgent', 50),
  ('flat.toilet', 'flat', 'plumbing', 'Неисправен унитаз или бачок', 'Unitaz yoki bachok nosoz', 'Toilet or cistern faulty', 'regular', 'normal', 60),
  ('flat.siphon', 'flat', 'plumbing', 'Течёт сифон или подводка', 'Sifon yoki ulanish oqmoqda', 'Leaking trap or hose', 'regular', 'normal', 70),
  ('flat.riser', 'flat', 'plumbing', 'Течёт стояк', 'Stoyak oqmoqda', 'Riser leaks', 'regular', 'high', 80),
  ('flat.no_cold', 'flat', 'plumbing', 'Нет холодной воды', 'Sovuq suv yoʻq', 'No cold water', 'regular', 'high', 90),
  ('flat.no_hot', 'flat', 'plumbing', 'Нет горячей воды', 'Issiq suv yoʻq', 'No hot water', 'regular', 'normal', 100),
  ('flat.pressure', 'flat', 'plumbing', 'Слабый напор воды', 'Suv bosimi past', 'Low water pressure', 'regular', 'normal', 110),
  ('flat.rust', 'flat', 'plumbing', 'Ржавая или грязная вода', 'Suv zangli yoki iflos', 'Rusty or dirty water', 'regular', 'normal', 120),
  ('flat.sewer_smell', 'flat', 'plumbing', 'Запах канализации', 'Kanalizatsiya hidi', 'Sewer smell', 'regular', 'normal', 130),
  ('flat.meter', 'flat', 'plumbing', 'Счётчик воды: замена, пломба', 'Suv hisoblagichi: almashtirish, plomba', 'Water meter: replacement, seal', 'regular', 'low', 140),
  ('flat.pipe_noise', 'flat', 'plumbing', 'Шумят трубы', 'Quvurlar shovqin qilmoqda', 'Noisy pipes', 'regular', 'low', 150),
  ('flat.no_power', 'flat', 'electrical', 'Нет света в квартире', 'Xonadonda tok yoʻq', 'No power in the flat', 'regular', 'high', 160),
  ('flat.breaker', 'flat', 'electrical', 'Выбивает автомат', 'Avtomat oʻchib qolmoqda', 'Breaker trips', 'regular', 'normal', 170),
  ('flat.socket', 'flat', 'electrical', 'Неисправна розетка или выключатель', 'Rozetka yoki viklyuchatel nosoz', 'Socket or switch faulty', 'regular', 'high', 180),
  ('flat.flicker', 'flat', 'electrical', 'Мигает свет, скачет напряжение', 'Chiroq oʻchib-yonmoqda, kuchlanish sakraydi', 'Flickering, voltage jumps', 'regular', 'normal', 190),
  ('flat.el_meter', 'flat', 'electrical', 'Счётчик электроэнергии', 'Elektr hisoblagichi', 'Electricity meter', 'regular', 'low', 200),
  ('flat.wiring', 'flat', 'electrical', 'Горит проводка, запах гари', 'Simlar kuymoqda, kuyuk hidi', 'Burning wiring', 'emergency', 'urgent', 210),
  ('flat.cold_radiator', 'flat', 'heating', 'Холодные батареи', 'Batareyalar sovuq', 'Cold radiators', 'regular', 'high', 220),
  ('flat.radiator_leak', 'flat', 'heating', 'Течёт батарея', 'Batareya oqmoqda', 'Radiator leaks', 'regular', 'high', 230),
  ('flat.radiator_burst', 'flat', 'heating', 'Прорыв батареи, кипяток', 'Batareya yorildi, qaynoq suv', 'Radiator burst', 'emergency', 'urgent', 240),
  ('flat.air', 'flat', 'heating', 'Воздух в системе отопления', 'Isitish tizimida havo', 'Air in the heating', 'regular', 'normal', 250),
  ('flat.too_hot', 'flat', 'heating', 'Слишком жарко', 'Juda issiq', 'Too hot', 'regular', 'low', 260),
  ('flat.towel', 'flat', 'heating', 'Холодный полотенцесушитель', 'Sochiq quritgich sovuq', 'Cold towel rail', 'regular', 'low', 270),
  ('flat.heat_schedule', 'flat', 'heating', 'Когда включат отопление', 'Isitish qachon yoqiladi', 'When heating starts', 'regular', 'low', 280),
  ('flat.window', 'flat', 'doors', 'Окно, балконная дверь', 'Deraza, balkon eshigi', 'Window, balcony door', 'paid', 'low', 290),
  ('flat.lock', 'flat', 'doors', 'Замок входной двери квартиры', 'Xonadon eshigi qulfi', 'Flat door lock', 'paid', 'normal', 300),
  ('flat.locked_child', 'flat', 'doors', 'Заперт человек, ребёнок за дверью', 'Ichkarida odam yoki bola qamalib qolgan', 'Person or child locked in', 'emergency', 'urgent', 310),
  ('flat.mold', 'flat', 'other', 'Плесень, сырость', 'Mogʻor, namlik', 'Mould, damp', 'regular', 'normal', 320),
  ('flat.ventilation', 'flat', 'other', 'Не работает вентиляция', 'Ventilyatsiya ishlamayapti', 'Ventilation not working', 'regular', 'low', 330),
  ('flat.gas', 'flat', 'other', 'Запах газа', 'Gaz hidi', 'Smell of gas', 'emergency', 'urgent', 340),
  ('flat.noise', 'flat', 'other', 'Шум, соседи', 'Shovqin, qoʻshnilar', 'Noise, neighbours', 'regular', 'low', 350),
  ('entrance.light', 'entrance', 'electrical', 'Нет света в подъезде', 'Yoʻlakda chiroq yoʻq', 'No light in the entrance', 'regular', 'normal', 360),
  ('entrance.no_power', 'entrance', 'electrical', 'Весь подъезд без электричества', 'Butun yoʻlakda tok yoʻq', 'Whole entrance without power', 'emergency', 'urgent', 370),
  ('entrance.sensor', 'entrance', 'electrical', 'Датчик движения, свет горит днём', 'Harakat datchigi, chiroq kunduzi yonadi', 'Motion sensor, light always on', 'regular', 'low', 380),
  ('entrance.panel', 'entrance', 'electrical', 'Открыт щиток, торчат провода', 'Shit ochiq, simlar chiqib turibdi', 'Open panel, bare wires', 'regular', 'high', 390),
  ('entrance.dirty', 'entrance', 'cleaning', 'Не убрано в подъезде', 'Yoʻlak tozalanmagan', 'Entrance not cleaned', 'regular', 'normal', 400),
  ('entrance.rubbish', 'entrance', 'cleaning', 'Мусор, вещи на площадке', 'Maydonchada chiqindi, buyumlar', 'Rubbish left on the landing', 'regular', 'normal', 410),
  ('entrance.chute', 'entrance', 'cleaning', 'Забит мусоропровод', 'Chiqindi quvuri tiqilgan', 'Rubbish chute blocked', 'regular', 'normal', 420),
  ('entrance.pests', 'entrance', 'cleaning', 'Тараканы, крысы, обработка', 'Suvarak, kalamush, dori sepish', 'Pests, disinfection', 'regular', 'normal', 430),
  ('entrance.animals', 'entrance', 'cleaning', 'Животные, запах в подъезде', 'Hayvonlar, yoʻlakda hid', 'Animals, smell in the entrance', 'regular', 'low', 440),
  ('entrance.windows', 'entrance', 'cleaning', 'Мытьё окон и стен подъезда', 'Yoʻlak oynalari va devorlarini yuvish', 'Washing windows and walls', 'regular', 'low', 450),
  ('entrance.spill', 'entrance', 'cleaning', 'Опасно: разлито, стекло на полу', 'Xavfli: toʻkilgan, polda shisha', 'Hazard: spill, broken glass', 'emergency', 'high', 460),
  ('entrance.intercom', 'entrance', 'doors', 'Не работает домофон', 'Domofon ishlamayapti', 'Intercom not working', 'regular', 'normal', 470),
  ('entrance.keys', 'entrance', 'doors', 'Ключ от домофона', 'Domofon kaliti', 'Intercom key', 'paid', 'low', 480),
  ('entrance.door', 'entrance', 'doors', 'Дверь подъезда не закрывается, доводчик', 'Yoʻlak eshigi yopilmayapti, dovodchik', 'Entrance door, closer', 'regular', 'normal', 490),
  ('entrance.lock', 'entrance', 'doors', 'Замок подъезда, чердака, подвала', 'Yoʻlak, chordoq, yertoʻla qulfi', 'Lock of entrance, attic or cellar', 'regular', 'normal', 500),
  ('entrance.stuck', 'entrance', 'doors', 'Заклинило дверь, люди не могут выйти', 'Eshik qotib qoldi, odamlar chiqolmayapti', 'Door stuck, people trapped', 'emergency', 'urgent', 510),
  ('entrance.glass', 'entrance', 'doors', 'Разбито окно или стекло', 'Deraza yoki oyna singan', 'Broken window or glass', 'regular', 'normal', 520),
  ('entrance.mailbox', 'entrance', 'other', 'Почтовые ящики', 'Pochta qutilari', 'Mailboxes', 'regular', 'low', 530),
  ('entrance.rail', 'entrance', 'other', 'Перила, ступени', 'Panjara, zinapoya', 'Railings, steps', 'regular', 'high', 540),
  ('entrance.walls', 'entrance', 'other', 'Плитка, штукатурка, покраска подъезда', 'Yoʻlak plitkasi, suvogʻi, boʻyogʻi', 'Tiles, plaster, paint', 'regular', 'low', 550),
  ('entrance.radiator', 'entrance', 'heating', 'Холодно в подъезде', 'Yoʻlak sovuq', 'Cold entrance', 'regular', 'normal', 560),
  ('lift.stuck_people', 'lift', 'elevator', 'Застряли люди в лифте', 'Liftda odamlar qolib ketdi', 'People stuck in the lift', 'emergency', 'urgent', 570),
  ('lift.broken', 'lift', 'elevator', 'Лифт не работает', 'Lift ishlamayapti', 'Lift out of order', 'regular', 'high', 580),
  ('lift.doors', 'lift', 'elevator', 'Двери лифта', 'Lift eshigi', 'Lift doors', 'regular', 'high', 590),
  ('lift.button', 'lift', 'elevator', 'Кнопки, вызов, связь с диспетчером', 'Tugmalar, chaqiruv, dispetcher aloqasi', 'Buttons, call, intercom', 'regular', 'normal', 600),
  ('lift.noise', 'lift', 'elevator', 'Лифт дёргается, скрипит', 'Lift silkinadi, gʻijirlaydi', 'Lift jerks or squeaks', 'regular', 'high', 610),
  ('lift.level', 'lift', 'elevator', 'Лифт останавливается не на том уровне', 'Lift notoʻgʻri qavatda toʻxtaydi', 'Lift stops at the wrong level', 'regular', 'high', 620),
  ('lift.light', 'lift', 'elevator', 'Свет, зеркало, грязь в кабине', 'Kabinada chiroq, oyna, kirlik', 'Cabin light, mirror, dirt', 'regular', 'low', 630),
  ('roof.leak', 'roof', 'other', 'Протекает крыша', 'Tom oqmoqda', 'Roof leaks', 'regular', 'high', 640),
  ('roof.gutter', 'roof', 'other', 'Водосток, жёлоб', 'Suv tarnovi', 'Gutter, drainpipe', 'regular', 'normal', 650),
  ('roof.ice', 'roof', 'other', 'Снег, сосульки', 'Qor, sumalaklar', 'Snow, icicles', 'regular', 'high', 660),
  ('roof.canopy', 'roof', 'other', 'Козырёк над входом', 'Kirish soyaboni', 'Entrance canopy', 'regular', 'normal', 670),
  ('roof.antenna', 'roof', 'other', 'Антенна, интернет, кабели', 'Antenna, internet, kabellar', 'Antenna, internet, cables', 'regular', 'low', 680),
  ('basement.flood', 'basement', 'plumbing', 'Вода в подвале', 'Yertoʻlada suv', 'Water in the basement', 'regular', 'high', 690),
  ('basement.light', 'basement', 'electrical', 'Нет света в подвале', 'Yertoʻlada chiroq yoʻq', 'No light in the basement', 'regular', 'low', 700),
  ('basement.smell', 'basement', 'cleaning', 'Запах, мусор в подвале', 'Yertoʻlada hid, chiqindi', 'Smell or rubbish in the basement', 'regular', 'normal', 710),
  ('basement.itp', 'basement', 'heating', 'Нет отопления во всём доме', 'Butun uyda isitish yoʻq', 'No heating in the whole house', 'emergency', 'urgent', 720),
  ('facade.plaster', 'facade', 'other', 'Падает штукатурка, облицовка', 'Suvoq, qoplama tushmoqda', 'Falling plaster or cladding', 'emergency', 'urgent', 730),
  ('facade.crack', 'facade', 'other', 'Трещина в стене', 'Devorda yoriq', 'Crack in the wall', 'regular', 'high', 740),
  ('facade.seams', 'facade', 'other', 'Межпанельные швы', 'Panel choklari', 'Panel joints', 'regular', 'normal', 750),
  ('facade.number', 'facade', 'other', 'Табличка, доска объявлений', 'Lavha, eʼlonlar taxtasi', 'Sign, notice board', 'regular', 'low', 760),
  ('yard.playground', 'yard', 'yard', 'Детская площадка', 'Bolalar maydonchasi', 'Playground', 'regular', 'normal', 770),
  ('yard.bench', 'yard', 'yard', 'Скамейки, урны', 'Oʻrindiqlar, urnalar', 'Benches, bins', 'regular', 'low', 780),
  ('yard.tree', 'yard', 'yard', 'Деревья: обрезка, сухие ветки', 'Daraxtlar: kesish, quruq shoxlar', 'Trees: pruning, dry branches', 'regular', 'normal', 790),
  ('yard.tree_fell', 'yard', 'yard', 'Упало дерево', 'Daraxt qulab tushdi', 'Fallen tree', 'emergency', 'urgent', 800),
  ('yard.light', 'yard', 'electrical', 'Уличный фонарь', 'Koʻcha chirogʻi', 'Street lamp', 'regular', 'normal', 810),
  ('yard.road', 'yard', 'yard', 'Яма, асфальт, тротуар', 'Chuqur, asfalt, yoʻlak', 'Pothole, pavement', 'regular', 'normal', 820),
  ('yard.hatch', 'yard', 'yard', 'Открытый люк', 'Ochiq lyuk', 'Open manhole', 'emergency', 'urgent', 830),
  ('yard.barrier', 'yard', 'yard', 'Шлагбаум, ворота', 'Shlagbaum, darvoza', 'Barrier, gate', 'regular', 'normal', 840),
  ('yard.ditch', 'yard', 'yard', 'Арык, полив, ливнёвка', 'Ariq, sugʻorish, suv oqova', 'Ditch, irrigation, storm drain', 'regular', 'normal', 850),
  ('yard.garden', 'yard', 'yard', 'Газон, клумбы, озеленение', 'Gazon, gulzor, koʻkalamzor', 'Lawn, flower beds', 'regular', 'low', 860),
  ('yard.containers', 'yard', 'cleaning', 'Не вывозят мусор', 'Chiqindi olib ketilmayapti', 'Rubbish not collected', 'regular', 'high', 870),
  ('yard.sweep', 'yard', 'cleaning', 'Не убран двор, листья', 'Hovli supurilmagan, barglar', 'Yard not swept, leaves', 'regular', 'low', 880),
  ('yard.snow', 'yard', 'cleaning', 'Снег, гололёд', 'Qor, muz', 'Snow, ice', 'regular', 'high', 890),
  ('yard.dogs', 'yard', 'yard', 'Бездомные собаки', 'Daydi itlar', 'Stray dogs', 'regular', 'normal', 900),
  ('parking.cars', 'parking', 'yard', 'Парковка, машины на газоне', 'Avtoturargoh, mashinalar gazonda', 'Parking, cars on the lawn', 'regular', 'low', 910),
  ('parking.garage', 'parking', 'doors', 'Паркинг: ворота, пульт', 'Parking darvozasi, pult', 'Garage gate, remote', 'regular', 'normal', 920),
  ('parking.flood', 'parking', 'plumbing', 'Вода в паркинге', 'Parkingda suv', 'Water in the garage', 'regular', 'high', 930),
  ('other.bill', 'other', 'other', 'Квитанция, начисления', 'Kvitansiya, hisob-kitob', 'Bill, charges', 'regular', 'low', 940),
  ('other.document', 'other', 'other', 'Справка, документы', 'Maʼlumotnoma, hujjatlar', 'Certificate, documents', 'regular', 'low', 950),
  ('other.staff', 'other', 'other', 'Жалоба или благодарность сотруднику', 'Xodim ustidan shikoyat yoki minnatdorlik', 'Complaint or thanks to staff', 'regular', 'normal', 960),
  ('other.cctv', 'other', 'other', 'Видеонаблюдение', 'Videokuzatuv', 'CCTV', 'regular', 'normal', 970);

-- Gives a company what it lacks of the shipped places and problems. The id comes from company and key: the same seed
-- makes the same rows.
create function give_common_problems(company uuid) returns void language sql as $$
  insert into places (company_id, key, name_ru, name_uz, name_en, position)
    select company, key, name_ru, name_uz, name_en, position from common_places
    on conflict do nothing;
  insert into problems (id, company_id, common_key, place, category, name_ru, name_uz, name_en, kind, priority, position)
    select md5(company::text || ':' || key)::uuid, company, key, place, category, name_ru, name_uz, name_en, kind, priority, position
    from common_problems on conflict do nothing;
$$;

create function give_new_company_problems() returns trigger language plpgsql as $$
begin
  perform give_common_problems(new.id);
  return new;
end $$;
create trigger companies_problems after insert on companies for each row execute function give_new_company_problems();

call protect('places');
call protect('problems');

-- The shipped lists are nobody's: read when companies are made, and never through a company.
alter table common_places enable row level security;
alter table common_places force row level security;
create policy system on common_places to uk_system using (true) with check (true);
alter table common_problems enable row level security;
alter table common_problems force row level security;
create policy system on common_problems to uk_system using (true) with check (true);

-- Companies that are there already. Rows behind the wall are written as the system does.
set local role uk_system;
do $$ begin perform give_common_problems(id) from companies; end $$;
reset role;

-- Requests name their problem; those of before, and those nobody could place, have none. `problem_auto` says that the
-- words alone decided: automatic until somebody confirms it.
alter table requests
  add column problem_id uuid,
  add column problem_auto boolean not null default false,
  add constraint requests_problem foreign key (company_id, problem_id) references problems (company_id, id),
  add constraint requests_auto check (problem_auto <= (problem_id is not null));
-- What is learned from: the newest confirmed ones of each problem.
create index requests_problem on requests (company_id, problem_id, created_at desc) where problem_id is not null;
