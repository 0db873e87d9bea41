//! `/desk/calls`: the call journal. The filters stand in the address; a plain form works before the page is alive.

use crate::util::{Failed, PhoneLink, encode, lang, toast_failure};
use api::{ApiError, session::use_now};
use i18n::{Locale, td_string, when};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{
    ContactId, Phone, RequestId,
    requests::{CallDirection, CallFilter, CallResult, CallView, RecordCall, RequestFilter},
};
use ui::prelude::*;

fn result_word(l: Locale, result: CallResult) -> &'static str {
    match result {
        CallResult::Request => td_string!(l, together.result_request),
        CallResult::Answered => td_string!(l, together.result_answered),
        CallResult::PassedOn => td_string!(l, together.result_passed_on),
        CallResult::NoAnswer => td_string!(l, together.result_no_answer),
        CallResult::WrongNumber => td_string!(l, together.result_wrong_number),
        CallResult::Other => td_string!(l, together.result_other),
    }
}

fn direction_word(l: Locale, direction: CallDirection) -> &'static str {
    match direction {
        CallDirection::In => td_string!(l, together.call_in),
        CallDirection::Out => td_string!(l, together.call_out),
    }
}

/// The address as a filter. Unknown values are ignored: an old link still opens.
fn read(get: impl Fn(&str) -> Option<String>) -> CallFilter {
    let word = |name: &str| get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
    CallFilter {
        direction: word("direction").and_then(|v| v.parse().ok()),
        result: word("result").and_then(|v| v.parse().ok()),
        request_id: word("request_id").and_then(|v| v.parse().ok()),
        contact_id: word("contact_id").and_then(|v| v.parse().ok()),
        text: word("text"),
        cursor: word("cursor"),
        ..CallFilter::default()
    }
}

fn href(filter: &CallFilter) -> String {
    let pairs = [
        ("direction", filter.direction.map(|v| v.to_string())),
        ("result", filter.result.map(|v| v.to_string())),
        ("request_id", filter.request_id.map(|v| v.to_string())),
        ("contact_id", filter.contact_id.map(|v| v.to_string())),
        ("text", filter.text.clone()),
        ("cursor", filter.cursor.clone()),
    ];
    let query: Vec<String> =
        pairs.into_iter().filter_map(|(name, value)| value.map(|v| format!("{name}={}", encode(&v)))).collect();
    if query.is_empty() { "/desk/calls".to_owned() } else { format!("/desk/calls?{}", query.join("&")) }
}

#[component]
pub fn CallsPage() -> impl IntoView {
    let l = lang();
    let params = use_query_map();
    let filter = Memo::new(move |_| params.with(|p| read(|name| p.get(name))));
    let page = Resource::new(move || filter.get(), api::together::calls);
    let asked = params.with_untracked(|p| p.get("new").is_some());
    let writing = RwSignal::new(false);
    effect(move || {
        if asked {
            writing.set(true);
        }
    });
    let rows = Signal::derive(move || page.get().and_then(Result::ok).map(|page| page.items));
    let next = Signal::derive(move || {
        let cursor = page.get().and_then(Result::ok).and_then(|page| page.next)?;
        Some(href(&CallFilter { cursor: Some(cursor), ..filter.get() }))
    });
    let directions: Vec<Opt> = CallDirection::ALL.iter().map(|d| Opt::new(d.as_str(), direction_word(l, *d))).collect();
    let results: Vec<Opt> = CallResult::ALL.iter().map(|r| Opt::new(r.as_str(), result_word(l, *r))).collect();
    let now = filter.get_untracked();
    let table = move |rows: Signal<Option<Vec<CallView>>>| {
        view! {
            <DataTable
                columns=columns(l)
                rows=rows
                key=|call: &CallView| call.id.to_string()
                caption=td_string!(l, together.calls)
                stack=true
                empty=move || {
                    let any = filter.with(|f| *f != CallFilter::default());
                    let text = if any { td_string!(l, together.calls_nothing) } else { td_string!(l, together.calls_empty) };
                    view! { <EmptyState text=text icon="phone-call" /> }
                }
            />
        }
    };
    view! {
        <Title text=td_string!(l, together.calls) />
        <PageHeader title=td_string!(l, together.calls) actions=move || view! {
            <Button kind=ButtonKind::Primary icon="phone-call" on_click=move |_| writing.set(true)>{td_string!(l, together.call_new)}</Button>
        } />
        <form method="get" action="/desk/calls" class="flex flex-wrap items-center gap-2 pb-3">
            <div class="w-full sm:w-72">
                <Input name="text" icon="search" initial=now.text.clone().unwrap_or_default()
                    placeholder=td_string!(l, together.call_search) label=td_string!(l, together.call_search) />
            </div>
            <div class="w-full sm:w-44">
                <Select name="direction" options=directions initial=now.direction.map(|d| d.to_string()).unwrap_or_default()
                    placeholder=td_string!(l, together.call_any_direction) label=td_string!(l, together.call_direction) />
            </div>
            <div class="w-full sm:w-44">
                <Select name="result" options=results initial=now.result.map(|r| r.to_string()).unwrap_or_default()
                    placeholder=td_string!(l, together.call_any_result) label=td_string!(l, together.call_result) />
            </div>
            <Button submit=true>{td_string!(l, desk.apply)}</Button>
            {move || filter.with(|f| *f != CallFilter::default()).then(|| view! {
                <Button kind=ButtonKind::Ghost href="/desk/calls">{td_string!(l, desk.reset)}</Button>
            })}
        </form>
        <Transition fallback=move || table(Signal::stored(None))>
            {move || match page.get() {
                Some(Err(error)) => Some(view! { <Failed failure=error.0 back="/desk" on_retry=move |()| page.refetch() /> }.into_any()),
                _ => None,
            }}
            <div hidden=move || page.get().is_some_and(|page| page.is_err())>{table(rows)}</div>
            <Pager next=next />
        </Transition>
        <Write shown=writing on_done=move |()| page.refetch() />
    }
    .into_any()
}

