//! Households and the company's own people.

use super::{
    PASSWORD_HASH, Plot,
    copy::{Rows, Table},
    houses::{Building, Unit, Units},
    names::{Family, Name},
    rng::Rng,
};
use crate::people::{Closed, close_steady};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use model::{
    Lang,
    people::{Channel, Relation, Secret},
    staff::Skill,
};
use uuid::Uuid;

/// Somebody who lives in a flat and may file requests.
#[derive(Clone, Debug)]
pub(super) struct Resident {
    pub contact: Uuid,
    pub name: String,
    pub phone: String,
    pub lang: Lang,
    /// Their login, if they have one.
    pub user: Option<Uuid>,
    /// Lives here since; files nothing earlier.
    pub since: DateTime<Utc>,
}

/// The people of one flat; empty when it stands empty.
pub(super) type Household = Vec<Resident>;

/// A staff member.
#[derive(Clone, Debug)]
pub(super) struct Worker {
    pub id: Uuid,
    pub login: String,
    pub name: String,
    pub skills: Vec<Skill>,
}

/// Everybody the company employs.
pub(super) struct Staff {
    pub admin: Worker,
    pub dispatchers: Vec<Worker>,
    pub field: Vec<Worker>,
}

/// Login, skills and sex of the trade; the list repeats with numbers in larger companies.
const TRADES: &[(&str, &[Skill], bool)] = &[
    ("plumber", &[Skill::Plumber], false),
    ("electrician", &[Skill::Electrician], false),
    ("lift", &[Skill::Lift], false),
    ("cleaner", &[Skill::Cleaner], true),
    ("heating", &[Skill::Heating, Skill::Plumber], false),
    ("locksmith", &[Skill::Locksmith, Skill::Handyman], false),
    ("plumber", &[Skill::Plumber, Skill::Heating], false),
    ("handyman", &[Skill::Handyman], false),
    ("cleaner", &[Skill::Cleaner], true),
    ("electrician", &[Skill::Electrician], false),
];

const NOTES: &[&str] = &[
    "Старшая по дому",
    "Звонить после 18:00",
    "Просит писать в Telegram",
    "Глуховат: говорить громче",
    "Ключи от квартиры у соседей",
    "Есть собака: предупреждать о приходе",
];

/// Gives out phone numbers, each once.
pub(super) struct Phones {
    mobile: u64,
    landline: u64,
}

impl Phones {
    pub fn new(seed: u64) -> Self {
        Self { mobile: seed % 9_000_000, landline: seed % 900_000 }
    }

    /// A telephone of a house in Tashkent.
    fn landline(&mut self) -> String {
        self.landline += 1;
        format!("+998712{:06}", self.landline.wrapping_mul(314_159) % 1_000_000)
    }

    fn next(&mut self, rng: &mut Rng) -> String {
        const OPERATORS: &[&str] = &["90", "91", "93", "94", "95", "97", "98", "99"];
        self.mobile += 1;
        // A multiplier without a common factor with 10^7 visits every number once.
        let digits = self.mobile.wrapping_mul(3_141_593) % 10_000_000;
        format!("+998{}{digits:07}", rng.pick(OPERATORS))
    }
}

