//! The resident's own steps: rate, send back, cancel. Each opens as a sheet.

use api::{ApiError, ApiResult};
use i18n::{failure, td_string};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;
use model::requests::{Action, MoveRequest, RateRequest, RatingReason, RequestCard};
use parts::{DOCK, locale};
use ui::prelude::*;

type Source = Resource<ApiResult<RequestCard>>;

/// What every sheet shares: open or not, working or not, what went wrong.
#[derive(Clone, Copy)]
pub(super) struct Sheet {
    open: RwSignal<bool>,
    pub busy: RwSignal<bool>,
    fault: RwSignal<Option<ApiError>>,
    toasts: Toasts,
}

impl Sheet {
    pub fn new(open: RwSignal<bool>) -> Self {
        Self { open, busy: RwSignal::new(false), fault: RwSignal::new(None), toasts: use_toasts() }
    }

    /// Takes a step: the new card goes to the page, a failure stays in the sheet with everything typed.
    pub fn run<F>(self, from: Source, said: &'static str, step: F)
    where
        F: Future<Output = ApiResult<RequestCard>> + 'static,
    {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.fault.set(None);
        spawn_local(async move {
            match step.await {
                Ok(card) => {
                    self.open.set(false);
                    from.set(Some(Ok(card)));
                    self.toasts.success(said);
                }
                Err(error) => self.fault.set(Some(error)),
            }
            self.busy.set(false);
        });
    }

    /// What went wrong, in words.
    pub fn fault(self) -> impl IntoView {
        let l = locale();
        move || self.fault.get().map(|error| view! { <Banner tone=Tone::Danger text=failure::sentence(l, &error.0) /> })
    }
}

/// Within reach of the thumb while the resident's word is wanted.
#[component]
pub(super) fn Actions(card: Signal<RequestCard>, from: Source) -> impl IntoView {
    let l = locale();
    let rating = RwSignal::new(false);
    let returning = RwSignal::new(false);
    let may_rate = Memo::new(move |_| card.with(|card| card.may_rate));
    let may_return = Memo::new(move |_| card.with(|card| card.actions.contains(&Action::Return)));
    let query = use_query_map();
    effect(move || {
        if query.with_untracked(|query| query.get_str("rate").is_some()) && may_rate.get_untracked() {
            rating.set(true);
        }
    });
    view! {
        {move || (may_rate.get() || may_return.get()).then(|| view! {
            <div class=DOCK>
                {may_return.get().then(|| view! {
                    <Button size=ButtonSize::Big icon="undo-2" class="w-auto! grow px-3!" on_click=move |_| returning.set(true)>
                        {td_string!(l, resident.return_title)}
                    </Button>
                })}
                {may_rate.get().then(|| view! {
                    <Button kind=ButtonKind::Primary size=ButtonSize::Big icon="star" class="w-auto! grow px-3!" on_click=move |_| rating.set(true)>
                        {td_string!(l, resident.rate)}
                    </Button>
                })}
            </div>
        })}
        <RateSheet open=rating card=card from=from />
        <ReasonSheet
            open=returning
            card=card
            from=from
            action=Action::Return
            title=td_string!(l, resident.return_title)
            help=td_string!(l, resident.return_help)
            label=td_string!(l, resident.return_reason)
            verb=td_string!(l, resident.return_title)
            said=td_string!(l, resident.returned)
            kind=ButtonKind::Primary
        />
    }
}

/// Quiet, at the end of the page: nobody cancels by a slip of the thumb.
#[component]
pub(super) fn CancelButton(card: Signal<RequestCard>, from: Source) -> impl IntoView {
    let l = locale();
    let open = RwSignal::new(false);
    let legal = Memo::new(move |_| card.with(|card| card.actions.contains(&Action::Cancel)));
    view! {
        {move || legal.get().then(|| view! {
            <Button kind=ButtonKind::Ghost icon="circle-x" class="min-h-11 text-muted!" on_click=move |_| open.set(true)>
                {td_string!(l, resident.cancel_title)}
            </Button>
        })}
        <ReasonSheet
            open=open
            card=card
            from=from
            action=Action::Cancel
            title=td_string!(l, resident.cancel_title)
            label=td_string!(l, resident.cancel_reason)
            verb=td_string!(l, resident.cancel_title)
            said=td_string!(l, resident.cancel_done)
            kind=ButtonKind::Danger
            hints=vec![td_string!(l, resident.cancel_fixed), td_string!(l, resident.cancel_mistake)]
        />
    }
}

#[component]
fn RateSheet(open: RwSignal<bool>, card: Signal<RequestCard>, from: Source) -> impl IntoView {
    let l = locale();
    let stars = RwSignal::new(0_u8);
    let text = RwSignal::new(String::new());
    let reasons = RwSignal::new(Vec::<RatingReason>::new());
    // Praise does not stay beside one star, nor blame beside five.
    effect(move || {
        let stars = i16::from(stars.get());
        reasons.update(|chosen| chosen.retain(|reason| reason.fits(stars)));
    });
    let sheet = Sheet::new(open);
    let send = move |_| {
        let id = card.with_untracked(|card| card.id);
        let comment = Some(text.get_untracked()).filter(|text| !text.trim().is_empty());
        let command = RateRequest { stars: stars.get_untracked().into(), reasons: reasons.get_untracked(), comment };
        sheet.run(from, td_string!(l, resident.rated), api::requests::rate(id, command));
    };
    view! {
        <Dialog
            open=open
            title=td_string!(l, resident.rate_title)
            footer=move || view! {
                <Button
                    kind=ButtonKind::Primary
                    size=ButtonSize::Big
                    loading=sheet.busy
                    disabled=Signal::derive(move || stars.get() == 0)
                    on_click=send
                >
                    {td_string!(l, resident.rate_send)}
                </Button>
            }
        >
            <p class="m-0">{td_string!(l, resident.rate_text)}</p>
            <div class="justify-self-center"><Stars name="stars" label=td_string!(l, resident.rate_stars) value=stars /></div>
            {move || (stars.get() > 0).then(|| view! {
                <div class="grid gap-2">
                    <span class="text-sm text-muted">{td_string!(l, outages.rate_why)}</span>
                    <div class="row">
                        {RatingReason::of_stars(stars.get().into()).map(|reason| view! {
                            <Chip
                                text=i18n::outages::rating_reason(l, reason)
                                active=Signal::derive(move || reasons.with(|chosen| chosen.contains(&reason)))
                                on_click=move |()| reasons.update(|chosen| match chosen.iter().position(|r| *r == reason) {
                                    Some(at) => { chosen.remove(at); }
                                    None => chosen.push(reason),
                                })
                            />
                        }).collect_view()}
                    </div>
                </div>
            })}
            <Field label=td_string!(l, resident.rate_words) name="rate-words" optional=true>
                <Textarea name="rate-words" value=text maxlength=1000 />
            </Field>
            {sheet.fault()}
        </Dialog>
    }
}

#[component]
fn ReasonSheet(
    open: RwSignal<bool>,
    card: Signal<RequestCard>,
    from: Source,
    action: Action,
    title: &'static str,
    #[prop(optional)] help: Option<&'static str>,
    label: &'static str,
    verb: &'static str,
    said: &'static str,
    kind: ButtonKind,
    /// Ready answers.
    #[prop(optional)]
    hints: Vec<&'static str>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let sheet = Sheet::new(open);
    let hints = StoredValue::new(hints);
    let send = move |_| {
        let id = card.with_untracked(|card| card.id);
        let command = MoveRequest { action, reason: Some(text.get_untracked()), until: None };
        sheet.run(from, said, api::requests::step(id, command));
    };
    view! {
        <Dialog
            open=open
            title=title
            footer=move || view! {
                <Button
                    kind=kind
                    size=ButtonSize::Big
                    loading=sheet.busy
                    disabled=Signal::derive(move || text.with(|text| text.trim().is_empty()))
                    on_click=send
                >
                    {verb}
                </Button>
            }
        >
            {help.map(|help| view! { <p class="m-0">{help}</p> })}
            <div class="row">
                {hints.get_value().into_iter().map(|hint| view! {
                    <Chip
                        text=hint
                        active=Signal::derive(move || text.with(|text| text == hint))
                        on_click=move |()| text.set(hint.to_owned())
                    />
                }).collect_view()}
            </div>
            <Field label=label name=format!("reason-{action}")>
                <Textarea name=format!("reason-{action}") value=text maxlength=1000 />
            </Field>
            {sheet.fault()}
        </Dialog>
    }
}
