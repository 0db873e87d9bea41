//! What must not be seen: people who have no business with a flat's requests, at every door through which something of
//! them could be had. A new door is one more line in [`DOORS`], a new kind of person one more line in [`Outsider::ALL`].

use crate::{
    app::{ACCESS, Answer, Pass, TestApp, send},
    calls_property::Registry,
    cast::{Scene, Setting, Stage, Who},
    socket::Socket,
};
use domain::{
    Actor, Door,
    access::{self, Entered},
    auth::{self, Device},
    requests,
};
use http::Method;
use model::{
    Lang, Phone, Role,
    access::{ApplyHome, EndResidency},
    auth::{RequestCode, ResidentLogin},
    people::Relation,
    property::OpenAccount,
    requests::{AddComment, CreateRequest},
    staff::DismissStaff,
};
use serde_json::{Value, json};
use testkit::{PASSWORD, draft, hire, last_code, move_in};

/// In every text of the flat's that must not be seen. Digits and small letters: search folds what it is asked for.
const TRACE: &str = "zzleak";
/// A personal account of the flat.
const ACCOUNT: &str = "9007170090";

/// Of who lives there.
const PHONE: &str = "+998937770001";

/// Who must not see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outsider {
    Nobody,
    OtherCompanysAdmin,
    OtherCompanysResident,
    /// Lives next door.
    OtherUnit,
    /// Has a personal account, but another one.
    OtherAccount,
    /// Worked on the request until they were dismissed; their token is still in their hands.
    Dismissed,
    /// Proved a phone and applied for this very flat.
    Unverified,
    /// Filed the request and then left the flat; their token is still in their hands.
    Former,
    /// Filed the request, left the flat and lives elsewhere in the same house now.
    MovedWithin,
}

impl Outsider {
    const ALL: [Self; 9] = [
        Self::Nobody,
        Self::OtherCompanysAdmin,
        Self::OtherCompanysResident,
        Self::OtherUnit,
        Self::OtherAccount,
        Self::Dismissed,
        Self::Unverified,
        Self::Former,
        Self::MovedWithin,
    ];
}

/// A way to something of the flat's: method, path with `{request}`, `{photo}`, `{building}`, `{unit}`, `{account}`, `{contact}`,
/// `{phone}`, `{export}`, and a body.
struct Way {
    method: &'static str,
    path: &'static str,
    body: fn(&Scene) -> Option<Value>,
}

const fn get(path: &'static str) -> Way {
    Way { method: "GET", path, body: |_| None }
}

const fn call(path: &'static str, body: fn(&Scene) -> Option<Value>) -> Way {
    Way { method: "POST", path, body }
}