/// Writes the staff: one owner of everything, one admin, two or three dispatchers, 8 to 25 in the field.
pub(super) fn write_staff(rows: &mut Rows, plot: &Plot, phones: &mut Phones) -> Staff {
    let mut rng = Rng::part(plot.seed, "staff", 0);
    let count = (plot.apartments / 100).clamp(8, 25);
    let mut make =
        |rows: &mut Rows, role: &str, login: String, skills: &[Skill], woman: bool, company: Option<Uuid>| {
            let name = Family::any(&mut rng).member(&mut rng, woman);
            let worker = Worker { id: rng.id(plot.opened), login, name: name.full, skills: skills.to_vec() };
            let email = format!("{}@demo.example", worker.login);
            let phone = phones.next(&mut rng);
            rows.add(
                Table::Users,
                &[
                    &worker.id,
                    &company,
                    &role,
                    &worker.login,
                    &PASSWORD_HASH,
                    &worker.name,
                    &email,
                    &phone,
                    &name.lang.code(),
                    &None::<Uuid>,
                    &plot.opened,
                ],
            );
            for skill in &worker.skills {
                rows.add(Table::Skills, &[&plot.company, &worker.id, &skill.as_str()]);
            }
            worker
        };
    let company = Some(plot.company);
    make(rows, "super_admin", "owner".to_owned(), &[], false, None);
    let admin = make(rows, "admin", "admin".to_owned(), &[], true, company);
    let dispatchers = (0..if plot.apartments > 3000 { 3 } else { 2 })
        .map(|n| make(rows, "dispatcher", numbered("dispatcher", n), &[], true, company))
        .collect();
    let mut field: Vec<Worker> = Vec::new();
    for index in 0..count {
        let (trade, skills, woman) = TRADES[index % TRADES.len()];
        let before = (0..index).filter(|i| TRADES[i % TRADES.len()].0 == trade).count();
        field.push(make(rows, "staff", numbered(trade, before), skills, woman, company));
    }
    Staff { admin, dispatchers, field }
}

fn numbered(login: &str, before: usize) -> String {
    if before == 0 { login.to_owned() } else { format!("{login}{}", before + 1) }
}

impl Staff {
    /// Who does such work in this house: colleagues of one trade share the houses among themselves.
    pub fn for_skill(&self, skill: Skill, building: usize) -> &Worker {
        let able: Vec<&Worker> = self.field.iter().filter(|w| w.skills.contains(&skill)).collect();
        if able.is_empty() { &self.field[building % self.field.len()] } else { able[building % able.len()] }
    }

    /// Writes who looks after a house.
    pub fn write_zones(&self, rows: &mut Rows, plot: &Plot, building: &Building) {
        let mut ids: Vec<Uuid> = Skill::ALL.iter().map(|skill| self.for_skill(*skill, building.index).id).collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            rows.add(Table::Zones, &[&plot.company, &id, &building.id]);
        }
    }
}

/// Writes the people of one house; returns those who live there now, flat by flat.
pub(super) fn write(
    rows: &mut Rows,
    plot: &Plot,
    rng: &mut Rng,
    phones: &mut Phones,
    building: &Building,
    units: &Units,
) -> Vec<Household> {
    let mut writer = Writer { rows, plot, rng, phones };
    let mut households: Vec<Household> = Vec::with_capacity(units.flats.len());
    let mut spare = units.others.iter();
    for (index, flat) in units.flats.iter().enumerate() {
        let star = plot.star(building, index);
        if building.index == 0 && index == super::SECOND_HOME {
            // The second home of the resident who has two.
            let owner = households[super::TWO_HOMES][0].clone();
            writer.residency(flat, owner.contact, Relation::Owner, Some((1, 1)), owner.since.date_naive(), None);
            households.push(vec![owner]);
            continue;
        }
        let household = writer.household(flat, star);
        // Every third household also has a parking place, a storage or a shop.
        if let Some(owner) = household.first().filter(|_| !star)
            && writer.rng.chance(0.33)
            && let Some(unit) = spare.next()
        {
            writer.residency(unit, owner.contact, Relation::Owner, Some((1, 1)), owner.since.date_naive(), None);
        }
        households.push(household);
    }
    households
}

/// A part of a whole.
type Share = (i32, i32);

/// How two owners share a flat: as heirs, spouses and the notary wrote it.
const SPLITS: &[(Share, Share)] = &[
    ((1, 2), (1, 2)),
    ((1, 2), (1, 2)),
    ((50, 100), (50, 100)),
    ((1, 3), (2, 3)),
    ((3, 4), (1, 4)),
    ((33_333, 100_000), (66_667, 100_000)),
];

