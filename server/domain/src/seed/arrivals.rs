//! People at the door of the first house: applications that wait, and invitations nobody has taken up yet.

use super::{
    Plot,
    copy::{Rows, Table},
    houses::{Building, Units},
    names::Family,
    people::{Household, Staff},
    rng::Rng,
};
use chrono::TimeDelta;
use model::people::Relation;
use uuid::Uuid;

/// The flat by its place in the house (none: one that does not exist), as whom, how long ago in minutes, what they add.
const STRANGERS: [(Option<usize>, Relation, i64, Option<&str>); 4] = [
    (Some(5), Relation::Tenant, 35, Some("Снимаю с сентября, договор есть")),
    (Some(7), Relation::Owner, 190, None),
    (Some(9), Relation::Relative, 1500, Some("Uyda ota-onam yashaydi")),
    (None, Relation::Owner, 2900, None),
];

pub(super) fn write(
    rows: &mut Rows,
    plot: &Plot,
    building: &Building,
    units: &Units,
    households: &[Household],
    staff: &Staff,
) {
    // A stream of its own: the rest of the city does not change with it.
    let mut rng = Rng::part(plot.seed, "arrivals", 0);
    let (none, nobody) = (None::<String>, None::<Uuid>);
    for (n, (flat, relation, minutes, note)) in STRANGERS.into_iter().enumerate() {
        let woman = rng.chance(0.5);
        let name = Family::any(&mut rng).member(&mut rng, woman);
        let at = plot.now - TimeDelta::minutes(minutes);
        let (id, unit) = (rng.id(at), flat.and_then(|index| units.flats.get(index)));
        // An operator that no resident of the demo has.
        let phone = format!("+99877{:07}", 1_000_001 + n);
        let number = unit.map_or_else(|| "999".to_owned(), |unit| unit.number.clone());
        rows.add(
            Table::Applications,
            &[
                &id,
                &plot.company,
                &"home",
                &name.full,
                &phone,
                &name.lang.code(),
                &nobody,
                &building.id,
                &unit.map(|unit| unit.id),
                &Some(number),
                &none,
                &relation.as_str(),
                &note,
                &"web",
                &at,
            ],
        );
    }
    // Somebody who lives here already names a parking place by an account nobody knows.
    if let Some(resident) = households.first().and_then(|household| household.first()) {
        let at = plot.now - TimeDelta::minutes(75);
        let id = rng.id(at);
        rows.add(
            Table::Applications,
            &[
                &id,
                &plot.company,
                &"attach",
                &resident.name,
                &resident.phone,
                &resident.lang.code(),
                &resident.contact,
                &nobody,
                &nobody,
                &none,
                &Some("00001999".to_owned()),
                &Relation::Owner.as_str(),
                &resident.name.split(' ').next(),
                &"web",
                &at,
            ],
        );
    }
    let without_login = households.iter().flatten().find(|resident| resident.user.is_none());
    let invited = [
        (without_login.map(|r| r.contact), None, None, without_login.map(|r| r.name.clone())),
        (None, units.flats.get(6).map(|unit| unit.id), Some(Relation::Tenant.as_str()), None),
    ];
    for (contact, unit, relation, name) in
        invited.into_iter().filter(|(contact, unit, ..)| contact.is_some() || unit.is_some())
    {
        let at = plot.now - TimeDelta::hours(20);
        let (id, until) = (rng.id(at), at + TimeDelta::days(14));
        // Hashes of links that nobody has.
        let mut hash = || [*rng.id(at).as_bytes(), *rng.id(at).as_bytes()].concat();
        let (token, code) = (hash(), hash());
        rows.add(
            Table::Invites,
            &[&id, &plot.company, &token, &code, &contact, &unit, &relation, &name, &staff.admin.id, &at, &until],
        );
    }
}