/// Every door at which the flat's requests, people, photos, accounts or money may be asked for.
const DOORS: &[Way] = &[
    // REST
    get("/api/v1/requests"),
    get("/api/v1/requests?text=zzleak"),
    get("/api/v1/requests/{request}"),
    get("/api/v1/units/{unit}"),
    get("/api/v1/units/register"),
    get("/api/v1/accounts?building_id={building}"),
    get("/api/v1/accounts/{account}"),
    get("/api/v1/accounts/{account}/money"),
    get("/api/v1/accounts/{account}/statement?from=2026-04-01&to=2026-05-31"),
    get("/api/v1/accounts/{account}/statement.xlsx?from=2026-04-01&to=2026-05-31"),
    get("/api/v1/debts"),
    get("/api/v1/my/bills"),
    get("/api/v1/payments/owed"),
    get("/api/v1/calls/{phone}"),
    get("/api/v1/notices"),
    get("/api/v1/residents"),
    get("/api/v1/residents/{contact}"),
    get("/api/v1/residents/{contact}/data"),
    get("/api/v1/me/homes"),
    get("/api/v1/me/data"),
    get("/api/v1/applications"),
    get("/api/v1/applications?all=true"),
    get("/api/v1/resident-invitations"),
    get("/api/v1/audit"),
    call("/api/v1/requests/{request}/comments", |_| Some(json!({ "body": "?" }))),
    // Search
    get("/api/v1/search?q=zzleak"),
    get("/api/v1/search?q=9007170090"),
    call("/rpc/search/find", |_| Some(json!({ "query": { "q": "zzleak" } }))),
    // Server functions
    call("/rpc/requests/list", |_| Some(json!({ "filter": {} }))),
    call("/rpc/narrow/choices", |s| {
        Some(json!({ "lang": "ru", "of": "Contact", "text": "zzleak", "chosen": s.contact }))
    }),
    call("/rpc/narrow/names", |s| Some(json!({ "lang": "ru", "chosen": { "contact": s.contact } }))),
    call("/rpc/requests/get", |s| Some(json!({ "id": s.request }))),
    call("/rpc/property/homes", |_| Some(json!({}))),
    call("/rpc/property/unit", |s| Some(json!({ "id": s.unit }))),
    call("/rpc/property/units", |s| Some(json!({ "filter": { "building_id": s.building } }))),
    call("/rpc/billing/account", |s| Some(json!({ "id": s.registry.account }))),
    call("/rpc/billing/statement", |s| {
        Some(json!({ "id": s.registry.account, "from": "2026-04-01", "to": "2026-05-31" }))
    }),
    call("/rpc/billing/debts", |_| Some(json!({ "filter": {} }))),
    call("/rpc/billing/mine", |_| Some(json!({}))),
    call("/rpc/people/contacts", |_| Some(json!({ "filter": {} }))),
    call("/rpc/people/contact", |s| Some(json!({ "id": s.contact }))),
    call("/rpc/audit/of_object", |s| Some(json!({ "object_type": "request", "id": s.request }))),
    call("/rpc/access/state", |_| Some(json!({}))),
    call("/rpc/access/applications", |_| Some(json!({ "filter": { "all": true } }))),
    call("/rpc/access/my_homes", |_| Some(json!({}))),
    // Photos
    get("/files/{photo}"),
    get("/files/{photo}/thumb"),
    get("/api/v1/files/{photo}"),
    get("/api/v1/files/{photo}/thumb"),
    // Exports and their files
    get("/desk/requests.xlsx"),
    get("/desk/exports/people.csv"),
    get("/desk/exports/people.csv?ids={contact}"),
    get("/desk/exports/requests.csv"),
    get("/desk/exports/units.csv"),
    get("/desk/exports/debts.csv"),
    get("/desk/exports/buildings.csv"),
    get("/desk/exports/staff.csv"),
    get("/desk/exports/audit.csv"),
    get("/accounts/{account}/statement.xlsx?from=2026-04-01&to=2026-05-31"),
    get("/tasks/{export}/file"),
    get("/my/data.json"),
    get("/my/data.html"),
    get("/desk/people/{contact}/data.json"),
    get("/desk/people/{contact}/data.html"),
    // Pages
    get("/my"),
    get("/my/requests"),
    get("/my/requests/{request}"),
    get("/my/homes"),
    get("/work"),
    get("/work/requests/{request}"),
    get("/desk"),
    get("/desk/requests/{request}"),
    get("/desk/people"),
    get("/desk/people/{contact}"),
    get("/desk/people/applications?all=1"),
    get("/desk/units"),
    get("/desk/units/{unit}"),
    get("/desk/accounts/{account}"),
    get("/desk/debts"),
    get("/desk/call/{phone}"),
    get("/my/bills"),
    get("/my/notices"),
    get("/join"),
    // The last one: whoever may do it takes the request out of the open ones.
    call("/api/v1/requests/{request}/transitions", |_| Some(json!({ "action": "cancel", "reason": "?" }))),
];

