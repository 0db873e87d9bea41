//! Cells that hold one of a few words.

use crate::imports::text::{self, fold};
use serde_json::{Value, json};

type Words = &'static [(&'static str, &'static [&'static str])];

/// Codes with the words that mean them, folded.
pub(super) const UNIT_KINDS: Words = &[
    ("flat", &["flat", "kvartira", "kv", "xonadon", "apartment", "jiloe"]),
    ("shop", &["shop", "magazin", "dokon", "nejiloe", "kommercheskoe", "ofis", "office", "noturarjoy"]),
    ("storage", &["storage", "kladovaya", "kladovka", "omborxona", "ombor"]),
    ("parking", &["parking", "parkovka", "mashinomesto", "avtoturargoh", "turargoh", "garaj"]),
];
pub(super) const LANGS: Words = &[
    ("ru", &["ru", "russkiy", "rus", "rus tili", "ruscha", "russian"]),
    ("uz", &["uz", "uzbekskiy", "ozbek", "ozbekcha", "ozbek tili", "uzbek"]),
    ("en", &["en", "angliyskiy", "inglizcha", "english"]),
];
pub(super) const RELATIONS: Words = &[
    ("owner", &["owner", "sobstvennik", "vladelets", "xozyain", "mulkdor", "egasi", "uy egasi"]),
    ("tenant", &["tenant", "arendator", "kvartirant", "nanimatel", "ijarachi"]),
    ("relative", &["relative", "rodstvennik", "chlen semi", "semya", "jilets", "propisan", "oila azosi", "qarindosh"]),
];
pub(super) const ROLES: Words = &[
    ("admin", &["admin", "administrator", "direktor", "rahbar"]),
    ("dispatcher", &["dispatcher", "dispetcher", "operator"]),
    ("staff", &["staff", "ispolnitel", "master", "rabochiy", "sotrudnik", "ijrochi", "usta", "xodim", "worker"]),
];
pub(super) const SKILLS: Words = &[
    ("plumber", &["plumber", "santexnik"]),
    ("electrician", &["electrician", "elektrik"]),
    ("heating", &["heating", "otoplenie", "teplotexnik", "isitish ustasi", "isitish"]),
    ("lift", &["lift", "lifter", "lift ustasi", "liftyor", "elevator"]),
    ("cleaner", &["cleaner", "uborshik", "uborshitsa", "uborka", "dvornik", "farrosh"]),
    ("locksmith", &["locksmith", "slesar", "chilangar"]),
    ("handyman", &["handyman", "raznorabochiy", "master", "usta", "plotnik"]),
];
pub(super) const STATUSES: Words = &[
    ("new", &["new", "novaya", "noviy", "yangi"]),
    ("assigned", &["assigned", "naznachena", "tayinlangan"]),
    ("in_progress", &["in progress", "v rabote", "bajarilmoqda", "ishda"]),
    ("deferred", &["deferred", "otlojena", "kechiktirilgan"]),
    ("done", &["done", "vipolnena", "vipolneno", "gotovo", "bajarildi", "bajarilgan"]),
    ("closed", &["closed", "zakrita", "zakrito", "yopilgan", "yopildi"]),
    ("cancelled", &["cancelled", "canceled", "otmenena", "otmena", "bekor qilingan"]),
    ("rejected", &["rejected", "otklonena", "otkaz", "rad etilgan"]),
];
pub(super) const CATEGORIES: Words = &[
    ("plumbing", &["plumbing", "santexnika", "voda", "kanalizatsiya", "suv"]),
    ("electrical", &["electrical", "elektrika", "elektrichestvo", "svet", "elektr"]),
    ("heating", &["heating", "otoplenie", "isitish"]),
    ("elevator", &["elevator", "lift"]),
    ("cleaning", &["cleaning", "uborka", "tozalash"]),
    ("doors", &["doors", "dveri", "domofon", "dveri i domofon", "eshik", "eshik va domofon"]),
    ("yard", &["yard", "dvor", "territoriya", "hovli"]),
    ("other", &["other", "drugoe", "prochee", "boshqa"]),
];
pub(super) const KINDS: Words = &[
    ("regular", &["regular", "obichnaya", "oddiy"]),
    ("emergency", &["emergency", "avariya", "avariynaya"]),
    ("paid", &["paid", "platnaya", "pullik"]),
    ("warranty", &["warranty", "garantiynaya", "po garantii", "kafolat", "kafolat boyicha"]),
];
pub(super) const PRIORITIES: Words = &[
    ("low", &["low", "nizkiy", "past"]),
    ("normal", &["normal", "obichniy", "sredniy", "oddiy"]),
    ("high", &["high", "visokiy", "yuqori"]),
    ("urgent", &["urgent", "srochniy", "srochno", "shoshilinch"]),
];

pub(super) fn word(cell: &str, words: Words) -> Result<&'static str, &'static str> {
    let cell = fold(&cell.replace('_', " "));
    let exact = words.iter().find(|(_, all)| all.contains(&cell.as_str()));
    let found = exact.or_else(|| words.iter().find(|(_, all)| all.iter().any(|w| text::near(&cell, w))));
    found.map(|(code, _)| *code).ok_or("unknown_word")
}

pub(super) fn list(cell: &str, words: Words) -> Result<Value, &'static str> {
    let mut codes = Vec::new();
    for part in cell.split([',', ';', '\n', '/']).filter(|part| !part.trim().is_empty()) {
        let code = word(part, words)?;
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    Ok(json!(codes))
}
