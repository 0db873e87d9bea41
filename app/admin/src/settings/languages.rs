//! `/desk/settings/languages`: what residents are offered.

use super::{ConflictNote, Frame, loaded};
use crate::{
    property::form::{Refusal, Sending},
    util::lang,
};
use i18n::{td_string, words};
use leptos::prelude::*;
use model::{
    Code, Lang,
    settings::{Languages, Offered},
};
use ui::prelude::*;

#[component]
pub fn LanguagesPage() -> impl IntoView {
    let found = Resource::new(|| (), |()| api::settings::languages());
    view! { <Frame path="/desk/settings/languages">{loaded(found, |known| view! { <Form known=known /> })}</Frame> }
        .into_any()
}

#[component]
fn Form(known: Languages) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let version = RwSignal::new(known.version);
    let boxes = Lang::ALL.map(|lang| (lang, RwSignal::new(known.offered.languages.contains(&lang))));
    let default = RwSignal::new(known.offered.default.code().to_owned());
    let chosen = move || boxes.into_iter().filter(|(_, on)| on.get()).map(|(lang, _)| lang).collect::<Vec<_>>();
    let save = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let command =
            Offered { languages: untrack(chosen), default: Lang::parse(&default.get_untracked()).unwrap_or_default() };
        sending.send(api::settings::save_languages(version.get_untracked(), command), move |saved| {
            version.set(saved.version);
            toasts.success(td_string!(l, settings.saved));
        });
    };
    let conflict =
        Signal::derive(move || sending.failure.with(|f| f.as_ref().is_some_and(|f| f.code == Code::Conflict)));
    let options = Signal::derive(move || {
        chosen().into_iter().map(|lang| Opt::new(lang.code(), words::language(lang))).collect::<Vec<_>>()
    });
    // A default that is offered no more gives way to the first that is.
    effect(move || {
        let left = options.get();
        let fits = left.iter().any(|opt| default.with_untracked(|code| *code == opt.value));
        if let (false, Some(first)) = (fits, left.first()) {
            default.set(first.value.clone());
        }
    });
    view! {
        <div class="grid gap-4 lg:grid-cols-2 items-start">
            <Card title=td_string!(l, lists.tab_languages)>
                <form class="stack" on:submit=save novalidate>
                    <p class="text-muted m-0">{td_string!(l, lists.languages_lead)}</p>
                    <Refusal of=sending />
                    <ConflictNote shown=conflict />
                    <Field label=td_string!(l, lists.languages_offered) name="languages" error=sending.error("languages") help=td_string!(l, lists.languages_moved)>
                        <div class="grid gap-1">
                            {boxes.into_iter().map(|(lang, on)| view! {
                                <Checkbox name=format!("lang-{}", lang.code()) label=words::language(lang) checked=on />
                            }).collect_view()}
                        </div>
                    </Field>
                    <Field label=td_string!(l, lists.language_default) name="default" error=sending.error("default") help=td_string!(l, lists.language_default_help)>
                        <Select name="default" options=options value=default />
                    </Field>
                    <div class="row justify-end">
                        <Button kind=ButtonKind::Primary submit=true loading=sending.busy>{td_string!(l, common.save)}</Button>
                    </div>
                </form>
            </Card>
            <Card title=td_string!(l, lists.languages_preview)>
                // As the sign-in page shows them; a single language needs no switch.
                <div class="segmented" aria-hidden="true">
                    {move || chosen().into_iter().map(|lang| view! {
                        <span class="btn btn-quiet">{words::language(lang)}</span>
                    }).collect_view()}
                </div>
            </Card>
        </div>
    }
}
