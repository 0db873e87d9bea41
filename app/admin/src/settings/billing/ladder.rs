//! The ladder of reminders: steps with their days, roads and texts.

use crate::{
    property::form::{Refusal, Sending},
    util::lang,
};
use i18n::{Locale, failure, reminders as words, td_string};
use leptos::prelude::*;
use model::{
    Failure, FieldError, Money,
    billing::{ReminderKind, ReminderRules, ReminderStep, ReminderText, SaveReminderRules, Wish},
};
use ui::prelude::*;

/// Days, and what each step of the usual ladder is.
const USUAL: [(i16, ReminderKind); 4] =
    [(5, ReminderKind::Message), (30, ReminderKind::Letter), (60, ReminderKind::PreClaim), (90, ReminderKind::Claim)];

/// One step being edited.
#[derive(Clone, Copy)]
struct Draft {
    key: usize,
    kind: RwSignal<String>,
    days: RwSignal<String>,
    wish: RwSignal<String>,
    ru: RwSignal<String>,
    uz: RwSignal<String>,
    en: RwSignal<String>,
}

impl Draft {
    fn new(key: usize, step: &ReminderStep) -> Self {
        let text = |text: &str| RwSignal::new(text.to_owned());
        Self {
            key,
            kind: text(step.kind.as_str()),
            days: RwSignal::new(step.days.to_string()),
            wish: text(step.wish.as_str()),
            ru: text(&step.text.ru),
            uz: text(&step.text.uz),
            en: text(&step.text.en),
        }
    }

    /// The server says what is wrong with a number; what is none cannot be sent.
    fn read(self, place: usize) -> Result<ReminderStep, FieldError> {
        let days = self.days.get_untracked().trim().parse();
        Ok(ReminderStep {
            kind: self.kind.get_untracked().parse().unwrap_or(ReminderKind::Message),
            days: days.map_err(|_| FieldError::new(format!("/steps/{place}/days"), "out_of_range"))?,
            wish: self.wish.get_untracked().parse().unwrap_or(Wish::Any),
            text: ReminderText {
                ru: self.ru.get_untracked(),
                uz: self.uz.get_untracked(),
                en: self.en.get_untracked(),
            },
        })
    }
}

fn usual_step(place: usize) -> ReminderStep {
    let (days, kind) = USUAL[place.min(USUAL.len() - 1)];
    let text = |l: Locale| words::usual(l, place + 1);
    let text = ReminderText { ru: text(Locale::ru), uz: text(Locale::uz), en: text(Locale::en) };
    ReminderStep { kind, days, wish: Wish::Any, text }
}

