//! What people are told, by which roads, and what each may decide about it.

mod quiet;
mod texts;
mod views;

pub use quiet::QuietHours;
pub use texts::*;
pub use views::*;

use crate::{Role, requests::words};

words! {
    /// A road a message takes.
    NoticeChannel {
        /// The list behind the bell.
        InApp = "in_app",
        Telegram = "telegram", WebPush = "web_push", Fcm = "fcm", Email = "email", Sms = "sms",
    }
}

words! {
    /// What a message is about; each kind can be switched for each channel.
    NoticeKind {
        /// The author's request moved.
        RequestStep = "request_step",
        /// An estimate waits for the author's answer.
        RequestEstimate = "request_estimate",
        /// A shared problem somebody joined moved.
        RequestCommon = "request_common",
        /// Something is off, will be, or is back.
        Outage = "outage",
        /// Money came in or was given back.
        Payment = "payment",
        /// A month was charged.
        Bill = "bill",
        /// Money is owed for too long. Its words are those of a step of the company's ladder.
        Reminder = "reminder",
        /// News of the company.
        News = "news",
        /// Written by hand to chosen people.
        Letter = "letter",
        /// Work was given to a worker.
        Assignment = "assignment",
        /// Named in a comment.
        Mention = "mention",
        /// A comment on a request one follows or has filed.
        Comment = "comment",
        /// Made responsible, or a watcher.
        Involved = "involved",
        /// A request one watches moved.
        Followed = "followed",
        DeadlineWarning = "deadline_warning",
        DeadlineBreach = "deadline_breach",
        /// The figures of yesterday, for managers.
        Digest = "digest",
        /// About the person's own access: invitations, answers to applications.
        Account = "account",
        /// Codes, new passwords.
        Security = "security",
    }
}

words! {
    /// What a text may name: `{number}`.
    Var {
        Number = "number", Address = "address", Status = "status", Category = "category", Person = "person",
        Words = "words", Clock = "clock", Due = "due", Sum = "sum", Account = "account", Balance = "balance",
        Month = "month", What = "what", Title = "title", Text = "text", Name = "name", Company = "company", Link = "link",
    }
}

words! {
    /// What a notice leads to.
    NoticeObject { Request = "request", Outage = "outage", Payment = "payment", Account = "account", News = "news" }
}

words! {
    /// How far a message has come.
    DeliveryState {
        Queued = "queued",
        /// An attempt has begun.
        Sending = "sending",
        Sent = "sent",
        Delivered = "delivered",
        Read = "read",
        /// Nobody carries the channel in development: shown on the outbox page.
        Captured = "captured",
        Failed = "failed",
    }
}

/// Whether a person gets a message by the first road that works, or by all they want.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    First,
    All,
}

impl NoticeChannel {
    /// The roads tried one after another, the cheapest first. The list behind the bell is always beside them.
    pub const CHAIN: [Self; 5] = [Self::Telegram, Self::WebPush, Self::Fcm, Self::Email, Self::Sms];

    /// An attempt that broke off may be made again: a second copy is known by its id and replaces the first, and an SMS is
    /// looked for at its provider before. A chat would show it twice.
    pub const fn repeats(self) -> bool {
        !matches!(self, Self::Telegram)
    }
}

impl NoticeKind {
    /// Kinds a person of this role hears of, in the order of their page. What cannot be switched is not among them.
    pub fn of_role(role: Role) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |kind| kind.is_optional() && kind.is_for(role))
    }

    /// Whether a person of this role is ever told of it.
    pub const fn is_for(self, role: Role) -> bool {
        match self {
            Self::Comment | Self::News | Self::Letter | Self::Account | Self::Security => true,
            Self::RequestStep
            | Self::RequestEstimate
            | Self::RequestCommon
            | Self::Outage
            | Self::Payment
            | Self::Bill
            | Self::Reminder => matches!(role, Role::Resident),
            Self::Assignment => matches!(role, Role::Staff),
            Self::Digest => matches!(role, Role::Admin),
            Self::Mention | Self::Involved | Self::Followed | Self::DeadlineWarning | Self::DeadlineBreach => {
                !matches!(role, Role::Resident)
            }
        }
    }

    /// Codes, resets and invitations always go out.
    pub const fn is_optional(self) -> bool {
        !matches!(self, Self::Account | Self::Security)
    }

    /// Waits for the morning when it is somebody's night.
    pub const fn waits(self) -> bool {
        !matches!(self, Self::Outage | Self::Account | Self::Security)
    }

    pub const fn mode(self) -> Mode {
        match self {
            Self::Security => Mode::All,
            _ => Mode::First,
        }
    }

    /// What holds for who has chosen nothing. Messages that cost money go out only when water or light is off, or money
    /// is owed: everything else by SMS is asked for. Mail of the daily work would be a flood.
    pub const fn by_default(self, channel: NoticeChannel) -> bool {
        match channel {
            NoticeChannel::InApp | NoticeChannel::Telegram | NoticeChannel::WebPush | NoticeChannel::Fcm => true,
            NoticeChannel::Email => {
                !matches!(self, Self::Assignment | Self::Mention | Self::Comment | Self::Involved | Self::Followed)
            }
            NoticeChannel::Sms => matches!(self, Self::Outage | Self::Reminder | Self::Account | Self::Security),
        }
    }

    /// What a text of this kind may name, besides the person, the company and the link.
    pub const fn vars(self) -> &'static [Var] {
        use Var as V;
        match self {
            Self::RequestStep => &[V::Number, V::Address, V::Status],
            Self::RequestEstimate => &[V::Number, V::Address, V::Sum],
            Self::RequestCommon => &[V::Category, V::Address, V::Status],
            Self::Outage => &[V::What, V::Text],
            Self::Payment => &[V::Sum, V::Account, V::Balance],
            Self::Bill => &[V::Month, V::Sum, V::Account],
            Self::News | Self::Letter => &[V::Title, V::Text],
            Self::Assignment => &[V::Number, V::Address, V::Category],
            Self::Mention | Self::Comment => &[V::Number, V::Address, V::Person, V::Words],
            Self::Involved => &[V::Number, V::Address, V::Person],
            Self::Followed => &[V::Number, V::Address, V::Person, V::Status],
            Self::DeadlineWarning | Self::DeadlineBreach => &[V::Number, V::Address, V::Clock, V::Due],
            Self::Reminder | Self::Digest | Self::Account | Self::Security => &[],
        }
    }

    /// A company may write its own text. Letters and news are written each time, reminders have their ladder, the digest is a
    /// table; codes are nobody's to rephrase.
    pub const fn is_editable(self) -> bool {
        !matches!(self, Self::News | Self::Letter | Self::Reminder | Self::Digest | Self::Account | Self::Security)
    }

    /// Whether `name` may stand in a text of this kind.
    pub fn knows(self, name: &str) -> bool {
        let common = [Var::Name, Var::Company, Var::Link];
        name.parse().is_ok_and(|var: Var| common.contains(&var) || self.vars().contains(&var))
    }
}

