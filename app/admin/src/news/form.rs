//! Writing news: words in three languages, whom, when; and beside it whom it reaches. Sending asks once.

use super::preview::{Asked, Look, Preview, follow, price, refused};
use crate::{
    outages::{Houses, Picked},
    property::form::{Refusal, Sending, typed},
    util::{lang, local_input, local_moment, tell_failure},
};
use i18n::{Locale, news as words, td_string};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    ComplexId, Failure, FieldError, Lang, Money,
    news::{AskAudience, NewsAudience, NewsCard, NewsFacts, NewsPlace, NewsText, NewsTexts, NewsWho},
    outages::{HousePlaces, OutagePlace, Resource as Off},
    property::ComplexRow,
};
use ui::prelude::*;

/// `/desk/news/new`.
#[component]
pub fn NewNewsPage() -> impl IntoView {
    let l = lang();
    view! {
        <Title text=td_string!(l, news.new) />
        <div class="mx-auto max-w-3xl">
            <PageHeader title=td_string!(l, news.new) back="/desk/news" />
            <Sheet card=None houses=Vec::new() on_card=None />
        </div>
    }
    .into_any()
}

/// The words in one language.
#[derive(Clone, Copy)]
struct Words {
    lang: Lang,
    title: RwSignal<String>,
    text: RwSignal<String>,
}

impl Words {
    fn new(lang: Lang, known: Option<&NewsText>) -> Self {
        let start = |pick: fn(&NewsText) -> &String| RwSignal::new(known.map(pick).cloned().unwrap_or_default());
        Self { lang, title: start(|text| &text.title), text: start(|text| &text.text) }
    }

    fn get(self) -> NewsText {
        NewsText { title: self.title.get(), text: self.text.get() }
    }

    /// Nothing for a language nobody wrote in.
    fn written(self) -> Option<NewsText> {
        let text = self.get();
        (!text.title.trim().is_empty() || !text.text.trim().is_empty()).then_some(text)
    }
}

/// Everything that is being written.
#[derive(Clone, Copy)]
struct Draft {
    words: [Words; 3],
    who: RwSignal<String>,
    complexes: RwSignal<Vec<ComplexId>>,
    picked: Picked,
    debt: RwSignal<String>,
    important: RwSignal<bool>,
    planned: RwSignal<String>,
    expires: RwSignal<String>,
}

impl Draft {
    fn new(facts: Option<&NewsFacts>, houses: Vec<HousePlaces>) -> Self {
        let text = |lang| match lang {
            Lang::Ru => facts.map(|f| &f.texts.ru),
            Lang::Uz => facts.and_then(|f| f.texts.uz.as_ref()),
            Lang::En => facts.and_then(|f| f.texts.en.as_ref()),
        };
        let audience = facts.map(|f| &f.audience);
        // Every riser of a house is offered, whatever it carries.
        let resource = RwSignal::new(Off::Other.to_string());
        let picked = Picked { houses: RwSignal::new(Vec::new()), places: RwSignal::new(Vec::new()), resource };
        for house in houses {
            picked.add(house, false);
        }
        let places = audience.map(|a| a.places.as_slice()).unwrap_or_default();
        let place = |place: &NewsPlace| {
            Some(OutagePlace {
                building_id: place.building_id?,
                entrance_id: place.entrance_id,
                riser_id: place.riser_id,
            })
        };
        picked.places.set(places.iter().filter_map(place).collect());
        let moment = |at: Option<chrono::DateTime<chrono::Utc>>| RwSignal::new(at.map(local_input).unwrap_or_default());
        Self {
            words: [Lang::Ru, Lang::Uz, Lang::En].map(|lang| Words::new(lang, text(lang))),
            who: RwSignal::new(audience.map_or(NewsWho::Residents, |a| a.who).to_string()),
            complexes: RwSignal::new(places.iter().filter_map(|place| place.complex_id).collect()),
            picked,
            debt: RwSignal::new(audience.and_then(|a| a.debt_from).map(Money::plain).unwrap_or_default()),
            important: RwSignal::new(facts.is_some_and(|f| f.important)),
            planned: moment(facts.and_then(|f| f.planned_at)),
            expires: moment(facts.and_then(|f| f.expires_at)),
        }
    }

    fn who(self) -> NewsWho {
        self.who.with(|text| text.parse().unwrap_or(NewsWho::Residents))
    }

    fn texts(self) -> NewsTexts {
        let [ru, uz, en] = self.words;
        NewsTexts { ru: ru.get(), uz: uz.written(), en: en.written() }
    }

    /// Nothing while the sum does not read as one.
    fn audience(self) -> Option<NewsAudience> {
        let who = self.who();
        let mut places: Vec<NewsPlace> = self
            .complexes
            .get()
            .into_iter()
            .map(|id| NewsPlace { complex_id: Some(id), ..NewsPlace::default() })
            .collect();
        places.extend(self.picked.chosen().into_iter().map(|place| NewsPlace {
            complex_id: None,
            building_id: Some(place.building_id),
            entrance_id: place.entrance_id,
            riser_id: place.riser_id,
        }));
        let debt_from = match self.debt.get().trim() {
            "" => None,
            // The field is shown for residents alone.
            _ if who != NewsWho::Residents => None,
            text => Some(Money::read(text)?),
        };
        Some(NewsAudience { who, places, debt_from })
    }

