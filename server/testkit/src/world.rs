//! Two companies that know nothing of each other, with people of every role.

use chrono::TimeDelta;
use domain::{
    Actor, Ctx, Door,
    auth::{self, Device},
};
use model::{
    BuildingId, CompanyId, ContactId, EntranceId, Lang, Phone, Role, UnitId, UserId,
    auth::{RequestCode, ResidentLogin, StaffLogin},
    requests::{Category, CreateRequest},
};
use platform::ids::new_id;
use serde_json::Value;
use sqlx::{Postgres, Transaction};
use std::collections::HashMap;
use tokio::sync::{Mutex, OnceCell};
use uuid::Uuid;

/// The password of every staff login.
pub const PASSWORD: &str = "test-password-1";

/// Company `a` is the older one; `b` is the foreigner.
pub struct World {
    pub a: Company,
    pub b: Company,
}

impl World {
    pub async fn new(ctx: &Ctx) -> Self {
        let a = Company::new(ctx, "a", 1).await;
        ctx.clock.advance(TimeDelta::seconds(1));
        let b = Company::new(ctx, "b", 2).await;
        let mut tx = ctx.db.begin_system("test world").await.unwrap();
        user(&mut tx, ctx, None, Role::SuperAdmin, "root").await;
        tx.commit().await.unwrap();
        Self { a, b }
    }

    /// Works in company `a` until they switch.
    pub async fn super_admin(&self) -> Actor {
        self.a.sign_in("root").await
    }
}

/// A house with its flats.
#[derive(Clone, Debug)]
pub struct House {
    pub id: BuildingId,
    pub entrance: EntranceId,
    pub units: Vec<UnitId>,
}

/// Somebody who lives here and has a login.
#[derive(Clone, Debug)]
pub struct Person {
    pub contact: ContactId,
    pub user: UserId,
    pub phone: Phone,
    pub unit: UnitId,
}

/// One company: two houses, two residents, a caller without a login, and staff of every role.
pub struct Company {
    ctx: Ctx,
    tag: &'static str,
    pub id: CompanyId,
    /// Where the residents live and the plumber works.
    pub house: House,
    /// Nobody's zone.
    pub far_house: House,
    pub resident: Person,
    pub neighbour: Person,
    pub caller: ContactId,
    pub plumber_id: UserId,
    pub electrician_id: UserId,
    signed_in: Mutex<HashMap<String, Actor>>,
}

impl Company {
    async fn new(ctx: &Ctx, tag: &'static str, digit: u8) -> Self {
        let id = domain::companies::create(ctx, &format!("Company {tag}"), None, Lang::Ru).await.unwrap();
        let mut tx = ctx.db.begin_system("test world").await.unwrap();
        let house = house(&mut tx, id, "Навои 12", 3).await;
        let far_house = house_of(&mut tx, id, "Юнусабад 4, дом 7").await;
        let resident = person(&mut tx, ctx, id, "Азиз Каримов", &format!("+99890{digit}000001"), house.units[0]).await;
        let neighbour =
            person(&mut tx, ctx, id, "Елена Иванова", &format!("+99890{digit}000002"), house.units[1]).await;
        let caller = contact(&mut tx, ctx, id, "Пётр Петров", &format!("+99890{digit}000003")).await;
        let mut staff = Vec::new();
        for (role, name) in [
            (Role::Admin, "admin"),
            (Role::Dispatcher, "dispatcher"),
            (Role::Staff, "plumber"),
            (Role::Staff, "electrician"),
        ] {
            staff.push(user(&mut tx, ctx, Some(id), role, &format!("{name}-{tag}")).await);
        }
        let (plumber_id, electrician_id) = (staff[2], staff[3]);
        sqlx::query(
            "insert into staff_skills (company_id, user_id, skill) values ($1, $2, 'plumber'), ($1, $3, 'electrician')",
        )
        .bind(id.0)
        .bind(plumber_id.0)
        .bind(electrician_id.0)
        .execute(&mut *tx)
        .await
        .unwrap();
        sqlx::query("insert into staff_zones (company_id, user_id, building_id) values ($1, $2, $3)")
            .bind(id.0)
            .bind(plumber_id.0)
            .bind(house.id.0)
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        Self {
            ctx: ctx.clone(),
            tag,
            id,
            house,
            far_house,
            resident,
            neighbour,
            caller,
            plumber_id,
            electrician_id,
            signed_in: Mutex::default(),
        }
    }

