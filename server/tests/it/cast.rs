//! Who knocks at the doors of company A, and what they find there.

use crate::{
    app::TestApp,
    calls_debts::{self, Versions},
    calls_duties::Duties,
    calls_property::Registry,
    calls_work::Tools,
};
use domain::{
    Actor, Door,
    auth::{self, Device, Grant},
    billing, exports, files,
    imports::{self, NewImport, Sheet},
    jobs::RunTask,
    penalties, requests, staff, tasks, uploads,
};
use model::{
    ApplicationId, BuildingId, CommentId, CompanyId, ContactId, FileId, ImportId, InviteId, Lang, PushDeviceId,
    ReplyId, RequestId, ResidentInviteId, Role, SavedViewId, TaskId, UnitId, UploadId, UserId,
    auth::{RequestCode, RequestReset, ResidentLogin, StaffLogin, TotpConfirm},
    exports::{ExportCommand, ExportFormat, ExportList},
    imports::{ImportKind, ImportState},
    property::RegisterFilter,
    push::SaveDevice,
    requests::{
        Action, AddComment, AssignRequest, CreateRequest, JoinRequests, MoveRequest, RequestFilter, SaveReply, Status,
    },
    staff::InviteStaff,
    uploads::{CreateUpload, PhotoType},
};
use platform::ids::new_id;
use std::{
    collections::HashMap,
    sync::atomic::{AtomicU32, Ordering},
};
use testkit::{
    Company, PASSWORD, draft, forget_uploads, hire, invite_home, last_code, last_message, lodge, mark, move_in, photo,
    share_view, wait_for,
};
use tokio::sync::OnceCell;

/// In the name of every house and contact of company A, and of a worker who is none of the cast: an answer that holds
/// it shows something of theirs.
pub const MARK: &str = " (a)";
/// In an internal comment on the request that all look at: for the staff of company A only.
pub const SECRET: &str = "Между нами";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    Nobody,
    Super,
    Admin,
    Dispatcher,
    /// Does the work; has no zone.
    Assigned,
    /// Looks after the house, but the work is somebody else's.
    Zone,
    /// Looks after another house.
    Other,
    Author,
    Neighbour,
    AdminB,
    DispatcherB,
    ResidentB,
}

impl Who {
    pub const ALL: [Self; 12] = [
        Self::Nobody,
        Self::Super,
        Self::Admin,
        Self::Dispatcher,
        Self::Assigned,
        Self::Zone,
        Self::Other,
        Self::Author,
        Self::Neighbour,
        Self::AdminB,
        Self::DispatcherB,
        Self::ResidentB,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Super => "super",
            Self::Admin => "admin",
            Self::Dispatcher => "dispatcher",
            Self::Assigned => "assigned",
            Self::Zone => "zone",
            Self::Other => "other zone",
            Self::Author => "author",
            Self::Neighbour => "neighbour",
            Self::AdminB => "B admin",
            Self::DispatcherB => "B dispatcher",
            Self::ResidentB => "B resident",
        }
    }

    fn role(self) -> Option<Role> {
        Some(match self {
            Self::Nobody => return None,
            Self::Super => Role::SuperAdmin,
            Self::Admin | Self::AdminB => Role::Admin,
            Self::Dispatcher | Self::DispatcherB => Role::Dispatcher,
            Self::Assigned | Self::Zone | Self::Other => Role::Staff,
            Self::Author | Self::Neighbour | Self::ResidentB => Role::Resident,
        })
    }

    /// May see what the company keeps to itself.
    pub fn is_staff_of_a(self) -> bool {
        matches!(self, Self::Super | Self::Admin | Self::Dispatcher | Self::Assigned | Self::Zone | Self::Other)
    }

    /// Has no business with company A at all.
    pub fn is_stranger(self) -> bool {
        matches!(self, Self::Nobody | Self::AdminB | Self::DispatcherB | Self::ResidentB)
    }
}

/// Somebody signed in.
pub struct Caller {
    pub actor: Actor,
    pub token: String,
}

