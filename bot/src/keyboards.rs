//! Keyboards: inline ones for choices tied to a message, reply ones for the menu and the phone.

use crate::press::Press;
use i18n::{Locale, td_string, words};
use model::{
    Lang,
    outages::{OutageNotice, OutageStatus},
    property::Home,
    requests::{Action, Category, RequestCard, RequestRow},
};
use teloxide::types::{
    ButtonRequest, InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, KeyboardMarkup, ReplyMarkup,
};

/// What the menu offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Menu {
    Start,
    New,
    Mine,
    Outages,
    News,
    Pay,
    Language,
}

impl Menu {
    /// A command, or the words of a menu button in any language: the keyboard on screen may be an old one.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(command) = text.strip_prefix('/') {
            let name = command.split([' ', '@']).next().unwrap_or_default();
            return match name {
                "start" | "help" => Some(Self::Start),
                "new" => Some(Self::New),
                "mine" => Some(Self::Mine),
                "outages" => Some(Self::Outages),
                "news" => Some(Self::News),
                "pay" => Some(Self::Pay),
                "language" => Some(Self::Language),
                _ => None,
            };
        }
        [Locale::ru, Locale::uz, Locale::en].into_iter().find_map(|l| match text {
            t if t == td_string!(l, bot.menu_new) => Some(Self::New),
            t if t == td_string!(l, bot.menu_mine) => Some(Self::Mine),
            t if t == td_string!(l, outages.bot_menu) => Some(Self::Outages),
            t if t == td_string!(l, news.bot_menu) => Some(Self::News),
            t if t == td_string!(l, payments.bot_pay) => Some(Self::Pay),
            t if t == td_string!(l, bot.menu_language) => Some(Self::Language),
            _ => None,
        })
    }
}

fn button(text: impl Into<String>, press: Press) -> InlineKeyboardButton {
    InlineKeyboardButton::callback(text, press.encode())
}

pub(crate) fn languages() -> ReplyMarkup {
    let name = |lang| match lang {
        Lang::Ru => "Русский",
        Lang::Uz => "Oʻzbekcha",
        Lang::En => "English",
    };
    InlineKeyboardMarkup::new([Lang::ALL.map(|lang| button(name(lang), Press::Language(lang)))]).into()
}

pub(crate) fn phone(l: Locale) -> ReplyMarkup {
    let share = KeyboardButton::new(td_string!(l, bot.share_phone)).request(ButtonRequest::Contact);
    KeyboardMarkup::new([[share]]).resize_keyboard().one_time_keyboard().into()
}

pub(crate) fn menu(l: Locale) -> ReplyMarkup {
    let key = KeyboardButton::new;
    KeyboardMarkup::new([
        vec![key(td_string!(l, bot.menu_new)), key(td_string!(l, bot.menu_mine))],
        vec![key(td_string!(l, payments.bot_pay)), key(td_string!(l, outages.bot_menu))],
        vec![key(td_string!(l, news.bot_menu)), key(td_string!(l, bot.menu_language))],
    ])
    .resize_keyboard()
    .persistent()
    .into()
}

/// A button that opens the page of an account; nothing when the address is none.
pub(crate) fn pay(l: Locale, link: &str) -> Option<InlineKeyboardMarkup> {
    let link = link.parse().ok()?;
    Some(InlineKeyboardMarkup::new([[InlineKeyboardButton::url(td_string!(l, payments.pay), link)]]))
}

pub(crate) fn categories(l: Locale) -> InlineKeyboardMarkup {
    let mut rows: Vec<Vec<_>> = Category::ALL
        .chunks(2)
        .map(|pair| pair.iter().map(|c| button(words::category(l, *c), Press::Category(*c))).collect())
        .collect();
    rows.push(vec![button(td_string!(l, bot.draft_drop), Press::Drop)]);
    InlineKeyboardMarkup::new(rows)
}

