//! The simulator's pages: plain HTML, no script.

use super::{
    Merchant, Options,
    play::{Play, Report},
    scenarios::{SCENARIOS, by_name},
    wire::Kassa,
};
use axum::{
    Form, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use model::{Money, payments::Provider};
use serde::Deserialize;
use std::{collections::HashMap, fmt::Write, sync::Arc, time::Duration};

type App = State<Arc<Options>>;

pub(super) fn router(options: Options) -> Router {
    let click = options.kassas.iter().filter(|kassa| kassa.provider == Provider::Click);
    let keys: Vec<_> = click.filter_map(|kassa| Some((kassa.id.parse().ok()?, kassa.key.clone()))).collect();
    let merchant = Merchant::new(keys, true).router();
    Router::new()
        .route("/", get(home))
        .route("/play", post(play))
        .route("/payme/{packed}", get(payme_checkout))
        .route("/click", get(click_checkout))
        .route("/pay", post(pay))
        .with_state(Arc::new(options))
        .merge(merchant)
}

const STYLE: &str = "body{font:16px/1.5 system-ui;margin:0 auto;max-width:60rem;padding:1rem;color-scheme:light dark}\
    form{display:grid;gap:.75rem;max-width:32rem}label{display:grid;gap:.25rem}input,select,button{font:inherit;padding:.5rem}\
    table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #8886;padding:.35rem;text-align:left;vertical-align:top;\
    overflow-wrap:anywhere;font-size:.85rem}.bad{color:#c22}.good{color:#182}.big{font-size:2rem;font-weight:600}";

fn page(title: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"ru\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <link rel=\"icon\" href=\"data:,\"><title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>{body}</body></html>"
    ))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Choose, play, see.
async fn home(State(options): App) -> Html<String> {
    let mut body = String::from(
        "<p>Симулятор Payme и Click: вызывает сервер так, как это делают платёжные системы. Настоящих денег нет.</p>\
         <form method=\"post\" action=\"/play\">",
    );
    body.push_str("<label>Сценарий<select name=\"scenario\">");
    for scenario in &SCENARIOS {
        let _ = write!(body, "<option value=\"{}\">{}</option>", scenario.name, escape(scenario.title));
    }
    body.push_str("</select></label><label>Касса<select name=\"kassa\">");
    for (n, kassa) in options.kassas.iter().enumerate() {
        let _ =
            write!(body, "<option value=\"{n}\">{} · {} · {}</option>", kassa.provider, escape(&kassa.id), kassa.mode);
    }
    body.push_str(
        "</select></label>\
         <label>Лицевой счёт или номер счёта на оплату<input name=\"account\" required></label>\
         <label>Сумма, сум<input name=\"sum\" value=\"150750\" required inputmode=\"decimal\"></label>\
         <label>Каждый вызов сразу в стольких копиях<input name=\"repeat\" type=\"number\" min=\"1\" max=\"50\" value=\"1\"></label>\
         <label>Пауза между вызовами, мс<input name=\"delay\" type=\"number\" min=\"0\" max=\"10000\" value=\"0\"></label>\
         <label><span><input type=\"checkbox\" name=\"drop\" value=\"1\"> Перед каждым вызовом такой же, чей ответ теряется</span></label>\
         <button>Проиграть</button></form>\
         <p>Сервер: <code>",
    );
    body.push_str(&escape(&options.target));
    body.push_str("</code></p>");
    page("Симулятор Payme и Click", &body)
}

#[derive(Deserialize)]
struct Asked {
    scenario: String,
    kassa: usize,
    account: String,
    sum: String,
    repeat: usize,
    delay: u64,
    #[serde(default)]
    drop: Option<String>,
}

async fn play(State(options): App, Form(asked): Form<Asked>) -> Response {
    let (Some(scenario), Some(kassa), Some(sum)) =
        (by_name(&asked.scenario), options.kassas.get(asked.kassa), Money::read(&asked.sum))
    else {
        return (StatusCode::BAD_REQUEST, page("Не получится", "<p>Нет такого сценария, кассы или суммы.</p>"))
            .into_response();
    };
    if scenario.provider != kassa.provider {
        let text = "<p>Сценарий другой платёжной системы: выберите её кассу.</p><p><a href=\"/\">Назад</a></p>";
        return (StatusCode::BAD_REQUEST, page("Не получится", text)).into_response();
    }
    let how = Play {
        repeat: asked.repeat.clamp(1, 50),
        delay: Duration::from_millis(asked.delay.min(10_000)),
        drop_answers: asked.drop.is_some(),
        ..Play::new(asked.account.trim(), sum.tiyin())
    };
    match (scenario.run)(kassa, &how).await {
        Ok(report) => page(scenario.title, &table(&report)).into_response(),
        Err(error) => {
            page(scenario.title, &format!("<p class=\"bad\">{}</p>", escape(&error.to_string()))).into_response()
        }
    }
}