/// In which state a call finds things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Looks only: all share one assigned request.
    Look,
    /// Changes a house, which is made for this call with everything in it.
    House,
    /// As `House`, with runs whose work was stopped: they may be booked and taken back.
    Stopped,
    /// Replaces what the caller's company has one of: calls go one after another.
    Rules,
    /// Works on a paid request in progress, and with the company's tools, made for this call.
    Work,
    /// Changes a request, which is made for this call.
    Change(Status),
    /// Changes the caller's own login or uses somebody's: both are made for this call.
    Account(Need),
    /// Finds an import of the admin's in a state, and a file that an export of theirs made.
    Import(ImportState),
}

impl Setting {
    /// Made anew for whoever changes it, not for whoever may only try.
    pub fn is_made_once(self) -> bool {
        matches!(self, Self::House | Self::Stopped | Self::Work | Self::Change(_))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Nothing,
    /// A one-time code on its way to a resident.
    Code,
    /// A mailed reset token.
    Reset,
    Refresh,
    /// The second factor waits to be confirmed.
    TotpWaits,
    TotpOn,
}

/// The objects of company A that a call names, and what the caller brings.
#[derive(Clone, Debug)]
pub struct Scene {
    pub company: CompanyId,
    pub request: RequestId,
    pub version: i32,
    /// On the request: the caller's own where they may write one, else the author's.
    pub comment: CommentId,
    /// Another open request of the author's.
    pub other: RequestId,
    /// A duplicate that was joined to the request.
    pub joined: RequestId,
    /// A ready reply of the company.
    pub reply: ReplyId,
    /// Gets the author's notifications.
    pub device: PushDeviceId,
    pub worker: UserId,
    /// A staff member who is none of the cast and may be spoilt.
    pub member: UserId,
    /// An invitation that waits, and what is in its link.
    pub invite: InviteId,
    pub invite_token: String,
    pub building: BuildingId,
    pub unit: UnitId,
    pub contact: ContactId,
    /// Lives with the author, without a login.
    pub lodger: ContactId,
    /// The neighbour's wish for one more home, which waits.
    pub application: ApplicationId,
    /// Of the author's, into their home.
    pub resident_invite: ResidentInviteId,
    /// Of the requests, shared by a worker.
    pub view: SavedViewId,
    /// Attached to the request.
    pub photo: FileId,
    /// Uploaded by the author and not attached yet.
    pub loose: FileId,
    /// Announced by the author and not sent yet.
    pub announced: UploadId,
    /// The caller's own upload.
    pub upload: FileId,
    pub login: String,
    pub phone: String,
    pub code: String,
    pub token: String,
    pub import: ImportId,
    pub import_version: i32,
    /// The last work on the import.
    pub task: TaskId,
    /// Made a file for the admin.
    pub export: TaskId,
    pub registry: Registry,
    pub versions: Versions,
    pub tools: Tools,
    pub duties: Duties,
}

pub struct Stage {
    pub app: TestApp,
    people: HashMap<Who, Caller>,
    look: OnceCell<Scene>,
    /// Shares views with everybody; is none of the cast.
    sharer: UserId,
}

impl Stage {
    pub async fn new() -> Self {
        let app = TestApp::new().await;
        let (a, b) = (&app.world.a, &app.world.b);
        hire(&app.ctx, Some(a.id), Role::Staff, "handyman-a", Some(a.far_house.id)).await;
        let sharer = hire(&app.ctx, Some(a.id), Role::Staff, &format!("locksmith{MARK}"), None).await;
        mark(&app.ctx, a.id, MARK).await;
        let mut people = HashMap::new();
        for (who, login) in [
            (Who::Super, "root".to_owned()),
            (Who::Admin, a.login("admin")),
            (Who::Dispatcher, a.login("dispatcher")),
            (Who::Assigned, a.login("electrician")),
            (Who::Zone, a.login("plumber")),
            (Who::Other, a.login("handyman")),
            (Who::AdminB, b.login("admin")),
            (Who::DispatcherB, b.login("dispatcher")),
        ] {
            people.insert(who, sign_in(&app, &login).await);
        }
        for (who, person) in [(Who::Author, &a.resident), (Who::Neighbour, &a.neighbour), (Who::ResidentB, &b.resident)]
        {
            people.insert(who, resident(&app, &person.phone).await);
        }
        for who in [Who::Admin, Who::AdminB] {
            calls_debts::give_ladder(&app.ctx, &people[&who].actor).await;
        }
        Self { app, people, look: OnceCell::new(), sharer }
    }

