//! On a person's card: inviting them, a copy of their data, forgetting them.

use super::{InviteButton, LookAsButton};
use crate::{
    lists::FileLink,
    util::{field_error, lang, toast_failure},
};
use api::{ApiError, confirm::use_confirming, session::use_me};
use i18n::td_string;
use leptos::{prelude::*, task::spawn_local};
use model::{ContactId, Permission, auth::Danger, privacy::ErasePerson};
use ui::prelude::*;

/// Access of one person and their rights to their data; for who manages residents.
#[component]
pub(crate) fn PersonAccess(
    id: ContactId,
    name: String,
    /// Lives somewhere today: only then they can be invited.
    lives: bool,
    has_login: bool,
    #[prop(into)] on_change: Callback<()>,
) -> impl IntoView {
    let l = lang();
    let erasing = RwSignal::new(false);
    let (looks, called) = (lives && has_login && use_me().can(Permission::LookAs), Signal::stored(name.clone()));
    view! {
        <Card title=td_string!(l, access.title) actions=move || lives.then(|| view! { <InviteButton contact=id /> })>
            <div class="stack">
                <p class="m-0 text-sm text-muted">{td_string!(l, access.data_help)}</p>
                <div class="row flex-wrap">
                    <FileLink href=format!("/desk/people/{id}/data.html") danger=Some(Danger::ExportPeople) class="btn btn-plain btn-sm">
                        <Icon name="file-text" />{td_string!(l, access.data_page)}
                    </FileLink>
                    <FileLink href=format!("/desk/people/{id}/data.json") danger=Some(Danger::ExportPeople) class="btn btn-plain btn-sm">
                        <Icon name="download" />{td_string!(l, access.data_json)}
                    </FileLink>
                    {looks.then(|| view! { <LookAsButton contact=id name=called size=ButtonSize::Small /> })}
                    <Button size=ButtonSize::Small kind=ButtonKind::Danger icon="trash-2" on_click=move |_| erasing.set(true)>{td_string!(l, access.erase)}</Button>
                </div>
            </div>
        </Card>
        <Erase id=id name=name open=erasing on_change=on_change />
    }
}

/// Forgetting is loud: the name is typed.
#[component]
fn Erase(id: ContactId, name: String, open: RwSignal<bool>, on_change: Callback<()>) -> impl IntoView {
    let (l, toasts, asking) = (lang(), use_toasts(), use_confirming());
    let (typed, busy, error) = (RwSignal::new(String::new()), RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let text = Signal::stored(td_string!(l, access.erase_text, name = name).to_string());
    let erase = move |_| {
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let confirm = typed.get_untracked();
            match asking.sure(move || api::access::erase(id, ErasePerson { confirm: confirm.clone() })).await {
                Ok(_) => {
                    open.set(false);
                    toasts.success(td_string!(l, access.erased));
                    let _ = on_change.try_run(());
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
    view! {
        <Dialog open=open title=td_string!(l, access.erase_title) footer=move || view! {
            <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Danger loading=busy on_click=erase>{td_string!(l, access.erase)}</Button>
        }>
            <div class="stack">
                <Banner tone=Tone::Danger text=text />
                <Field label=td_string!(l, access.type_name) name="confirm" error=field_error(error.into(), l, "confirm") required=true>
                    <Input name="confirm" value=typed autocomplete="off" maxlength=200 />
                </Field>
            </div>
        </Dialog>
    }
}
