//! Sealing and opening: one value, what waits, and everything when the key changes.
//!
//! A sealed value is bound to table, column and row. Beside it stands its blind index, so that a whole value is found
//! without opening any, and how it is shown covered, so that a list opens none either.

use super::phones::{end, hex};
use crate::{Ctx, Error, Result, Tx, audit::mask_email, auth::totp};
use model::{ContactId, people::Secret};
use platform::sealed::Sealer;
use sqlx::PgConnection;
use uuid::Uuid;

/// Rows resealed in one transaction.
const CHUNK: i64 = 500;

/// Table and column of a secret.
pub(super) const fn place(secret: Secret) -> &'static str {
    match secret {
        Secret::Email => "contacts.email",
        Secret::Passport => "contacts.passport",
        Secret::Pinfl => "contacts.pinfl",
        Secret::Phone => "contact_phones.phone",
    }
}

/// A value as it is kept.
pub(crate) struct Closed {
    pub sealed: Vec<u8>,
    pub key: Vec<u8>,
    pub shown: String,
}

/// The blind index of a value. E-mail is compared without regard to capitals.
pub(crate) fn key(ctx: &Ctx, secret: Secret, value: &str) -> Vec<u8> {
    index(&ctx.sealer, secret, value)
}

fn index(sealer: &Sealer, secret: Secret, value: &str) -> Vec<u8> {
    let value = value.trim();
    let same = if secret == Secret::Email { value.to_lowercase() } else { value.to_owned() };
    sealer.blind_index(place(secret), &same)
}

pub(super) fn close(ctx: &Ctx, secret: Secret, row: Uuid, value: &str) -> Closed {
    Closed {
        sealed: ctx.sealer.seal(place(secret), row, value.as_bytes()),
        key: key(ctx, secret, value),
        shown: cover(secret, value),
    }
}

/// As [`close`] with the same bytes each time, for data that is built twice the same.
pub(crate) fn close_steady(sealer: &Sealer, secret: Secret, row: Uuid, value: &str) -> Closed {
    Closed {
        sealed: sealer.seal_steady(place(secret), row, value.as_bytes()),
        key: index(sealer, secret, value),
        shown: cover(secret, value),
    }
}

/// How a value looks to who may not see it.
pub(crate) fn cover(secret: Secret, value: &str) -> String {
    let last = |n: usize| {
        let skip = value.chars().count().saturating_sub(n);
        value.chars().skip(skip).collect::<String>()
    };
    match secret {
        Secret::Email => mask_email(value),
        Secret::Passport => format!("{}•••••{}", value.chars().take(2).collect::<String>(), last(2)),
        Secret::Pinfl => format!("••••••••••{}", last(4)),
        Secret::Phone => {
            let end = end(value);
            format!("+998 •• •••-{}-{}", end.get(..2).unwrap_or_default(), end.get(2..).unwrap_or_default())
        }
    }
}

pub(super) fn open(ctx: &Ctx, secret: Secret, row: Uuid, sealed: &[u8]) -> Result<String> {
    let plain = ctx.sealer.open(place(secret), row, sealed).map_err(|e| Error::internal("a sealed field", e))?;
    String::from_utf8(plain).map_err(|e| Error::internal("a sealed field", e))
}

