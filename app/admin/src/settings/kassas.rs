//! `/desk/settings/kassas`: cash registers of Payme and Click.

use super::Frame;
use crate::util::{Failed, field_error, lang, looked_up, toast_failure};
use api::{ApiError, confirm::use_confirming};
use i18n::{Locale, td_string, when};
use leptos::{prelude::*, task::spawn_local};
use model::{
    BuildingId, Failure, FieldError, Money,
    payments::{Fiscal, KassaCheck, KassaFacts, KassaMode, KassaView, Provider, SaveKassa},
};
use ui::prelude::*;

fn provider(value: Provider) -> &'static str {
    match value {
        Provider::Payme => "Payme",
        Provider::Click => "Click",
    }
}

fn mode(l: Locale, value: KassaMode) -> &'static str {
    match value {
        KassaMode::Accumulating => td_string!(l, payments.mode_accumulating),
        KassaMode::OneTime => td_string!(l, payments.mode_one_time),
    }
}

#[component]
pub fn KassasPage() -> impl IntoView {
    let l = lang();
    let found = Resource::new(|| (), |()| api::payments::kassas());
    // Nothing open, a new one, or one that is there.
    let editing = RwSignal::new(None::<Option<KassaView>>);
    let open = RwSignal::new(false);
    let edit = Callback::new(move |kassa: Option<KassaView>| {
        editing.set(Some(kassa));
        open.set(true);
    });
    let changed = Callback::new(move |()| {
        open.set(false);
        found.refetch();
    });
    view! {
        <Frame path="/desk/settings/kassas">
            <div class="flex flex-wrap items-start gap-3 mb-3">
                <p class="m-0 grow text-muted max-w-2xl">{td_string!(l, payments.kassas_hint)}</p>
                <Button kind=ButtonKind::Primary icon="plus" on_click=move |_| edit.run(None)>{td_string!(l, payments.kassa_new)}</Button>
            </div>
            <Transition fallback=|| view! { <Skeleton lines=6 /> }>
                {move || found.get().map(|answer| match answer {
                    Ok(all) if all.is_empty() => view! {
                        <Card><EmptyState text=td_string!(l, payments.kassas_empty) icon="credit-card" /></Card>
                    }
                    .into_any(),
                    Ok(all) => view! {
                        <div class="grid gap-4 xl:grid-cols-2">
                            {all.into_iter().map(|kassa| view! { <Tile kassa=kassa edit=edit /> }).collect_view()}
                        </div>
                    }
                    .into_any(),
                    Err(error) => view! {
                        <Card><Failed failure=error.0 back="/desk" on_retry=move |()| found.refetch() /></Card>
                    }
                    .into_any(),
                })}
            </Transition>
            <Dialog open=open wide=true title=Signal::derive(move || match editing.get() {
                Some(Some(kassa)) => kassa.facts.name,
                _ => td_string!(l, payments.kassa_new).to_owned(),
            })>
                {move || editing.get().map(|kassa| view! { <Form kassa=kassa changed=changed /> })}
            </Dialog>
        </Frame>
    }
    .into_any()
}

