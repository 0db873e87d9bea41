//! Live events: greeting, envelope, resume, and who is let in.

use crate::{
    app::{ACCESS, Pass, TestApp, cookie, send},
    socket::Socket,
};
use domain::{Door, auth};

fn token(pass: &Pass) -> &str {
    let Pass::Bearer(token) = pass else { panic!("no token") };
    token
}

#[tokio::test]
async fn a_request_is_told_with_an_id_to_resume_from() {
    let app = TestApp::new().await;
    let desk = app.bearer("dispatcher-a").await;
    let mut socket = Socket::greeted(&app, token(&desk)).await;
    let first = app.file(&desk, "первая").await.json();
    let event = socket.next().await;
    assert_eq!(event["type"], "request.created");
    assert_eq!(event["data"]["request_id"], first["id"]);
    assert_eq!((&event["data"]["number"], &event["data"]["status"]), (&first["number"], &first["status"]));
    assert_eq!(event.as_object().unwrap().len(), 3, "{event}");
    drop(socket);
    let (second, third) = (app.file(&desk, "вторая").await.json(), app.file(&desk, "третья").await.json());
    // Another listener says when both are out.
    let seen = event["id"].as_i64().unwrap();
    let bearer = format!("Bearer {}", token(&desk));
    let mut again = Socket::open(&app, &format!("?since={seen}"), &[("authorization", &bearer)]).await.ok().unwrap();
    for missed in [&second, &third] {
        let event = again.next().await;
        assert_eq!((&event["type"], &event["data"]["request_id"]), (&"request.created".into(), &missed["id"]));
        assert!(event["id"].as_i64().unwrap() > seen);
    }
    // Nothing twice, and the connection goes on with what is new.
    let fourth = app.file(&desk, "четвёртая").await.json();
    assert_eq!(again.next().await["data"]["request_id"], fourth["id"]);
}

#[tokio::test]
async fn pings_are_answered() {
    let app = TestApp::new().await;
    let mut socket = Socket::greeted(&app, token(&app.bearer("plumber-a").await)).await;
    socket.say("ping").await;
    assert_eq!(socket.next().await, "pong");
}

