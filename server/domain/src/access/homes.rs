//! A resident's homes: seeing them, naming one more by its personal account, leaving one.

use super::{applications, grant, invites};
use crate::{Actor, Ctx, Result, Tx, auth, error::word};
use chrono::TimeDelta;
use model::{
    ApplicationId, Code, ContactId, Permission as P, Phone, UnitId,
    access::{ApplicationKind, AttachHome, Attached, EndResidency, MyHome, MyHomes, ResidentInviteFilter, last_names},
    fold,
    people::Relation,
    validate,
};
use platform::{
    ids::new_id,
    tokens::{constant_time_eq, hash_token},
};

/// Guesses in a day: of one resident, and at one account by whoever.
const BY_A_RESIDENT: i64 = 5;
const AT_AN_ACCOUNT: i64 = 10;
/// Wishes of one resident that may wait.
const WAITING: i64 = 3;

/// The homes of the signed-in resident, what they asked for, and whom they invited.
pub async fn my_homes(ctx: &Ctx, actor: &Actor) -> Result<MyHomes> {
    let contact = own(actor)?;
    let mut tx = ctx.begin(actor).await?;
    let company = actor.company_id().0;
    let rows = sqlx::query!(
        r#"select u.id, b.address || ', №' || u.number as "address!", r.relation, r.since_on,
             (select a.number from personal_accounts a where a.company_id = u.company_id and a.unit_id = u.id
                and a.closed_on is null limit 1) as account
           from residencies r
           join units u on u.company_id = r.company_id and u.id = r.unit_id and u.archived_at is null
           join buildings b on b.company_id = u.company_id and b.id = u.building_id and b.archived_at is null
           where r.company_id = $1 and r.contact_id = $2 and r.until_on is null order by r.since_on, u.id"#,
        company,
        contact.0
    )
    .fetch_all(tx.conn())
    .await?;
    let homes = rows
        .into_iter()
        .map(|h| {
            let relation: Relation = word(&h.relation)?;
            Ok(MyHome {
                unit_id: h.id.into(),
                address: h.address,
                account: h.account,
                relation,
                since_on: h.since_on,
                may_invite: relation == Relation::Owner,
            })
        })
        .collect::<Result<_>>()?;
    let applications = applications::own(&mut tx, contact).await?;
    let invitations = invites::load(&mut tx, actor.user_id().map(|u| u.0), &ResidentInviteFilter::default()).await?;
    Ok(MyHomes { homes, applications, invitations })
}

/// The resident who acts on their own homes.
fn own(actor: &Actor) -> Result<ContactId> {
    actor.scope(P::HomesManage)?.own_contact().ok_or_else(|| Code::Forbidden.into())
}