#[component]
pub(super) fn Ladder(rules: ReminderRules) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let version = RwSignal::new(rules.version);
    let (enabled, weekends) = (RwSignal::new(rules.enabled), RwSignal::new(rules.skip_weekends));
    let least = RwSignal::new(rules.least.plain());
    let next = StoredValue::new(rules.steps.len());
    let drafts = RwSignal::new(rules.steps.iter().enumerate().map(|(n, step)| Draft::new(n, step)).collect::<Vec<_>>());
    let push = move |step: ReminderStep| {
        let key = next.get_value();
        next.set_value(key + 1);
        drafts.update(|all| all.push(Draft::new(key, &step)));
    };
    let add = move |_| push(usual_step(drafts.with_untracked(Vec::len)));
    let take_usual = move |_| (0..USUAL.len()).for_each(|place| push(usual_step(place)));
    let save = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let refuse = |wrong: FieldError| sending.refuse(Failure::invalid(vec![wrong]));
        let Some(least) = Money::read(&least.get_untracked()) else {
            return refuse(FieldError::new("/least", "out_of_range"));
        };
        let steps = drafts.with_untracked(|all| all.iter().enumerate().map(|(n, draft)| draft.read(n)).collect());
        let steps = match steps {
            Ok(steps) => steps,
            Err(wrong) => return refuse(wrong),
        };
        let command = SaveReminderRules {
            enabled: enabled.get_untracked(),
            least,
            skip_weekends: weekends.get_untracked(),
            steps,
        };
        sending.send(api::reminders::save_rules(version.get_untracked(), command), move |fresh| {
            version.set(fresh.version);
            toasts.success(td_string!(l, settings.saved));
        });
    };
    // The server names a step by its place among those sent.
    let wrong = move |key: usize, field: &'static str| {
        Signal::derive(move || {
            let place = drafts.with(|all| all.iter().position(|draft| draft.key == key))?;
            let pointer = format!("/steps/{place}/{field}");
            sending.failure.with(|f| {
                let found = f.as_ref()?.fields.iter().find(|e| e.pointer == pointer)?;
                Some(failure::field(l, found))
            })
        })
    };
    let row = move |draft: Draft| {
        let name = move |part: &str| format!("{part}-{}", draft.key);
        let place = move || drafts.with(|all| all.iter().position(|d| d.key == draft.key)).map_or(0, |at| at + 1);
        let kinds: Vec<Opt> = ReminderKind::ALL.iter().map(|k| Opt::new(k.as_str(), words::kind(l, *k))).collect();
        let wishes: Vec<Opt> = Wish::ALL.iter().map(|w| Opt::new(w.as_str(), words::wish(l, *w))).collect();
        view! {
            <fieldset class="panel p-3 m-0 grid gap-3">
                <div class="flex items-center justify-between gap-2">
                    <strong>{move || td_string!(l, debts.step_n, n = place().to_string()).to_string()}</strong>
                    <IconButton icon="trash-2" label=td_string!(l, debts.remove_step)
                        on_click=move |_| drafts.update(|all| all.retain(|other| other.key != draft.key)) />
                </div>
                <div class="grid gap-3 sm:grid-cols-3">
                    <Field label=td_string!(l, debts.after_days) name=name("days") error=wrong(draft.key, "days")>
                        <Input name=name("days") value=draft.days inputmode="numeric" maxlength=4 autocomplete="off" />
                    </Field>
                    <Field label=td_string!(l, debts.kind) name=name("kind")>
                        <Select name=name("kind") options=kinds value=draft.kind />
                    </Field>
                    <Field label=td_string!(l, debts.wish) name=name("wish")>
                        <Select name=name("wish") options=wishes value=draft.wish />
                    </Field>
                </div>
                <Field label=td_string!(l, debts.text_ru) name=name("ru") error=wrong(draft.key, "text/ru")>
                    <Textarea name=name("ru") value=draft.ru rows=3 maxlength=1500 />
                </Field>
                <Field label=td_string!(l, debts.text_uz) name=name("uz") error=wrong(draft.key, "text/uz")>
                    <Textarea name=name("uz") value=draft.uz rows=3 maxlength=1500 />
                </Field>
                <Field label=td_string!(l, debts.text_en) name=name("en") error=wrong(draft.key, "text/en")>
                    <Textarea name=name("en") value=draft.en rows=3 maxlength=1500 />
                </Field>
            </fieldset>
        }
    };
    let steps_wrong = sending.error("steps");
    view! {
        <Card title=td_string!(l, debts.reminders)>
            <form class="stack" on:submit=save novalidate>
                <Refusal of=sending />
                <p class="text-muted m-0 max-w-4xl">{td_string!(l, debts.reminders_lead)}</p>
                <Checkbox name="enabled" label=td_string!(l, debts.enabled) checked=enabled switch=true />
                <Checkbox name="skip_weekends" label=td_string!(l, debts.skip_weekends) checked=weekends switch=true />
                <Field label=td_string!(l, debts.least_debt) name="least" error=sending.error("least")>
                    <Input name="least" value=least inputmode="decimal" maxlength=20 autocomplete="off" />
                </Field>
                <p class="text-muted m-0">{td_string!(l, debts.variables)}</p>
                {move || steps_wrong.get().map(|text| view! { <p class="field-error m-0">{text}</p> })}
                {move || drafts.with(Vec::is_empty).then(|| view! {
                    <div class="row">
                        <p class="m-0 grow">{td_string!(l, debts.no_steps)}</p>
                        <Button on_click=take_usual>{td_string!(l, debts.usual_ladder)}</Button>
                    </div>
                })}
                <For each=move || drafts.get() key=|draft| draft.key let:draft>{row(draft)}</For>
                <div><Button icon="plus" on_click=add disabled=Signal::derive(move || drafts.with(Vec::len) >= 8)>{td_string!(l, debts.add_step)}</Button></div>
                <div class="row justify-end">
                    <Button kind=ButtonKind::Primary submit=true loading=sending.busy>{td_string!(l, common.save)}</Button>
                </div>
            </form>
        </Card>
    }
}