    /// A house is picked and nothing of it: sent like that, news meant for it alone could go to the whole company.
    fn bare(self) -> bool {
        let chosen = self.picked.chosen();
        let lacks = |house: &HousePlaces| chosen.iter().all(|place| place.building_id != house.building_id);
        self.picked.houses.with(|all| all.iter().any(lacks))
    }

    fn ask(self, l: Locale) -> Asked {
        if self.bare() {
            return Err(td_string!(l, news.look_no_place));
        }
        let audience = self.audience().ok_or_else(|| td_string!(l, news.look_no_sum))?;
        Ok(AskAudience { audience, important: self.important.get(), texts: self.texts() })
    }

    fn read(self) -> Result<NewsFacts, Failure> {
        let mut wrong = Vec::new();
        let mut moment = |field: RwSignal<String>, name: &str| {
            let text = typed(field)?;
            let at = local_moment(&text);
            if at.is_none() {
                wrong.push(FieldError::new(name, "out_of_range"));
            }
            at
        };
        let (planned_at, expires_at) = (moment(self.planned, "/planned_at"), moment(self.expires, "/expires_at"));
        let audience = untrack(|| self.audience());
        if audience.is_none() {
            wrong.push(FieldError::new("/audience/debt_from", "out_of_range"));
        }
        if untrack(|| self.bare()) {
            wrong.push(FieldError::new("/audience/places", "required"));
        }
        match audience {
            Some(audience) if wrong.is_empty() => Ok(NewsFacts {
                texts: untrack(|| self.texts()),
                audience,
                important: self.important.get_untracked(),
                planned_at,
                expires_at,
            }),
            _ => Err(Failure::invalid(wrong)),
        }
    }
}

/// The form. With `on_card` the page around shows what became of it, else it goes to the page of what it made.
#[component]
pub(super) fn Sheet(
    card: Option<NewsCard>,
    houses: Vec<HousePlaces>,
    on_card: Option<Callback<NewsCard>>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let known = RwSignal::new(card.as_ref().map(|card| (card.id, card.version)));
    let draft = Draft::new(card.as_ref().map(|card| &card.facts), houses);
    let look = RwSignal::new(Look::Counting);
    let count = follow(Memo::new(move |_| draft.ask(l)), look);
    let (sending, asking) = (Sending::new(), RwSignal::new(false));
    let go = StoredValue::new(use_navigate());
    let save = Callback::new(move |send: bool| {
        asking.set(false);
        let facts = match draft.read() {
            Ok(facts) => facts,
            Err(failure) => return sending.refuse(failure),
        };
        let call = async move {
            let saved = match known.get_untracked() {
                Some((id, version)) => api::news::update(id, version, facts).await?,
                None => api::news::create(facts).await?,
            };
            // A refused sending is tried again on what is saved now, not on a second draft.
            let _ = known.try_set(Some((saved.id, saved.version)));
            if send { api::news::send_out(saved.id, saved.version).await } else { Ok(saved) }
        };
        sending.send(call, move |card| {
            if !send {
                toasts.success(td_string!(l, news.saved));
            }
            match on_card {
                Some(done) => done.run(card),
                None => go.with_value(|go| {
                    go(&format!("/desk/news/{}", card.id), NavigateOptions { replace: true, ..Default::default() });
                }),
            }
        });
    });
    // What is wrong with the form is said before anybody is asked whether to send it.
    let ask = Callback::new(move |()| match draft.read() {
        Ok(_) => asking.set(true),
        Err(failure) => sending.refuse(failure),
    });
    use_hotkey("ctrl+enter", move |_| ask.run(()));
    let later = Memo::new(move |_| !draft.planned.with(|text| text.trim().is_empty()));
    let verb = Signal::derive(move || {
        let word = if later.get() { td_string!(l, news.schedule) } else { td_string!(l, news.send) };
        word.to_owned()
    });
    let question = Signal::derive(move || {
        look.with(|look| match look {
            Look::Known(look) => {
                let people = td_string!(l, news.send_text, people = look.people.to_string()).to_string();
                [Some(people), price(l, &look.sms)].into_iter().flatten().collect::<Vec<_>>().join(" ")
            }
            Look::Counting => td_string!(l, news.look_counting).to_owned(),
            Look::Missing(text) => (*text).to_owned(),
            Look::Failed(why) => refused(l, why),
        })
    });
    let uncounted = Signal::derive(move || look.with(|look| !matches!(look, Look::Known(_))));
    let whos: Vec<Opt> = NewsWho::ALL.iter().map(|who| Opt::new(who.as_str(), words::who(l, *who))).collect();
    let audience_error = sending.error("audience");
    let places_error = Signal::derive(move || {
        sending.failure.with(|f| {
            let wrong = f.as_ref()?.fields.iter().find(|field| field.pointer.starts_with("/audience/places"))?;
            Some(i18n::failure::field(l, wrong))
        })
    });
    view! {
        <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(false); } novalidate>
            <Refusal of=sending />
            <Card title=td_string!(l, news.section_words)>
                <div class="stack">
                    <p class="m-0 text-muted">{td_string!(l, news.words_help)}</p>
                    {draft.words.map(|words| view! { <Language words=words sending=sending /> }).into_iter().collect_view()}
                </div>
            </Card>
            <Card title=td_string!(l, news.section_whom)>
                <div class="stack">
                    <Field label=td_string!(l, news.col_whom) name="who" group=true error=audience_error>
                        <RadioCards name="who" options=whos value=draft.who />
                    </Field>
                    <p class="m-0 text-muted">{td_string!(l, news.places_help)}</p>
                    <Complexes chosen=draft.complexes />
                    <Houses picked=draft.picked error=places_error />
                    {move || (draft.who() == NewsWho::Residents).then(|| view! {
                        <Field label=td_string!(l, news.debt_from) name="debt_from" optional=true error=sending.error("audience/debt_from")>
                            <Input name="debt_from" value=draft.debt inputmode="decimal" maxlength=20 autocomplete="off" />
                        </Field>
                    })}
                </div>
            </Card>
            <Card title=td_string!(l, news.section_when)>
                <div class="stack">
                    <div class="form-grid">
                        <Field label=td_string!(l, news.planned_at) name="planned_at" optional=true help=td_string!(l, news.planned_help) error=sending.error("planned_at")>
                            <DateInput name="planned_at" value=draft.planned with_time=true />
                        </Field>
                        <Field label=td_string!(l, news.expires_at) name="expires_at" optional=true help=td_string!(l, news.expires_help) error=sending.error("expires_at")>
                            <DateInput name="expires_at" value=draft.expires with_time=true />
                        </Field>
                    </div>
                    <Checkbox name="important" label=td_string!(l, news.important) hint=td_string!(l, news.important_help) checked=draft.important switch=true />
                </div>
            </Card>
            <Card title=td_string!(l, news.section_preview)><Preview look=look on_retry=count /></Card>
            <div class="action-bar glass-raised">
                <span class="grow"></span>
                <Button submit=true loading=sending.busy>{td_string!(l, news.save)}</Button>
                <Button kind=ButtonKind::Primary icon="send" loading=sending.busy class="max-sm:grow" on_click=move |_| ask.run(())>{move || verb.get()}</Button>
            </div>
        </form>
        <Confirm open=asking title=td_string!(l, news.send_title) text=question verb=verb disabled=uncounted busy=sending.busy calm=true
            on_confirm=move |()| save.run(true) />
    }
}

