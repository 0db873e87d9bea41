//! A stranger at the door: proves a phone, names a home, waits. Until somebody at the desk lets them in they see their
//! own applications and nothing of any company but what hangs on the house: its address and who looks after it.

use super::{applications, some_text, stranger};
use crate::{
    Ctx, Error, Result,
    auth::{self, Device, Grant, Guess},
    error::word,
};
use chrono::TimeDelta;
use model::{
    ApplicationId, BuildingId, Code, CompanyId, Lang, Phone,
    access::{ApplicationKind, ApplyHome, HouseChoice, JoinState, OwnApplication},
    auth::ResidentLogin,
    fold, validate,
};
use platform::{
    limits::Quota,
    tokens::{hash_token, random_token},
};
use sqlx::PgConnection;

/// A proof is good for as long as an answer may take.
const LIFETIME: TimeDelta = TimeDelta::days(14);
/// Applications of one phone that may wait, and that may be made in a day.
const WAITING: i64 = 3;
const A_DAY: i64 = 5;
/// Applications for one flat that may wait.
const FOR_A_FLAT: i64 = 10;
/// Houses shown to choose from.
const CHOICES: usize = 8;

/// A phone that was proven with a one-time code.
pub(super) struct Proof {
    pub phone: Phone,
    /// Proven with the code that everybody knows.
    pub demo: bool,
}

/// What a right code leads to.
pub enum Entered {
    /// The phone has a login.
    SignedIn(Grant),
    /// It has none: the token for [`state`] and [`apply`].
    Proven(String),
}

/// Seconds a proof lives, for the cookie that carries it.
pub const fn proof_seconds() -> i64 {
    LIFETIME.num_seconds()
}

/// Sends a code to a phone, known or not.
///
/// # Errors
/// `too_many_requests` by phone and by address.
pub async fn request_code(ctx: &Ctx, phone: &Phone, lang: Lang, device: &Device) -> Result<()> {
    slow_down(ctx, "join:code", device, 12).await?;
    auth::send_code(ctx, phone, Some(lang)).await
}

/// Checks the code. Who has a login is signed in; who has none may apply.
///
/// # Errors
/// `wrong_code`.
pub async fn verify(ctx: &Ctx, command: &ResidentLogin, device: &Device) -> Result<Entered> {
    if auth::resident_user(ctx, &command.phone).await?.is_some() {
        return auth::verify_code(ctx, command, device).await.map(Entered::SignedIn);
    }
    validate::check(command)?;
    auth::throttle(ctx, device, command.phone.as_str()).await?;
    let demo = match auth::guess(ctx, &command.phone, &command.code).await? {
        Guess::Right => false,
        Guess::Demo => true,
        Guess::Wrong => return Err(Code::WrongCode.into()),
    };
    let (token, now) = (random_token(), ctx.clock.now());
    let mut tx = ctx.db.begin_system("a proven phone").await?;
    sqlx::query!("delete from phone_proofs where expires_at < $1", now).execute(&mut *tx).await?;
    sqlx::query!(
        "insert into phone_proofs (token_hash, phone, demo, created_at, expires_at) values ($1, $2, $3, $4, $5)",
        &hash_token(&token)[..],
        command.phone.as_str(),
        demo,
        now,
        now + LIFETIME
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Entered::Proven(token))
}