/// Doors that show nothing of this flat to anybody; whoever comes by them must not see it all the same.
const BLANK: &[&str] = &[
    // Nobody has applied for it, nobody was invited.
    "/api/v1/applications",
    "/api/v1/applications?all=true",
    "/api/v1/resident-invitations",
    "/rpc/access/state",
    "/rpc/access/applications",
    // Houses and staff as files: no flat stands there.
    "/desk/exports/buildings.csv",
    "/desk/exports/staff.csv",
    // For workers, and neither of the two is one.
    "/work",
    "/work/requests/{request}",
    "/desk/people/applications?all=1",
];

/// The flat with all that hangs on it.
struct Flat {
    stage: Stage,
    scene: Scene,
    /// Filed it, and lives there until a test says otherwise.
    author: auth::Grant,
    author_phone: Phone,
}

impl Flat {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (ctx, a) = (&stage.app.ctx, &stage.app.world.a);
        let unit = a.house.units[2];
        let person = move_in(ctx, a.id, &format!("Zzleak {TRACE}"), PHONE, unit).await;
        let command = OpenAccount { number: Some(ACCOUNT.to_owned()), ..OpenAccount::default() };
        let admin = stage.actor(Who::Admin);
        let account = domain::property::open_account(ctx, admin, unit, &command).await.unwrap().id;
        testkit::owe(ctx, admin, account).await;
        let author = sign_in(&stage.app, &person.phone).await;
        let actor = actor(&stage.app, &author).await;
        let photo = domain::files::upload(ctx, &actor, testkit::photo()).await.unwrap().id;
        let text = format!("Течёт {TRACE}");
        let command = CreateRequest { description: text, file_ids: vec![photo], ..draft(unit) };
        let request = requests::create(ctx, &actor, &command, None).await.unwrap().id;
        let said = AddComment { body: format!("Слово {TRACE}"), internal: false, ..Default::default() };
        requests::comment(ctx, &actor, request, &said).await.unwrap();
        // The author is told of what the company writes.
        requests::comment(ctx, stage.actor(Who::Dispatcher), request, &said).await.unwrap();
        let base = stage.scene(Setting::Import(model::imports::ImportState::Checked), None).await;
        let registry = Registry { account, ..base.registry };
        let scene = Scene { request, photo, unit, contact: person.contact, registry, ..base };
        Self { stage, scene, author, author_phone: person.phone }
    }

    fn path(&self, way: &Way) -> String {
        let s = &self.scene;
        way.path
            .replace("{request}", &s.request.to_string())
            .replace("{photo}", &s.photo.to_string())
            .replace("{building}", &s.building.to_string())
            .replace("{unit}", &s.unit.to_string())
            .replace("{account}", &s.registry.account.to_string())
            .replace("{phone}", &PHONE.replace('+', "%2B"))
            .replace("{contact}", &s.contact.to_string())
            .replace("{export}", &s.export.to_string())
    }

    async fn knock(&self, way: &Way, passes: &[Pass]) -> Vec<Answer> {
        let mut answers = Vec::new();
        for pass in passes {
            let method = Method::from_bytes(way.method.as_bytes()).unwrap();
            let request = self.stage.app.request(method, &self.path(way), pass).header("accept", "text/html");
            answers.push(
                send(match (way.body)(&self.scene) {
                    Some(body) => request.json(&body),
                    None => request,
                })
                .await,
            );
        }
        answers
    }

    /// The token with which an outsider comes, made as they would have got it.
    async fn token(&self, who: Outsider) -> Option<String> {
        let (app, a) = (&self.stage.app, &self.stage.app.world.a);
        let (ctx, admin) = (&app.ctx, self.stage.actor(Who::Admin));
        let of = |who: Who| self.stage.caller(who).map(|caller| caller.token.clone());
        match who {
            Outsider::Nobody => None,
            Outsider::OtherCompanysAdmin => of(Who::AdminB),
            Outsider::OtherCompanysResident => of(Who::ResidentB),
            Outsider::OtherUnit => of(Who::Neighbour),
            Outsider::OtherAccount => {
                let command = OpenAccount { number: Some("900718".to_owned()), ..OpenAccount::default() };
                domain::property::open_account(ctx, admin, a.house.units[0], &command).await.unwrap();
                of(Who::Author)
            }
            Outsider::Dismissed => {
                let user = hire(ctx, Some(a.id), Role::Staff, "leaver", Some(a.house.id)).await;
                let token = app.bearer("leaver").await;
                let to = model::requests::AssignRequest { assignee_id: user, comment: None };
                requests::assign(ctx, admin, self.scene.request, &to).await.unwrap();
                domain::staff::dismiss(ctx, admin, user, &DismissStaff::default()).await.unwrap();
                let Pass::Bearer(token) = token else { panic!("no token") };
                let again = json!({ "login": "leaver", "password": PASSWORD });
                send(app.post("/api/v1/auth/login", &Pass::Nobody).json(&again)).await.expect(401);
                Some(token)
            }
            Outsider::Unverified => {
                let phone = Phone::parse("+998937770002").unwrap();
                access::request_code(ctx, &phone, Lang::Ru, &Device::default()).await.unwrap();
                let code = last_code(ctx, &phone).await;
                let proof = ResidentLogin { phone, code };
                let Entered::Proven(token) = access::verify(ctx, &proof, &Device::default()).await.unwrap() else {
                    panic!("a stranger has a login")
                };
                let wish = ApplyHome {
                    name: "Чужой".to_owned(),
                    house: String::new(),
                    building_id: Some(a.house.id),
                    flat: "3".to_owned(),
                    relation: Relation::Owner,
                    note: None,
                };
                access::apply(ctx, &token, Lang::Ru, &wish, &Device::default()).await.unwrap();
                Some(token)
            }
            Outsider::Former => {
                self.leave().await;
                Some(self.author.tokens.access_token.clone())
            }
            Outsider::MovedWithin => {
                self.leave().await;
                let contact = self.scene.contact;
                let unit = self.stage.app.world.a.house.units[1];
                testkit::settle(ctx, a.id, contact, unit).await;
                Some(sign_in(app, &self.author_phone).await.tokens.access_token)
            }
        }
    }

    async fn leave(&self) {
        let command = EndResidency { contact_id: self.scene.contact, unit_id: self.scene.unit };
        access::end_residency(&self.stage.app.ctx, self.stage.actor(Who::Admin), &command).await.unwrap();
    }
}