    pub fn caller(&self, who: Who) -> Option<&Caller> {
        self.people.get(&who)
    }

    pub fn actor(&self, who: Who) -> &Actor {
        &self.people[&who].actor
    }

    /// Somebody new of the same kind, whose login may be spoilt.
    pub async fn newcomer(&self, who: Who) -> Option<Caller> {
        let (role, ctx, a) = (who.role()?, &self.app.ctx, &self.app.world.a);
        let company = match who {
            Who::AdminB | Who::DispatcherB | Who::ResidentB => &self.app.world.b,
            _ => a,
        };
        if role == Role::Resident {
            let phone = new_phone();
            let person = move_in(ctx, company.id, "New", &phone, company.house.units[2]).await;
            return Some(resident(&self.app, &person.phone).await);
        }
        let login = new_login();
        let of = (role != Role::SuperAdmin).then_some(company.id);
        hire(ctx, of, role, &login, None).await;
        Some(sign_in(&self.app, &login).await)
    }

    async fn announce(&self, author: &Actor) -> UploadId {
        // A person has so many unconfirmed ones at most: the oldest of earlier scenes go.
        forget_uploads(&self.app.ctx, 20).await;
        let announced = CreateUpload { content_type: PhotoType::Jpeg, bytes: 1000 };
        uploads::create(&self.app.ctx, author, &announced, None).await.unwrap().id
    }

    pub async fn scene(&self, setting: Setting, caller: Option<&Caller>) -> Scene {
        match setting {
            Setting::Look => self.look.get_or_init(|| self.commented()).await.clone(),
            Setting::House => {
                let scene = self.look.get_or_init(|| self.commented()).await.clone();
                Scene { registry: Registry::build(self).await, duties: Duties::build(self).await, ..scene }
            }
            Setting::Stopped => {
                let scene = Box::pin(self.scene(Setting::House, caller)).await;
                self.stop_runs(&scene.registry).await;
                scene
            }
            Setting::Rules => {
                let scene = self.look.get_or_init(|| self.commented()).await.clone();
                let own = caller.is_some_and(|c| c.actor.company_id() == self.app.world.b.id);
                let admin = self.actor(if own { Who::AdminB } else { Who::Admin });
                Scene { versions: Versions::read(&self.app.ctx, admin).await, ..scene }
            }
            Setting::Work => {
                let scene = self.act(Status::InProgress, caller).await;
                Scene { tools: Tools::build(self, scene.request).await, ..scene }
            }
            Setting::Change(status) => self.act(status, caller).await,
            Setting::Account(need) => {
                let scene = self.look.get_or_init(|| self.commented()).await.clone();
                self.account(need, caller, scene).await
            }
            Setting::Import(state) => {
                let scene = self.look.get_or_init(|| self.commented()).await.clone();
                self.import(state, scene).await
            }
        }
    }

    /// A scene that the one before left as it was, with what this caller brings.
    pub async fn handed(&self, scene: Scene, setting: Setting, caller: Option<&Caller>) -> Scene {
        if !matches!(setting, Setting::Work | Setting::Change(_)) {
            return scene;
        }
        let upload = match caller {
            Some(caller) => self.upload(&caller.actor).await,
            None => scene.loose,
        };
        Scene { comment: self.comment(scene.request, caller).await, upload, ..scene }
    }

    async fn commented(&self) -> Scene {
        let scene = self.act(Status::Assigned, None).await;
        let tools = Tools::build(self, scene.request).await;
        let mut registry = Registry::build(self).await;
        registry.news = crate::calls_news::told(&self.app.ctx, self.actor(Who::Admin)).await;
        let scene = Scene { registry, duties: Duties::build(self).await, tools, ..scene };
        for (body, internal) in [(SECRET, true), ("Открыто", false)] {
            let command = AddComment { body: body.to_owned(), internal, ..Default::default() };
            requests::comment(&self.app.ctx, self.actor(Who::Dispatcher), scene.request, &command).await.unwrap();
        }
        scene
    }

