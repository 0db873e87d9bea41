//! Risers of every house, and a journal of outages: past, running and planned. What runs hits a home one can sign in
//! to, so that the demo shows it.

use super::{
    Plot,
    copy::{Rows, Table},
    houses::{Building, Unit},
    rng::Rng,
};
use crate::Result;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Houses with risers of hot water as well; the others have cold water only.
const WARM: usize = 20;

/// Writes the risers of a house, one for each position on the floor, and gives those of cold water back. Drawn apart, so
/// that they change nothing else of the city.
pub(super) fn write_risers(rows: &mut Rows, plot: &Plot, building: &Building, flats: &[Unit]) -> Vec<Uuid> {
    let mut rng = Rng::part(plot.seed, "risers", building.index);
    let mut floors: HashMap<(i16, i16), usize> = HashMap::new();
    let mut stacks: BTreeMap<(i16, usize), Vec<&Unit>> = BTreeMap::new();
    for flat in flats {
        let position = floors.entry((flat.entrance_number, flat.floor)).or_default();
        *position += 1;
        stacks.entry((flat.entrance_number, *position)).or_default().push(flat);
    }
    let mut cold = Vec::new();
    let resources: &[&str] = if building.index < WARM { &["cold_water", "hot_water"] } else { &["cold_water"] };
    for resource in resources {
        for ((_, position), units) in &stacks {
            let id = rng.id(plot.opened);
            let entrance = units.first().and_then(|unit| unit.entrance);
            rows.add(Table::Risers, &[&id, &plot.company, &building.id, &entrance, resource, &format!("R{position}")]);
            for unit in units {
                rows.add(Table::RiserUnits, &[&plot.company, &id, &unit.id]);
            }
            if *resource == "cold_water" {
                cold.push(id);
            }
        }
    }
    cold
}

struct Planned {
    kind: &'static str,
    resource: &'static str,
    status: &'static str,
    building: Uuid,
    riser: Option<Uuid>,
    starts_at: DateTime<Utc>,
    lasts: Option<TimeDelta>,
    note: Option<&'static str>,
}

/// Writes the journal. `pipes` are the cold risers of the first house.
pub(super) async fn write(
    conn: &mut PgConnection,
    plot: &Plot,
    buildings: &[Building],
    pipes: &[Uuid],
    author: Option<Uuid>,
) -> Result<()> {
    let mut rng = Rng::part(plot.seed, "outages", 0);
    // The hour before, so that times read as people write them.
    let hour = DateTime::from_timestamp(plot.now.timestamp() / 3600 * 3600, 0).unwrap_or(plot.now);
    let Some(first) = buildings.first() else { return Ok(()) };
    let other = buildings.get(1).unwrap_or(first);
    let tall = buildings.iter().find(|building| building.has_lift).unwrap_or(other);
    let planned = |resource, status, building: &Building, starts_at, hours| Planned {
        kind: "planned",
        resource,
        status,
        building: building.id,
        riser: None,
        starts_at,
        lasts: Some(TimeDelta::hours(hours)),
        note: None,
    };
    let emergency = |resource, status, building: &Building, starts_at, hours| Planned {
        kind: "emergency",
        ..planned(resource, status, building, starts_at, hours)
    };
    let all = [
        planned("hot_water", "ended", first, hour - TimeDelta::days(24), 8),
        emergency("electricity", "ended", first, hour - TimeDelta::days(9), 3),
        emergency("cold_water", "ended", other, hour - TimeDelta::days(4), 5),
        planned("gas", "cancelled", other, hour - TimeDelta::days(2), 4),
        Planned {
            riser: pipes.first().copied(),
            note: Some("Прорвало стояк между 2-м и 3-м этажами, вентиль в подвале закрыт. Едет сварщик."),
            ..emergency("cold_water", "running", first, hour - TimeDelta::hours(2), 6)
        },
        Planned { lasts: None, ..emergency("heating", "running", other, hour - TimeDelta::hours(1), 0) },
        planned("electricity", "planned", first, hour + TimeDelta::hours(21), 4),
        planned("lift", "planned", tall, hour + TimeDelta::days(3), 5),
    ];
    for outage in all {
        let id = insert(conn, plot, &mut rng, &outage, author).await?;
        if outage.status == "running" {
            link(conn, plot, id, &outage).await?;
        }
    }
    Ok(())
}

async fn insert(
    conn: &mut PgConnection,
    plot: &Plot,
    rng: &mut Rng,
    outage: &Planned,
    author: Option<Uuid>,
) -> Result<Uuid> {
    let created = outage.starts_at.min(plot.now) - TimeDelta::hours(if outage.kind == "planned" { 48 } else { 0 });
    let id = rng.id(created);
    let ends_at = outage.lasts.map(|lasts| outage.starts_at + lasts);
    let ended_at = match outage.status {
        "ended" => ends_at,
        "cancelled" => Some(outage.starts_at - TimeDelta::hours(12)),
        _ => None,
    };
    sqlx::query!(
        "insert into outages (id, company_id, kind, resource, status, starts_at, ends_at, ended_at, note, created_by, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        id,
        plot.company,
        outage.kind,
        outage.resource,
        outage.status,
        outage.starts_at,
        ends_at,
        ended_at,
        outage.note,
        author,
        created,
        ended_at.unwrap_or(created)
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into outage_places (company_id, outage_id, building_id, riser_id, position) values ($1, $2, $3, $4, 1)",
        plot.company,
        id,
        outage.building,
        outage.riser
    )
    .execute(conn)
    .await?;
    Ok(id)
}

/// Open requests of the last days that the outage explains.
async fn link(conn: &mut PgConnection, plot: &Plot, id: Uuid, outage: &Planned) -> Result<()> {
    let category = if outage.resource == "heating" { "heating" } else { "plumbing" };
    sqlx::query!(
        "insert into outage_requests (company_id, request_id, outage_id, linked_at)
         select $1, r.id, $2, $3 from requests r
         where r.company_id = $1 and r.building_id = $4 and r.category = $5 and r.created_at > $6
           and r.status in ('new', 'assigned', 'in_progress', 'deferred', 'returned')
         order by r.created_at desc, r.id limit 4",
        plot.company,
        id,
        plot.now,
        outage.building,
        category,
        plot.now - TimeDelta::days(3)
    )
    .execute(conn)
    .await?;
    Ok(())
}
