//! `/desk/settings/proof`: what must be there before work may be reported as done.

use super::{ConflictNote, Frame, loaded};
use crate::util::{category_options, kind_options, lang, toast_failure};
use api::ApiError;
use i18n::{failure, td_string, work_words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code,
    work::{Need, ProofRule, SaveWorkRules, WorkRules},
};
use ui::prelude::*;

#[component]
pub fn ProofPage() -> impl IntoView {
    let found = Resource::new(|| (), |()| api::work::rules());
    view! { <Frame path="/desk/settings/proof">{loaded(found, |saved| view! { <Form saved=saved /> })}</Frame> }
        .into_any()
}

/// One rule being edited.
#[derive(Clone, Copy)]
struct Draft {
    key: usize,
    kind: RwSignal<String>,
    category: RwSignal<String>,
    /// In the order of [`Need::ALL`].
    needs: [RwSignal<bool>; Need::ALL.len()],
}

impl Draft {
    fn new(key: usize, rule: Option<&ProofRule>) -> Self {
        let text = |value: Option<String>| RwSignal::new(value.unwrap_or_default());
        let holds = |need: Need| rule.is_some_and(|rule| rule.needs.contains(&need));
        Self {
            key,
            kind: text(rule.and_then(|r| r.kind).map(|k| k.to_string())),
            category: text(rule.and_then(|r| r.category).map(|c| c.to_string())),
            needs: std::array::from_fn(|i| RwSignal::new(holds(Need::ALL[i]))),
        }
    }

    fn read(self) -> ProofRule {
        let needs = Need::ALL.iter().zip(self.needs).filter(|(_, on)| on.get_untracked()).map(|(need, _)| *need);
        ProofRule {
            kind: self.kind.get_untracked().parse().ok(),
            category: self.category.get_untracked().parse().ok(),
            needs: needs.collect(),
        }
    }
}

#[component]
fn Form(saved: WorkRules) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let version = RwSignal::new(saved.version);
    let paid_waits = RwSignal::new(saved.paid_waits);
    let next = StoredValue::new(saved.rules.len());
    let drafts = RwSignal::new(saved.rules.iter().enumerate().map(|(i, r)| Draft::new(i, Some(r))).collect::<Vec<_>>());
    let (busy, conflict) = (RwSignal::new(false), RwSignal::new(false));
    let error = RwSignal::new(None::<ApiError>);
    let add = move |_| {
        let key = next.get_value();
        next.set_value(key + 1);
        drafts.update(|drafts| drafts.push(Draft::new(key, None)));
    };
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let rules = drafts.with_untracked(|drafts| drafts.iter().map(|draft| draft.read()).collect());
        let command = SaveWorkRules { rules, paid_waits: paid_waits.get_untracked() };
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api::work::save_rules(version.get_untracked(), command).await {
                Ok(fresh) => {
                    version.set(fresh.version);
                    conflict.set(false);
                    toasts.success(td_string!(l, settings.saved));
                }
                Err(refused) if refused.code() == Code::Conflict => {
                    if let Ok(fresh) = api::work::rules().await {
                        version.set(fresh.version);
                    }
                    conflict.set(true);
                }
                Err(refused) => {
                    if refused.0.fields.is_empty() {
                        toast_failure(toasts, l, &refused);
                    }
                    error.set(Some(refused));
                }
            }
            busy.set(false);
        });
    };
    // The server names a rule by its place among those sent.
    let wrong = move |key: usize| {
        let place = drafts.with(|drafts| drafts.iter().position(|draft| draft.key == key))?;
        error.with(|e| {
            let fields = &e.as_ref()?.0.fields;
            let field = fields.iter().find(|f| f.pointer.starts_with(&format!("/rules/{place}")))?;
            Some(failure::field(l, field))
        })
    };
    let row = move |draft: Draft| {
        let name = move |part: &str| format!("{part}-{}", draft.key);
        view! {
            <fieldset class="panel p-3 m-0 grid gap-3">
                <div class="grid gap-3 sm:grid-cols-[1fr_1fr_auto] items-end">
                    <Field label=td_string!(l, requests.kind) name=name("kind")>
                        <Select name=name("kind") options=kind_options(l) value=draft.kind placeholder=td_string!(l, work.any_kind) />
                    </Field>
                    <Field label=td_string!(l, requests.category) name=name("category")>
                        <Select name=name("category") options=category_options(l) value=draft.category placeholder=td_string!(l, work.any_category) />
                    </Field>
                    <IconButton icon="trash-2" label=td_string!(l, work.remove_rule)
                        on_click=move |_| drafts.update(|drafts| drafts.retain(|other| other.key != draft.key)) />
                </div>
                <div class="row gap-x-5 gap-y-2">
                    {Need::ALL.iter().zip(draft.needs).map(|(need, on)| view! {
                        <Checkbox name=name(need.as_str()) label=work_words::need(l, *need) checked=on />
                    }).collect_view()}
                </div>
                {move || wrong(draft.key).map(|text| view! { <p class="field-error m-0">{text}</p> })}
            </fieldset>
        }
    };
    view! {
        <Card class="max-w-3xl">
            <form class="stack" on:submit=submit>
                <p class="text-muted m-0">{td_string!(l, work.proof_lead)}</p>
                <ConflictNote shown=conflict />
                {move || drafts.with(Vec::is_empty).then(|| view! { <p class="m-0">{td_string!(l, work.proof_empty)}</p> })}
                <For each=move || drafts.get() key=|draft| draft.key let:draft>{row(draft)}</For>
                <div><Button icon="plus" on_click=add>{td_string!(l, work.add_rule)}</Button></div>
                <Checkbox name="paid_waits" label=td_string!(l, work.paid_waits) checked=paid_waits switch=true />
                <div class="row justify-end">
                    <Button kind=ButtonKind::Primary submit=true loading=busy>{td_string!(l, common.save)}</Button>
                </div>
            </form>
        </Card>
    }
}