async fn sign_in(app: &TestApp, phone: &Phone) -> auth::Grant {
    app.ctx.clock.advance(chrono::TimeDelta::minutes(1));
    auth::request_code(&app.ctx, &RequestCode { phone: phone.clone() }).await.unwrap();
    let command = ResidentLogin { phone: phone.clone(), code: last_code(&app.ctx, phone).await };
    auth::verify_code(&app.ctx, &command, &Device::default()).await.unwrap()
}

async fn actor(app: &TestApp, grant: &auth::Grant) -> Actor {
    auth::authenticate(&app.ctx, &grant.tokens.access_token, Door::Web).await.unwrap()
}

/// Every way in which a token can be shown.
fn passes(token: Option<&str>) -> Vec<Pass> {
    match token {
        None => vec![Pass::Nobody],
        Some(token) => vec![
            Pass::Bearer(token.to_owned()),
            Pass::Cookies(format!("{ACCESS}={token}")),
            Pass::Cookies(format!("__Host-uk_applicant={token}")),
        ],
    }
}

/// Whether an answer shows something of the flat's, be it inside a workbook.
fn leaks(answer: &Answer) -> bool {
    leaks_to(answer, false)
}

/// A statement names nobody: to have got one is to have seen it.
fn is_statement(way: &Way, answer: &Answer) -> bool {
    way.path.contains("statement") && (answer.status == 200 || answer.text().contains("\"movements\""))
}