#[component]
fn Language(words: Words, sending: Sending) -> impl IntoView {
    let l = lang();
    let code = words.lang.code();
    let error = |part: &str| {
        let pointer = format!("/texts/{code}/{part}");
        Signal::derive(move || {
            sending.failure.with(|f| {
                let found = f.as_ref()?.fields.iter().find(|field| field.pointer == pointer)?;
                Some(i18n::failure::field(l, found))
            })
        })
    };
    let must = words.lang == Lang::Ru;
    view! {
        <fieldset class="m-0 p-0 border-0 grid gap-2">
            <legend class="p-0 mb-1 font-semibold">{i18n::words::language(words.lang)}</legend>
            <Field label=td_string!(l, news.text_title) name=format!("title-{code}") required=must error=error("title")>
                <Input name=format!("title-{code}") value=words.title maxlength=150 autocomplete="off" />
            </Field>
            <Field label=td_string!(l, news.text_body) name=format!("text-{code}") required=must error=error("text")>
                <Textarea name=format!("text-{code}") value=words.text rows=4 maxlength=2000 />
            </Field>
        </fieldset>
    }
}

/// The complexes of the company; nothing where there are none.
#[component]
fn Complexes(chosen: RwSignal<Vec<ComplexId>>) -> impl IntoView {
    let l = lang();
    let found = Resource::new(|| (), |()| api::property::complexes());
    tell_failure(found);
    let chip = move |row: ComplexRow| {
        let id = row.id;
        let active = Signal::derive(move || chosen.with(|all| all.contains(&id)));
        let press = move |()| {
            chosen.update(|all| match all.iter().position(|known| *known == id) {
                Some(at) => {
                    all.remove(at);
                }
                None => all.push(id),
            });
        };
        view! { <Chip text=row.name active=active on_click=press /> }
    };
    view! {
        <Transition>
            {move || {
                let rows = found.get().and_then(Result::ok).unwrap_or_default();
                (!rows.is_empty()).then(|| view! {
                    <div class="grid gap-1">
                        <span class="text-sm text-muted">{td_string!(l, news.complexes)}</span>
                        <div class="row gap-1.5">{rows.into_iter().map(chip).collect_view()}</div>
                    </div>
                })
            }}
        </Transition>
    }
}