fn table(report: &Report) -> String {
    let verdict = if report.good() {
        "<p class=\"good\">✓ всё как положено</p>"
    } else {
        "<p class=\"bad\">✗ есть расхождения</p>"
    };
    let rows = report.lines.iter().fold(String::new(), |mut rows, line| {
        let class = if line.good { "good" } else { "bad" };
        let _ = write!(
            rows,
            "<tr><td>{}</td><td>{}</td><td class=\"{class}\">{}</td></tr>",
            escape(&line.call),
            escape(&line.wanted),
            escape(&line.got)
        );
        rows
    });
    format!(
        "{verdict}<table><tr><th>Вызов</th><th>Ожидается</th><th>Ответ</th></tr>{rows}</table><p><a href=\"/\">Назад</a></p>"
    )
}

/// The checkout of a Payme link.
async fn payme_checkout(State(options): App, Path(packed): Path<String>) -> Response {
    let Some(fields) = unpack(&packed) else { return gone() };
    let Some((n, kassa)) = find(&options, Provider::Payme, fields.get("m").map(String::as_str)) else { return gone() };
    let account = fields.get(&format!("ac.{}", kassa.field)).cloned().unwrap_or_default();
    let tiyin = fields.get("a").and_then(|a| a.parse().ok()).unwrap_or_default();
    checkout("Payme", n, &account, tiyin, fields.get("c").map(String::as_str).unwrap_or_default())
}

/// The checkout of a Click link.
async fn click_checkout(State(options): App, Query(fields): Query<HashMap<String, String>>) -> Response {
    let Some((n, _)) = find(&options, Provider::Click, fields.get("service_id").map(String::as_str)) else {
        return gone();
    };
    let get = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let Some(sum) = Money::read(&get("amount")) else { return gone() };
    checkout("Click", n, &get("transaction_param"), sum.tiyin(), &get("return_url"))
}

fn find<'a>(options: &'a Options, provider: Provider, id: Option<&str>) -> Option<(usize, &'a Kassa)> {
    options.kassas.iter().enumerate().find(|(_, kassa)| kassa.provider == provider && Some(kassa.id.as_str()) == id)
}

/// Standard base64 of `key=value` pairs, by hand: the provider's decoder is not ours.
fn unpack(packed: &str) -> Option<HashMap<String, String>> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(u32::from(byte - b'A')),
        b'a'..=b'z' => Some(u32::from(byte - b'a') + 26),
        b'0'..=b'9' => Some(u32::from(byte - b'0') + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in packed.bytes().filter(|byte| *byte != b'=') {
        held = (held << 6 | value(byte)?) & 0xff_ffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    Some(text.split(';').filter_map(|pair| pair.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect())
}

fn gone() -> Response {
    (StatusCode::NOT_FOUND, page("Касса не найдена", "<p>Ссылка ведёт на кассу, которой здесь нет.</p>"))
        .into_response()
}

fn checkout(name: &str, kassa: usize, account: &str, tiyin: i64, back: &str) -> Response {
    let sum = Money::from_tiyin(tiyin);
    let body = format!(
        "<p>Тестовый платёж, деньги не списываются.</p><p>Счёт {}</p><p class=\"big\">{sum} сум</p>\
         <form method=\"post\" action=\"/pay\"><input type=\"hidden\" name=\"kassa\" value=\"{kassa}\">\
         <input type=\"hidden\" name=\"account\" value=\"{}\"><input type=\"hidden\" name=\"tiyin\" value=\"{tiyin}\">\
         <input type=\"hidden\" name=\"back\" value=\"{}\"><button>Заплатить</button></form>",
        escape(account),
        escape(account),
        escape(back)
    );
    page(name, &body).into_response()
}

#[derive(Deserialize)]
struct Paying {
    kassa: usize,
    account: String,
    tiyin: i64,
    #[serde(default)]
    back: String,
}

/// The payer pressed the button: the provider asks the merchant and pays.
async fn pay(State(options): App, Form(paying): Form<Paying>) -> Response {
    let Some(kassa) = options.kassas.get(paying.kassa) else { return gone() };
    let how = Play::new(&paying.account, paying.tiyin);
    let name = if kassa.provider == Provider::Payme { "payme-pay" } else { "click-pay" };
    let Some(scenario) = by_name(name) else { return gone() };
    let link = if paying.back.starts_with("http://") || paying.back.starts_with("https://") {
        format!("<p><a href=\"{}\">Вернуться</a></p>", escape(&paying.back))
    } else {
        String::new()
    };
    match (scenario.run)(kassa, &how).await {
        Ok(report) if report.good() => {
            page("Оплачено", &format!("<p class=\"good\">✓ Магазин принял платёж.</p>{link}")).into_response()
        }
        Ok(report) => page("Платёж не прошёл", &format!("{}{link}", table(&report))).into_response(),
        Err(error) => page("Платёж не прошёл", &format!("<p class=\"bad\">{}</p>{link}", escape(&error.to_string())))
            .into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_unpacked() {
        let fields =
            unpack("bT02NWYwYzFkMmUzYTRiNWM2ZDdlOGY5MDE7YWMuYWNjb3VudD0wMTA0NTAwMTIzO2E9MTUwNzUwMDA7bD11eg==").unwrap();
        assert_eq!((fields["ac.account"].as_str(), fields["a"].as_str()), ("0104500123", "15075000"));
        assert!(unpack("???").is_none());
    }
}