/// The same for somebody whose own name is the one on the flat: every page greets them by it.
fn leaks_to(answer: &Answer, their_name: bool) -> bool {
    let mut text = answer.text();
    if let Ok(cells) = workbook(&answer.bytes) {
        text.push_str(&cells);
    }
    let text = text.to_lowercase();
    // A page repeats what it was asked for; the photograph has no words.
    let picture = answer.status == 200 && answer.header("content-type").starts_with("image/");
    picture
        || text.contains(&format!("течёт {TRACE}"))
        || (!their_name && text.contains(&format!("zzleak {TRACE}")))
        || text.contains(&format!("слово {TRACE}"))
        || text.contains(ACCOUNT)
}

/// The texts of a workbook.
fn workbook(bytes: &[u8]) -> Result<String, calamine::XlsxError> {
    use calamine::{Data, Reader, Xlsx};
    let mut book = Xlsx::new(std::io::Cursor::new(bytes))?;
    let sheets = book.worksheets();
    let cells = sheets.iter().flat_map(|(_, sheet)| sheet.cells());
    Ok(cells
        .filter_map(|(_, _, cell)| if let Data::String(s) = cell { Some(format!("{s}\n")) } else { None })
        .collect())
}

/// Before anything is called closed: the same doors show the flat to those who may see it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doors_are_the_right_ones() {
    let flat = Flat::new().await;
    let admin = flat.stage.caller(Who::Admin).unwrap().token.clone();
    let own = flat.author.tokens.access_token.clone();
    let mut blank = Vec::new();
    for way in DOORS {
        let mut shows = false;
        for token in [&admin, &own] {
            let answers = flat.knock(way, &passes(Some(token))[..2]).await;
            shows |= answers.iter().any(|answer| leaks(answer) || is_statement(way, answer));
        }
        if !shows {
            blank.push(way.path);
        }
    }
    assert_eq!(blank, BLANK, "doors that show the flat to nobody prove nothing");
    for must in ["/api/v1/requests/{request}", "/files/{photo}", "/my/data.json", "/my/homes", "/rpc/access/my_homes"] {
        let way = DOORS.iter().find(|way| way.path == must).unwrap();
        assert!(flat.knock(way, &passes(Some(&own))[..2]).await.iter().any(leaks), "{must} shows the author nothing");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_door_shows_a_flat_to_who_has_no_business_there() {
    let mut leaky = Vec::new();
    for who in Outsider::ALL {
        let flat = Flat::new().await;
        let token = flat.token(who).await;
        for way in DOORS {
            // Their own data, which hold what they wrote, are theirs for as long as they live anywhere here; so is what
            // they were told while they lived there.
            let kept = way.path.contains("data") || way.path.contains("notices");
            let own = who == Outsider::MovedWithin && kept && !way.path.contains("{contact}");
            for answer in flat.knock(way, &passes(token.as_deref())).await {
                let leaks = leaks_to(&answer, who == Outsider::MovedWithin) || is_statement(way, &answer);
                if leaks && !own {
                    leaky.push(format!("{who:?} {} {}: {}", way.method, way.path, answer.status));
                }
                assert!(answer.status < 500, "{who:?} {}: {}", way.path, answer.text());
            }
        }
    }
    assert!(leaky.is_empty(), "{leaky:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_socket_tells_of_a_flat_to_who_has_no_business_there() {
    for who in Outsider::ALL {
        let flat = Flat::new().await;
        let (app, admin) = (&flat.stage.app, flat.stage.actor(Who::Admin));
        // Those who lose their access are listening when they do.
        let early = match who {
            Outsider::Former | Outsider::MovedWithin => {
                Some(Socket::greeted(app, &flat.author.tokens.access_token).await)
            }
            _ => None,
        };
        let token = flat.token(who).await.unwrap_or_default();
        if let Some(mut socket) = early {
            assert_eq!(socket.try_next().await, None, "{who:?}: the connection outlives the access");
        }
        let bearer = format!("Bearer {token}");
        let opened = Socket::open(app, "", &[("authorization", &bearer)]).await;
        let lets_in = matches!(
            who,
            Outsider::OtherCompanysAdmin
                | Outsider::OtherCompanysResident
                | Outsider::OtherUnit
                | Outsider::OtherAccount
                | Outsider::MovedWithin
        );
        assert_eq!(opened.is_ok(), lets_in, "{who:?}");
        let Ok(mut socket) = opened else { continue };
        assert_eq!(socket.next().await["type"], "hello");
        let said = AddComment { body: "Когда?".to_owned(), internal: false, ..Default::default() };
        requests::comment(&app.ctx, admin, flat.scene.request, &said).await.unwrap();
        // Something of their own comes after it: had the other been told, it would have come first.
        let fence = match who {
            Outsider::OtherCompanysAdmin | Outsider::OtherCompanysResident => {
                let own = flat.stage.actor(Who::ResidentB);
                requests::create(&app.ctx, own, &draft(app.world.b.house.units[0]), None).await.unwrap().id
            }
            _ => {
                let own = auth::authenticate(&app.ctx, &token, Door::Web).await.unwrap();
                let unit = domain::property::homes(&app.ctx, &own).await.unwrap()[0].unit_id;
                requests::create(&app.ctx, &own, &draft(unit), None).await.unwrap().id
            }
        };
        let event = socket.next().await;
        assert_eq!(event["data"]["request_id"], fence.to_string(), "{who:?} hears {event}");
    }
}

/// What the company keeps to itself about a flat is closed to who lives there as well, though it is in their name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hidden_request_is_closed_to_its_resident() {
    const SECRET: &str = "zzhidden";
    let mut flat = Flat::new().await;
    let (photo, request) = {
        let (ctx, desk) = (&flat.stage.app.ctx, flat.stage.actor(Who::Dispatcher));
        let photo = domain::files::upload(ctx, desk, testkit::photo()).await.unwrap().id;
        let command = CreateRequest {
            contact_id: Some(flat.scene.contact),
            description: format!("Подозрение {SECRET}"),
            hidden: true,
            file_ids: vec![photo],
            ..draft(flat.scene.unit)
        };
        let request = requests::create(ctx, desk, &command, None).await.unwrap().id;
        let said = AddComment { body: format!("Слово {SECRET}"), internal: false, ..Default::default() };
        requests::comment(ctx, desk, request, &said).await.unwrap();
        (photo, request)
    };
    (flat.scene.photo, flat.scene.request) = (photo, request);
    // No socket tells of it: what is theirs comes first, although it was later.
    let mut socket = Socket::greeted(&flat.stage.app, &flat.author.tokens.access_token).await;
    let (ctx, desk) = (&flat.stage.app.ctx, flat.stage.actor(Who::Dispatcher));
    let said = AddComment { body: "Когда?".to_owned(), internal: false, ..Default::default() };
    requests::comment(ctx, desk, request, &said).await.unwrap();
    let own = actor(&flat.stage.app, &flat.author).await;
    let fence = requests::create(ctx, &own, &draft(flat.scene.unit), None).await.unwrap().id;
    let event = socket.next().await;
    assert_eq!(event["data"]["request_id"], fence.to_string(), "they hear {event}");

    let shows = |answer: &Answer| {
        let mut text = answer.text();
        if let Ok(cells) = workbook(&answer.bytes) {
            text.push_str(&cells);
        }
        let picture = answer.status == 200 && answer.header("content-type").starts_with("image/");
        picture || text.to_lowercase().contains(SECRET)
    };
    let admin = flat.stage.caller(Who::Admin).unwrap().token.clone();
    let (mut seen, mut leaky) = (0, Vec::new());
    for way in DOORS {
        for answer in flat.knock(way, &passes(Some(&flat.author.tokens.access_token))).await {
            if shows(&answer) {
                leaky.push(format!("{} {}: {}", way.method, way.path, answer.status));
            }
            assert!(answer.status < 500, "{}: {}", way.path, answer.text());
        }
        seen += usize::from(flat.knock(way, &passes(Some(&admin))[..2]).await.iter().any(shows));
    }
    assert!(leaky.is_empty(), "{leaky:#?}");
    assert!(seen >= 10, "{seen} doors show it to the company: the rest proves little");
}
