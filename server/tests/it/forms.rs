//! Plain forms, as a browser without scripts posts them.

use crate::app::{Answer, Pass, TestApp, send};
use reqwest::multipart::{Form, Part};
use std::collections::HashMap;
use testkit::{PASSWORD, last_code, last_message, photo};

/// Where a form led, and what it took along.
fn led(answer: &Answer) -> (String, HashMap<String, String>) {
    let to = reqwest::Url::parse("http://x").unwrap().join(answer.expect(303).header("location")).unwrap();
    (to.path().to_owned(), to.query_pairs().into_owned().collect())
}

async fn post(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> Answer {
    send(app.post(path, &Pass::Nobody).form(fields)).await
}

#[tokio::test]
async fn staff_sign_in() {
    let app = TestApp::new().await;
    for (login, home) in [("dispatcher-a", "/desk"), ("plumber-a", "/work"), ("root", "/desk")] {
        let answer = post(&app, "/login", &[("login", login), ("password", PASSWORD)]).await;
        assert_eq!(led(&answer).0, home);
    }
    let next = "/desk/requests/new?kind=emergency";
    let answer = post(&app, "/login", &[("login", "dispatcher-a"), ("password", PASSWORD), ("next", next)]).await;
    assert_eq!(answer.header("location"), next);
    for evil in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
        let answer = post(&app, "/login", &[("login", "dispatcher-a"), ("password", PASSWORD), ("next", evil)]).await;
        assert_eq!(answer.header("location"), "/desk", "{evil}");
    }
}

#[tokio::test]
async fn a_failed_login_keeps_what_was_typed_but_the_password() {
    let app = TestApp::new().await;
    let typed = [("login", "диспетчер & Ко"), ("password", "wrong-password"), ("next", "/desk/people")];
    let answer = post(&app, "/login", &typed).await;
    let (path, query) = led(&answer);
    assert_eq!(path, "/login");
    assert_eq!((&*query["error"], &*query["login"], &*query["next"]), ("wrong_credentials", typed[0].1, typed[2].1));
    assert!(!answer.header("location").contains("wrong-password") && answer.set_cookies().is_empty());
    let page = send(app.get(answer.header("location"), &Pass::Nobody)).await.text();
    assert!(page.contains("диспетчер &amp; Ко"), "{page}");
    // An unknown login and a wrong password look alike.
    let known = post(&app, "/login", &[("login", "admin-a"), ("password", "wrong-password")]).await;
    let unknown = post(&app, "/login", &[("login", "admin-z"), ("password", "wrong-password")]).await;
    assert_eq!(led(&known).1["error"], led(&unknown).1["error"]);
}

#[tokio::test]
async fn residents_sign_in_with_a_code() {
    let app = TestApp::new().await;
    let phone = &app.world.a.resident.phone;
    let sent = post(&app, "/login/code", &[("phone", phone.as_str()), ("next", "/my/new")]).await;
    let (path, query) = led(&sent);
    assert_eq!((&*path, &*query["sent"], &*query["phone"]), ("/login", "1", phone.as_str()));
    let code = last_code(&app.ctx, phone).await;
    let wrong = if code == "111111" { "222222" } else { "111111" };
    let fields = |code| [("phone", phone.as_str()), ("code", code), ("next", "/my/new")];
    let (_, query) = led(&post(&app, "/login/verify", &fields(wrong)).await);
    assert_eq!((&*query["error"], &*query["sent"], &*query["phone"]), ("wrong_code", "1", phone.as_str()));
    let done = post(&app, "/login/verify", &fields(&code)).await;
    assert_eq!(led(&done).0, "/my/new");
    send(app.get("/my", &Pass::Cookies(done.cookies()))).await.expect(200);
    // It works once.
    assert_eq!(led(&post(&app, "/login/verify", &fields(&code)).await).1["error"], "wrong_code");
}

