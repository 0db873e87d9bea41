//! Dialogs: a service, and a new edition of its price.

use super::{
    fields::{asked_sum, months, this_month},
    houses::search,
};
use crate::{
    property::form::{Refusal, Sending, typed},
    util::lang,
};
use i18n::{billing as words, td_string};
use leptos::prelude::*;
use model::{
    Failure, FieldError,
    billing::{NewTariff, ServiceFacts, ServiceRow, SharedBy, TariffRule},
    property::ComplexRow,
};
use ui::prelude::*;

/// The buttons at the end of a form in a dialog.
#[component]
pub(super) fn Save(sending: Sending, open: RwSignal<bool>) -> impl IntoView {
    let l = lang();
    view! {
        <div class="row justify-end">
            <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Primary submit=true loading=sending.busy>{td_string!(l, common.save)}</Button>
        </div>
    }
}

#[component]
pub(super) fn ServiceForm(service: Option<ServiceRow>, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let known = service.as_ref().map(|s| (s.id, s.version));
    let text = |value: Option<String>| RwSignal::new(value.unwrap_or_default());
    let (ru, uz, en) = (
        text(service.as_ref().map(|s| s.name.ru.clone())),
        text(service.as_ref().map(|s| s.name.uz.clone())),
        text(service.as_ref().map(|s| s.name.en.clone())),
    );
    let ikpu = text(service.as_ref().and_then(|s| s.ikpu.clone()));
    let package = text(service.as_ref().and_then(|s| s.package_code.clone()));
    let vat = text(Some(service.map_or(0, |s| s.vat_percent).to_string()));
    let save = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let Ok(vat_percent) = vat.get_untracked().trim().parse() else {
            return sending.refuse(Failure::invalid(vec![FieldError::new("/vat_percent", "out_of_range")]));
        };
        let command = ServiceFacts {
            name_ru: ru.get_untracked(),
            name_uz: uz.get_untracked(),
            name_en: en.get_untracked(),
            ikpu: typed(ikpu),
            package_code: typed(package),
            vat_percent,
        };
        let call = async move {
            match known {
                Some((id, version)) => api::billing::update_service(id, version, command).await,
                None => api::billing::create_service(command).await,
            }
        };
        sending.send(call, move |_| {
            toasts.success(td_string!(l, billing.saved));
            done.run(());
        });
    };
    view! {
        <form class="stack" on:submit=save novalidate>
            <Refusal of=sending />
            <Field label=td_string!(l, billing.name_ru) name="name_ru" required=true error=sending.error("name_ru")>
                <Input name="name_ru" value=ru maxlength=200 autofocus=true autocomplete="off" />
            </Field>
            <Field label=td_string!(l, billing.name_uz) name="name_uz" required=true error=sending.error("name_uz")>
                <Input name="name_uz" value=uz maxlength=200 autocomplete="off" />
            </Field>
            <Field label=td_string!(l, billing.name_en) name="name_en" required=true error=sending.error("name_en")>
                <Input name="name_en" value=en maxlength=200 autocomplete="off" />
            </Field>
            <div class="form-grid">
                <Field label=td_string!(l, billing.ikpu) name="ikpu" optional=true help=td_string!(l, billing.ikpu_help) error=sending.error("ikpu")>
                    <Input name="ikpu" value=ikpu maxlength=17 inputmode="numeric" autocomplete="off" />
                </Field>
                <Field label=td_string!(l, billing.package_code) name="package_code" optional=true error=sending.error("package_code")>
                    <Input name="package_code" value=package maxlength=20 inputmode="numeric" autocomplete="off" />
                </Field>
                <Field label=td_string!(l, billing.vat) name="vat_percent" error=sending.error("vat_percent")>
                    <Input name="vat_percent" value=vat inputmode="numeric" autocomplete="off" />
                </Field>
            </div>
            <Save sending=sending open=open />
        </form>
    }
}