/// The phone behind a token.
///
/// # Errors
/// `unauthenticated` when nobody proved it, or too long ago.
pub(super) async fn proof(ctx: &Ctx, token: &str) -> Result<Proof> {
    let mut tx = ctx.db.begin_system("a proven phone").await?;
    let row = sqlx::query!(
        "select phone, demo from phone_proofs where token_hash = $1 and expires_at > $2",
        &hash_token(token)[..],
        ctx.clock.now()
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(Code::Unauthenticated)?;
    let phone = Phone::parse(&row.phone).ok_or(Code::Unauthenticated)?;
    Ok(Proof { phone, demo: row.demo })
}

/// Forgets a proof that was used.
pub(super) async fn forget(conn: &mut PgConnection, phone: &Phone) -> Result<()> {
    sqlx::query!("delete from phone_proofs where phone = $1", phone.as_str()).execute(conn).await?;
    Ok(())
}

/// What the person asked for and how it stands.
pub async fn state(ctx: &Ctx, token: &str) -> Result<JoinState> {
    let proof = proof(ctx, token).await?;
    let has_access = login(ctx, &proof).await?.is_some();
    let mut tx = ctx.db.begin_system("own applications").await?;
    let rows = sqlx::query!(
        r#"select a.id, a.kind, a.state, a.flat, a.account, a.reason, a.created_at, b.address as "address?",
             c.name as company, c.phone as company_phone
           from applications a join companies c on c.id = a.company_id
           left join buildings b on b.company_id = a.company_id and b.id = a.building_id
           where a.phone = $1 and a.kind = 'home' and (c.demo or not $2) order by a.created_at desc, a.id desc limit 20"#,
        proof.phone.as_str(),
        proof.demo
    )
    .fetch_all(&mut *tx)
    .await?;
    let applications = rows
        .into_iter()
        .map(|a| {
            Ok(OwnApplication {
                id: a.id.into(),
                kind: word(&a.kind)?,
                state: word(&a.state)?,
                company: a.company,
                company_phone: a.company_phone.as_deref().and_then(Phone::parse),
                place: place(a.address, a.flat, a.account),
                reason: a.reason,
                created_at: a.created_at,
            })
        })
        .collect::<Result<_>>()?;
    Ok(JoinState { phone: proof.phone, has_access, applications })
}

/// What was asked for, in one line.
pub(super) fn place(address: Option<String>, flat: Option<String>, account: Option<String>) -> String {
    match (address, flat, account) {
        (Some(address), Some(flat), _) => format!("{address}, №{flat}"),
        (Some(address), None, _) => address,
        (None, _, Some(account)) => account,
        (None, flat, None) => flat.unwrap_or_default(),
    }
}

/// The login that a proof opens by now.
async fn login(ctx: &Ctx, proof: &Proof) -> Result<Option<(model::UserId, CompanyId)>> {
    let Some(user) = auth::resident_user(ctx, &proof.phone).await? else { return Ok(None) };
    let mut tx = ctx.db.begin_system("a login by a proven phone").await?;
    let row = sqlx::query!(
        r#"select c.id from users u join companies c on c.id = u.company_id where u.id = $1 and (c.demo or not $2)"#,
        user.0,
        proof.demo
    )
    .fetch_optional(&mut *tx)
    .await?;
    Ok(row.map(|row| (user, row.id.into())))
}

/// Signs in who was let in meanwhile; the proof is used up.
///
/// # Errors
/// `unauthenticated` without a proof, `forbidden` while nobody has let them in.
pub async fn enter(ctx: &Ctx, token: &str, device: &Device) -> Result<Grant> {
    let proof = proof(ctx, token).await?;
    let (user, company) = login(ctx, &proof).await?.ok_or(Code::Forbidden)?;
    let mut tx = ctx.db.begin_system("open a session").await?;
    forget(&mut tx, &proof.phone).await?;
    let grant = auth::open_session(ctx, &mut tx, user, model::Role::Resident, company, device).await?;
    auth::note_entered(ctx, &mut tx, user, company, device).await?;
    tx.commit().await?;
    Ok(grant)
}

/// Words that say nothing about which house is meant.
const FILLERS: &[&str] = &[
    "ul", "ulitsa", "kochasi", "kocha", "kuchasi", "dom", "uy", "uyi", "d", "g", "gorod", "shahri", "shahar", "str",
    "street", "house", "prospekt", "pr", "massiv", "mavze",
];

/// Houses that somebody may mean, at most eight. Their addresses and who looks after them hang on their doors; still
/// they are told to a proven phone only, and slowly.
///
/// # Errors
/// `unauthenticated` without a proof; `too_many_requests`.
pub async fn houses(ctx: &Ctx, token: &str, text: &str) -> Result<Vec<HouseChoice>> {
    let proof = proof(ctx, token).await?;
    let pace = ctx.limits.check(&format!("join:houses:{}", proof.phone), Quota::per_minute(20)).await;
    if !pace.allowed {
        return Err(auth::wait(pace.retry_after_s));
    }
    let mut tx = ctx.db.begin_system("houses somebody may live in").await?;
    Ok(find(&mut tx, &proof, text).await?.into_iter().map(|(choice, _)| choice).collect())
}

/// The house of a sheet at its entrance.
///
/// # Errors
/// `unauthenticated` without a proof; `invalid` on `/house` when there is none; `applications_closed`.
pub async fn house(ctx: &Ctx, token: &str, id: BuildingId) -> Result<HouseChoice> {
    let proof = proof(ctx, token).await?;
    let mut tx = ctx.db.begin_system("the house of a sheet").await?;
    by_id(&mut tx, &proof, id).await?;
    let row = sqlx::query!(
        "select b.address, c.name from buildings b join companies c on c.id = b.company_id where b.id = $1",
        id.0
    )
    .fetch_one(&mut *tx)
    .await?;
    Ok(HouseChoice { id, address: row.address, company: row.name })
}

async fn find(conn: &mut PgConnection, proof: &Proof, text: &str) -> Result<Vec<(HouseChoice, CompanyId)>> {
    let folded = fold::words(text);
    let words: Vec<&str> = folded.split(' ').filter(|w| !w.is_empty() && !FILLERS.contains(w)).collect();
    if !words.iter().any(|w| w.len() > 2 && w.bytes().all(|b| b.is_ascii_lowercase())) {
        return Ok(Vec::new());
    }
    // Letters by their skeleton, from the beginning of a word; numbers exactly. Folded words hold no sign of a pattern.
    let patterns: Vec<String> = words
        .iter()
        .map(|word| match word.bytes().any(|b| b.is_ascii_digit()) {
            true => format!("% {word} %"),
            false => format!("% q{}%", fold::skeleton(word)),
        })
        .collect();
    let rows = sqlx::query!(
        "select b.id, b.address, b.company_id, c.name from buildings b join companies c on c.id = b.company_id
         left join company_settings s on s.company_id = c.id
         where b.archived_at is null and b.search like all ($1) and (c.demo or not $2)
           and coalesce(s.accept_applications, true)
         order by length(b.address), b.sort_key, b.id limit 8",
        &patterns,
        proof.demo
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .take(CHOICES)
        .map(|b| (HouseChoice { id: b.id.into(), address: b.address, company: b.name }, b.company_id.into()))
        .collect())
}

async fn by_id(conn: &mut PgConnection, proof: &Proof, id: BuildingId) -> Result<CompanyId> {
    let row = sqlx::query!(
        r#"select b.company_id, coalesce(s.accept_applications, true) as "open!" from buildings b
           join companies c on c.id = b.company_id left join company_settings s on s.company_id = c.id
           where b.id = $1 and b.archived_at is null and (c.demo or not $2)"#,
        id.0,
        proof.demo
    )
    .fetch_optional(conn)
    .await?
    .ok_or_else(|| Error::field("/house", "unknown"))?;
    if row.open { Ok(row.company_id.into()) } else { Err(Code::ApplicationsClosed.into()) }
}

/// Asks a company to be let into a home. Asking for the same flat again changes nothing.
///
/// # Errors
/// `invalid` on `/house`: `unknown` when no house fits, `several` when more than one does; `too_many_requests`.
pub async fn apply(ctx: &Ctx, token: &str, lang: Lang, command: &ApplyHome, device: &Device) -> Result<ApplicationId> {
    validate::check(command)?;
    let proof = proof(ctx, token).await?;
    slow_down(ctx, "join:apply", device, 4).await?;
    let mut tx = ctx.db.begin_system("where an application goes").await?;
    let (building, company) = match command.building_id {
        Some(id) => (id, by_id(&mut tx, &proof, id).await?),
        None => {
            let mut found = find(&mut tx, &proof, &command.house).await?;
            match (found.pop(), found.is_empty()) {
                (Some((house, company)), true) => (house.id, company),
                (None, _) => return Err(Error::field("/house", "unknown")),
                _ => return Err(Error::field("/house", "several")),
            }
        }
    };
    let counts = sqlx::query!(
        r#"select count(*) filter (where state = 'waiting') as "waiting!", count(*) filter (where created_at > $2) as "today!"
           from applications where phone = $1"#,
        proof.phone.as_str(),
        ctx.clock.now() - TimeDelta::days(1)
    )
    .fetch_one(&mut *tx)
    .await?;
    drop(tx);
    let mut tx = ctx.begin(&stranger(company, command.name.trim(), lang, device)).await?;
    // One at a time for a phone: two forms sent at once are counted one after the other.
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 7003))", proof.phone.as_str())
        .fetch_one(tx.conn())
        .await?;
    let number = model::property::unit_number(&command.flat);
    let flat = sqlx::query!(
        r#"select (select id from units where company_id = $1 and building_id = $2 and kind in ('flat', 'apartment')
               and archived_at is null and lower(number) = lower($3)) as unit,
             (select id from applications where company_id = $1 and phone = $4 and building_id = $2 and state = 'waiting'
               and lower(flat) = lower($3) limit 1) as same,
             (select count(*) from applications where company_id = $1 and building_id = $2 and state = 'waiting'
               and lower(flat) = lower($3)) as "others!""#,
        company.0,
        building.0,
        number,
        proof.phone.as_str()
    )
    .fetch_one(tx.conn())
    .await?;
    if let Some(same) = flat.same {
        return Ok(same.into());
    }
    if counts.waiting >= WAITING || counts.today >= A_DAY || flat.others >= FOR_A_FLAT {
        return Err(auth::wait(3600));
    }
    let new = applications::New {
        kind: ApplicationKind::Home,
        name: command.name.trim(),
        phone: Some(&proof.phone),
        lang,
        contact: None,
        building: Some(building),
        unit: flat.unit.map(Into::into),
        flat: Some(&number),
        account: None,
        relation: Some(command.relation),
        note: some_text(command.note.as_deref()),
    };
    let id = applications::file(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(id)
}

