//! How residents, dispatchers and workers put it.

use super::{
    houses::Unit,
    rng::Rng,
    topics::{TOPICS, Topic},
};
use model::{Lang, requests::Category};

const HELLO_RU: &[&str] =
    &["Здравствуйте! ", "Добрый день! ", "Добрый день. ", "Ассалому алейкум! ", "Здравствуйте, ", "Уважаемая УК! "];
const HELLO_UZ: &[&str] = &["Assalomu alaykum! ", "Salom! ", "Assalomu alaykum. ", "Hurmatli boshqaruv! "];
const PLEASE_RU: &[&str] = &[
    " Пришлите, пожалуйста, мастера.",
    " Буду дома после 18:00.",
    " Звонить лучше вечером.",
    " Спасибо!",
    " Когда сможете подойти?",
    " Уже звонили, никто не пришёл.",
    " Ждём, заранее спасибо.",
    " Дома всегда кто-то есть.",
    " Просим решить как можно скорее.",
];
const PLEASE_UZ: &[&str] = &[
    " Iltimos, usta yuboring.",
    " Soat 18:00 dan keyin uydaman.",
    " Rahmat!",
    " Qachon kela olasiz?",
    " Kechqurun qoʻngʻiroq qiling.",
    " Avval ham aytgan edik.",
    " Oldindan rahmat.",
];

fn topic(category: Category) -> &'static Topic {
    TOPICS.iter().find(|topic| topic.category == category).unwrap_or(&TOPICS[TOPICS.len() - 1])
}

/// What the resident wrote, or the dispatcher noted on the telephone.
pub(super) fn problem(
    rng: &mut Rng,
    category: Category,
    lang: Lang,
    urgent: bool,
    unit: &Unit,
    written: bool,
) -> String {
    let topic = topic(category);
    let (cores, hello, please) = match (lang, urgent) {
        (Lang::Uz, true) => (topic.urgent_uz, HELLO_UZ, PLEASE_UZ),
        (Lang::Uz, false) => (topic.uz, HELLO_UZ, PLEASE_UZ),
        (_, true) => (topic.urgent_ru, HELLO_RU, PLEASE_RU),
        (_, false) => (topic.ru, HELLO_RU, PLEASE_RU),
    };
    let core = rng
        .pick(cores)
        .replace("{e}", &unit.entrance_number.max(1).to_string())
        .replace("{f}", &unit.floor.max(1).to_string())
        .replace("{k}", &unit.number);
    let mut text = String::new();
    // In an emergency nobody greets.
    if written && !urgent && rng.chance(0.45) {
        text.push_str(rng.pick(hello));
    }
    if text.ends_with(", ") || (text.is_empty() && written && rng.chance(0.2)) {
        text.push_str(&lower_first(&core));
    } else {
        text.push_str(&core);
    }
    if written && !urgent && rng.chance(0.4) {
        text.push_str(rng.pick(please));
    }
    if written && rng.chance(0.12) && text.ends_with('.') {
        text.pop();
    }
    text
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// What the worker reported.
pub(super) fn done(rng: &mut Rng, category: Category, lang: Lang) -> &'static str {
    let topic = topic(category);
    // Most reports are in Russian even in Uzbek houses; some are not.
    if lang == Lang::Uz && rng.chance(0.4) { rng.pick(topic.done_uz) } else { rng.pick(topic.done_ru) }
}

/// Why the work waits.
pub(super) fn deferral(rng: &mut Rng) -> &'static str {
    rng.pick(&[
        "Ждём запчасть со склада, обещали в четверг",
        "Жителя нет дома, договорились на выходные",
        "Нужен доступ к соседям сверху, пока не открывают",
        "Нужна заявка в теплосеть на отключение",
        "Ждём сухой погоды",
        "Подрядчик приедет на следующей неделе",
    ])
}

/// Why the request came to nothing, in the words of who cancelled it.
pub(super) fn cancellation(rng: &mut Rng, lang: Lang) -> &'static str {
    if lang == Lang::Uz {
        rng.pick(&["Oʻzimiz tuzatdik, rahmat", "Adashib yuborilgan", "Endi kerak emas"])
    } else {
        rng.pick(&["Починили сами, спасибо", "Уже не актуально", "Отправлено по ошибке", "Вода пошла, мастер не нужен"])
    }
}

/// Why the company does not take it.
pub(super) fn rejection(rng: &mut Rng) -> &'static str {
    rng.pick(&[
        "Не наша зона ответственности: сети за счётчиком принадлежат собственнику",
        "Дубль заявки, работаем по первой",
        "Вопрос к городским электросетям, телефон отправили",
        "Внутриквартирный ремонт не входит в обслуживание",
    ])
}