fn columns(l: Locale) -> Vec<Column<CallView>> {
    let now = use_now();
    vec![
        Column::new("at", td_string!(l, together.call_when), move |call: &CallView| {
            let (at, direction) = (call.at, call.direction);
            let icon = if direction == CallDirection::In { "phone" } else { "phone-call" };
            view! {
                <span class="inline-flex items-center gap-1.5 whitespace-nowrap" title=direction_word(l, direction)>
                    <Icon name=icon class="text-muted" label=direction_word(l, direction) />
                    {move || when::moment(l, at, now.get())}
                </span>
            }
        }),
        Column::new("who", td_string!(l, together.call_who), |call: &CallView| {
            let name = call.contact_name.clone().unwrap_or_default();
            view! {
                <span class="grid">
                    {match call.contact_id {
                        Some(id) => view! { <a class="link" href=format!("/desk/people/{id}")>{name}</a> }.into_any(),
                        None => name.into_any(),
                    }}
                    {call.phone.clone().map(|phone| view! { <PhoneLink phone=phone /> })}
                </span>
            }
        }),
        Column::new("result", td_string!(l, together.call_result), move |call: &CallView| result_word(l, call.result)),
        Column::new("about", td_string!(l, together.call_about), move |call: &CallView| {
            call.request_id.zip(call.request_number).map(|(id, number)| {
                view! { <a class="link num" href=format!("/desk/requests/{id}")>{format!("№{number}")}</a> }
            })
        }),
        Column::new("note", td_string!(l, together.call_note), |call: &CallView| {
            view! { <span class="whitespace-pre-wrap wrap-anywhere">{call.note.clone()}</span> }
        }),
        Column::new("author", td_string!(l, together.call_author), |call: &CallView| call.author.clone())
            .class("text-muted"),
    ]
}