    /// The same scene with objects that nobody has.
    pub fn missing(scene: &Scene) -> Scene {
        Scene {
            request: new_id().into(),
            comment: new_id().into(),
            other: new_id().into(),
            joined: new_id().into(),
            reply: new_id().into(),
            device: new_id().into(),
            worker: new_id().into(),
            member: new_id().into(),
            invite: new_id().into(),
            invite_token: "somebody-guesses-a-token".to_owned(),
            building: new_id().into(),
            unit: new_id().into(),
            contact: new_id().into(),
            lodger: new_id().into(),
            application: new_id().into(),
            resident_invite: new_id().into(),
            view: new_id().into(),
            photo: new_id().into(),
            loose: new_id().into(),
            announced: new_id().into(),
            import: new_id().into(),
            task: new_id().into(),
            export: new_id().into(),
            registry: Registry::nothing(),
            tools: Tools { day: scene.tools.day, ..Tools::nothing() },
            duties: Duties::nothing(),
            ..scene.clone()
        }
    }

    /// A request of the author's, brought into a state by the people who would.
    pub async fn act(&self, status: Status, caller: Option<&Caller>) -> Scene {
        let (ctx, a) = (&self.app.ctx, &self.app.world.a);
        let (author, desk, worker) = (self.actor(Who::Author), self.actor(Who::Dispatcher), self.actor(Who::Assigned));
        let attached = self.upload(author).await;
        let command = CreateRequest { file_ids: vec![attached], ..draft(a.house.units[0]) };
        let mut card = requests::create(ctx, author, &command, None).await.unwrap();
        if status != Status::New {
            let assign = AssignRequest { assignee_id: a.electrician_id, comment: None };
            card = requests::assign(ctx, desk, card.id, &assign).await.unwrap();
        }
        let road: &[Action] = match status {
            Status::InProgress => &[Action::Start],
            Status::Done => &[Action::Start, Action::Complete],
            _ => &[],
        };
        for action in road {
            let step = MoveRequest { action: *action, reason: None, until: None };
            card = requests::step(ctx, worker, card.id, &step).await.unwrap();
        }
        assert_eq!(card.status, status);
        let loose = self.upload(author).await;
        let file = async || requests::create(ctx, author, &draft(a.house.units[0]), None).await.unwrap().id;
        let (other, joined) = (file().await, file().await);
        let join = JoinRequests { duplicates: vec![joined] };
        requests::joined::join(ctx, desk, card.id, &join).await.unwrap();
        card = requests::get(ctx, desk, card.id).await.unwrap();
        let comment = self.comment(card.id, caller).await;
        // A company keeps a hundred replies at most: the oldest of earlier scenes go.
        let mut kept = requests::replies::list(ctx, self.actor(Who::Admin)).await.unwrap();
        kept.retain(|reply| reply.shared);
        kept.sort_by_key(|reply| reply.id.0);
        for old in kept.iter().take(kept.len().saturating_sub(50)) {
            // Scenes are set at the same time: another may have been quicker.
            let _ = requests::replies::delete(ctx, self.actor(Who::Admin), old.id).await;
        }
        let reply = SaveReply {
            title: format!("{}{MARK}", new_login()),
            ru: "Приняли".to_owned(),
            shared: true,
            ..SaveReply::default()
        };
        let reply = requests::replies::create(ctx, self.actor(Who::Admin), &reply).await.unwrap().id;
        let device = domain::push::subscribe(ctx, self.actor(Who::Author), &browser(&new_login())).await.unwrap();
        let member = hire(ctx, Some(a.id), Role::Staff, &format!("{}{MARK}", new_login()), Some(a.house.id)).await;
        let invited = staff::invite(ctx, self.actor(Who::Admin), &invitation()).await.unwrap();
        Scene {
            company: a.id,
            request: card.id,
            version: card.version,
            comment,
            other,
            joined,
            reply,
            device,
            worker: a.electrician_id,
            member,
            invite: invited.id,
            invite_token: invited.link.rsplit('/').next().unwrap().to_owned(),
            building: a.house.id,
            unit: a.house.units[0],
            contact: a.resident.contact,
            lodger: lodge(ctx, a.id, &format!("{}{MARK}", new_login()), a.house.units[0]).await,
            application: wait_for(ctx, a.id, a.neighbour.contact, &format!("{}{MARK}", new_login())).await,
            resident_invite: invite_home(ctx, a.id, a.resident.user, a.house.units[0]).await,
            view: share_view(ctx, a.id, self.sharer, &format!("{}{MARK}", new_login())).await,
            photo: attached,
            loose,
            announced: self.announce(author).await,
            upload: match caller {
                Some(caller) => self.upload(&caller.actor).await,
                None => loose,
            },
            login: a.login("dispatcher"),
            phone: new_phone(),
            code: String::new(),
            token: String::new(),
            import: new_id().into(),
            import_version: 0,
            task: new_id().into(),
            export: new_id().into(),
            registry: Registry::nothing(),
            versions: Versions::NONE,
            tools: Tools::nothing(),
            duties: Duties::nothing(),
        }
    }