/// Names one more home by the number of its personal account and the last name of an owner. When both are right the home
/// is theirs at once, unless the company wants to see for itself, or the resident says that they own it under a name of
/// which the company knows nothing; then, and when the resident asks for it, it goes to the desk.
///
/// Wrong guesses cost the same time and answer the same, whichever part is wrong, and are counted.
///
/// # Errors
/// `no_such_account`; `too_many_requests` after five tries a day, or ten at one account.
pub async fn attach(ctx: &Ctx, actor: &Actor, command: &AttachHome) -> Result<Attached> {
    let contact = own(actor)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let number = fold::words(&command.account).replace(' ', "");
    count(&mut tx, &number).await?;
    let guess = look(&mut tx, &number, &command.last_name).await?;
    let at_once = applications::load_rules(&mut tx).await?.rules.attach_at_once;
    let trusted = command.relation != Relation::Owner || shares_name(actor.name(), &command.last_name);
    let unit = guess.unit.filter(|_| guess.right);
    if let Some(unit) = unit.filter(|_| at_once && trusted) {
        grant::admit(&mut tx, contact, unit, command.relation).await?;
        tx.commit().await?;
        return Ok(Attached { at_once: true });
    }
    if at_once && !guess.right && !command.ask {
        // The count of the guess stays.
        tx.commit().await?;
        return Err(Code::NoSuchAccount.into());
    }
    one_more(&mut tx, contact, ApplicationKind::Attach).await?;
    let phone = login_phone(&mut tx).await?;
    let new = applications::New {
        kind: ApplicationKind::Attach,
        name: actor.name(),
        phone: phone.as_ref(),
        lang: actor.lang(),
        contact: Some(contact),
        building: guess.building.map(Into::into),
        unit: guess.unit,
        flat: None,
        account: Some(command.account.trim()),
        relation: Some(command.relation),
        note: Some(command.last_name.trim().to_owned()),
    };
    applications::file(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(Attached { at_once: false })
}

/// Counts the guess first, so that guesses made at once cannot share one.
async fn count(tx: &mut Tx, number: &str) -> Result<()> {
    let (company, user, now) = (tx.actor().company_id().0, tx.actor().user()?.0, tx.now());
    let hash = hash_token(number);
    // The login is the lock: two guesses of one resident come one after the other.
    sqlx::query!("select id from users where company_id = $1 and id = $2 for update", company, user)
        .fetch_one(tx.conn())
        .await?;
    sqlx::query!("delete from attach_attempts where company_id = $1 and at < $2", company, now - TimeDelta::days(1))
        .execute(tx.conn())
        .await?;
    let counts = sqlx::query!(
        r#"select count(*) filter (where user_id = $2) as "own!", count(*) filter (where account_hash = $3) as "there!"
           from attach_attempts where company_id = $1 and (user_id = $2 or account_hash = $3)"#,
        company,
        user,
        &hash[..]
    )
    .fetch_one(tx.conn())
    .await?;
    if counts.own >= BY_A_RESIDENT || counts.there >= AT_AN_ACCOUNT {
        return Err(auth::wait(3600));
    }
    sqlx::query!(
        "insert into attach_attempts (id, company_id, user_id, account_hash, at) values ($1, $2, $3, $4, $5)",
        new_id(),
        company,
        user,
        &hash[..],
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

struct Guess {
    unit: Option<UnitId>,
    building: Option<uuid::Uuid>,
    right: bool,
}

/// Looks the account up and compares names. Both are done whatever the other says.
async fn look(tx: &mut Tx, number: &str, last_name: &str) -> Result<Guess> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        r#"select u.id, u.building_id,
             array(select c.name from residencies r join contacts c on c.company_id = r.company_id and c.id = r.contact_id
               where r.company_id = u.company_id and r.unit_id = u.id and r.relation = 'owner' and r.until_on is null) as "owners!"
           from personal_accounts a
           join units u on u.company_id = a.company_id and u.id = a.unit_id and u.archived_at is null
           join buildings b on b.company_id = u.company_id and b.id = u.building_id and b.archived_at is null
           where a.company_id = $1 and a.closed_on is null and replace(a.search, ' ', '') = $2 limit 1"#,
        company,
        number
    )
    .fetch_optional(tx.conn())
    .await?;
    // An account that is not there is compared with a name that nobody has.
    let owners = row.as_ref().map_or_else(|| vec!["Nobody-Nowhere".to_owned()], |row| row.owners.clone());
    let mut fits = false;
    for owner in &owners {
        fits |= shares_name(owner, last_name);
    }
    Ok(Guess {
        right: fits && row.is_some(),
        unit: row.as_ref().map(|r| r.id.into()),
        building: row.map(|r| r.building_id),
    })
}

/// Whether a last name is one of a person's. Hashes are compared, so that time tells nothing of how near a guess was.
fn shares_name(name: &str, last_name: &str) -> bool {
    let typed: Vec<[u8; 32]> = last_names(last_name).iter().map(|n| hash_token(n)).collect();
    let mut fits = false;
    for known in last_names(name) {
        for guess in &typed {
            fits |= constant_time_eq(&hash_token(&known), guess);
        }
    }
    fits
}

/// Room in the queue for one more wish of this resident.
async fn one_more(tx: &mut Tx, contact: ContactId, kind: ApplicationKind) -> Result<()> {
    let company = tx.actor().company_id().0;
    let waiting = sqlx::query_scalar!(
        r#"select count(*) as "n!" from applications
           where company_id = $1 and contact_id = $2 and kind = $3 and state = 'waiting'"#,
        company,
        contact.0,
        kind.as_str()
    )
    .fetch_one(tx.conn())
    .await?;
    let most = if kind == ApplicationKind::Erase { 1 } else { WAITING };
    if waiting >= most { Err(auth::wait(3600)) } else { Ok(()) }
}

async fn login_phone(tx: &mut Tx) -> Result<Option<Phone>> {
    let (company, user) = (tx.actor().company_id().0, tx.actor().user()?.0);
    let phone = sqlx::query_scalar!("select phone from users where company_id = $1 and id = $2", company, user)
        .fetch_one(tx.conn())
        .await?;
    Ok(phone.as_deref().and_then(Phone::parse))
}

/// Asks the company to forget the resident. Somebody at the desk does it, because what is forgotten does not come back.
///
/// # Errors
/// `too_many_requests` when they asked already.
pub async fn ask_to_be_forgotten(ctx: &Ctx, actor: &Actor) -> Result<()> {
    let contact = own(actor)?;
    let mut tx = ctx.begin(actor).await?;
    one_more(&mut tx, contact, ApplicationKind::Erase).await?;
    let phone = login_phone(&mut tx).await?;
    let new = applications::New {
        kind: ApplicationKind::Erase,
        name: actor.name(),
        phone: phone.as_ref(),
        lang: actor.lang(),
        contact: Some(contact),
        building: None,
        unit: None,
        flat: None,
        account: None,
        relation: None,
        note: None,
    };
    applications::file(&mut tx, &new).await?;
    tx.commit().await
}

/// The resident takes back what they asked for.
///
/// # Errors
/// `not_found` when it is not theirs; `application_decided` when somebody was faster.
pub async fn withdraw(ctx: &Ctx, actor: &Actor, id: ApplicationId) -> Result<()> {
    let contact = own(actor)?;
    let mut tx = ctx.begin(actor).await?;
    sqlx::query!(
        "select id from applications where company_id = $1 and id = $2 and contact_id = $3 and kind <> 'home'",
        actor.company_id().0,
        id.0,
        contact.0
    )
    .fetch_one(tx.conn())
    .await?;
    applications::withdraw(&mut tx, id).await?;
    tx.commit().await
}

/// The resident leaves a home. What they filed about it, its photos and news are closed to them with this very commit.
///
/// # Errors
/// `not_found` when they do not live there.
pub async fn leave(ctx: &Ctx, actor: &Actor, unit: UnitId) -> Result<()> {
    let contact = own(actor)?;
    let mut tx = ctx.begin(actor).await?;
    grant::take_away(&mut tx, contact, unit).await?;
    tx.commit().await
}

/// The desk ends somebody's living in a home: they have moved out, sold, or never lived there.
///
/// # Errors
/// `not_found` when they do not live there.
pub async fn end_residency(ctx: &Ctx, actor: &Actor, command: &EndResidency) -> Result<()> {
    actor.scope(P::ResidentsManage)?;
    let mut tx = ctx.begin(actor).await?;
    grant::take_away(&mut tx, command.contact_id, command.unit_id).await?;
    tx.commit().await
}