/// Every home, then the common area of every house once.
pub(crate) fn places(l: Locale, homes: &[Home]) -> InlineKeyboardMarkup {
    let mut rows: Vec<Vec<_>> =
        homes.iter().map(|home| vec![button(format!("🏠 {}", home.address), Press::Unit(home.unit_id))]).collect();
    let mut seen = Vec::new();
    for home in homes {
        if seen.contains(&home.building_id) {
            continue;
        }
        seen.push(home.building_id);
        let text = td_string!(l, bot.place_common, address = house(home)).to_string();
        rows.push(vec![button(text, Press::Building(home.building_id))]);
    }
    rows.push(vec![button(td_string!(l, bot.draft_drop), Press::Drop)]);
    InlineKeyboardMarkup::new(rows)
}

/// The address of a home without its flat.
pub(crate) fn house(home: &Home) -> &str {
    home.address.rsplit_once(", №").map_or(home.address.as_str(), |(house, _)| house)
}

pub(crate) fn draft(l: Locale, empty: bool) -> InlineKeyboardMarkup {
    let drop = button(td_string!(l, bot.draft_drop), Press::Drop);
    let send = (!empty).then(|| button(td_string!(l, bot.draft_send), Press::Send));
    InlineKeyboardMarkup::new([send.into_iter().chain([drop]).collect::<Vec<_>>()])
}

pub(crate) fn list(l: Locale, rows: &[RequestRow]) -> InlineKeyboardMarkup {
    InlineKeyboardMarkup::new(rows.iter().map(|r| {
        let text = format!("№{} · {} · {}", r.number, words::category(l, r.category), words::status(l, r.status));
        vec![button(text, Press::Open(r.id))]
    }))
}

/// What the reader may do with a request, as the use case says.
pub(crate) fn card(l: Locale, card: &RequestCard) -> Option<InlineKeyboardMarkup> {
    let mut rows = Vec::new();
    if card.may_rate {
        rows.push((1..=5).map(|stars| button(format!("{stars} ★"), Press::Rate(card.id, stars))).collect());
    }
    if let Some(estimate) = card.work.estimate.as_ref().filter(|_| card.work.may_decide) {
        let answer = |text, accept| button(text, Press::Decide(card.id, estimate.version, accept));
        rows.push(vec![answer(td_string!(l, work.accept), true), answer(td_string!(l, work.decline), false)]);
    }
    for action in &card.actions {
        let text = match action {
            Action::Return => td_string!(l, bot.return_button),
            Action::Cancel => td_string!(l, bot.cancel_button),
            other => words::action(l, *other),
        };
        rows.push(vec![button(text, Press::Step(card.id, *action))]);
    }
    (!rows.is_empty()).then(|| InlineKeyboardMarkup::new(rows))
}

/// "Me too" under an outage that runs, or the way back.
pub(crate) fn outage(l: Locale, notice: &OutageNotice) -> Option<InlineKeyboardMarkup> {
    let press = match (notice.status, notice.mine) {
        (OutageStatus::Running, false) => button(td_string!(l, outages.me_too), Press::Join(notice.id)),
        (OutageStatus::Running, true) => button(td_string!(l, outages.me_too_leave), Press::Leave(notice.id)),
        _ => return None,
    };
    Some(InlineKeyboardMarkup::new([[press]]))
}

pub(crate) fn keep(l: Locale) -> ReplyMarkup {
    InlineKeyboardMarkup::new([[button(td_string!(l, bot.reason_back), Press::Keep)]]).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn menu_words_are_known_in_every_language() {
        for l in [Locale::ru, Locale::uz, Locale::en] {
            assert_eq!(Menu::read(td_string!(l, bot.menu_new)), Some(Menu::New));
            assert_eq!(Menu::read(td_string!(l, bot.menu_mine)), Some(Menu::Mine));
            assert_eq!(Menu::read(td_string!(l, outages.bot_menu)), Some(Menu::Outages));
            assert_eq!(Menu::read(td_string!(l, news.bot_menu)), Some(Menu::News));
            assert_eq!(Menu::read(td_string!(l, bot.menu_language)), Some(Menu::Language));
        }
        assert_eq!(Menu::read("/start deep_link"), Some(Menu::Start));
        assert_eq!(Menu::read("/new@uk_bot"), Some(Menu::New));
        assert_eq!(Menu::read("/unknown"), None);
        assert_eq!(Menu::read("Кран течёт"), None);
    }
}