/// A secret of a person as it is kept; nothing when there is none.
pub(super) async fn stored(tx: &mut Tx, company: Uuid, id: ContactId, secret: Secret) -> Result<Option<Closed>> {
    let row = sqlx::query!(
        "select email_sealed, email_key, email_shown, passport_sealed, passport_key, passport_shown, pinfl_sealed, pinfl_key,
           pinfl_shown from contacts where company_id = $1 and id = $2",
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let (sealed, key, shown) = match secret {
        Secret::Email => (row.email_sealed, row.email_key, row.email_shown),
        Secret::Passport => (row.passport_sealed, row.passport_key, row.passport_shown),
        Secret::Pinfl => (row.pinfl_sealed, row.pinfl_key, row.pinfl_shown),
        Secret::Phone => return Ok(None),
    };
    Ok(sealed.zip(key).zip(shown).map(|((sealed, key), shown)| Closed { sealed, key, shown }))
}

/// Writes a secret of a person, or empties it.
pub(super) async fn write(
    tx: &mut Tx,
    company: Uuid,
    row: Uuid,
    column: &str,
    key: Option<Vec<u8>>,
    sealed: Option<Vec<u8>>,
    shown: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        "update contacts set
           email_sealed = case when $3 = 'email' then $4 else email_sealed end,
           email_key = case when $3 = 'email' then $5 else email_key end,
           email_shown = case when $3 = 'email' then $6 else email_shown end,
           passport_sealed = case when $3 = 'passport' then $4 else passport_sealed end,
           passport_key = case when $3 = 'passport' then $5 else passport_key end,
           passport_shown = case when $3 = 'passport' then $6 else passport_shown end,
           pinfl_sealed = case when $3 = 'pinfl' then $4 else pinfl_sealed end,
           pinfl_key = case when $3 = 'pinfl' then $5 else pinfl_key end,
           pinfl_shown = case when $3 = 'pinfl' then $6 else pinfl_shown end
         where company_id = $1 and id = $2",
        company,
        row,
        column,
        sealed,
        key,
        shown
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Seals e-mails that wait in the open in this transaction's company: what bulk writers wrote a moment ago, and what an
/// older version left. Returns how many.
pub(crate) async fn waiting_emails(ctx: &Ctx, tx: &mut Tx, most: i64) -> Result<u64> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select id, email as "email!" from contacts where company_id = $1 and email is not null order by id limit $2 for update"#,
        company,
        most
    )
    .fetch_all(tx.conn())
    .await?;
    let closed: Vec<(Uuid, Closed)> =
        rows.into_iter().map(|row| (row.id, close(ctx, Secret::Email, row.id, row.email.trim()))).collect();
    let ids: Vec<Uuid> = closed.iter().map(|(id, _)| *id).collect();
    let sealed: Vec<Vec<u8>> = closed.iter().map(|(_, c)| c.sealed.clone()).collect();
    let keys: Vec<Vec<u8>> = closed.iter().map(|(_, c)| c.key.clone()).collect();
    let shown: Vec<String> = closed.into_iter().map(|(_, c)| c.shown).collect();
    Ok(sqlx::query!(
        "update contacts c set email = null, email_sealed = s.sealed, email_key = s.key, email_shown = s.shown
         from unnest($2::uuid[], $3::bytea[], $4::bytea[], $5::text[]) s (id, sealed, key, shown)
         where c.company_id = $1 and c.id = s.id",
        company,
        &ids,
        &sealed,
        &keys,
        &shown
    )
    .execute(tx.conn())
    .await?
    .rows_affected())
}

/// Brings some telephones of the company into the wanted form: sealed, or open again. Returns how many.
pub(crate) async fn convert_phones(ctx: &Ctx, tx: &mut Tx, hide: bool) -> Result<u64> {
    if hide { seal_phones(ctx, tx, CHUNK).await } else { open_phones(ctx, tx).await }
}

/// Seals telephones that stand in the open.
pub(crate) async fn seal_phones(ctx: &Ctx, tx: &mut Tx, most: i64) -> Result<u64> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select id, phone as "phone!" from contact_phones where company_id = $1 and phone is not null limit $2 for update"#,
        company,
        most
    )
    .fetch_all(tx.conn())
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|r| r.id).collect();
    let sealed: Vec<Vec<u8>> =
        rows.iter().map(|r| ctx.sealer.seal(place(Secret::Phone), r.id, r.phone.as_bytes())).collect();
    let keys: Vec<Vec<u8>> = rows.iter().map(|r| key(ctx, Secret::Phone, &r.phone)).collect();
    let ends: Vec<String> = rows.iter().map(|r| end(&r.phone).to_owned()).collect();
    Ok(sqlx::query!(
        "update contact_phones p set phone = null, sealed = s.sealed, key = s.key, last4 = s.last4
         from unnest($2::uuid[], $3::bytea[], $4::bytea[], $5::text[]) s (id, sealed, key, last4)
         where p.company_id = $1 and p.id = s.id",
        company,
        &ids,
        &sealed,
        &keys,
        &ends
    )
    .execute(tx.conn())
    .await?
    .rows_affected())
}