#[tokio::test]
async fn an_unknown_phone_looks_like_a_known_one() {
    let app = TestApp::new().await;
    let (_, known) = led(&post(&app, "/login/code", &[("phone", app.world.a.resident.phone.as_str())]).await);
    let (_, unknown) = led(&post(&app, "/login/code", &[("phone", "+998909999999")]).await);
    let keys = |query: &HashMap<String, String>| {
        let mut keys: Vec<_> = query.keys().cloned().collect();
        keys.sort();
        keys
    };
    assert_eq!(keys(&known), keys(&unknown));
    let (path, query) = led(&post(&app, "/login/code", &[("phone", "12")]).await);
    assert_eq!((&*path, &*query["field.phone"], &*query["phone"]), ("/login", "bad_phone", "12"));
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_by_mail() {
    let app = TestApp::new().await;
    let email = "dispatcher-a@example.uz";
    for address in [email, "nobody@example.uz"] {
        assert_eq!(led(&post(&app, "/login/forgot", &[("email", address)]).await).1["sent"], "1");
    }
    assert!(last_message(&app.ctx, "password_reset", "nobody@example.uz").await.is_none());
    let message = last_message(&app.ctx, "password_reset", email).await.unwrap();
    let token = message["token"].as_str().unwrap();
    let (path, query) = led(&post(&app, "/login/reset", &[("token", token), ("new", "short")]).await);
    assert_eq!((&*path, &*query["field.new"], &*query["token"]), ("/login/reset", "too_short:10", token));
    let done = post(&app, "/login/reset", &[("token", token), ("new", "another-password-2")]).await;
    assert_eq!(done.header("location"), "/login?reset=1");
    let again = post(&app, "/login/reset", &[("token", token), ("new", "another-password-3")]).await;
    assert_eq!(led(&again).1["error"], "wrong_code");
    let login = post(&app, "/login", &[("login", "dispatcher-a"), ("password", "another-password-2")]).await;
    assert_eq!(led(&login).0, "/desk");
}

#[tokio::test]
async fn preferences_are_kept_and_lead_nowhere_else() {
    let app = TestApp::new().await;
    let answer = post(&app, "/prefs", &[("lang", "uz"), ("theme", "dark"), ("next", "/login?as=staff")]).await;
    assert_eq!(answer.expect(303).header("location"), "/login?as=staff");
    assert_eq!(answer.cookies(), "i18n_pref_locale=uz; theme=dark");
    let page = send(app.get("/login", &Pass::Cookies(answer.cookies()))).await.text();
    assert!(page.contains("data-theme=\"uk-dark\"") && page.contains("lang=\"uz"), "{page}");
    let odd = post(&app, "/prefs", &[("lang", "xx"), ("theme", "pink"), ("next", "//evil.example")]).await;
    assert_eq!((odd.expect(303).header("location"), odd.set_cookies().len()), ("/", 0));
}

fn request(fields: &[(&'static str, String)], photos: usize) -> Form {
    let form = fields.iter().fold(Form::new(), |form, (name, value)| form.text(*name, value.clone()));
    (0..photos).fold(form, |form, _| form.part("photos", Part::bytes(photo()).file_name("p.jpg")))
}

#[tokio::test]
async fn a_resident_files_without_scripts() {
    let app = TestApp::new().await;
    let author = app.resident(&app.world.a.resident).await;
    let unit = app.world.a.house.units[0].to_string();
    let fields = [("unit_id", unit), ("category", "plumbing".to_owned()), ("description", "Течёт кран".to_owned())];
    let answer = send(app.post("/my/requests", &author).multipart(request(&fields, 2))).await;
    let (path, _) = led(&answer);
    let id = path.strip_prefix("/my/requests/").unwrap_or_else(|| panic!("{}", answer.header("location")));
    let card = send(app.post("/rpc/requests/get", &author).json(&serde_json::json!({ "id": id }))).await.json();
    assert_eq!((&card["description"], &card["source"]), (&"Течёт кран".into(), &"app".into()));
    assert_eq!(card["files"].as_array().unwrap().len(), 2);
    let page = send(app.get(&path, &author)).await;
    assert!(page.expect(200).text().contains("Течёт кран"));
    // A browser posts an empty part for a file input that was left alone.
    let empty = request(&fields, 0).part("photos", Part::bytes(Vec::new()).file_name(""));
    assert!(led(&send(app.post("/my/requests", &author).multipart(empty)).await).0.starts_with("/my/requests/"));
    let nobody = send(app.post("/my/requests", &Pass::Nobody).multipart(request(&fields, 1))).await;
    assert_eq!(nobody.header("location"), "/login?next=%2Fmy%2Fnew");
}

#[tokio::test]
async fn a_form_with_a_mistake_comes_back_whole() {
    let app = TestApp::new().await;
    let author = app.resident(&app.world.a.resident).await;
    let unit = app.world.a.house.units[0].to_string();
    let text = "Запах газа & дым, 100 %\nсрочно";
    let wrong = [("unit_id", unit.clone()), ("category", String::new()), ("description", text.to_owned())];
    let answer = send(app.post("/my/requests", &author).multipart(request(&wrong, 1))).await;
    let (path, query) = led(&answer);
    assert_eq!((&*path, &*query["error"], &*query["field.category"]), ("/my/new", "invalid", "required"));
    assert_eq!((&*query["unit_id"], &*query["description"]), (&*unit, text));
    // The photo is in already and goes with the second try.
    let kept = query["file_ids"].clone();
    let right = [
        ("unit_id", unit),
        ("category", "heating".to_owned()),
        ("description", query["description"].clone()),
        ("file_ids", kept.clone()),
    ];
    let answer = send(app.post("/my/requests", &author).multipart(request(&right, 1))).await;
    let (path, _) = led(&answer);
    let id = path.strip_prefix("/my/requests/").unwrap_or_else(|| panic!("{}", answer.header("location")));
    let card = send(app.post("/rpc/requests/get", &author).json(&serde_json::json!({ "id": id }))).await.json();
    let files: Vec<&str> = card["files"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap()).collect();
    assert!(files.len() == 2 && files.contains(&kept.as_str()), "{files:?}");
    // A home of somebody else is no home.
    let foreign = [
        ("unit_id", app.world.a.house.units[1].to_string()),
        ("category", "yard".to_owned()),
        ("description", "Яма".to_owned()),
    ];
    let (_, query) = led(&send(app.post("/my/requests", &author).multipart(request(&foreign, 0))).await);
    assert_eq!(query["field.unit_id"], "unknown");
}

#[tokio::test]
async fn the_desk_files_by_house_and_number() {
    let app = TestApp::new().await;
    let desk = app.browser("dispatcher-a").await;
    let house = &app.world.a.house;
    let mut fields = vec![
        ("building_id", house.id.to_string()),
        ("unit_number", "2".to_owned()),
        ("category", "electrical".to_owned()),
        ("kind", "emergency".to_owned()),
        ("description", "Нет света".to_owned()),
        ("contact_name", "Соседка".to_owned()),
        ("contact_phone", "90 123-45-67".to_owned()),
    ];
    let answer = send(app.post("/desk/requests", &desk).multipart(request(&fields, 0))).await;
    let (path, _) = led(&answer);
    let id = path.strip_prefix("/desk/requests/").unwrap_or_else(|| panic!("{}", answer.header("location")));
    let card = send(app.post("/rpc/requests/get", &desk).json(&serde_json::json!({ "id": id }))).await.json();
    assert_eq!(card["unit_id"], house.units[1].to_string());
    assert_eq!(
        (&card["kind"], &card["priority"], &card["source"]),
        (&"emergency".into(), &"urgent".into(), &"desk".into())
    );
    assert_eq!((&card["contact_name"], &card["contact_phone"]), (&"Соседка".into(), &"+998901234567".into()));
    fields[1].1 = "99".to_owned();
    let (path, query) = led(&send(app.post("/desk/requests", &desk).multipart(request(&fields, 0))).await);
    assert_eq!((&*path, &*query["field.unit_number"], &*query["unit_number"]), ("/desk/requests/new", "unknown", "99"));
    assert_eq!((&*query["contact_phone"], &*query["kind"]), ("90 123-45-67", "emergency"));
    fields[1].1 = "2".to_owned();
    fields[6].1 = "12".to_owned();
    let (_, query) = led(&send(app.post("/desk/requests", &desk).multipart(request(&fields, 0))).await);
    assert_eq!((&*query["field.contact_phone"], &*query["contact_phone"]), ("bad_phone", "12"));
    // About the house and not a flat: its entrance by its number, and how they came.
    fields[6].1 = "90 123-45-67".to_owned();
    fields[1] = ("entrance_number", " 1".to_owned());
    fields.push(("source", "call".to_owned()));
    let (path, _) = led(&send(app.post("/desk/requests", &desk).multipart(request(&fields, 0))).await);
    let id = path.strip_prefix("/desk/requests/").unwrap();
    let card = send(app.post("/rpc/requests/get", &desk).json(&serde_json::json!({ "id": id }))).await.json();
    assert_eq!((&card["unit_id"], &card["source"]), (&serde_json::Value::Null, &"call".into()));
    assert_eq!(card["entrance_id"], house.entrance.to_string());
    fields[1].1 = "77".to_owned();
    let (_, query) = led(&send(app.post("/desk/requests", &desk).multipart(request(&fields, 0))).await);
    assert_eq!((&*query["field.entrance_number"], &*query["entrance_number"]), ("unknown", "77"));
}