/// Writes a call down. The address may bring `phone`, `contact_id` and `name`.
#[component]
fn Write(shown: RwSignal<bool>, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let params = use_query_map();
    let brought = move |name: &str| params.with_untracked(|p| p.get(name)).unwrap_or_default();
    let direction = RwSignal::new(CallDirection::In.to_string());
    let result = RwSignal::new(CallResult::Answered.to_string());
    let phone = RwSignal::new(Phone::parse(&brought("phone")).map(|p| p.pretty()).unwrap_or_default());
    let name = RwSignal::new(brought("name"));
    let contact = StoredValue::new(brought("contact_id").parse::<ContactId>().ok());
    let (about, note) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let send = Callback::new(move |()| {
        error.set(None);
        let typed = phone.get_untracked();
        let parsed = Phone::parse(&typed);
        if parsed.is_none() && typed.chars().filter(char::is_ascii_digit).count() > 3 {
            error.set(Some(crate::util::bad_phone("/phone")));
            return;
        }
        let number = about.get_untracked().trim_start_matches(['№', '#', ' ']).trim().to_owned();
        busy.set(true);
        let command = RecordCall {
            direction: direction.with_untracked(|word| word.parse().unwrap_or(CallDirection::In)),
            at: None,
            phone: parsed,
            contact_id: contact.get_value(),
            contact_name: Some(name.get_untracked()),
            request_id: None,
            result: result.with_untracked(|word| word.parse().unwrap_or(CallResult::Other)),
            note: note.get_untracked(),
        };
        spawn_local(async move {
            let answer = async {
                let request_id = if number.is_empty() { None } else { Some(by_number(&number).await?) };
                api::together::write_call(RecordCall { request_id, ..command }).await
            };
            match answer.await {
                Ok(_) => {
                    for typed in [phone, name, about, note] {
                        typed.set(String::new());
                    }
                    contact.set_value(None);
                    shown.set(false);
                    toasts.success(td_string!(l, together.call_saved));
                    let _ = on_done.try_run(());
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
    });
    let wrong = move |name: &'static str| crate::util::field_error(error.into(), l, name);
    let choices = StoredValue::new((
        CallDirection::ALL.iter().map(|d| Opt::new(d.as_str(), direction_word(l, *d))).collect::<Vec<_>>(),
        CallResult::ALL.iter().map(|r| Opt::new(r.as_str(), result_word(l, *r))).collect::<Vec<_>>(),
    ));
    view! {
        <Dialog open=shown title=td_string!(l, together.call_new) footer=move || view! {
            <Button on_click=move |_| shown.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Primary loading=busy on_click=move |_| send.run(())>{td_string!(l, common.save)}</Button>
        }>
            <Field label=td_string!(l, together.call_direction) name="call-direction" group=true>
                <RadioCards name="call-direction" options=choices.with_value(|c| c.0.clone()) value=direction />
            </Field>
            <div class="form-grid">
                <Field label=td_string!(l, together.call_phone) name="call-phone" error=wrong("phone")>
                    <PhoneInput name="call-phone" value=phone />
                </Field>
                <Field label=td_string!(l, together.call_name) name="call-name" error=wrong("contact_name")>
                    <Input name="call-name" value=name maxlength=200 autocomplete="off" />
                </Field>
                <Field label=td_string!(l, together.call_result) name="call-result">
                    <Select name="call-result" options=choices.with_value(|c| c.1.clone()) value=result />
                </Field>
                <Field label=td_string!(l, together.call_about) name="call-about" help=td_string!(l, together.call_about_help) error=wrong("request_id")>
                    <Input name="call-about" value=about inputmode="numeric" autocomplete="off" />
                </Field>
            </div>
            <Field label=td_string!(l, together.call_note) name="call-note" error=wrong("note")>
                <Textarea name="call-note" value=note rows=3 maxlength=2000 on_submit=send />
            </Field>
        </Dialog>
    }
}

/// The request with this number.
async fn by_number(number: &str) -> api::ApiResult<RequestId> {
    let filter = RequestFilter { text: Some(format!("№{number}")), limit: Some(1), ..RequestFilter::default() };
    let found = api::requests::list(filter).await?.items;
    found
        .first()
        .map(|row| row.id)
        .ok_or_else(|| ApiError(model::Failure::invalid(vec![model::FieldError::new("/request_id", "unknown")])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back() {
        let filter = CallFilter {
            direction: Some(CallDirection::Out),
            result: Some(CallResult::NoAnswer),
            text: Some("90 12".to_owned()),
            ..CallFilter::default()
        };
        assert_eq!(href(&filter), "/desk/calls?direction=out&result=no_answer&text=90%2012");
        let get = |name: &str| match name {
            "direction" => Some("out".to_owned()),
            "result" => Some("nonsense".to_owned()),
            "text" => Some("  90 12 ".to_owned()),
            _ => None,
        };
        assert_eq!(href(&read(get)), "/desk/calls?direction=out&text=90%2012");
    }
}
