//! Complexes, buildings, entrances and units of a Tashkent that could be.

use super::{
    Plot,
    copy::{Rows, Table},
    rng::Rng,
};
use chrono::{Datelike, NaiveDate, TimeDelta};
use std::collections::HashSet;
use uuid::Uuid;

/// How an address of the street is written, and where the street is.
const STREETS: &[(&str, f64, f64)] = &[
    ("Навои {}", 41.3216, 69.2437),
    ("Чиланзар 5-й квартал, {}", 41.2889, 69.2206),
    ("Юнусабад 4, дом {}", 41.3651, 69.2897),
    ("Мирзо-Улугбек {}", 41.3270, 69.3320),
    ("Шота Руставели {}", 41.2853, 69.2531),
    ("Амира Темура {}", 41.3420, 69.2855),
    ("Чиланзар 16-й квартал, {}", 41.2752, 69.1988),
    ("Буюк Ипак Йули {}", 41.3268, 69.3391),
    ("Юнусабад 11, дом {}", 41.3732, 69.2811),
    ("Катартал {}", 41.2868, 69.2121),
    ("Паркентская {}", 41.3142, 69.3187),
    ("Каракамыш 2/4, дом {}", 41.3611, 69.2107),
    ("Сергели 7, дом {}", 41.2243, 69.2230),
    ("Кушбеги {}", 41.2871, 69.2714),
    ("Яккасарай, ул. Бабура {}", 41.2823, 69.2590),
    ("Учтепа 22-й квартал, {}", 41.2938, 69.1755),
    ("Абдуллы Кадыри {}", 41.3297, 69.2641),
    ("Фархадская {}", 41.2937, 69.1901),
    ("Ойбека {}", 41.2967, 69.2740),
    ("Алмазар, ул. Сагбан {}", 41.3395, 69.2228),
    ("Нукусская {}", 41.2913, 69.2803),
    ("Куйлюк 5, дом {}", 41.2516, 69.3305),
    ("ТТЗ-2, дом {}", 41.3639, 69.3707),
    ("Лутфи {}", 41.2790, 69.2062),
    ("Тараса Шевченко {}", 41.3022, 69.2783),
    ("Мукими {}", 41.2836, 69.2330),
    ("Беруни {}", 41.3448, 69.2091),
    ("Афросиаб {}", 41.2962, 69.2666),
    ("Юнусабад 19, дом {}", 41.3779, 69.2969),
    ("Яшнабад, ул. Махтумкули {}", 41.2996, 69.3172),
];

const COMPLEXES: &[&str] = &[
    "Навруз",
    "Сад Бабура",
    "Олмазор Сити",
    "Бахор",
    "Мирабад Авеню",
    "Юнусабад Парк",
    "Дархан",
    "Гулистон",
    "Парк Хаус",
    "Ок Сарой",
    "Богишамол",
    "Карасу Резиденс",
    "Истиклол",
    "Чинор",
    "Янги Тошкент",
    "Салар Ривер",
    "Минор",
    "Ипак Йули",
];

const HINTS: &[&str] = &[
    "Вентиль холодной воды в подвале, вход со стороны 1-го подъезда. Ключ у дворника.",
    "Щитовая на 1-м этаже, код замка 2580. Ключ от чердака у старшего по дому, кв. 3.",
    "Тепловой узел в подвале 2-го подъезда. Перед отключением предупредить садик на первом этаже.",
    "Домофон иногда не открывает: звонить старшей по дому. Парковаться со двора.",
    "Стояки общие с соседним домом: перекрывать в подвале слева от входа, синий кран.",
    "Машинное отделение лифта на крыше, ключ у диспетчера.",
];

/// One house before it is filled.
#[derive(Clone, Debug)]
pub(super) struct Building {
    pub index: usize,
    pub id: Uuid,
    complex: Option<Uuid>,
    pub address: String,
    latitude: f64,
    longitude: f64,
    pub year: i16,
    pub storeys: i16,
    pub has_lift: bool,
    hint: Option<&'static str>,
    pub entrances: usize,
    per_floor: usize,
    pub flats: usize,
    shops: usize,
    storages: usize,
    parking: usize,
}

/// A complex: houses of one builder side by side.
#[derive(Clone, Debug)]
pub(super) struct Complex {
    id: Uuid,
    name: String,
}

/// A unit with what later steps need of it.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub id: Uuid,
    pub entrance: Option<Uuid>,
    /// 1, 2, …; 0 outside an entrance.
    pub entrance_number: i16,
    pub floor: i16,
    pub number: String,
    pub rooms: i16,
}

/// A filled house.
pub(super) struct Units {
    pub flats: Vec<Unit>,
    /// Shops, storages and parking places: what flat owners may own besides.
    pub others: Vec<Unit>,
}

