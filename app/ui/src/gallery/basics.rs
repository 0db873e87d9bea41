//! Buttons, pills, numbers, messages, facts.

use super::Part;
use crate::prelude::*;
use leptos::prelude::*;

const TONES: [(Tone, &str); 6] = [
    (Tone::Neutral, "New"),
    (Tone::Info, "Accepted"),
    (Tone::Brand, "In progress"),
    (Tone::Success, "Done"),
    (Tone::Warning, "Paused"),
    (Tone::Danger, "Overdue"),
];

/// First part of the gallery.
#[component]
pub fn Basics() -> impl IntoView {
    let icons = include_str!("../../icons.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('=').next().unwrap_or(line));
    view! {
        <Part title="Buttons">
            <div class="row">
                <Button kind=ButtonKind::Primary icon="plus">"New request"</Button>
                <Button>"Assign"</Button>
                <Button kind=ButtonKind::Ghost icon="filter">"Filter"</Button>
                <Button kind=ButtonKind::Danger icon="trash-2">"Delete"</Button>
                <Button kind=ButtonKind::Primary loading=true>"Saving"</Button>
                <Button disabled=true>"Disabled"</Button>
                <Button href="#link" icon="external-link">"A link"</Button>
                <Button size=ButtonSize::Small>"Small"</Button>
                <IconButton icon="bell" label="Notifications" />
                <IconButton icon="star" label="Favourite" pressed=true />
            </div>
            <div class="density-app max-w-sm">
                <Button kind=ButtonKind::Primary size=ButtonSize::Big icon="check">"Finish the work"</Button>
            </div>
        </Part>
        <Part title="Pills, counts, chips">
            <div class="row">{TONES.map(|(tone, text)| view! { <Pill text=text tone=tone /> }).collect_view()}</div>
            <div class="row">{TONES.map(|(tone, text)| view! { <Pill text=text tone=tone plain=true /> }).collect_view()}</div>
            <div class="row">
                <Count value=3_u32 /> <Count value=12_u32 tone=Tone::Danger /> <Count value=5_u32 tone=Tone::Brand />
                <Chip text="Mine" active=true /> <Chip text="Overdue" icon="alarm-clock" /> <Chip text="Plumbing" on_remove=|| () />
                <Avatar name="Rustam Aliyev" /> <Avatar name="Gulnora Karimova" /> <Avatar name="Oʻktam" />
                <Avatar name="Dilshod Saidov" large=true />
                <Avatars names=["Anna Petrova", "Jasur Umarov", "Olim Rashidov", "Vera Kim", "Nodir"].map(String::from).to_vec() />
                <LiveDot state=LinkState::Open /> <LiveDot state=LinkState::Connecting /> <LiveDot state=LinkState::Off />
            </div>
        </Part>
        <Part title="Numbers">
            <StatGrid>
                <Stat label="New" value="14" icon="inbox" href="#new" />
                <Stat label="Overdue" value="3" icon="alarm-clock" tone=Tone::Danger note="oldest: 2 days" href="#overdue" />
                <Stat label="Done today" value="27" icon="circle-check" tone=Tone::Success />
                <Stat label="Average answer" value="4 min" icon="clock" note="promise: 15 min" />
            </StatGrid>
        </Part>
        <Part title="Messages">
            <Banner tone=Tone::Info title="Hot water is off until Friday" text="Green street 4–12. Planned repair of the main pipe." />
            <Banner tone=Tone::Warning text="Two readings are missing for October." on_close=|| () />
            <Banner tone=Tone::Danger title="The payment did not go through" text="Nothing was charged. Try again or choose another card.">
                <Button size=ButtonSize::Small icon="rotate-ccw">"Try again"</Button>
            </Banner>
            <Banner tone=Tone::Success text="All paid. Thank you." />
            <div class="form-grid">
                <Card><EmptyState text="Requests of residents will appear here as soon as the first one arrives." icon="inbox">
                    <Button kind=ButtonKind::Primary icon="plus">"New request"</Button>
                </EmptyState></Card>
                <Card><ErrorState text="The list could not be loaded. Nothing was lost." code="E-4F21" on_retry=|| () /></Card>
                <Card title="Loading"><Skeleton lines=5 /></Card>
            </div>
            <Progress label="Sending invoices" value=Some(62) />
        </Part>
        <Part title="Facts and history">
            <div class="split">
                <Card title="Facts" actions=|| view! { <IconButton icon="pencil" label="Edit" size=ButtonSize::Small /> }>
                    <KeyValues>
                        <Fact label="Address">"Amir Temur street 15, flat 42"</Fact>
                        <Fact label="Phone"><a class="link" href="tel:+998901234567">"+998 90 123-45-67"</a></Fact>
                        <Fact label="Rating"><StarsShown value=4 /></Fact>
                        <Fact label="Deadline"><Pill text="2 hours left" tone=Tone::Warning icon="clock" /></Fact>
                    </KeyValues>
                </Card>
                <Card title="History">
                    <Timeline>
                        <Step title="Created" time="today 09:12" icon="plus" tone=Tone::Neutral>"By phone, Anna Petrova"</Step>
                        <Step title="Assigned to Rustam Aliyev" time="today 09:15" icon="user" tone=Tone::Info />
                        <Step title="In progress" time="today 10:40" icon="wrench" tone=Tone::Brand>"On the way, arrives by 11."</Step>
                        <Step title="Done" time="by 14:00" icon="check" future=true />
                    </Timeline>
                </Card>
            </div>
        </Part>
        <Part title="Icons">
            <div class="row gap-3 text-muted">{icons.map(|name| view! { <Icon name=name size=IconSize::Large label=name /> }).collect_view()}</div>
        </Part>
    }
}