#[tokio::test]
async fn who_is_let_in() {
    let app = TestApp::new().await;
    let bearer = app.bearer("dispatcher-a").await;
    let Pass::Cookies(cookies) = app.browser("dispatcher-a").await else { panic!() };
    let status = async |headers: &[(&'static str, &str)]| match Socket::open(&app, "", headers).await {
        Ok(mut socket) => {
            assert_eq!(socket.next().await["type"], "hello");
            101
        }
        Err(status) => status,
    };
    assert_eq!(status(&[]).await, 401);
    assert_eq!(status(&[("authorization", "Bearer nonsense")]).await, 401);
    assert_eq!(status(&[("cookie", &cookies)]).await, 403, "any site could open it with our visitor's cookies");
    assert_eq!(status(&[("cookie", &cookies), ("origin", "https://evil.example")]).await, 403);
    assert_eq!(status(&[("cookie", &cookies), ("origin", "null")]).await, 403);
    assert_eq!(status(&[("cookie", &cookies), ("origin", &app.base)]).await, 101);
    let offered = format!("bearer, {}", token(&bearer));
    assert_eq!(status(&[("sec-websocket-protocol", &offered)]).await, 101);
    assert_eq!(status(&[("sec-websocket-protocol", "bearer, nonsense")]).await, 401);
    assert_eq!(status(&[("sec-websocket-protocol", "chat")]).await, 401);
}

#[tokio::test]
async fn a_number_that_is_none_is_a_bad_request() {
    let app = TestApp::new().await;
    let bearer = format!("Bearer {}", token(&app.bearer("dispatcher-a").await));
    assert_eq!(Socket::open(&app, "?since=yesterday", &[("authorization", &bearer)]).await.err(), Some(400));
}

/// The heartbeat asks this and ends the connection.
#[tokio::test]
async fn a_connection_does_not_outlive_its_session() {
    let app = TestApp::new().await;
    let pass = app.browser("dispatcher-a").await;
    let actor = auth::authenticate(&app.ctx, &cookie(&pass, ACCESS), Door::Web).await.unwrap();
    assert!(auth::is_alive(&app.ctx, &actor).await.unwrap());
    send(app.post("/logout", &pass)).await.expect(303);
    assert!(!auth::is_alive(&app.ctx, &actor).await.unwrap());
}

/// A block does not wait for the heartbeat; others stay connected.
#[tokio::test]
async fn a_blocked_workers_connection_ends_at_once() {
    let app = TestApp::new().await;
    let (admin, plumber, desk) =
        (app.bearer("admin-a").await, app.bearer("plumber-a").await, app.bearer("dispatcher-a").await);
    let mut blocked = Socket::greeted(&app, token(&plumber)).await;
    let mut other = Socket::greeted(&app, token(&desk)).await;
    let path = format!("/api/v1/staff/{}/block", app.world.a.plumber_id);
    send(app.post(&path, &admin)).await.expect(200);
    assert_eq!(blocked.try_next().await, None);
    let bearer = format!("Bearer {}", token(&plumber));
    assert_eq!(Socket::open(&app, "", &[("authorization", &bearer)]).await.err(), Some(401));
    app.file(&desk, "дальше").await;
    assert_eq!(other.next().await["type"], "request.created");
}

/// Who sees less from now on comes back and hears less.
#[tokio::test]
async fn a_connection_does_not_keep_an_old_view() {
    let app = TestApp::new().await;
    let (admin, plumber, desk) =
        (app.bearer("admin-a").await, app.bearer("plumber-a").await, app.bearer("dispatcher-a").await);
    let mut socket = Socket::greeted(&app, token(&plumber)).await;
    let path = format!("/api/v1/staff/{}", app.world.a.plumber_id);
    let change = app.request(http::Method::PATCH, &path, &admin).header("if-match", "\"1\"");
    send(change.json(&serde_json::json!({ "visibility": "assigned" }))).await.expect(200);
    assert_eq!(socket.try_next().await, None, "the old view ends");
    let mut again = Socket::greeted(&app, token(&plumber)).await;
    let theirs = app.file(&desk, "чужая").await.json();
    let assign = serde_json::json!({ "assignee_id": app.world.a.plumber_id });
    let id = theirs["id"].as_str().unwrap();
    send(app.post(&format!("/api/v1/requests/{id}/assign"), &desk).json(&assign)).await.expect(200);
    assert_eq!(again.next().await["type"], "request.assigned", "its filing was not for them");
}

fn here(id: &str, typing: bool) -> String {
    serde_json::json!({ "here": { "request_id": id, "typing": typing } }).to_string()
}

/// Presence is no event: it has no place in the order, and only who looks at the same request hears it.
#[tokio::test]
async fn who_looks_at_the_same_request_is_told() {
    let app = TestApp::new().await;
    let (desk, admin) = (app.bearer("dispatcher-a").await, app.bearer("admin-a").await);
    let filed = app.file(&desk, "первая").await.json();
    let other = app.file(&desk, "вторая").await.json();
    let (id, other) = (filed["id"].as_str().unwrap(), other["id"].as_str().unwrap());
    let mut one = Socket::greeted(&app, token(&desk)).await;
    let mut two = Socket::greeted(&app, token(&admin)).await;
    one.say(&here(id, false)).await;
    // The second comes: each is told of the other, also who was there before.
    two.say("ping").await;
    assert_eq!(two.next().await, "pong", "nobody who looks at nothing is told");
    two.say(&here(id, false)).await;
    let met = told(&mut one, "admin-a", false, false).await;
    assert_eq!(met["data"]["request_id"], filed["id"]);
    told(&mut two, "dispatcher-a", false, false).await;
    one.say(&here(id, true)).await;
    told(&mut two, "dispatcher-a", true, false).await;
    // To look at something else is to leave.
    one.say(&here(other, false)).await;
    told(&mut two, "dispatcher-a", false, true).await;
    two.say(&here(other, false)).await;
    let met = told(&mut one, "admin-a", false, false).await;
    assert_eq!(met["data"]["request_id"], other);
    // So is to close the page.
    drop(two);
    told(&mut one, "admin-a", false, true).await;
}

/// Waits for this word. Two who come at the same moment may be told of each other twice.
async fn told(socket: &mut Socket, name: &str, typing: bool, gone: bool) -> serde_json::Value {
    loop {
        let heard = socket.next().await;
        assert_eq!((&heard["type"], &heard["data"]["name"]), (&"presence".into(), &name.into()), "{heard}");
        if heard["data"]["typing"] == typing && heard["data"]["gone"] == gone {
            return heard;
        }
    }
}

#[tokio::test]
async fn nobody_is_present_where_they_may_not_look() {
    let app = TestApp::new().await;
    let desk = app.bearer("dispatcher-a").await;
    let filed = app.file(&desk, "первая").await.json();
    let id = filed["id"].as_str().unwrap();
    let mut watching = Socket::greeted(&app, token(&desk)).await;
    watching.say(&here(id, false)).await;
    // Another company, a worker without the house, and a resident, be it the author.
    for login in ["dispatcher-b", "electrician-a"] {
        let pass = app.bearer(login).await;
        let mut stranger = Socket::greeted(&app, token(&pass)).await;
        stranger.say(&here(id, true)).await;
        stranger.say("ping").await;
        assert_eq!(stranger.next().await, "pong", "{login} was told of somebody");
    }
    let nonsense = ["{", "{\"here\": 5}", "{\"here\": {\"request_id\": \"x\"}}", "null"];
    for text in nonsense {
        watching.say(text).await;
    }
    watching.say("ping").await;
    assert_eq!(watching.next().await, "pong", "the desk was told of somebody, or the line broke");
}