    pub async fn admin(&self) -> Actor {
        self.staff("admin").await
    }
    pub async fn dispatcher(&self) -> Actor {
        self.staff("dispatcher").await
    }
    /// Looks after [`Company::house`].
    pub async fn plumber(&self) -> Actor {
        self.staff("plumber").await
    }
    /// Has no zone: sees only what they were given.
    pub async fn electrician(&self) -> Actor {
        self.staff("electrician").await
    }
    pub async fn resident(&self) -> Actor {
        self.sign_in_resident(&self.resident.phone).await
    }
    pub async fn neighbour(&self) -> Actor {
        self.sign_in_resident(&self.neighbour.phone).await
    }

    /// The login of a staff member: `dispatcher-a`.
    pub fn login(&self, name: &str) -> String {
        format!("{name}-{}", self.tag)
    }

    async fn staff(&self, name: &str) -> Actor {
        self.sign_in(&self.login(name)).await
    }

    async fn sign_in(&self, login: &str) -> Actor {
        let mut known = self.signed_in.lock().await;
        if let Some(actor) = known.get(login) {
            return actor.clone();
        }
        let actor = staff_actor(&self.ctx, login).await;
        known.insert(login.to_owned(), actor.clone());
        actor
    }

    async fn sign_in_resident(&self, phone: &Phone) -> Actor {
        let mut known = self.signed_in.lock().await;
        if let Some(actor) = known.get(phone.as_str()) {
            return actor.clone();
        }
        let actor = resident_actor(&self.ctx, phone).await;
        known.insert(phone.to_string(), actor.clone());
        actor
    }

    /// A request about the resident's own flat, as the resident would file it.
    pub fn draft(&self) -> CreateRequest {
        draft(self.resident.unit)
    }
}

/// A plain request about a flat.
pub fn draft(unit: UnitId) -> CreateRequest {
    CreateRequest {
        unit_id: Some(unit),
        building_id: None,
        entrance_id: None,
        contact_id: None,
        contact_name: None,
        contact_phone: None,
        source: None,
        category: Category::Plumbing,
        problem_id: None,
        kind: None,
        priority: None,
        description: "Течёт кран на кухне".to_owned(),
        hidden: false,
        file_ids: Vec::new(),
    }
}

/// Signs a staff member in, as a door would.
pub async fn staff_actor(ctx: &Ctx, login: &str) -> Actor {
    let command = StaffLogin { login: login.to_owned(), password: PASSWORD.to_owned(), totp: None };
    let grant = auth::login(ctx, &command, &Device::default()).await.unwrap();
    auth::authenticate(ctx, &grant.tokens.access_token, Door::Web).await.unwrap()
}

/// Signs a resident in with the code they were sent.
pub async fn resident_actor(ctx: &Ctx, phone: &Phone) -> Actor {
    auth::request_code(ctx, &RequestCode { phone: phone.clone() }).await.unwrap();
    let command = ResidentLogin { phone: phone.clone(), code: last_code(ctx, phone).await };
    let grant = auth::verify_code(ctx, &command, &Device::default()).await.unwrap();
    auth::authenticate(ctx, &grant.tokens.access_token, Door::Web).await.unwrap()
}

/// The newest one-time code on its way to a phone.
pub async fn last_code(ctx: &Ctx, phone: &Phone) -> String {
    let params = last_message(ctx, "login_code", phone.as_str()).await.expect("no code was sent");
    params["code"].as_str().unwrap().to_owned()
}

/// The values of the newest message of a kind to an address.
pub async fn last_message(ctx: &Ctx, template: &str, address: &str) -> Option<Value> {
    let mut tx = ctx.db.begin_system("look at messages").await.unwrap();
    sqlx::query_scalar(
        "select params from deliveries where template = $1 and address = $2 order by created_at desc, id desc limit 1",
    )
    .bind(template)
    .bind(address)
    .fetch_optional(&mut *tx)
    .await
    .unwrap()
}

pub(crate) type Db = Transaction<'static, Postgres>;

async fn house_of(tx: &mut Db, company: CompanyId, address: &str) -> House {
    house(tx, company, address, 1).await
}