async fn open_phones(ctx: &Ctx, tx: &mut Tx) -> Result<u64> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select id, sealed as "sealed!" from contact_phones where company_id = $1 and sealed is not null limit $2 for update"#,
        company,
        CHUNK
    )
    .fetch_all(tx.conn())
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|r| r.id).collect();
    let open: Vec<String> = rows.iter().map(|r| open(ctx, Secret::Phone, r.id, &r.sealed)).collect::<Result<_>>()?;
    Ok(sqlx::query!(
        "update contact_phones p set phone = s.phone, sealed = null, key = null, last4 = null
         from unnest($2::uuid[], $3::text[]) s (id, phone) where p.company_id = $1 and p.id = s.id",
        company,
        &ids,
        &open
    )
    .execute(tx.conn())
    .await?
    .rows_affected())
}

/// Seals the e-mails an undo has put back with the newest key. One whose key is gone by now is nobody's any more.
pub(crate) async fn refresh_emails(ctx: &Ctx, tx: &mut Tx, import: Uuid, seqs: &[i64]) -> Result<()> {
    let company = tx.actor().company_id().0;
    while waiting_emails(ctx, tx, CHUNK).await? > 0 {}
    let rows = sqlx::query!(
        r#"select c.id, c.email_sealed as "sealed!" from contacts c join import_objects o on o.object_id = c.id
           where c.company_id = $1 and o.company_id = $1 and o.import_id = $2 and o.seq = any($3) and c.email_sealed is not null"#,
        company,
        import,
        seqs
    )
    .fetch_all(tx.conn())
    .await?;
    for row in rows.into_iter().filter(|row| !ctx.sealer.is_current(&row.sealed)) {
        let fresh =
            open(ctx, Secret::Email, row.id, &row.sealed).ok().map(|text| close(ctx, Secret::Email, row.id, &text));
        let (key, sealed, shown) = fresh.map_or((None, None, None), |c| (Some(c.key), Some(c.sealed), Some(c.shown)));
        write(tx, company, row.id, Secret::Email.as_str(), key, sealed, shown.as_deref()).await?;
    }
    Ok(())
}

/// Whether telephones of the company are sealed, all or some.
pub(crate) async fn any_sealed(tx: &mut Tx) -> Result<bool> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!(
        r#"select exists (select from contact_phones where company_id = $1 and last4 is not null)
           or exists (select from company_settings where company_id = $1 and hide_phones) as "any!""#,
        company
    )
    .fetch_one(tx.conn())
    .await?)
}

/// The blind index of a telephone as text, the way `contact_phones.code` has it.
pub(crate) fn phone_code(ctx: &Ctx, phone: &str) -> String {
    hex(&key(ctx, Secret::Phone, phone))
}

/// The blind index of an e-mail as text.
pub(crate) fn email_code(ctx: &Ctx, email: &str) -> String {
    hex(&key(ctx, Secret::Email, email))
}

/// Seals in every company what still stands in the open and should not. A schedule calls it.
pub async fn seal_waiting(ctx: &Ctx) -> Result<u64> {
    let mut system = ctx.db.begin_system("seal what waits").await?;
    let companies = sqlx::query_scalar!(
        r#"select distinct company_id from contacts where email is not null
           union select s.company_id from company_settings s where s.hide_phones
             and exists (select from contact_phones p where p.company_id = s.company_id and p.phone is not null)"#
    )
    .fetch_all(&mut *system)
    .await?;
    system.commit().await?;
    let mut done = 0;
    for company in companies.into_iter().flatten() {
        let actor = crate::Actor::system(company.into());
        loop {
            let mut tx = ctx.begin(&actor).await?;
            let count = waiting_emails(ctx, &mut tx, CHUNK).await?;
            tx.commit().await?;
            done += count;
            if count == 0 {
                break;
            }
        }
        done += super::privacy::apply(ctx, company.into()).await?;
    }
    Ok(done)
}