/// Why the resident sent the work back.
pub(super) fn objection(rng: &mut Rng, lang: Lang) -> &'static str {
    if lang == Lang::Uz {
        rng.pick(&["Yana oqyapti", "Muammo hal boʻlmadi", "Usta kelmadi, lekin bajarildi deb yozilgan"])
    } else {
        rng.pick(&[
            "Через два часа снова потекло",
            "Не доделано, осталась грязь",
            "Проблема осталась",
            "Мастер не приходил, а заявка закрыта",
        ])
    }
}

/// The words beside the stars.
pub(super) fn opinion(rng: &mut Rng, lang: Lang, stars: i16) -> &'static str {
    match (lang, stars) {
        (Lang::Uz, 4..) => {
            rng.pick(&["Rahmat, tez kelishdi!", "Yaxshi usta, hammasi ishlayapti", "Rahmat!", "Toza va tez bajarildi"])
        }
        (Lang::Uz, _) => rng.pick(&["Uzoq kutdik", "Ish toza bajarilmadi", "Ikki marta chaqirishga toʻgʻri keldi"]),
        (_, 4..) => rng.pick(&[
            "Спасибо, быстро приехали!",
            "Всё сделали аккуратно",
            "Вежливый мастер, спасибо",
            "Отлично",
            "Быстро и чисто",
        ]),
        (_, 3) => rng.pick(&[
            "Сделали, но ждали два дня",
            "Нормально, но грязь за собой не убрали",
            "Могли бы предупредить о времени",
        ]),
        _ => rng.pick(&["Пришлось звонить три раза", "Мастер опоздал на четыре часа", "Через день опять сломалось"]),
    }
}

/// What the desk and the workers write to each other.
pub(super) fn internal_note(rng: &mut Rng) -> &'static str {
    rng.pick(&[
        "Позвонили жителю, будет дома после 18:00",
        "Ключ от подвала у дворника, предупредил",
        "Нужна стремянка, захватите со склада",
        "Телефон не отвечает, перезвоним утром",
        "Повторная жалоба за месяц, посмотрите стояк целиком",
        "Запчасть заказана, накладная у кладовщика",
        "Сосед снизу тоже жалуется, осмотреть обе квартиры",
        "Согласовано с администратором",
        "Житель просил не приходить до обеда",
    ])
}

/// What a worker or dispatcher tells the resident.
pub(super) fn answer(rng: &mut Rng, lang: Lang) -> &'static str {
    if lang == Lang::Uz {
        rng.pick(&[
            "Assalomu alaykum! Usta bugun soat 17:00 gacha keladi.",
            "Qabul qildik, ertaga ertalab kelamiz.",
            "Ehtiyot qism keldi, bugun tugatamiz.",
            "Iltimos, joʻmrakka yoʻl ochib qoʻying.",
        ])
    } else {
        rng.pick(&[
            "Добрый день! Мастер будет сегодня до 17:00.",
            "Приняли, подойдём завтра с утра.",
            "Запчасть пришла, сегодня закончим.",
            "Пожалуйста, освободите доступ к трубе.",
            "Воду в стояке отключим с 14:00 до 15:00.",
            "Мы у подъезда, откройте, пожалуйста.",
        ])
    }
}

/// What the resident adds.
pub(super) fn reply(rng: &mut Rng, lang: Lang) -> &'static str {
    if lang == Lang::Uz {
        rng.pick(&["Rahmat, kutamiz.", "Qachon kelasizlar?", "Men uydaman, kelavering.", "Kod 12, ikkinchi qavat."])
    } else {
        rng.pick(&[
            "Спасибо, ждём.",
            "Когда придёте? Мне нужно уйти в шесть.",
            "Я дома, приходите.",
            "Домофон не работает, позвоните.",
            "Стало хуже, поторопитесь, пожалуйста.",
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn topics_stand_in_the_order_of_categories_and_speak_both_languages() {
        for (topic, category) in TOPICS.iter().zip(Category::ALL) {
            assert_eq!(topic.category, *category);
            for text in topic.uz.iter().chain(topic.urgent_uz).chain(topic.done_uz) {
                assert!(!text.contains(['‘', '’', '\'', '`']), "{text}");
                assert!(!text.chars().any(|c| ('а'..='я').contains(&c)), "{text}");
            }
        }
    }

    #[test]
    fn every_category_has_a_lot_to_say() {
        let unit =
            Unit { id: uuid::Uuid::nil(), entrance: None, entrance_number: 2, floor: 5, number: "45".into(), rooms: 2 };
        let mut rng = Rng::new(7);
        for category in Category::ALL {
            for lang in [Lang::Ru, Lang::Uz] {
                let texts: HashSet<_> =
                    (0..500).map(|_| problem(&mut rng, *category, lang, false, &unit, true)).collect();
                assert!(texts.len() >= 60, "{category} {lang:?}: {}", texts.len());
                assert!(texts.iter().all(|text| !text.contains(['{', '}'])));
            }
        }
    }
}