async fn house(tx: &mut Db, company: CompanyId, address: &str, flats: u32) -> House {
    let (id, entrance) = (new_id(), new_id());
    sqlx::query(
        "insert into buildings (id, company_id, address, storeys, hint) values ($1, $2, $3, 9, 'Ключ у дворника')",
    )
    .bind(id)
    .bind(company.0)
    .bind(address)
    .execute(&mut **tx)
    .await
    .unwrap();
    sqlx::query("insert into entrances (id, company_id, building_id, number) values ($1, $2, $3, 1)")
        .bind(entrance)
        .bind(company.0)
        .bind(id)
        .execute(&mut **tx)
        .await
        .unwrap();
    let mut units = Vec::new();
    for number in 1..=flats {
        let unit = new_id();
        sqlx::query("insert into units (id, company_id, building_id, entrance_id, number, floor) values ($1, $2, $3, $4, $5, 1)")
            .bind(unit)
            .bind(company.0)
            .bind(id)
            .bind(entrance)
            .bind(number.to_string())
            .execute(&mut **tx)
            .await
            .unwrap();
        units.push(UnitId(unit));
    }
    House { id: BuildingId(id), entrance: EntranceId(entrance), units }
}

async fn contact(tx: &mut Db, ctx: &Ctx, company: CompanyId, name: &str, phone: &str) -> ContactId {
    let id = new_id();
    sqlx::query("insert into contacts (id, company_id, name, created_at) values ($1, $2, $3, $4)")
        .bind(id)
        .bind(company.0)
        .bind(name)
        .bind(ctx.clock.now())
        .execute(&mut **tx)
        .await
        .unwrap();
    sqlx::query("insert into contact_phones (company_id, contact_id, phone) values ($1, $2, $3)")
        .bind(company.0)
        .bind(id)
        .bind(phone)
        .execute(&mut **tx)
        .await
        .unwrap();
    ContactId(id)
}

pub(crate) async fn person(
    tx: &mut Db,
    ctx: &Ctx,
    company: CompanyId,
    name: &str,
    phone: &str,
    unit: UnitId,
) -> Person {
    let contact = contact(tx, ctx, company, name, phone).await;
    sqlx::query(
        "insert into residencies (id, company_id, unit_id, contact_id, relation, share_num, share_den, since_on)
         values ($1, $2, $3, $4, 'owner', 1, 1, '2020-01-01')",
    )
    .bind(new_id())
    .bind(company.0)
    .bind(unit.0)
    .bind(contact.0)
    .execute(&mut **tx)
    .await
    .unwrap();
    let user = new_id();
    sqlx::query(
        "insert into users (id, company_id, role, name, phone, contact_id, created_at) values ($1, $2, 'resident', $3, $4, $5, $6)",
    )
    .bind(user)
    .bind(company.0)
    .bind(name)
    .bind(phone)
    .bind(contact.0)
    .bind(ctx.clock.now())
    .execute(&mut **tx)
    .await
    .unwrap();
    Person { contact, user: UserId(user), phone: Phone::parse(phone).unwrap(), unit }
}

pub(crate) async fn user(tx: &mut Db, ctx: &Ctx, company: Option<CompanyId>, role: Role, login: &str) -> UserId {
    // One hash for all: hashing is slow on purpose.
    static HASH: OnceCell<String> = OnceCell::const_new();
    let hash = HASH.get_or_init(|| async { ctx.passwords.hash(PASSWORD).await.unwrap() }).await;
    let id: Uuid = new_id();
    sqlx::query(
        "insert into users (id, company_id, role, login, password_hash, name, email, phone, created_at)
         values ($1, $2, $3, $4, $5, $4, $6, '+998712000000', $7)",
    )
    .bind(id)
    .bind(company.map(|c| c.0))
    .bind(role.as_str())
    .bind(login)
    .bind(hash)
    .bind(format!("{login}@example.uz"))
    .bind(ctx.clock.now())
    .execute(&mut **tx)
    .await
    .unwrap();
    UserId(id)
}

/// A small photograph as a phone would send it.
pub fn photo() -> Vec<u8> {
    let picture = image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 90]));
    let mut out = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut out, image::ImageFormat::Jpeg).unwrap();
    out.into_inner()
}
