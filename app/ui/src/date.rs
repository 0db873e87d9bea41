//! Native date inputs: the phone's own wheel, the browser's own calendar. Values are `YYYY-MM-DD`.

use crate::{badge::Chip, input::Input, texts};
use leptos::prelude::*;

/// One day.
#[component]
pub fn DateInput(
    #[prop(into)] name: String,
    #[prop(optional)] value: Option<RwSignal<String>>,
    #[prop(optional, into)] initial: String,
    #[prop(optional, into)] min: Option<String>,
    #[prop(optional, into)] max: Option<String>,
    /// Day and time (`datetime-local`).
    #[prop(optional)]
    with_time: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] label: MaybeProp<String>,
    #[prop(optional, into)] on_change: Option<Callback<String>>,
) -> impl IntoView {
    let value = value.unwrap_or_else(|| RwSignal::new(initial));
    let on_change = Callback::new(move |day: String| {
        if let Some(run) = on_change {
            run.run(day);
        }
    });
    view! {
        <Input
            name=name
            kind=if with_time { "datetime-local" } else { "date" }
            value=value
            min=min.unwrap_or_default()
            max=max.unwrap_or_default()
            disabled=disabled
            label=label
            on_change=on_change
        />
    }
}

/// A ready range: what it is called, from, to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangePreset {
    /// What the person reads.
    pub label: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
}

/// Two days with presets. The page gives the presets, because only it knows the company's zone.
#[component]
pub fn DateRange(
    /// Form names become `{name}_from` and `{name}_to`.
    #[prop(into)]
    name: String,
    from: RwSignal<String>,
    to: RwSignal<String>,
    #[prop(optional, into)] presets: Signal<Vec<RangePreset>>,
) -> impl IntoView {
    let (from_word, to_word) = (texts::from(), texts::to());
    view! {
        <div class="row">
            <div class="w-40"><DateInput name=format!("{name}_from") value=from label=from_word /></div>
            <span class="text-muted" aria-hidden="true">"–"</span>
            <div class="w-40"><DateInput name=format!("{name}_to") value=to label=to_word /></div>
            {move || presets.get().into_iter().map(|preset| {
                let RangePreset { label, from: first, to: last } = preset;
                let (same_from, same_to) = (first.clone(), last.clone());
                view! {
                    <Chip
                        text=label
                        active=Signal::derive(move || from.get() == same_from && to.get() == same_to)
                        on_click=move || {
                            from.set(first.clone());
                            to.set(last.clone());
                        }
                    />
                }
            }).collect_view()}
        </div>
    }
}
