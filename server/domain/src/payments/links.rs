//! Where to go to pay: links into the providers' checkouts, the page without login, and its picture for receipts.

use crate::{Actor, Ctx, Error, Result, Tx, idempotency, ledger};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use model::{
    AccountId, BillId, Code, Lang, Money, Permission as P, Phone,
    payments::{Checkout, CreatePayment, KassaMode, Owed, PayPage, PaymentLinks, Provider},
    receipts::PayMark,
    validate,
};
use platform::ids::new_id;
use qrcode::{QrCode, render::svg};
use sqlx::Row;
use std::fmt::Write;
use uuid::Uuid;

/// What the token of a page is proven by.
const TOKEN: &str = "pay.page";
/// Bytes of the proof: nobody guesses 96 bits over the network.
const PROOF: usize = 12;

/// The open accounts of the resident's homes with what is owed on each.
pub async fn owed(ctx: &Ctx, actor: &Actor) -> Result<Vec<Owed>> {
    let scope = actor.scope(P::PaymentsReadOwn)?;
    let contact = scope.own_contact().ok_or(Code::Forbidden)?;
    let mut tx = ctx.begin(actor).await?;
    let now = tx.now();
    let rows = sqlx::query!(
        r#"select a.id, a.number, u.building_id, b.address || ', №' || u.number as "address!", coalesce(l.balance_tiyin, 0) as "balance!"
           from residencies r
           join personal_accounts a on a.company_id = r.company_id and a.unit_id = r.unit_id
           join companies c on c.id = a.company_id
           join units u on u.company_id = a.company_id and u.id = a.unit_id
           join buildings b on b.company_id = u.company_id and b.id = u.building_id
           left join account_balances l on l.company_id = a.company_id and l.account_id = a.id
           where r.company_id = $1 and r.contact_id = $2 and r.until_on is null
             and (a.closed_on is null or a.closed_on > ($3::timestamptz at time zone c.time_zone)::date)
           order by r.since_on, a.number"#,
        scope.company(),
        contact.0,
        now
    )
    .fetch_all(tx.conn())
    .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let tills = kassas_for(&mut tx, row.building_id).await?;
        all.push(Owed {
            account_id: row.id.into(),
            number: row.number,
            address: row.address,
            balance: Money::from_tiyin(row.balance),
            token: token(ctx, row.id),
            providers: tills.iter().map(|till| till.provider).collect(),
        });
    }
    Ok(all)
}

/// Ways to pay a sum into an account: links to the providers, our own page and its picture. Where a kassa takes bills,
/// one is made.
///
/// # Errors
/// `not_found` when the account is not the caller's; `invalid` on `/amount` when nothing is owed and no sum was named.
pub async fn create(
    ctx: &Ctx,
    actor: &Actor,
    command: &CreatePayment,
    key: Option<&idempotency::Key>,
) -> Result<PaymentLinks> {
    let scope = actor.scope(P::PaymentsCreate)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    if let Some(key) = key
        && let idempotency::Claim::Done { body, .. } = idempotency::claim(&mut tx, key).await?
    {
        return Ok(serde_json::from_value(body)?);
    }
    let account = payable(&mut tx, command.account_id.0).await?;
    if let Some(contact) = scope.own_contact() {
        let own = sqlx::query_scalar!(
            r#"select exists(select from residencies where company_id = $1 and unit_id = $2 and contact_id = $3
                 and until_on is null) as "own!""#,
            scope.company(),
            account.unit_id,
            contact.0
        )
        .fetch_one(tx.conn())
        .await?;
        if !own {
            return Err(Code::NotFound.into());
        }
    }
    let balance = ledger::balance(&mut tx, command.account_id).await?;
    let amount = match command.amount {
        Some(amount) => amount,
        None if balance > Money::ZERO => balance,
        None => return Err(Error::field("/amount", "required")),
    };
    let page = address(ctx, &format!("/pay/{}", token(ctx, account.id)));
    let (bill_id, checkouts) = checkouts(ctx, &mut tx, &account, amount, actor.lang(), &page).await?;
    if checkouts.is_empty() && command.amount.is_some_and(|amount| amount > Money::ZERO) {
        tracing::debug!("no kassa takes this sum");
    }
    let links = PaymentLinks {
        account_id: command.account_id,
        amount,
        bill_id: bill_id.map(BillId),
        checkouts,
        qr_svg: qr(&page)?,
        page,
    };
    if let Some(key) = key {
        idempotency::store(&mut tx, key, 201, &serde_json::to_value(&links)?).await?;
    }
    tx.commit().await?;
    Ok(links)
}