/// Draws houses until there are enough flats; only these few numbers a house stay in memory.
pub(super) fn plan(plot: &Plot) -> (Vec<Complex>, Vec<Building>) {
    let mut rng = Rng::part(plot.seed, "houses", 0);
    let (mut complexes, mut buildings) = (Vec::new(), Vec::new());
    let mut taken = HashSet::new();
    let (mut left, mut streets) = (plot.apartments, 0);
    while left > 0 {
        let (pattern, latitude, longitude) = STREETS[streets % STREETS.len()];
        streets += 1;
        // Every third group is a new complex, the rest are older houses side by side.
        let complex = (streets % 3 == 2).then(|| {
            let name = COMPLEXES[complexes.len() % COMPLEXES.len()];
            let turn = complexes.len() / COMPLEXES.len();
            let name = if turn == 0 { format!("ЖК «{name}»") } else { format!("ЖК «{name}-{}»", turn + 1) };
            complexes.push(Complex { id: rng.id(plot.opened), name });
            complexes[complexes.len() - 1].id
        });
        let first = 1 + rng.below(60);
        for step in 0..1 + rng.below(3) {
            if left == 0 {
                break;
            }
            let mut number = first + step * 2;
            let mut address = pattern.replace("{}", &number.to_string());
            while !taken.insert(address.clone()) {
                number += 1;
                address = pattern.replace("{}", &number.to_string());
            }
            let mut building = house(&mut rng, plot, complex);
            building.index = buildings.len();
            building.address = address;
            building.latitude = round(latitude + (rng.unit() - 0.5) * 0.012);
            building.longitude = round(longitude + (rng.unit() - 0.5) * 0.016);
            building.flats = building.flats.min(left);
            left -= building.flats;
            buildings.push(building);
        }
    }
    (complexes, buildings)
}