/// The person changes their mind.
///
/// # Errors
/// `not_found` when it is not theirs; `application_decided` when somebody was faster.
pub async fn cancel(ctx: &Ctx, token: &str, id: ApplicationId, device: &Device) -> Result<()> {
    let proof = proof(ctx, token).await?;
    let mut tx = ctx.db.begin_system("withdraw an application").await?;
    let row = sqlx::query!(
        "select company_id, name, lang from applications where id = $1 and phone = $2 and kind = 'home'",
        id.0,
        proof.phone.as_str()
    )
    .fetch_one(&mut *tx)
    .await?;
    drop(tx);
    let lang = Lang::parse(&row.lang).unwrap_or_default();
    let mut tx = ctx.begin(&stranger(row.company_id.into(), &row.name, lang, device)).await?;
    applications::withdraw(&mut tx, id).await?;
    tx.commit().await
}

/// So many calls an hour from one address, by the configured number of attempts a minute.
async fn slow_down(ctx: &Ctx, what: &str, device: &Device, factor: u32) -> Result<()> {
    let quota = Quota::per_hour(ctx.config.limits.auth_per_minute.saturating_mul(factor));
    let pace = ctx.limits.check(&format!("{what}:{}", device.ip), quota).await;
    if pace.allowed { Ok(()) } else { Err(auth::wait(pace.retry_after_s)) }
}
