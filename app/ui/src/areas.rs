//! Rectangles drawn over a picture with a mouse, a finger or a pen.

use leptos::{ev::PointerEvent, html, prelude::*};

/// The whole width or height of the picture.
const WHOLE: i32 = 1000;
/// A slip of the hand is no rectangle.
const LEAST: u16 = 5;

/// A part of a picture, in thousandths of its width and height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    pub x: u16,
    pub y: u16,
    pub w: u16,
    pub h: u16,
}

type Spot = (u16, u16);

impl Area {
    fn between(one: Spot, two: Spot) -> Self {
        let (x, y) = (one.0.min(two.0), one.1.min(two.1));
        Self { x, y, w: one.0.abs_diff(two.0), h: one.1.abs_diff(two.1) }
    }

    fn is_meant(self) -> bool {
        self.w >= LEAST && self.h >= LEAST
    }
}

/// Where in a length a pointer is; one that has left the picture is at its edge.
fn thousandths(at: i32, length: i32) -> u16 {
    let part = at.clamp(0, length.max(1)) * WHOLE / length.max(1);
    u16::try_from(part).unwrap_or_default()
}

/// The picture to draw on. What is drawn becomes one of `areas`, up to `most`.
#[component]
pub fn AreaPicker(
    #[prop(into)] src: Signal<String>,
    #[prop(into)] alt: Signal<String>,
    areas: RwSignal<Vec<Area>>,
    most: usize,
) -> impl IntoView {
    let field = NodeRef::<html::Div>::new();
    let from = StoredValue::new(None::<Spot>);
    let drawing = RwSignal::new(None::<Area>);
    let spot = move |event: &PointerEvent| {
        let field = field.get_untracked()?;
        let x = thousandths(event.offset_x(), field.client_width());
        Some((x, thousandths(event.offset_y(), field.client_height())))
    };
    let down = move |event: PointerEvent| {
        if event.button() != 0 || areas.with_untracked(Vec::len) >= most {
            return;
        }
        event.prevent_default();
        if let Some(field) = field.get_untracked() {
            let _ = field.set_pointer_capture(event.pointer_id());
        }
        from.set_value(spot(&event));
    };
    let moved = move |event: PointerEvent| {
        if let (Some(from), Some(to)) = (from.get_value(), spot(&event)) {
            drawing.set(Some(Area::between(from, to)));
        }
    };
    let stop = move || {
        from.set_value(None);
        let drawn = drawing.get_untracked();
        drawing.set(None);
        drawn
    };
    let up = move |_: PointerEvent| {
        if let Some(area) = stop().filter(|area| area.is_meant()) {
            areas.update(|all| all.push(area));
        }
    };
    let cancel = move |_: PointerEvent| {
        stop();
    };
    view! {
        // What lies over it lets pointers through: where they are is measured from the corner of this one.
        <div
            node_ref=field
            class="relative w-fit mx-auto touch-none select-none cursor-crosshair"
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=up
            on:pointercancel=cancel
        >
            <img class="block max-w-full max-h-[65dvh] pointer-events-none" src=src alt=alt draggable="false" />
            <svg class="absolute inset-0 size-full pointer-events-none" viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
                {move || areas.get().into_iter().chain(drawing.get()).map(|area| view! {
                    <rect x=area.x.to_string() y=area.y.to_string() width=area.w.to_string() height=area.h.to_string() fill="#000" />
                }).collect_view()}
            </svg>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_drawn_in_any_direction_and_stay_in_the_picture() {
        let corner = |x, y| (thousandths(x, 400), thousandths(y, 200));
        let area = Area { x: 250, y: 100, w: 500, h: 800 };
        assert_eq!(Area::between(corner(100, 20), corner(300, 180)), area);
        assert_eq!(Area::between(corner(300, 20), corner(100, 180)), area);
        assert_eq!(corner(-30, 900), (0, 1000));
        assert_eq!(thousandths(5, 0), 1000);
        assert!(!Area::between(corner(100, 20), corner(101, 180)).is_meant());
    }
}