/// The page of a link that anybody may have found on a receipt: what is owed, and of the payer only the first letters.
///
/// # Errors
/// `not_found` when the link is not ours, or the account is closed.
pub async fn pay_page(ctx: &Ctx, token: &str) -> Result<PayPage> {
    let (mut tx, account) = open(ctx, token).await?;
    let company = tx.actor().company_id().0;
    let about = sqlx::query!(
        r#"select c.name, c.phone, (select k.name from residencies r
             join contacts k on k.company_id = r.company_id and k.id = r.contact_id
             where r.company_id = $1 and r.unit_id = $2 and r.until_on is null
             order by r.relation <> 'owner', r.since_on, r.id limit 1) as payer
           from companies c where c.id = $1"#,
        company,
        account.unit_id
    )
    .fetch_one(tx.conn())
    .await?;
    let kassas = kassas_for(&mut tx, account.building_id).await?;
    Ok(PayPage {
        company: about.name,
        phone: about.phone.as_deref().and_then(Phone::parse),
        account: account.number,
        address: account.address,
        payer: about.payer.map(|name| mask(&name)),
        balance: ledger::balance(&mut tx, AccountId(account.id)).await?,
        providers: kassas.iter().map(|kassa| kassa.provider).collect(),
        min: kassas.iter().map(|kassa| kassa.min).min().unwrap_or(Money::ZERO),
        max: kassas.iter().map(|kassa| kassa.max).max().unwrap_or(Money::ZERO),
    })
}

/// Where the page sends the payer.
///
/// # Errors
/// `not_found` as [`pay_page`], or when no kassa of this provider serves the house; `invalid` on `/amount`.
pub async fn page_links(ctx: &Ctx, token: &str, provider: Provider, amount: Money, lang: Lang) -> Result<String> {
    if amount <= Money::ZERO || amount > model::payments::MOST {
        return Err(Error::field("/amount", "out_of_range"));
    }
    let (mut tx, account) = open(ctx, token).await?;
    let back = address(ctx, &format!("/pay/{token}"));
    let (_, checkouts) = checkouts(ctx, &mut tx, &account, amount, lang, &back).await?;
    let Some(checkout) = checkouts.into_iter().find(|checkout| checkout.provider == provider) else {
        return Err(Error::field("/amount", "out_of_range"));
    };
    tx.commit().await?;
    Ok(checkout.url)
}

/// `Азиз Каримов` as `А••• К•••`: the payer knows themselves, a stranger learns nothing.
pub(crate) fn mask(name: &str) -> String {
    let cover = |word: &str| word.chars().next().map(|first| format!("{first}•••"));
    name.split_whitespace().take(3).filter_map(cover).collect::<Vec<_>>().join(" ")
}

/// An account that can be paid.
struct Account {
    id: Uuid,
    number: String,
    unit_id: Uuid,
    building_id: Uuid,
    address: String,
}

async fn payable(tx: &mut Tx, id: Uuid) -> Result<Account> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query_as!(
        Account,
        r#"select a.id, a.number, a.unit_id, u.building_id, b.address || ', №' || u.number as "address!"
           from personal_accounts a
           join companies c on c.id = a.company_id
           join units u on u.company_id = a.company_id and u.id = a.unit_id
           join buildings b on b.company_id = u.company_id and b.id = u.building_id
           where a.company_id = $1 and a.id = $2
             and (a.closed_on is null or a.closed_on > ($3::timestamptz at time zone c.time_zone)::date)"#,
        company,
        id,
        now
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Code::NotFound.into())
}

/// The token of an account's page. It is made of the account and a proof, so nothing has to be kept, and the same
/// receipt printed twice has the same.
pub(crate) fn token(ctx: &Ctx, account: Uuid) -> String {
    URL_SAFE_NO_PAD.encode([account.as_bytes().as_slice(), &proof(ctx, account)].concat())
}

/// The page of an account as papers carry it: its address, and the same as a picture. It holds as long as the account is
/// open, so a paper of last month still leads there.
pub(crate) fn mark(ctx: &Ctx, account: AccountId) -> Result<PayMark> {
    let url = address(ctx, &format!("/pay/{}", token(ctx, account.0)));
    let code = QrCode::new(&url).map_err(|e| Error::internal("qr code", e.to_string()))?;
    let dark = code.to_colors().into_iter().map(|color| color == qrcode::Color::Dark).collect();
    Ok(PayMark { url, side: code.width(), dark })
}

