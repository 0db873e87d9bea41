//! `/desk/settings`: the profile of the company.

use super::{ConflictNote, Frame, loaded};
use crate::util::{bad_phone, field_error, lang, toast_failure};
use api::ApiError;
use i18n::td_string;
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code, Phone,
    settings::{CompanyProfile, SaveProfile},
};
use ui::prelude::*;

#[component]
pub fn CompanyPage() -> impl IntoView {
    let found = Resource::new(|| (), |()| api::settings::profile());
    view! { <Frame path="/desk/settings">{loaded(found, |profile| view! { <Profile profile=profile /> })}</Frame> }
        .into_any()
}

#[component]
fn Profile(profile: CompanyProfile) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let version = RwSignal::new(profile.version);
    let pretty = |phone: &Option<Phone>| RwSignal::new(phone.as_ref().map(Phone::pretty).unwrap_or_default());
    let (phone, emergency) = (pretty(&profile.phone), pretty(&profile.emergency_phone));
    let name = RwSignal::new(profile.name);
    let short_number = RwSignal::new(profile.short_number.unwrap_or_default());
    let address = RwSignal::new(profile.address.unwrap_or_default());
    let [legal_name, tax_id, bank_account, bank_name, bank_code] =
        [profile.legal_name, profile.tax_id, profile.bank_account, profile.bank_name, profile.bank_code]
            .map(|text| RwSignal::new(text.unwrap_or_default()));
    // Digits are copied from papers with spaces between them.
    let digits = |field: RwSignal<String>| {
        let text: String = field.get_untracked().split_whitespace().collect();
        Some(text).filter(|text| !text.is_empty())
    };
    let text = |field: RwSignal<String>| Some(field.get_untracked()).filter(|text| !text.trim().is_empty());
    let (busy, conflict) = (RwSignal::new(false), RwSignal::new(false));
    let error = RwSignal::new(None::<ApiError>);
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let mut phones = Vec::new();
        for (typed, pointer) in [(phone, "/phone"), (emergency, "/emergency_phone")] {
            let text = typed.get_untracked();
            let parsed = Phone::parse(&text);
            if !text.trim().is_empty() && parsed.is_none() {
                error.set(Some(bad_phone(pointer)));
                return;
            }
            phones.push(parsed);
        }
        let emergency_phone = phones.pop().flatten();
        let command = SaveProfile {
            name: name.get_untracked(),
            phone: phones.pop().flatten(),
            emergency_phone,
            short_number: Some(short_number.get_untracked().trim().to_owned()).filter(|n| !n.is_empty()),
            address: text(address),
            legal_name: text(legal_name),
            tax_id: digits(tax_id),
            bank_account: digits(bank_account),
            bank_name: text(bank_name),
            bank_code: digits(bank_code),
        };
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api::settings::save_profile(version.get_untracked(), command).await {
                Ok(fresh) => {
                    version.set(fresh.version);
                    conflict.set(false);
                    toasts.success(td_string!(l, settings.saved));
                }
                Err(refused) if refused.code() == Code::Conflict => {
                    if let Ok(fresh) = api::settings::profile().await {
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
    let wrong = move |field: &'static str| field_error(error.into(), l, field);
    view! {
        <div class="split">
            <Card title=td_string!(l, settings.tab_company)>
                <form class="stack" on:submit=submit>
                    <p class="text-muted m-0">{td_string!(l, settings.company_lead)}</p>
                    <ConflictNote shown=conflict />
                    <Field label=td_string!(l, settings.name) name="name" error=wrong("name") required=true>
                        <Input name="name" value=name maxlength=200 />
                    </Field>
                    <div class="grid gap-4 sm:grid-cols-2">
                        <Field label=td_string!(l, settings.phone) name="phone" error=wrong("phone")>
                            <PhoneInput name="phone" value=phone />
                        </Field>
                        <Field label=td_string!(l, settings.emergency_phone) name="emergency_phone" error=wrong("emergency_phone")
                            help=td_string!(l, settings.emergency_help)>
                            <PhoneInput name="emergency_phone" value=emergency />
                        </Field>
                    </div>
                    <Field label=td_string!(l, settings.short_number) name="short_number" optional=true error=wrong("short_number")
                        help=td_string!(l, settings.short_number_help)>
                        <Input name="short_number" value=short_number maxlength=5 inputmode="numeric" autocomplete="off" />
                    </Field>
                    <Field label=td_string!(l, settings.address) name="address" error=wrong("address")>
                        <Input name="address" value=address maxlength=300 />
                    </Field>
                    <div>
                        <h3 class="section-title m-0">{td_string!(l, receipts.requisites)}</h3>
                        <p class="text-muted m-0">{td_string!(l, receipts.requisites_help)}</p>
                    </div>
                    <Field label=td_string!(l, receipts.legal_name) name="legal_name" optional=true error=wrong("legal_name")>
                        <Input name="legal_name" value=legal_name maxlength=200 />
                    </Field>
                    <div class="grid gap-4 sm:grid-cols-2">
                        <Field label=td_string!(l, receipts.tax_id_label) name="tax_id" optional=true error=wrong("tax_id")
                            help=td_string!(l, receipts.tax_id_help)>
                            <Input name="tax_id" value=tax_id maxlength=20 inputmode="numeric" autocomplete="off" />
                        </Field>
                        <Field label=td_string!(l, receipts.bank_account_label) name="bank_account" optional=true error=wrong("bank_account")
                            help=td_string!(l, receipts.bank_account_help)>
                            <Input name="bank_account" value=bank_account maxlength=30 inputmode="numeric" autocomplete="off" />
                        </Field>
                        <Field label=td_string!(l, receipts.bank_name) name="bank_name" optional=true error=wrong("bank_name")>
                            <Input name="bank_name" value=bank_name maxlength=200 />
                        </Field>
                        <Field label=td_string!(l, receipts.bank_code_label) name="bank_code" optional=true error=wrong("bank_code")
                            help=td_string!(l, receipts.bank_code_help)>
                            <Input name="bank_code" value=bank_code maxlength=10 inputmode="numeric" autocomplete="off" />
                        </Field>
                    </div>
                    <div class="row justify-end">
                        <Button kind=ButtonKind::Primary submit=true loading=busy>{td_string!(l, common.save)}</Button>
                    </div>
                </form>
            </Card>
            <div class="stack">
                <Card>
                    <KeyValues>
                        <Fact label=td_string!(l, settings.time_zone)>{profile.time_zone}</Fact>
                    </KeyValues>
                </Card>
                <super::guide::Recall />
            </div>
        </div>
    }
}