    /// A comment of the caller's where they may write one, else of the author's.
    async fn comment(&self, id: RequestId, caller: Option<&Caller>) -> CommentId {
        let say = AddComment { body: "Слово".to_owned(), ..AddComment::default() };
        let card = match caller {
            Some(caller) => requests::comment(&self.app.ctx, &caller.actor, id, &say).await.ok(),
            None => None,
        };
        let card = match card {
            Some(card) => card,
            None => requests::comment(&self.app.ctx, self.actor(Who::Author), id, &say).await.unwrap(),
        };
        card.comments.last().unwrap().id
    }

    /// An import with one good and one wrong row.
    async fn import(&self, state: ImportState, scene: Scene) -> Scene {
        let (ctx, admin) = (&self.app.ctx, self.actor(Who::Admin));
        let text = format!(
            "Адрес;Квартира;Этаж\nНавои 12{MARK};{};2\nНавои 12{MARK};1;первый\n",
            new_id().simple().to_string().split_at(20).0
        );
        let bytes = bytes::Bytes::from(text);
        let sheets =
            documents::read::peek(&bytes).unwrap().into_iter().map(|s| Sheet { name: s.name, rows: s.rows }).collect();
        let new = NewImport {
            kind: ImportKind::Property,
            file_name: format!("register{MARK}.csv"),
            bytes,
            content_type: "text/csv",
            sheets,
        };
        let mut card = imports::create(ctx, admin, new).await.unwrap();
        card = imports::start_check(ctx, admin, card.id).await.unwrap();
        self.work(card.task.unwrap().id).await;
        if state == ImportState::Done {
            card = imports::start_run(ctx, admin, card.id).await.unwrap();
            self.work(card.task.unwrap().id).await;
        }
        let card = imports::get(ctx, admin, card.id).await.unwrap();
        assert_eq!((card.state, card.counts.wrong), (state, 1));
        let command = ExportCommand {
            list: ExportList::People,
            format: ExportFormat::Csv,
            lang: Lang::Ru,
            columns: Vec::new(),
            requests: RequestFilter::default(),
            text: None,
            units: RegisterFilter::default(),
            payments: Default::default(),
            debts: Default::default(),
            buildings: Default::default(),
            staff: Default::default(),
            audit: Default::default(),
            relation: None,
            has_login: None,
            building_id: None,
            people_sort: None,
            people_reverse: false,
            people_ids: Vec::new(),
        };
        let export = exports::start(ctx, admin, &command).await.unwrap();
        self.work(export).await;
        Scene { import: card.id, import_version: card.version, task: card.task.unwrap().id, export, ..scene }
    }

    /// Somebody asks the looks of both runs to stop before they are done.
    async fn stop_runs(&self, of: &Registry) {
        let (ctx, admin) = (&self.app.ctx, self.actor(Who::Admin));
        let charges = billing::get_run(ctx, admin, of.books.run).await.unwrap().task.unwrap().id;
        let penalties = penalties::get_run(ctx, admin, of.late.run).await.unwrap().task.unwrap().id;
        for task in [charges, penalties] {
            tasks::cancel(ctx, admin, task).await.unwrap();
            self.work(task).await;
        }
    }