fn round(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

fn house(rng: &mut Rng, plot: &Plot, complex: Option<Uuid>) -> Building {
    let modern = complex.is_some();
    let (storeys, per_floor, entrances, year) = if modern {
        (rng.pick(&[7, 9, 12, 16]), 4 + rng.below(3), 1 + rng.below(3), rng.between(2014, 2024))
    } else if rng.chance(0.55) {
        (rng.pick(&[4, 5]), 4, 2 + rng.below(4), rng.between(1968, 1992))
    } else {
        (9, 4, 1 + rng.below(4), rng.between(1976, 1996))
    };
    let floors = usize::try_from(storeys).unwrap_or(1);
    // The whole first floor of a new house belongs to shops.
    let living = if modern { floors - 1 } else { floors };
    Building {
        index: 0,
        id: rng.id(plot.opened),
        complex,
        address: String::new(),
        latitude: 0.0,
        longitude: 0.0,
        year: i16::try_from(year).unwrap_or(2000),
        storeys,
        has_lift: storeys > 5,
        hint: rng.chance(0.7).then(|| rng.pick(HINTS)),
        entrances,
        per_floor,
        flats: living * per_floor * entrances,
        shops: if modern { 2 + rng.below(4) } else { rng.below(3) },
        storages: if modern { 6 + rng.below(8) } else { 0 },
        parking: if modern { 10 + rng.below(20) } else { 0 },
    }
}

/// Writes the complexes, once.
pub(super) fn write_complexes(rows: &mut Rows, plot: &Plot, complexes: &[Complex]) {
    for complex in complexes {
        rows.add(Table::Complexes, &[&complex.id, &plot.company, &complex.name]);
    }
}

/// Writes one house with everything in it.
pub(super) fn write(rows: &mut Rows, plot: &Plot, rng: &mut Rng, building: &Building) -> Units {
    let b = building;
    let facts = facts(plot, b);
    rows.add(
        Table::Buildings,
        &[
            &b.id,
            &plot.company,
            &b.complex,
            &b.address,
            &b.code(),
            &b.year,
            &b.storeys,
            &b.has_lift,
            &facts.area_cm2,
            &facts.networks,
            &b.hint,
            &b.latitude,
            &b.longitude,
        ],
    );
    let entrances: Vec<Uuid> = (0..b.entrances).map(|_| rng.id(plot.opened)).collect();
    for (id, number) in entrances.iter().zip(1_i16..) {
        rows.add(Table::Entrances, &[id, &plot.company, &b.id, &number]);
    }
    let per_entrance = (b.flats_planned() / b.entrances).max(1);
    let ground = if b.complex.is_some() { 2 } else { 1 };
    let mut flats = Vec::with_capacity(b.flats);
    for index in 0..b.flats {
        let entrance = (index / per_entrance).min(b.entrances - 1);
        let floor = ground + i16::try_from(index % per_entrance / b.per_floor).unwrap_or(0);
        let rooms = [1, 2, 3, 4][rng.weighted(&[0.2, 0.38, 0.32, 0.1])];
        let (low, high) = [(300, 430), (440, 600), (580, 800), (780, 1150)][usize::try_from(rooms - 1).unwrap_or(0)];
        // A tenth of a square metre is 1000 cm².
        let area = rng.between(low, high) * 1000;
        let unit = Unit {
            id: rng.id(plot.opened),
            entrance: Some(entrances[entrance]),
            entrance_number: i16::try_from(entrance + 1).unwrap_or(1),
            floor: floor.min(b.storeys),
            number: (index + 1).to_string(),
            rooms,
        };
        add(rows, plot, b, &unit, "flat", area, Some(facts.cadastral(index + 1)));
        account(rows, plot, rng, b, &unit, index + 1);
        flats.push(unit);
    }
    let mut others = Vec::new();
    let kinds =
        [("shop", "М", b.shops, 1, 250), ("storage", "К", b.storages, -1, 40), ("parking", "П", b.parking, -1, 135)];
    for (kind, letter, count, floor, tenths) in kinds {
        for n in 1..=count {
            let unit = Unit {
                id: rng.id(plot.opened),
                entrance: None,
                entrance_number: 0,
                floor,
                number: format!("{letter}{n}"),
                rooms: 0,
            };
            let area = rng.between(tenths, tenths * 3 / 2) * 1000;
            // Storages and parking places are rarely in the cadastre yet.
            add(rows, plot, b, &unit, kind, area, (kind == "shop").then(|| facts.cadastral(900 + n)));
            if kind == "shop" {
                account(rows, plot, rng, b, &unit, 900 + n);
            }
            others.push(unit);
        }
    }
    Units { flats, others }
}

/// What the card of a house tells besides; drawn apart, so that it changes nothing else of the city.
struct Facts {
    area_cm2: i64,
    networks: &'static str,
    /// Region, district, block, plot.
    cadastre: String,
}

impl Facts {
    fn cadastral(&self, unit: usize) -> String {
        format!("{}:{unit:03}", self.cadastre)
    }
}

fn facts(plot: &Plot, b: &Building) -> Facts {
    let mut rng = Rng::part(plot.seed, "facts", b.index);
    let flats = i64::try_from(b.flats).unwrap_or(0);
    let networks = match (b.complex.is_some(), rng.chance(0.8)) {
        // New houses cook with electricity and heat themselves.
        (true, true) => "{cold_water,sewerage,electricity,internet}",
        (true, false) => "{cold_water,hot_water,sewerage,electricity,heating,internet}",
        (false, true) => "{cold_water,hot_water,sewerage,gas,electricity,heating,internet}",
        (false, false) => "{cold_water,sewerage,gas,electricity,internet}",
    };
    let (district, block) = (rng.between(1, 11), rng.between(1, 9));
    let cadastre = format!("10:{district:02}:{block:02}:01:02:{:04}:0001", rng.between(1000, 9999));
    // Flats, and a fifth more for stairs and cellars.
    let area_cm2 = flats * rng.between(600, 680) * 1000 * 6 / 5 + rng.between(100, 900) * 1000;
    Facts { area_cm2, networks, cadastre }
}

impl Building {
    /// The short number that accounts begin with.
    fn code(&self) -> i32 {
        i32::try_from(self.index).unwrap_or(0) + 101
    }

    fn flats_planned(&self) -> usize {
        let floors = usize::try_from(self.storeys).unwrap_or(1);
        (if self.complex.is_some() { floors - 1 } else { floors }) * self.per_floor * self.entrances
    }
}

fn add(rows: &mut Rows, plot: &Plot, b: &Building, unit: &Unit, kind: &str, area_cm2: i64, cadastral: Option<String>) {
    let rooms = (unit.rooms > 0).then_some(unit.rooms);
    rows.add(
        Table::Units,
        &[
            &unit.id,
            &plot.company,
            &b.id,
            &unit.entrance,
            &kind,
            &unit.number,
            &unit.floor,
            &rooms,
            &area_cm2,
            &cadastral,
        ],
    );
}

/// A personal account: five digits of the house, three of the unit.
fn account(rows: &mut Rows, plot: &Plot, rng: &mut Rng, b: &Building, unit: &Unit, n: usize) {
    let number = format!("{:05}{n:03}", b.code());
    let built = NaiveDate::from_ymd_opt(b.year.into(), 1, 1).unwrap_or_default();
    let opened = plot.opened.date_naive().max(built + TimeDelta::days(30));
    debug_assert!(opened.year() >= i32::from(b.year));
    rows.add(Table::Accounts, &[&rng.id(plot.opened), &plot.company, &unit.id, &number, &opened]);
}