/// The roads a message of this kind takes, in order: what the person wants and can be reached by, the road they asked
/// for first. With [`Mode::First`] each is tried only after those before it have failed.
pub fn chain(
    wanted: impl Fn(NoticeChannel) -> bool,
    reachable: &[NoticeChannel],
    asked: Option<NoticeChannel>,
) -> Vec<NoticeChannel> {
    let mut roads: Vec<NoticeChannel> =
        NoticeChannel::CHAIN.into_iter().filter(|road| reachable.contains(road) && wanted(*road)).collect();
    roads.sort_by_key(|road| asked != Some(*road));
    roads
}

/// The names in braces of a text, in order.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// Puts values in place of `{name}`; a value's own braces stay what they are.
pub fn fill(text: &str, value: impl Fn(Var) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}').and_then(|(name, tail)| Some((name.parse::<Var>().ok()?, tail))) {
            Some((var, tail)) => {
                out.push_str(&value(var));
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_and_reachable_is_tried_the_asked_road_first() {
        use NoticeChannel as C;
        type Case = (&'static [C], &'static [C], Option<C>, &'static [C]);
        const ALL: [C; 3] = [C::Telegram, C::Email, C::Sms];
        let table: [Case; 6] = [
            // wanted, reachable, asked for, tried
            (&[C::Telegram, C::Email, C::Sms], &ALL, None, &[C::Telegram, C::Email, C::Sms]),
            (&[C::Telegram, C::Email, C::Sms], &ALL, Some(C::Sms), &[C::Sms, C::Telegram, C::Email]),
            (&[C::Email], &ALL, Some(C::Sms), &[C::Email]),
            (&[C::WebPush, C::Email], &ALL, None, &[C::Email]),
            (&[], &ALL, None, &[]),
            (&[C::Sms], &[C::Telegram], Some(C::Sms), &[]),
        ];
        for (wanted, reachable, asked, tried) in table {
            assert_eq!(chain(|c| wanted.contains(&c), reachable, asked), tried, "{wanted:?} {reachable:?} {asked:?}");
        }
    }

    #[test]
    fn a_resident_hears_nothing_of_the_desk_and_codes_cannot_be_switched_off() {
        let theirs: Vec<NoticeKind> = NoticeKind::of_role(Role::Resident).collect();
        assert!(theirs.contains(&NoticeKind::RequestStep) && theirs.contains(&NoticeKind::Bill));
        for hidden in [
            NoticeKind::Mention,
            NoticeKind::DeadlineBreach,
            NoticeKind::Assignment,
            NoticeKind::Security,
            NoticeKind::Account,
        ] {
            assert!(!theirs.contains(&hidden), "{hidden}");
        }
        assert!(
            NoticeKind::of_role(Role::Dispatcher).all(|kind| kind != NoticeKind::Outage && kind != NoticeKind::Bill)
        );
        for kind in [NoticeKind::Security, NoticeKind::Account] {
            assert!(!kind.is_optional() && !kind.waits() && kind.by_default(NoticeChannel::Sms));
        }
    }

    #[test]
    fn texts_are_filled_and_their_names_checked() {
        let text = "№{number} по адресу {address}: {nonsense} {";
        assert_eq!(names(text).collect::<Vec<_>>(), ["number", "address", "nonsense"]);
        assert!(NoticeKind::RequestStep.knows("number") && NoticeKind::RequestStep.knows("name"));
        assert!(!NoticeKind::RequestStep.knows("sum") && !NoticeKind::RequestStep.knows("nonsense"));
        let said = fill(text, |var| if var == Var::Number { "12 {address}".to_owned() } else { "Навои 12".to_owned() });
        assert_eq!(said, "№12 {address} по адресу Навои 12: {nonsense} {");
    }
}