fn proof(ctx: &Ctx, account: Uuid) -> Vec<u8> {
    let mut whole = ctx.sealer.blind_index(TOKEN, &account.to_string());
    whole.truncate(PROOF);
    whole
}

/// The account behind a token, in a transaction of its company.
async fn open(ctx: &Ctx, token: &str) -> Result<(Tx, Account)> {
    let raw = URL_SAFE_NO_PAD.decode(token).map_err(|_| Code::NotFound)?;
    let (id, given) = raw.split_at_checked(16).ok_or(Code::NotFound)?;
    let id = Uuid::from_slice(id).map_err(|_| Code::NotFound)?;
    if !bool::from(subtle::ConstantTimeEq::ct_eq(given, proof(ctx, id).as_slice())) {
        return Err(Code::NotFound.into());
    }
    let mut system = ctx.db.begin_system("the account of a pay page").await?;
    let company = sqlx::query_scalar!("select company_id from personal_accounts where id = $1", id)
        .fetch_optional(&mut *system)
        .await?
        .ok_or(Code::NotFound)?;
    drop(system);
    let mut tx = ctx.begin(&Actor::system(company.into())).await?;
    let account = payable(&mut tx, id).await?;
    Ok((tx, account))
}

/// A kassa as links need it.
struct Till {
    provider: Provider,
    mode: KassaMode,
    live: bool,
    merchant_id: String,
    service_id: Option<i64>,
    account_field: String,
    min: Money,
    max: Money,
}

/// One kassa of each provider for a house: its own before the company's.
async fn kassas_for(tx: &mut Tx, building: Uuid) -> Result<Vec<Till>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query(
        "select distinct on (k.provider) k.provider, k.mode, k.live, k.merchant_id, k.service_id, k.account_field,
           k.min_tiyin, k.max_tiyin
         from kassas k left join kassa_buildings b
           on b.company_id = k.company_id and b.kassa_id = k.id and b.building_id = $2
         where k.company_id = $1 and k.enabled and k.archived_at is null
           and (b.building_id is not null or not exists (
             select from kassa_buildings o where o.company_id = k.company_id and o.kassa_id = k.id))
         order by k.provider desc, b.building_id is null, k.mode, k.created_at, k.id",
    )
    .bind(company)
    .bind(building)
    .fetch_all(tx.conn())
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Till {
                provider: crate::error::word(row.try_get("provider")?)?,
                mode: crate::error::word(row.try_get("mode")?)?,
                live: row.try_get("live")?,
                merchant_id: row.try_get("merchant_id")?,
                service_id: row.try_get("service_id")?,
                account_field: row.try_get("account_field")?,
                min: Money::from_tiyin(row.try_get("min_tiyin")?),
                max: Money::from_tiyin(row.try_get("max_tiyin")?),
            })
        })
        .collect()
}

async fn checkouts(
    ctx: &Ctx,
    tx: &mut Tx,
    account: &Account,
    amount: Money,
    lang: Lang,
    back: &str,
) -> Result<(Option<Uuid>, Vec<Checkout>)> {
    let tills = kassas_for(tx, account.building_id).await?;
    let fits = |till: &&Till| till.mode == KassaMode::OneTime || (till.min..=till.max).contains(&amount);
    let mut bill: Option<(Uuid, String)> = None;
    let mut all = Vec::new();
    for till in tills.iter().filter(fits) {
        let payee = match till.mode {
            KassaMode::Accumulating => account.number.clone(),
            KassaMode::OneTime => match &bill {
                Some((_, number)) => number.clone(),
                None => {
                    let made = make_bill(tx, account.id, amount).await?;
                    let number = made.1.clone();
                    bill = Some(made);
                    number
                }
            },
        };
        let simulator = ctx.config.payments.simulator_url.as_deref().filter(|_| !till.live);
        all.push(Checkout {
            provider: till.provider,
            url: link(till, &payee, amount, lang, back, simulator),
            test: !till.live,
        });
    }
    Ok((bill.map(|(id, _)| id), all))
}

/// An open bill of this sum that nobody is paying, or a new one.
async fn make_bill(tx: &mut Tx, account: Uuid, amount: Money) -> Result<(Uuid, String)> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let known = sqlx::query!(
        "select id, number from bills where company_id = $1 and account_id = $2 and amount_tiyin = $3 and state = 'open'
           and (held_until is null or held_until < $4) order by created_at desc, id desc limit 1",
        company,
        account,
        amount.tiyin(),
        now
    )
    .fetch_optional(tx.conn())
    .await?;
    if let Some(bill) = known {
        return Ok((bill.id, bill.number));
    }
    let author = tx.actor().user_id().map(|user| user.0);
    let made = sqlx::query!(
        "insert into bills (id, company_id, account_id, number, amount_tiyin, created_by, created_at)
         values ($1, $2, $3, 'B' || nextval('bill_number'), $4, $5, $6) returning id, number",
        new_id(),
        company,
        account,
        amount.tiyin(),
        author,
        now
    )
    .fetch_one(tx.conn())
    .await?;
    Ok((made.id, made.number))
}