#[component]
pub(super) fn TariffForm(
    service: ServiceRow,
    complexes: Vec<ComplexRow>,
    open: RwSignal<bool>,
    done: Callback<()>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let now = this_month();
    let rule = RwSignal::new(TariffRule::Area.to_string());
    let share = RwSignal::new(SharedBy::Area.to_string());
    let (price, since) = (RwSignal::new(String::new()), RwSignal::new(now.to_string()));
    let place = RwSignal::new(String::new());
    let (from, to, lift) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let places: Vec<Opt> = complexes.into_iter().map(|c| Opt::new(c.id.to_string(), c.name)).collect();
    let house = RwSignal::new(String::new());
    let (found, on_query) = search();
    let rules: Vec<Opt> = TariffRule::ALL.iter().map(|r| Opt::new(r.as_str(), words::rule(l, *r))).collect();
    let shares: Vec<Opt> = SharedBy::ALL.iter().map(|s| Opt::new(s.as_str(), words::share(l, *s))).collect();
    let shares = Signal::stored(shares);
    let lifts =
        vec![Opt::new("true", td_string!(l, billing.lift_yes)), Opt::new("false", td_string!(l, billing.lift_no))];
    let id = service.id;
    let shared = move || rule.with(|rule| rule == TariffRule::Shared.as_str());
    let save = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let price = match asked_sum(price, "/price") {
            Ok(price) => price,
            Err(failure) => return sending.refuse(failure),
        };
        let (Ok(rule), Ok(since)) = (rule.get_untracked().parse::<TariffRule>(), since.get_untracked().parse()) else {
            return;
        };
        let storeys = |field: RwSignal<String>, pointer: &str| match typed(field) {
            None => Ok(None),
            Some(text) => text.parse::<i16>().map(Some).map_err(|_| FieldError::new(pointer, "out_of_range")),
        };
        let (storeys_from, storeys_to) = match (storeys(from, "/storeys_from"), storeys(to, "/storeys_to")) {
            (Ok(from), Ok(to)) => (from, to),
            (Err(wrong), _) | (_, Err(wrong)) => return sending.refuse(Failure::invalid(vec![wrong])),
        };
        let command = NewTariff {
            service_id: id,
            rule,
            share_by: if rule == TariffRule::Shared { share.get_untracked().parse().ok() } else { None },
            price,
            since,
            complex_id: place.get_untracked().parse().ok(),
            building_id: house.get_untracked().parse().ok(),
            storeys_from,
            storeys_to,
            has_lift: lift.get_untracked().parse().ok(),
        };
        sending.send(api::billing::create_tariff(command), move |_| {
            toasts.success(td_string!(l, billing.saved));
            done.run(());
        });
    };
    view! {
        <form class="stack" on:submit=save novalidate>
            <Refusal of=sending />
            <Field label=td_string!(l, billing.rule) name="rule" group=true error=sending.error("rule")>
                <RadioCards name="rule" options=rules value=rule />
            </Field>
            {move || shared().then(|| view! {
                <Field label=td_string!(l, billing.share_by) name="share_by" error=sending.error("share_by")>
                    <Select name="share_by" options=shares value=share />
                </Field>
            })}
            <div class="form-grid">
                <Field label=td_string!(l, billing.price) name="price" required=true error=sending.error("price")>
                    <Input name="price" value=price inputmode="decimal" autocomplete="off" />
                </Field>
                <Field label=td_string!(l, billing.since) name="since" error=sending.error("since")>
                    <Select name="since" options=months(l, now, 24, 12) value=since />
                </Field>
            </div>
            <div class="form-grid">
                <Field label=td_string!(l, billing.scope_complex) name="scope" optional=true error=sending.error("complex_id")>
                    <Select name="scope" options=places value=place placeholder=td_string!(l, billing.scope_company) />
                </Field>
                <Field label=td_string!(l, billing.scope_building) name="house" optional=true error=sending.error("building_id")>
                    <Combobox name="house" options=found value=house placeholder=td_string!(l, billing.scope_company) on_query=on_query />
                </Field>
            </div>
            <div class="form-grid">
                <Field label=td_string!(l, billing.storeys_from) name="storeys_from" optional=true error=sending.error("storeys_from")>
                    <Input name="storeys_from" value=from inputmode="numeric" autocomplete="off" />
                </Field>
                <Field label=td_string!(l, billing.storeys_to) name="storeys_to" optional=true error=sending.error("storeys_to")>
                    <Input name="storeys_to" value=to inputmode="numeric" autocomplete="off" />
                </Field>
                <Field label=td_string!(l, billing.lift) name="has_lift">
                    <Select name="has_lift" options=lifts value=lift placeholder=td_string!(l, billing.lift_any) />
                </Field>
            </div>
            <Save sending=sending open=open />
        </form>
    }
}