/// The columns of a sealed value.
fn parts(closed: Option<Closed>) -> (Option<Vec<u8>>, Option<Vec<u8>>, Option<String>) {
    closed.map_or((None, None, None), |c| (Some(c.sealed), Some(c.key), Some(c.shown)))
}

/// Series and number of nobody's passport.
fn passport(rng: &mut Rng) -> String {
    format!("{}{:07}", rng.pick(&["AA", "AB", "AC", "AD", "AE"]), rng.below(10_000_000))
}

/// Fourteen digits as the state gives them out: sex and century, day of birth, district, number, check digit.
fn pinfl(rng: &mut Rng) -> String {
    let (day, month, year) = (rng.between(1, 28), rng.between(1, 12), rng.between(45, 99));
    let head =
        format!("{}{day:02}{month:02}{year:02}{:03}{:03}", rng.between(3, 4), rng.between(1, 400), rng.between(1, 999));
    let check: u32 = head.bytes().zip([7_u32, 3, 1].into_iter().cycle()).map(|(b, w)| u32::from(b - b'0') * w).sum();
    format!("{head}{}", check % 10)
}

struct Writer<'a> {
    rows: &'a mut Rows,
    plot: &'a Plot,
    rng: &'a mut Rng,
    phones: &'a mut Phones,
}