/// One kassa at a glance, with its test.
#[component]
fn Tile(kassa: KassaView, edit: Callback<Option<KassaView>>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let (busy, checks) = (RwSignal::new(false), RwSignal::new(Vec::<KassaCheck>::new()));
    let id = kassa.id;
    let test = move |_| {
        busy.set(true);
        spawn_local(async move {
            match api::payments::check_kassa(id).await {
                Ok(all) => checks.set(all),
                Err(error) => toast_failure(toasts, l, &error),
            }
            let _ = busy.try_set(false);
        });
    };
    let facts = kassa.facts.clone();
    let houses = match kassa.houses.len() {
        0 => td_string!(l, payments.kassa_all_houses).to_owned(),
        1..=3 => kassa.houses.join("; "),
        n => td_string!(l, payments.kassa_houses_n, n = n.to_string()).to_string(),
    };
    let last = kassa.last_call.map_or_else(|| td_string!(l, payments.kassa_never).to_owned(), |at| when::full(l, at));
    let again = StoredValue::new(kassa.clone());
    view! {
        <Card title=facts.name.clone() actions=move || view! {
            <Button size=ButtonSize::Small loading=busy icon="circle-check" on_click=test>{td_string!(l, payments.kassa_check)}</Button>
            <Button size=ButtonSize::Small icon="pencil" on_click=move |_| edit.run(Some(again.get_value()))>{td_string!(l, payments.kassa_edit)}</Button>
        }>
            <div class="row mb-3">
                <Pill text=provider(facts.provider) tone=Tone::Brand icon="credit-card" />
                {(!facts.live).then(|| view! { <Pill text=td_string!(l, payments.kassa_test_mark) tone=Tone::Info icon="info" /> })}
                {(!facts.enabled).then(|| view! { <Pill text=td_string!(l, payments.kassa_off) tone=Tone::Warning icon="circle-pause" /> })}
            </div>
            <KeyValues>
                <Fact label=td_string!(l, payments.kassa_mode)>{mode(l, facts.mode)}</Fact>
                <Fact label=td_string!(l, payments.kassa_houses)>{houses}</Fact>
                <Fact label=td_string!(l, payments.amount)><span class="num">{format!("{} – {}", facts.min, facts.max)}</span></Fact>
                <Fact label=td_string!(l, payments.kassa_endpoint)><code class="text-sm [overflow-wrap:anywhere]">{kassa.endpoint}</code></Fact>
                <Fact label=td_string!(l, payments.kassa_secret)><span class="num">{kassa.secret_shown}</span></Fact>
                <Fact label=td_string!(l, payments.kassa_last_call)>{last}</Fact>
            </KeyValues>
            {move || (!checks.with(Vec::is_empty)).then(|| view! {
                <div class="mt-3 stack gap-2">
                    {checks.get().into_iter().map(|check| view! { <Checked check=check /> }).collect_view()}
                </div>
            })}
        </Card>
    }
}

/// What our own endpoint said to one question, as the provider would have heard it.
#[component]
fn Checked(check: KassaCheck) -> impl IntoView {
    let l = lang();
    let (tone, icon, word) = if check.good {
        (Tone::Success, "circle-check", td_string!(l, payments.kassa_check_good))
    } else {
        (Tone::Danger, "circle-alert", td_string!(l, payments.kassa_check_bad))
    };
    let what = match check.what.as_str() {
        "auth" => td_string!(l, payments.kassa_check_auth),
        _ => td_string!(l, payments.kassa_check_wrong_key),
    };
    view! {
        <details>
            <summary class="cursor-pointer"><Pill text=word tone=tone icon=icon /> " " {what}</summary>
            <code class="block mt-1 text-xs [overflow-wrap:anywhere]">{format!("HTTP {} {}", check.status, check.answer)}</code>
        </details>
    }
}

