//! Documents of a house or of the company: a list, upload, replacement, who may read them.

use super::form::{Refusal, Sending, typed};
use super::unit_form::Buttons;
use crate::{
    upload::Chosen,
    util::{Failed, lang},
};
use api::{ApiError, ApiResult, session::use_me};
use i18n::{Locale, td_string, when, words};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{
    BuildingId, Code, Failure, FieldError, Permission,
    property::{DocumentFacts, DocumentFilter, DocumentRow, Visibility},
};
use ui::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FormData, Headers, RequestInit, Response};

const ACCEPT: &str = ".pdf,.jpg,.jpeg,.png,.webp,.doc,.docx,.xls,.xlsx,.pptx,.odt,.ods";

/// `/desk/documents`: those of the whole company.
#[component]
pub fn DocumentsPage() -> impl IntoView {
    let l = lang();
    view! {
        <Title text=td_string!(l, property.company_documents) />
        <div class="mx-auto max-w-4xl">
            <PageHeader title=td_string!(l, property.company_documents) back="/desk/buildings" />
            <Documents building=None />
        </div>
    }
    .into_any()
}

/// A size as people read it.
fn size(l: Locale, bytes: i64) -> String {
    let mark = if l == Locale::en { '.' } else { ',' };
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KB", bytes / 1024),
        _ => format!("{}{mark}{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

#[component]
pub(super) fn Documents(building: Option<BuildingId>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let manages = use_me().can(Permission::BuildingsManage);
    let all = Resource::new(|| (), move |()| api::property::documents(DocumentFilter { building_id: building }));
    let open = RwSignal::new(false);
    let edited = RwSignal::new(None::<DocumentRow>);
    let (asks, doomed) = (RwSignal::new(false), RwSignal::new(None::<DocumentRow>));
    let deleting = Sending::new();
    let start = Callback::new(move |row: Option<DocumentRow>| {
        edited.set(row);
        open.set(true);
    });
    let delete = Callback::new(move |()| {
        let Some(row) = doomed.get_untracked() else { return };
        deleting.send(api::property::delete_document(row.id, row.version), move |()| {
            asks.set(false);
            toasts.success(td_string!(l, property.document_deleted));
            all.refetch();
        });
    });
    let line = move |row: DocumentRow| {
        let about = format!(
            "{} · {} · {}",
            words::document_visibility(l, row.visibility),
            size(l, row.size),
            when::date(&row.updated_at.with_timezone(&when::zone()))
        );
        let (edit, gone) = (StoredValue::new(row.clone()), StoredValue::new(row.clone()));
        let icon = match row.visibility {
            Visibility::Internal => "lock",
            Visibility::Residents => "users",
            Visibility::Public => "link",
        };
        view! {
            <div class="flex flex-wrap items-center gap-2 px-4 py-2 border-b border-line last:border-b-0">
                <Icon name=icon class="text-muted" />
                <span class="grow min-w-40">
                    <a class="link" rel="external" download="" href=row.url() title=row.file_name.clone()>{row.title.clone()}</a>
                    <span class="block text-xs text-muted">{about}</span>
                </span>
                {manages.then(|| view! {
                    <IconButton icon="pencil" size=ButtonSize::Small label=td_string!(l, property.edit_document) on_click=move |_| start.run(Some(edit.get_value())) />
                    <IconButton icon="trash-2" size=ButtonSize::Small label=td_string!(l, property.delete) on_click=move |_| {
                        deleting.failure.set(None);
                        doomed.set(Some(gone.get_value()));
                        asks.set(true);
                    } />
                })}
            </div>
        }
    };
    let add = move || {
        manages.then(|| view! {
            <Button size=ButtonSize::Small icon="plus" on_click=move |_| start.run(None)>{td_string!(l, property.add_document)}</Button>
        })
    };
    view! {
        <Card title=td_string!(l, property.documents) actions=add flush=true>
            <Transition fallback=|| view! { <div class="p-4"><Skeleton lines=3 /></div> }>
                {move || all.get().map(|answer| match answer {
                    Ok(rows) if rows.is_empty() => view! { <p class="m-0 px-4 py-3 text-muted">{td_string!(l, property.no_documents)}</p> }.into_any(),
                    Ok(rows) => rows.into_iter().map(line).collect_view().into_any(),
                    Err(error) => view! { <Failed failure=error.0 back="/desk/buildings" on_retry=move |()| all.refetch() /> }.into_any(),
                })}
            </Transition>
        </Card>
        <Dialog open=open title=Signal::derive(move || if edited.with(Option::is_some) { td_string!(l, property.edit_document) } else { td_string!(l, property.add_document) }.to_owned())>
            <DocumentForm building=building row=edited.get_untracked() open=open on_done=move |()| {
                open.set(false);
                toasts.success(td_string!(l, property.document_saved));
                all.refetch();
            } />
        </Dialog>
        <Confirm open=asks title=td_string!(l, property.document_delete_title) text=td_string!(l, property.document_delete_text)
            verb=td_string!(l, property.delete) must_type=Signal::derive(move || doomed.get().map(|d| d.title)) busy=deleting.busy on_confirm=delete />
    }
}

#[component]
fn DocumentForm(
    building: Option<BuildingId>,
    row: Option<DocumentRow>,
    open: RwSignal<bool>,
    #[prop(into)] on_done: Callback<()>,
) -> impl IntoView {
    let l = lang();
    let sending = Sending::new();
    let title = RwSignal::new(row.as_ref().map(|d| d.title.clone()).unwrap_or_default());
    let visibility = RwSignal::new(row.as_ref().map_or(Visibility::Internal, |d| d.visibility).to_string());
    let file = Chosen::new();
    let fresh = row.is_none();
    let known = StoredValue::new(row);
    let pick = Callback::new(move |files: Vec<File>| {
        // The name of the file is a good first title.
        if let (Some(first), None) = (files.first(), typed(title)) {
            let name = first.name();
            title.set(name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned());
        }
        file.set(files);
    });
    let save = Callback::new(move |()| {
        let mut wrong = Vec::new();
        if typed(title).is_none() {
            wrong.push(FieldError::new("/title", "required"));
        }
        let chosen = file.get().into_iter().next();
        if fresh && chosen.is_none() {
            wrong.push(FieldError::new("/file", "required"));
        }
        if !wrong.is_empty() {
            return sending.refuse(Failure::invalid(wrong));
        }
        let facts = DocumentFacts {
            title: typed(title).unwrap_or_default(),
            visibility: visibility.get_untracked().parse().unwrap_or(Visibility::Internal),
        };
        let call = async move {
            match (known.get_value(), chosen) {
                (None, Some(file)) => create(building, &facts, &file).await,
                (Some(row), chosen) => {
                    let row = api::property::update_document(row.id, row.version, facts).await?;
                    match chosen {
                        Some(file) => replace(&row, &file).await,
                        None => Ok(row),
                    }
                }
                (None, None) => Err(Code::Invalid.into()),
            }
        };
        sending.send(call, move |_| on_done.run(()));
    });
    use_hotkey("ctrl+enter", move |_| save.run(()));
    let options: Vec<Opt> =
        Visibility::ALL.iter().map(|v| Opt::new(v.as_str(), words::document_visibility(l, *v))).collect();
    let file_label =
        if fresh { td_string!(l, property.document_file) } else { td_string!(l, property.document_new_file) };
    view! {
        <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(()); } novalidate>
            <Refusal of=sending />
            <Field label=file_label name="file" group=true optional=!fresh error=sending.error("file")>
                <FileDrop name="file" accept=ACCEPT camera=false max=1 on_change=pick help=td_string!(l, property.document_file_help) />
            </Field>
            <Field label=td_string!(l, property.document_title) name="title" required=true error=sending.error("title")>
                <Input name="title" value=title maxlength=200 autocomplete="off" />
            </Field>
            <Field label=td_string!(l, property.visibility) name="visibility" error=sending.error("visibility")>
                <Select name="visibility" options=options value=visibility />
            </Field>
            <Buttons sending=sending open=open />
        </form>
    }
}

fn lost(_: JsValue) -> ApiError {
    Code::Unavailable.into()
}

async fn create(building: Option<BuildingId>, facts: &DocumentFacts, file: &File) -> ApiResult<DocumentRow> {
    let form = FormData::new().map_err(lost)?;
    form.append_with_str("title", &facts.title).map_err(lost)?;
    form.append_with_str("visibility", facts.visibility.as_str()).map_err(lost)?;
    if let Some(id) = building {
        form.append_with_str("building_id", &id.to_string()).map_err(lost)?;
    }
    send("/documents", form, file, None).await
}

async fn replace(row: &DocumentRow, file: &File) -> ApiResult<DocumentRow> {
    let form = FormData::new().map_err(lost)?;
    send(&format!("/documents/{}/file", row.id), form, file, Some(row.version)).await
}

async fn send(url: &str, form: FormData, file: &File, version: Option<i32>) -> ApiResult<DocumentRow> {
    form.append_with_blob_and_filename("file", file, &file.name()).map_err(lost)?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(form.as_ref());
    if let Some(version) = version {
        let headers = Headers::new().map_err(lost)?;
        headers.set("if-match", &format!("\"{version}\"")).map_err(lost)?;
        init.set_headers(headers.as_ref());
    }
    let answer = JsFuture::from(window().fetch_with_str_and_init(url, &init)).await.map_err(lost)?;
    let response: Response = answer.dyn_into().map_err(lost)?;
    let text = JsFuture::from(response.text().map_err(lost)?).await.map_err(lost)?.as_string().unwrap_or_default();
    if response.ok() {
        return serde_json::from_str(&text).map_err(|_| Code::Unavailable.into());
    }
    // A problem names its fields `errors`; a proxy's page carries only a status.
    Err(match serde_json::from_str::<Refused>(&text) {
        Ok(refused) => ApiError(Failure { fields: refused.errors, ..Failure::new(refused.code) }),
        Err(_) if response.status() == 413 => Code::TooLarge.into(),
        Err(_) => Code::Unavailable.into(),
    })
}

/// What a page reads of a problem document.
#[derive(serde::Deserialize)]
struct Refused {
    code: Code,
    #[serde(default)]
    errors: Vec<FieldError>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_readable() {
        assert_eq!(size(Locale::ru, 900), "900 B");
        assert_eq!(size(Locale::ru, 20 << 10), "20 KB");
        assert_eq!(size(Locale::ru, 1_600_000), "1,5 MB");
        assert_eq!(size(Locale::en, 20 << 20), "20.0 MB");
    }
}