/// What a change of the key came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotated {
    /// Values sealed anew.
    pub sealed: u64,
    /// Values that had the newest key already.
    pub current: u64,
}

/// Seals every value of the installation with the newest key, a chunk a transaction. Older keys go on opening until it
/// is done; broken off, it is simply run again. `progress` is told how many were looked at.
///
/// # Errors
/// When a value does not open: its key is missing from the configuration. What was done before stays done.
pub async fn rotate(ctx: &Ctx, progress: impl Fn(u64)) -> Result<Rotated> {
    let mut total = Rotated::default();
    for column in Column::ALL {
        let mut after = Uuid::nil();
        loop {
            let mut tx = ctx.db.begin_system("key rotation").await?;
            let values = column.read(&mut tx, after).await?;
            let Some((last, _)) = values.last() else { break };
            after = *last;
            let (current, old): (Vec<_>, Vec<_>) =
                values.into_iter().partition(|(_, sealed)| ctx.sealer.is_current(sealed));
            let mut fresh = Vec::with_capacity(old.len());
            for (row, sealed) in &old {
                let plain = ctx
                    .sealer
                    .open(column.place(), *row, sealed)
                    .map_err(|e| Error::internal("key rotation", format!("{} of {row}: {e}", column.place())))?;
                fresh.push(ctx.sealer.seal(column.place(), *row, &plain));
            }
            let (rows, before): (Vec<Uuid>, Vec<Vec<u8>>) = old.into_iter().unzip();
            let sealed = column.write(&mut tx, &rows, &before, &fresh).await?;
            tx.commit().await?;
            total.sealed += sealed;
            total.current += u64::try_from(current.len()).unwrap_or(0);
            progress(total.sealed + total.current);
        }
    }
    Ok(total)
}

/// A column of sealed values. One that is added to the schema belongs here: a test looks for the forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Of(Secret),
    Totp,
    Kassa,
}

impl Column {
    const ALL: [Self; 6] = [
        Self::Of(Secret::Email),
        Self::Of(Secret::Passport),
        Self::Of(Secret::Pinfl),
        Self::Of(Secret::Phone),
        Self::Totp,
        Self::Kassa,
    ];

    const fn place(self) -> &'static str {
        match self {
            Self::Of(secret) => place(secret),
            Self::Totp => totp::PLACE,
            Self::Kassa => crate::payments::SECRET,
        }
    }

    /// Table and column in the database.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Of(Secret::Email) => ("contacts", "email_sealed"),
            Self::Of(Secret::Passport) => ("contacts", "passport_sealed"),
            Self::Of(Secret::Pinfl) => ("contacts", "pinfl_sealed"),
            Self::Of(Secret::Phone) => ("contact_phones", "sealed"),
            Self::Totp => ("users", "totp_secret"),
            Self::Kassa => ("kassas", "secret_sealed"),
        }
    }

    async fn read(self, conn: &mut PgConnection, after: Uuid) -> Result<Vec<(Uuid, Vec<u8>)>> {
        let (table, column) = self.names();
        let sql = format!(
            "select id, {column} from {table} where id > $1 and {column} is not null order by id limit {CHUNK}"
        );
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(after).fetch_all(conn).await?)
    }

    /// Only where nobody wrote another value meanwhile: that one has the newest key anyway.
    async fn write(self, conn: &mut PgConnection, rows: &[Uuid], before: &[Vec<u8>], fresh: &[Vec<u8>]) -> Result<u64> {
        let (table, column) = self.names();
        let sql = format!(
            "update {table} t set {column} = s.fresh from unnest($1::uuid[], $2::bytea[], $3::bytea[]) s (id, old, fresh)
             where t.id = s.id and t.{column} = s.old"
        );
        let done = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(rows).bind(before).bind(fresh).execute(conn).await?;
        Ok(done.rows_affected())
    }
}
