//! Getting in and leaving as plain form posts: they work before any WASM has loaded.

use super::{
    cookies::{Jar, get},
    forms::{back, bad_phone, query, see_other, signed_in},
    identity::{ClientIp, device},
};
use api::context::{Applicant, Caller, TraceId};
use axum::{Extension, Form, extract::State, http::HeaderMap, response::Response};
use domain::{
    Ctx, Error,
    access::{self, Entered, Taker},
};
use model::{
    Code, Lang, Phone, Role,
    access::{AcceptResidentInvite, ApplyHome, AttachHome},
    auth::ResidentLogin,
};
use serde::Deserialize;

/// The language of the page the form was on.
fn lang(headers: &HeaderMap) -> Lang {
    get(headers, "i18n_pref_locale").and_then(Lang::parse).unwrap_or_default()
}

/// Letters a link's token is made of, and nothing that would lead elsewhere.
fn plain(token: &str) -> String {
    token.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).take(100).collect()
}

/// The page a step of joining is on: of an invitation, or of the application.
fn page(invite: &str) -> String {
    let token = plain(invite);
    if token.is_empty() { "/join".to_owned() } else { format!("/join/home/{token}") }
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct PhoneForm {
    phone: String,
    code: String,
    /// The invitation on whose page the form was.
    invite: String,
    /// The house of the sheet that led here.
    house: String,
}

/// `POST /join/code`: sends a one-time code to a phone, known or not.
pub async fn code(
    State(ctx): State<Ctx>,
    Extension(ip): Extension<ClientIp>,
    Extension(trace): Extension<TraceId>,
    headers: HeaderMap,
    Form(form): Form<PhoneForm>,
) -> Response {
    let page = page(&form.invite);
    let keep = [("phone", form.phone.as_str()), ("house", form.house.as_str())];
    let Some(phone) = Phone::parse(&form.phone) else { return back(&page, &bad_phone(), &keep) };
    match access::request_code(&ctx, &phone, lang(&headers), &device(&headers, ip)).await {
        Ok(()) => see_other(&format!("{page}?sent=1&{}", query(&keep))),
        Err(error) => back(&page, &error.into_failure(Some(trace.0)), &keep),
    }
}

/// `POST /join/verify`: signs in who has a login, lets the others apply.
pub async fn verify(
    State(ctx): State<Ctx>,
    Extension(jar): Extension<Jar>,
    Extension(ip): Extension<ClientIp>,
    Extension(trace): Extension<TraceId>,
    headers: HeaderMap,
    Form(form): Form<PhoneForm>,
) -> Response {
    let page = page(&form.invite);
    let keep = [("sent", "1"), ("phone", form.phone.as_str()), ("house", form.house.as_str())];
    let Some(phone) = Phone::parse(&form.phone) else { return back(&page, &bad_phone(), &keep) };
    let command = ResidentLogin { phone, code: form.code.trim().to_owned() };
    match access::verify(&ctx, &command, &device(&headers, ip)).await {
        // Whoever has a login and an invitation comes back to it, signed in.
        Ok(Entered::SignedIn(grant)) => signed_in(jar, &grant, if page == "/join" { "/my" } else { &page }),
        Ok(Entered::Proven(token)) => {
            let mut response = see_other(&format!("{page}?{}", query(&[("house", form.house.as_str())])));
            jar.set_applicant(response.headers_mut(), &token, access::proof_seconds());
            response
        }
        Err(error) => back(&page, &error.into_failure(Some(trace.0)), &keep),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct HomeForm {
    name: String,
    house: String,
    building_id: String,
    flat: String,
    relation: String,
    note: String,
}

/// `POST /join/apply`: somebody with a proven phone asks for a home.
pub async fn apply(
    State(ctx): State<Ctx>,
    Extension(applicant): Extension<Applicant>,
    Extension(ip): Extension<ClientIp>,
    Extension(trace): Extension<TraceId>,
    headers: HeaderMap,
    Form(form): Form<HomeForm>,
) -> Response {
    let keep = [
        ("name", form.name.as_str()),
        ("house", form.house.as_str()),
        ("flat", form.flat.as_str()),
        ("relation", form.relation.as_str()),
        ("note", form.note.as_str()),
    ];
    let applied = async {
        let command = ApplyHome {
            name: form.name.clone(),
            house: form.house.clone(),
            building_id: match form.building_id.as_str() {
                "" => None,
                id => Some(id.parse().map_err(|_| Error::field("/house", "unknown"))?),
            },
            flat: form.flat.clone(),
            relation: form.relation.parse().map_err(|()| Error::field("/relation", "required"))?,
            note: Some(form.note.clone()),
        };
        let token = applicant.0.unwrap_or_default();
        access::apply(&ctx, &token, lang(&headers), &command, &device(&headers, ip)).await
    };
    match applied.await {
        Ok(_) => see_other("/join?applied=1"),
        Err(error) => back("/join", &error.into_failure(Some(trace.0)), &keep),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct TokenForm {
    token: String,
    name: String,
}

/// `POST /join/accept`: takes an invitation up, with a proven phone or as the resident who is signed in.
pub async fn accept(
    State(ctx): State<Ctx>,
    Extension(jar): Extension<Jar>,
    Extension(caller): Extension<Caller>,
    Extension(applicant): Extension<Applicant>,
    Extension(ip): Extension<ClientIp>,
    Extension(trace): Extension<TraceId>,
    headers: HeaderMap,
    Form(form): Form<TokenForm>,
) -> Response {
    let command = AcceptResidentInvite { token: form.token.clone(), name: Some(form.name.clone()) };
    let token = applicant.0.unwrap_or_default();
    let taker = match caller.0.as_ref().filter(|actor| actor.role() == Role::Resident) {
        Some(actor) => Taker::Resident(actor),
        None => Taker::Proof(&token),
    };
    match access::accept(&ctx, taker, lang(&headers), &command, &device(&headers, ip)).await {
        Ok(grant) => {
            let mut response = signed_in(jar, &grant, "/my");
            jar.set_applicant(response.headers_mut(), "", 0);
            response
        }
        Err(error) => back(&page(&form.token), &error.into_failure(Some(trace.0)), &[("name", form.name.as_str())]),
    }
}

/// `POST /join/invite`: the short code of an invitation leads to its page.
pub async fn invite(Form(form): Form<TokenForm>) -> Response {
    match model::access::short_code(&form.token) {
        Some(code) => see_other(&page(&code)),
        None => {
            let failure = model::Failure::invalid(vec![model::FieldError::new("/token", "unknown")]);
            back("/join", &failure, &[("token", form.token.as_str())])
        }
    }
}

/// `POST /join/enter`: who was let in meanwhile goes in.
pub async fn enter(
    State(ctx): State<Ctx>,
    Extension(jar): Extension<Jar>,
    Extension(applicant): Extension<Applicant>,
    Extension(ip): Extension<ClientIp>,
    Extension(trace): Extension<TraceId>,
    headers: HeaderMap,
) -> Response {
    match access::enter(&ctx, &applicant.0.unwrap_or_default(), &device(&headers, ip)).await {
        Ok(grant) => {
            let mut response = signed_in(jar, &grant, "");
            jar.set_applicant(response.headers_mut(), "", 0);
            response
        }
        Err(error) => back("/join", &error.into_failure(Some(trace.0)), &[]),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct IdForm {
    id: String,
}

impl IdForm {
    fn id<T: std::str::FromStr>(&self) -> Result<T, Error> {
        self.id.parse().map_err(|_| Code::NotFound.into())
    }
}

/// `POST /join/cancel`: an applicant takes an application back.
pub async fn cancel(
    State(ctx): State<Ctx>,
    Extension(applicant): Extension<Applicant>,
    Extension(ip): Extension<ClientIp>,
    Extension(trace): Extension<TraceId>,
    headers: HeaderMap,
    Form(form): Form<IdForm>,
) -> Response {
    let token = applicant.0.unwrap_or_default();
    let done = async { access::cancel(&ctx, &token, form.id()?, &device(&headers, ip)).await };
    match done.await {
        Ok(()) => see_other("/join"),
        Err(error) => back("/join", &error.into_failure(Some(trace.0)), &[]),
    }
}

/// `POST /join/leave`: this device forgets the proven phone.
pub async fn leave(Extension(jar): Extension<Jar>) -> Response {
    let mut response = see_other("/join");
    jar.set_applicant(response.headers_mut(), "", 0);
    response
}

/// Who is signed in, or the way to the login.
fn resident(caller: Caller, page: &str) -> Result<domain::Actor, Box<Response>> {
    caller.0.ok_or_else(|| Box::new(see_other(&format!("/login?{}", query(&[("next", page)])))))
}

const HOMES: &str = "/my/homes";

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct AttachForm {
    account: String,
    last_name: String,
    relation: String,
    ask: String,
}

/// `POST /my/homes/attach`: a resident names one more home.
pub async fn attach(
    State(ctx): State<Ctx>,
    Extension(caller): Extension<Caller>,
    Extension(trace): Extension<TraceId>,
    Form(form): Form<AttachForm>,
) -> Response {
    let actor = match resident(caller, HOMES) {
        Ok(actor) => actor,
        Err(login) => return *login,
    };
    let keep = [
        ("account", form.account.as_str()),
        ("last_name", form.last_name.as_str()),
        ("relation", form.relation.as_str()),
    ];
    let attached = async {
        let command = AttachHome {
            account: form.account.clone(),
            last_name: form.last_name.clone(),
            relation: form.relation.parse().map_err(|()| Error::field("/relation", "required"))?,
            ask: !form.ask.is_empty(),
        };
        access::attach(&ctx, &actor, &command).await
    };
    match attached.await {
        Ok(done) => see_other(if done.at_once { "/my/homes?done=attached" } else { "/my/homes?done=asked" }),
        Err(error) => back(HOMES, &error.into_failure(Some(trace.0)), &keep),
    }
}

/// `POST /my/homes/leave`: a resident leaves a home. With the last one they are signed out.
pub async fn leave_home(
    State(ctx): State<Ctx>,
    Extension(jar): Extension<Jar>,
    Extension(caller): Extension<Caller>,
    Extension(trace): Extension<TraceId>,
    Form(form): Form<IdForm>,
) -> Response {
    let actor = match resident(caller, HOMES) {
        Ok(actor) => actor,
        Err(login) => return *login,
    };
    let left = async {
        access::leave(&ctx, &actor, form.id()?).await?;
        domain::auth::is_alive(&ctx, &actor).await
    };
    match left.await {
        Ok(true) => see_other("/my/homes?done=left"),
        Ok(false) => {
            let mut response = see_other("/join?left=1");
            jar.clear(response.headers_mut());
            response
        }
        Err(error) => back(HOMES, &error.into_failure(Some(trace.0)), &[]),
    }
}

/// `POST /my/homes/withdraw`: a resident takes back what they asked for.
pub async fn withdraw(
    State(ctx): State<Ctx>,
    Extension(caller): Extension<Caller>,
    Extension(trace): Extension<TraceId>,
    Form(form): Form<IdForm>,
) -> Response {
    let actor = match resident(caller, HOMES) {
        Ok(actor) => actor,
        Err(login) => return *login,
    };
    let done = async { access::withdraw(&ctx, &actor, form.id()?).await };
    match done.await {
        Ok(()) => see_other(HOMES),
        Err(error) => back(HOMES, &error.into_failure(Some(trace.0)), &[]),
    }
}

/// `POST /my/homes/revoke`: a resident takes an invitation back.
pub async fn revoke(
    State(ctx): State<Ctx>,
    Extension(caller): Extension<Caller>,
    Extension(trace): Extension<TraceId>,
    Form(form): Form<IdForm>,
) -> Response {
    let actor = match resident(caller, HOMES) {
        Ok(actor) => actor,
        Err(login) => return *login,
    };
    let done = async { access::revoke_invite(&ctx, &actor, form.id()?).await };
    match done.await {
        Ok(()) => see_other(HOMES),
        Err(error) => back(HOMES, &error.into_failure(Some(trace.0)), &[]),
    }
}

/// `POST /my/forget`: a resident asks to be forgotten.
pub async fn forget(
    State(ctx): State<Ctx>,
    Extension(caller): Extension<Caller>,
    Extension(trace): Extension<TraceId>,
) -> Response {
    let actor = match resident(caller, HOMES) {
        Ok(actor) => actor,
        Err(login) => return *login,
    };
    match access::ask_to_be_forgotten(&ctx, &actor).await {
        Ok(()) => see_other("/my/homes?done=forget"),
        Err(error) => back(HOMES, &error.into_failure(Some(trace.0)), &[]),
    }
}