/// The address of a provider's checkout. Nothing in it is proven: the provider asks us before it takes any money.
fn link(till: &Till, payee: &str, amount: Money, lang: Lang, back: &str, simulator: Option<&str>) -> String {
    match till.provider {
        Provider::Payme => {
            let base = match simulator {
                Some(own) => format!("{}/payme/", own.trim_end_matches('/')),
                None if till.live => "https://checkout.paycom.uz/".to_owned(),
                None => "https://test.paycom.uz/".to_owned(),
            };
            format!("{base}{}", payme_params(&till.merchant_id, &till.account_field, payee, amount, lang, back))
        }
        Provider::Click => {
            let base = match simulator {
                Some(own) => format!("{}/click", own.trim_end_matches('/')),
                None => "https://my.click.uz/services/pay".to_owned(),
            };
            format!(
                "{base}?{}",
                click_query(till.service_id.unwrap_or_default(), &till.merchant_id, payee, amount, back)
            )
        }
    }
}

/// The packed parameters of a Payme link, ready to stand in a path.
fn payme_params(merchant: &str, field: &str, payee: &str, amount: Money, lang: Lang, back: &str) -> String {
    let back = if back.is_empty() { String::new() } else { format!(";c={back}") };
    let plain = format!("m={merchant};ac.{field}={payee};a={};l={}{back}", amount.tiyin(), lang.code());
    STANDARD.encode(plain).replace('+', "%2B").replace('/', "%2F")
}

fn click_query(service: i64, merchant: &str, payee: &str, amount: Money, back: &str) -> String {
    let back = if back.is_empty() { String::new() } else { format!("&return_url={}", percent(back)) };
    format!(
        "service_id={service}&merchant_id={}&amount={}.{:02}&transaction_param={}{back}",
        percent(merchant),
        amount.tiyin() / 100,
        amount.tiyin() % 100,
        percent(payee)
    )
}

/// Everything but letters, digits and `-._~` percent-encoded.
fn percent(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// Where people reach this server.
fn address(ctx: &Ctx, path: &str) -> String {
    let server = &ctx.config.server;
    let base = server.public_url.clone().unwrap_or_else(|| format!("http://127.0.0.1:{}", server.port));
    format!("{base}{path}")
}

fn qr(text: &str) -> Result<String> {
    let code = QrCode::new(text).map_err(|e| Error::internal("qr code", e.to_string()))?;
    Ok(code.render::<svg::Color<'_>>().min_dimensions(240, 240).quiet_zone(true).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(tiyin: i64) -> Money {
        Money::from_tiyin(tiyin)
    }

    /// Payme 14: the provider's way of packing, with the specification's examples.
    #[test]
    fn payme_14_links_are_packed_as_payme_reads_them() {
        let merchant = "65f0c1d2e3a4b5c6d7e8f901";
        assert_eq!(
            payme_params(merchant, "account", "0104500123", money(15_075_000), Lang::Uz, ""),
            "bT02NWYwYzFkMmUzYTRiNWM2ZDdlOGY5MDE7YWMuYWNjb3VudD0wMTA0NTAwMTIzO2E9MTUwNzUwMDA7bD11eg=="
        );
        let long = payme_params(merchant, "account", "0104500123", money(1), Lang::Ru, "https://a.uz/pay/??>>");
        assert!(!long.contains('/') && !long.contains('+'), "{long}");
    }

    /// Click 14: the worked example.
    #[test]
    fn click_14_links_carry_sums_with_two_decimals() {
        let query =
            click_query(73438, "20010", "0104500123", money(15_075_000), "https://uy.example.uz/pay/return?inv=77");
        assert_eq!(
            query,
            "service_id=73438&merchant_id=20010&amount=150750.00&transaction_param=0104500123\
             &return_url=https%3A%2F%2Fuy.example.uz%2Fpay%2Freturn%3Finv%3D77"
        );
    }

    #[test]
    fn a_stranger_does_not_learn_the_name() {
        assert_eq!(mask("Каримов Азиз Олимович"), "К••• А••• О•••");
        assert_eq!(mask("  "), "");
    }
}