impl Writer<'_> {
    fn household(&mut self, flat: &Unit, star: bool) -> Household {
        let family = match (star, flat.number.as_str()) {
            (true, "4") => Family::uzbek(self.rng),
            (true, _) => Family::russian(self.rng),
            _ => Family::any(self.rng),
        };
        let long_ago = self.plot.opened;
        // Most have lived here since before the company; some moved in during the two years of history.
        let moved_in = !star && self.rng.chance(0.15);
        let since = if moved_in {
            self.moment(long_ago + TimeDelta::days(30), self.plot.now - TimeDelta::days(20))
        } else {
            long_ago
        };
        if moved_in && self.rng.chance(0.6) {
            let former = Family::any(self.rng).member(self.rng, false);
            let former = self.contact(&former, long_ago, false);
            let left = since.date_naive() - TimeDelta::days(1);
            self.residency(flat, former.contact, Relation::Owner, Some((1, 1)), long_ago.date_naive(), Some(left));
        }
        let day = since.date_naive();
        let woman = self.rng.chance(0.5);
        let head = family.member(self.rng, woman);
        if !star && self.rng.chance(0.18) {
            // Let out: the owner is known, the tenant lives here.
            let owner = Family::any(self.rng).member(self.rng, woman);
            let owner = self.contact(&owner, long_ago, false);
            self.residency(flat, owner.contact, Relation::Owner, Some((1, 1)), long_ago.date_naive(), None);
            if self.rng.chance(0.12) {
                return Household::new();
            }
            let tenant = self.contact_with_login(&head, since, 0.5);
            self.residency(flat, tenant.contact, Relation::Tenant, None, day, None);
            return vec![tenant];
        }
        let shared = !star && self.rng.chance(0.35);
        // Drawn apart, so that shares move nothing else of the city.
        let (share, rest) = if shared {
            Rng::part(self.plot.seed, "share", usize::try_from(flat.id.as_u64_pair().1 >> 1).unwrap_or(0)).pick(SPLITS)
        } else {
            ((1, 1), (1, 1))
        };
        let owner = self.contact_with_login(&head, since, if star { 1.0 } else { 0.5 });
        self.residency(flat, owner.contact, Relation::Owner, Some(share), day, None);
        let mut household = vec![owner];
        if shared {
            let spouse = family.member(self.rng, !woman);
            let spouse = self.contact_with_login(&spouse, since, 0.35);
            self.residency(flat, spouse.contact, Relation::Owner, Some(rest), day, None);
            household.push(spouse);
        }
        if !star && flat.rooms > 1 && self.rng.chance(0.4) {
            let woman = self.rng.chance(0.6);
            let relative = family.member(self.rng, woman);
            let relative = self.contact_with_login(&relative, since, 0.35);
            self.residency(flat, relative.contact, Relation::Relative, None, day, None);
            household.push(relative);
        }
        household
    }

    fn moment(&mut self, from: DateTime<Utc>, to: DateTime<Utc>) -> DateTime<Utc> {
        from + TimeDelta::minutes(self.rng.between(0, (to - from).num_minutes().max(0)))
    }

    fn contact_with_login(&mut self, name: &Name, since: DateTime<Utc>, chance: f64) -> Resident {
        let login = self.rng.chance(chance);
        self.contact(name, since, login)
    }

    fn contact(&mut self, name: &Name, since: DateTime<Utc>, login: bool) -> Resident {
        let (company, created) = (self.plot.company, since + TimeDelta::minutes(self.rng.between(0, 2000)));
        let contact = self.rng.id(created);
        let phone = self.phones.next(self.rng);
        let note = self.rng.chance(0.04).then(|| self.rng.pick(NOTES));
        let email = self.rng.chance(0.15).then(|| format!("{}@mail.example", &phone[4..]));
        // A stream of its own: what people say of themselves moves nothing else of the city.
        let mut own = Rng::part(self.plot.seed, "person", usize::try_from(self.phones.mobile).unwrap_or(0));
        let channel = match own.below(20) {
            0..=5 => Some(Channel::Telegram),
            6 | 7 => Some(Channel::Sms),
            8 if email.is_some() => Some(Channel::Email),
            _ => None,
        };
        let [sealed_email, passport, pinfl] = [
            (Secret::Email, email.clone()),
            (Secret::Passport, own.chance(0.12).then(|| passport(&mut own))),
            (Secret::Pinfl, own.chance(0.12).then(|| pinfl(&mut own))),
        ]
        .map(|(secret, value)| value.map(|value| close_steady(&self.plot.sealer, secret, contact, &value)));
        let (email_sealed, email_key, email_shown) = parts(sealed_email);
        let (passport_sealed, passport_key, passport_shown) = parts(passport);
        let (pinfl_sealed, pinfl_key, pinfl_shown) = parts(pinfl);
        self.rows.add(
            Table::Contacts,
            &[
                &contact,
                &company,
                &name.full,
                &name.lang.code(),
                &channel.map(Channel::as_str),
                &note,
                &created,
                &email_sealed,
                &email_key,
                &email_shown,
                &passport_sealed,
                &passport_key,
                &passport_shown,
                &pinfl_sealed,
                &pinfl_key,
                &pinfl_shown,
            ],
        );
        let mut numbers = vec![phone.clone()];
        if self.rng.chance(0.1) {
            numbers.push(self.phones.next(self.rng));
        }
        if own.chance(0.12) {
            numbers.push(self.phones.landline());
        }
        for (number, position) in numbers.iter().zip(0_i16..) {
            self.rows.add(Table::Phones, &[&own.id(created), &company, &contact, number, &position]);
        }
        let user = login.then(|| {
            let id = self.rng.id(created);
            let none = None::<String>;
            self.rows.add(
                Table::Users,
                &[
                    &id,
                    &company,
                    &"resident",
                    &none,
                    &none,
                    &name.full,
                    &email,
                    &phone,
                    &name.lang.code(),
                    &contact,
                    &created,
                ],
            );
            id
        });
        Resident { contact, name: name.full.clone(), phone, lang: name.lang, user, since }
    }

    fn residency(
        &mut self,
        unit: &Unit,
        contact: Uuid,
        relation: Relation,
        share: Option<(i32, i32)>,
        since: NaiveDate,
        until: Option<NaiveDate>,
    ) {
        let id = self.rng.id(self.plot.opened);
        self.rows.add(
            Table::Residencies,
            &[
                &id,
                &self.plot.company,
                &unit.id,
                &contact,
                &relation.as_str(),
                &share.map(|s| s.0),
                &share.map(|s| s.1),
                &since,
                &until,
            ],
        );
    }
}