/// Everything of a kassa. Facts of the other provider stay out of sight.
#[component]
fn Form(kassa: Option<KassaView>, changed: Callback<()>) -> impl IntoView {
    let (l, toasts, asking) = (lang(), use_toasts(), use_confirming());
    let known = kassa.as_ref().map(|kassa| (kassa.id, kassa.version));
    let start = kassa.as_ref().map(|kassa| kassa.facts.clone());
    let text = |pick: &dyn Fn(&KassaFacts) -> String, otherwise: &str| {
        RwSignal::new(start.as_ref().map_or_else(|| otherwise.to_owned(), pick))
    };
    let fiscal = |pick: fn(&Fiscal) -> String| text(&move |f| f.fiscal.as_ref().map(pick).unwrap_or_default(), "");
    let who = text(&|f| f.provider.to_string(), "payme");
    let name = text(&|f| f.name.clone(), "");
    let takes = text(&|f| f.mode.to_string(), "accumulating");
    let merchant = text(&|f| f.merchant_id.clone(), "");
    let service = text(&|f| f.service_id.map(|id| id.to_string()).unwrap_or_default(), "");
    let merchant_user = text(&|f| f.merchant_user_id.clone().unwrap_or_default(), "");
    let field = text(&|f| f.account_field.clone(), "account");
    let min = text(&|f| f.min.plain(), "1000");
    let max = text(&|f| f.max.plain(), "100000000");
    let (fiscal_title, fiscal_code) = (fiscal(|f| f.title.clone()), fiscal(|f| f.code.clone()));
    let (fiscal_package, fiscal_vat) = (fiscal(|f| f.package.clone()), fiscal(|f| f.vat_percent.to_string()));
    let flag = |pick: fn(&KassaFacts) -> bool, otherwise| RwSignal::new(start.as_ref().map_or(otherwise, pick));
    let (live, enabled, refundable) =
        (flag(|f| f.live, false), flag(|f| f.enabled, true), flag(|f| f.refundable, true));
    let busy_code = start.as_ref().map_or(-31008, |f| f.busy_code);
    let chosen: Vec<(BuildingId, String)> = kassa
        .as_ref()
        .map(|kassa| kassa.facts.buildings.iter().copied().zip(kassa.houses.iter().cloned()).collect())
        .unwrap_or_default();
    let houses = RwSignal::new(chosen);
    let secret = RwSignal::new(String::new());
    let shown = kassa.as_ref().map(|kassa| kassa.secret_shown.clone());
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let closing = RwSignal::new(false);
    let is_click = Signal::derive(move || who.get() == "click");
    let refuse = move |pointer: &str| {
        error.set(Some(ApiError(Failure::invalid(vec![FieldError::new(pointer, "out_of_range")]))));
    };
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let some = |signal: RwSignal<String>| Some(signal.get_untracked().trim().to_owned()).filter(|t| !t.is_empty());
        let sum = |signal: RwSignal<String>| Money::read(&signal.get_untracked()).filter(|sum| *sum > Money::ZERO);
        let Some(min) = sum(min) else { return refuse("/facts/min") };
        let Some(max) = sum(max) else { return refuse("/facts/max") };
        let click = is_click.get_untracked();
        let fiscal = match (some(fiscal_title), some(fiscal_code), some(fiscal_package), some(fiscal_vat)) {
            (None, None, None, None) => None,
            (title, code, package, vat) => {
                let Ok(vat_percent) = vat.unwrap_or_default().parse() else {
                    return refuse("/facts/fiscal/vat_percent");
                };
                Some(Fiscal {
                    title: title.unwrap_or_default(),
                    code: code.unwrap_or_default(),
                    package: package.unwrap_or_default(),
                    vat_percent,
                })
            }
        };
        let facts = KassaFacts {
            provider: if click { Provider::Click } else { Provider::Payme },
            name: name.get_untracked().trim().to_owned(),
            mode: takes.get_untracked().parse().unwrap_or(KassaMode::Accumulating),
            live: live.get_untracked(),
            enabled: enabled.get_untracked(),
            refundable: refundable.get_untracked(),
            buildings: houses.with_untracked(|all| all.iter().map(|(id, _)| *id).collect()),
            merchant_id: merchant.get_untracked().trim().to_owned(),
            service_id: some(service).filter(|_| click).and_then(|id| id.parse().ok()),
            merchant_user_id: some(merchant_user).filter(|_| click),
            account_field: some(field).unwrap_or_else(|| "account".to_owned()),
            min,
            max,
            busy_code,
            fiscal,
        };
        let command = SaveKassa { facts, secret: some(secret) };
        busy.set(true);
        spawn_local(async move {
            let answer = match known {
                Some((id, version)) => {
                    asking.sure(move || api::payments::update_kassa(id, version, command.clone())).await
                }
                None => asking.sure(move || api::payments::create_kassa(command.clone())).await,
            };
            match answer {
                Ok(_) => {
                    toasts.success(td_string!(l, payments.kassa_saved));
                    let _ = changed.try_run(());
                }
                Err(refused) => {
                    if refused.0.fields.is_empty() {
                        toast_failure(toasts, l, &refused);
                    }
                    error.set(Some(refused));
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let close = Callback::new(move |()| {
        let Some((id, version)) = known else { return };
        spawn_local(async move {
            match api::payments::archive_kassa(id, version).await {
                Ok(()) => {
                    toasts.success(td_string!(l, payments.kassa_archived));
                    let _ = changed.try_run(());
                }
                Err(refused) => toast_failure(toasts, l, &refused),
            }
        });
    });
    let wrong = move |field: &'static str| field_error(error.into(), l, field);
    let providers: Vec<Opt> = Provider::ALL.iter().map(|p| Opt::new(p.as_str(), provider(*p))).collect();
    let modes: Vec<Opt> = KassaMode::ALL.iter().map(|m| Opt::new(m.as_str(), mode(l, *m))).collect();
    let merchant_label = Signal::derive(move || {
        if is_click.get() {
            td_string!(l, payments.kassa_merchant_click).to_owned()
        } else {
            td_string!(l, payments.kassa_merchant_payme).to_owned()
        }
    });
    let keep = shown.map(|shown| td_string!(l, payments.kassa_secret_keep, shown = shown).to_string());
    let is_new = known.is_none();
    view! {
        <form class="stack" on:submit=submit>
            <div class="grid gap-4 sm:grid-cols-2">
                <Field label=td_string!(l, payments.kassa_provider) name="provider" error=wrong("facts/provider")>
                    <Select name="provider" options=providers value=who disabled=Signal::stored(!is_new) />
                </Field>
                <Field label=td_string!(l, payments.kassa_name) name="name" error=wrong("facts/name") required=true>
                    <Input name="name" value=name autocomplete="off" maxlength=100 />
                </Field>
                <Field label=td_string!(l, payments.kassa_mode) name="mode">
                    <Select name="mode" options=modes value=takes />
                </Field>
                <Field label=merchant_label name="merchant" error=wrong("facts/merchant_id") required=true>
                    <Input name="merchant" value=merchant autocomplete="off" maxlength=40 />
                </Field>
                <div class="contents" hidden=move || !is_click.get()>
                    <Field label=td_string!(l, payments.kassa_service) name="service" error=wrong("facts/service_id")>
                        <Input name="service" value=service inputmode="numeric" autocomplete="off" maxlength=12 />
                    </Field>
                    <Field label=td_string!(l, payments.kassa_merchant_user) name="merchant_user" help=td_string!(l, payments.kassa_merchant_user_help) error=wrong("facts/merchant_user_id") optional=true>
                        <Input name="merchant_user" value=merchant_user autocomplete="off" maxlength=40 />
                    </Field>
                </div>
                <div class="contents" hidden=move || is_click.get()>
                    <Field label=td_string!(l, payments.kassa_field) name="field" error=wrong("facts/account_field")>
                        <Input name="field" value=field autocomplete="off" maxlength=40 />
                    </Field>
                </div>
                <Field label=td_string!(l, payments.kassa_secret) name="secret" error=wrong("secret") help=MaybeProp::derive(move || keep.clone()) required=is_new>
                    <Input name="secret" kind="password" value=secret autocomplete="off" maxlength=100 />
                </Field>
                <Field label=td_string!(l, payments.kassa_min) name="min" error=wrong("facts/min") required=true>
                    <Input name="min" value=min inputmode="decimal" autocomplete="off" maxlength=20 />
                </Field>
                <Field label=td_string!(l, payments.kassa_max) name="max" error=wrong("facts/max") required=true>
                    <Input name="max" value=max inputmode="decimal" autocomplete="off" maxlength=20 />
                </Field>
            </div>
            <Checkbox name="live" switch=true label=td_string!(l, payments.kassa_live) checked=live />
            <Checkbox name="enabled" switch=true label=td_string!(l, payments.kassa_enabled) checked=enabled />
            <Checkbox name="refundable" switch=true label=td_string!(l, payments.kassa_refundable) checked=refundable />
            <Houses chosen=houses />
            <details>
                <summary class="cursor-pointer font-semibold">{td_string!(l, payments.kassa_fiscal)}</summary>
                <p class="text-muted">{td_string!(l, payments.kassa_fiscal_hint)}</p>
                <div class="grid gap-4 sm:grid-cols-2">
                    <Field label=td_string!(l, payments.kassa_fiscal_title) name="fiscal_title" error=wrong("facts/fiscal/title")>
                        <Input name="fiscal_title" value=fiscal_title autocomplete="off" maxlength=63 />
                    </Field>
                    <Field label=td_string!(l, payments.kassa_fiscal_code) name="fiscal_code" error=wrong("facts/fiscal/code")>
                        <Input name="fiscal_code" value=fiscal_code inputmode="numeric" autocomplete="off" maxlength=17 />
                    </Field>
                    <Field label=td_string!(l, payments.kassa_fiscal_package) name="fiscal_package" error=wrong("facts/fiscal/package")>
                        <Input name="fiscal_package" value=fiscal_package autocomplete="off" maxlength=20 />
                    </Field>
                    <Field label=td_string!(l, payments.kassa_fiscal_vat) name="fiscal_vat" error=wrong("facts/fiscal/vat_percent")>
                        <Input name="fiscal_vat" value=fiscal_vat inputmode="numeric" autocomplete="off" maxlength=3 />
                    </Field>
                </div>
            </details>
            <div class="row justify-end">
                {(!is_new).then(|| view! {
                    <Button kind=ButtonKind::Ghost on_click=move |_| closing.set(true)>{td_string!(l, payments.kassa_archive)}</Button>
                })}
                <Button kind=ButtonKind::Primary submit=true loading=busy>{td_string!(l, payments.kassa_save)}</Button>
            </div>
        </form>
        <Confirm open=closing title=td_string!(l, payments.kassa_archive) text=td_string!(l, payments.kassa_archive_text)
            verb=td_string!(l, payments.kassa_archive) on_confirm=close />
    }
}

/// The houses a kassa is for; all of them when none is named.
#[component]
fn Houses(chosen: RwSignal<Vec<(BuildingId, String)>>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let (typed, picked) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let asked: Signal<String> = use_debounced(typed, 200);
    let found = RwSignal::new(Vec::<Opt>::new());
    // Asked for in the browser only: the dialog is closed when the server draws the page.
    effect(move || {
        let text = asked.get();
        spawn_local(async move {
            let answer = api::property::choices(text.clone(), None).await;
            if asked.try_get_untracked() == Some(text)
                && let Some(rows) = looked_up(toasts, l, answer)
            {
                let _ = found.try_set(rows.into_iter().map(|b| Opt::new(b.id.to_string(), b.address)).collect());
            }
        });
    });
    let add = Callback::new(move |id: String| {
        let label = found.with_untracked(|all| all.iter().find(|opt| opt.value == id).map(|opt| opt.label.clone()));
        if let (Ok(id), Some(label)) = (id.parse::<BuildingId>(), label) {
            chosen.update(|all| {
                if !all.iter().any(|(known, _)| *known == id) {
                    all.push((id, label));
                }
            });
            picked.set(String::new());
        }
    });
    view! {
        <Field label=td_string!(l, payments.kassa_houses) name="house" group=true>
            <div class="row mb-2">
                {move || chosen.with(Vec::is_empty).then(|| view! { <span class="text-muted">{td_string!(l, payments.kassa_all_houses)}</span> })}
                <For each=move || chosen.get() key=|(id, _)| *id let((id, address))>
                    <span class="inline-flex items-center gap-1">
                        {address}
                        <IconButton icon="x" size=ButtonSize::Small label=td_string!(l, payments.kassa_remove_house)
                            on_click=move |_| chosen.update(|all| all.retain(|(known, _)| *known != id)) />
                    </span>
                </For>
            </div>
            <Combobox name="house" options=found value=picked placeholder=td_string!(l, payments.kassa_add_house)
                label=td_string!(l, payments.kassa_add_house) on_query=move |text: String| typed.set(text) on_change=add />
        </Field>
    }
}