    async fn work(&self, task: TaskId) {
        let job = RunTask { company_id: self.app.world.a.id, task_id: task };
        worker::tasks::work(&self.app.ctx, &job).await.unwrap();
    }

    async fn upload(&self, actor: &Actor) -> FileId {
        files::upload(&self.app.ctx, actor, photo()).await.unwrap().id
    }

    async fn account(&self, need: Need, caller: Option<&Caller>, scene: Scene) -> Scene {
        let (ctx, a): (_, &Company) = (&self.app.ctx, &self.app.world.a);
        let login = new_login();
        hire(ctx, Some(a.id), Role::Dispatcher, &login, None).await;
        let mut scene = Scene { login: login.clone(), phone: new_phone(), ..scene };
        match need {
            Need::Nothing => {}
            Need::Code => {
                let person = move_in(ctx, a.id, "New", &scene.phone, a.house.units[2]).await;
                let command = RequestCode { phone: person.phone.clone() };
                auth::request_code(ctx, &command).await.unwrap();
                scene.code = last_code(ctx, &person.phone).await;
            }
            Need::Reset => {
                let email = format!("{login}@example.uz");
                auth::request_reset(ctx, &RequestReset { email: email.clone() }).await.unwrap();
                let message = last_message(ctx, "password_reset", &email).await.unwrap();
                scene.token = message["token"].as_str().unwrap().to_owned();
            }
            Need::Refresh => scene.token = grant(&self.app, &login).await.tokens.refresh_token,
            Need::TotpWaits | Need::TotpOn => {
                scene.code = "000000".to_owned();
                let Some(caller) = caller else { return scene };
                // Residents have no second factor to set up.
                let Ok(setup) = auth::totp_setup(ctx, &caller.actor).await else { return scene };
                scene.code = platform::totp::code(&setup.secret, ctx.clock.now().timestamp()).unwrap();
                if need == Need::TotpOn {
                    let confirm = TotpConfirm { code: scene.code };
                    let recovery = auth::totp_confirm(ctx, &caller.actor, &confirm).await.unwrap();
                    scene.code = recovery.codes[0].clone();
                }
            }
        }
        scene
    }
}

/// Without the mark: whoever has the link may see it.
fn invitation() -> InviteStaff {
    InviteStaff {
        name: "Новый".to_owned(),
        role: Role::Staff,
        phone: None,
        email: None,
        lang: Lang::Ru,
        visibility: None,
        skills: Vec::new(),
        building_ids: Vec::new(),
        complex_ids: Vec::new(),
    }
}

async fn grant(app: &TestApp, login: &str) -> Grant {
    let command = StaffLogin { login: login.to_owned(), password: PASSWORD.to_owned(), totp: None };
    auth::login(&app.ctx, &command, &Device::default()).await.unwrap()
}

async fn sign_in(app: &TestApp, login: &str) -> Caller {
    caller(app, grant(app, login).await).await
}

async fn resident(app: &TestApp, phone: &model::Phone) -> Caller {
    auth::request_code(&app.ctx, &RequestCode { phone: phone.clone() }).await.unwrap();
    let command = ResidentLogin { phone: phone.clone(), code: last_code(&app.ctx, phone).await };
    caller(app, auth::verify_code(&app.ctx, &command, &Device::default()).await.unwrap()).await
}

/// A subscription as a browser makes it: the keys are those of the example in RFC 8291.
pub fn browser(name: &str) -> SaveDevice {
    SaveDevice::Web {
        endpoint: format!("https://fcm.googleapis.com/fcm/send/{name}"),
        p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4".to_owned(),
        auth: "BTBZMqHH6r4Tts7J_aSIgg".to_owned(),
    }
}

async fn caller(app: &TestApp, grant: Grant) -> Caller {
    let token = grant.tokens.access_token;
    let actor = auth::authenticate(&app.ctx, &token, Door::Web).await.unwrap();
    Caller { actor, token }
}

static NEXT: AtomicU32 = AtomicU32::new(0);

fn new_login() -> String {
    format!("new-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A phone that nobody has yet: codes are sent to one phone twice a minute only.
fn new_phone() -> String {
    format!("+99893{:07}", NEXT.fetch_add(1, Ordering::Relaxed))
}
