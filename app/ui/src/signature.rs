//! A field to sign in with a finger: strokes on a canvas, kept as a picture.

use crate::button::{Button, ButtonKind};
use crate::icon::Icon;
use js_sys::{Array, Promise};
use leptos::{ev::PointerEvent, html, prelude::*};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, File, FilePropertyBag};

/// The picture's own size; the field is as wide as the page.
const SIZE: (u32, u32) = (720, 280);

/// What is drawn.
#[derive(Clone, Copy)]
pub struct Signature {
    canvas: NodeRef<html::Canvas>,
    drawn: RwSignal<bool>,
    /// Where the finger was, while it is down.
    last: StoredValue<Option<(f64, f64)>>,
}

impl Default for Signature {
    fn default() -> Self {
        Self { canvas: NodeRef::new(), drawn: RwSignal::new(false), last: StoredValue::new(None) }
    }
}

impl Signature {
    /// Nobody has signed.
    pub fn is_empty(self) -> bool {
        !self.drawn.get()
    }

    /// Wipes it clean.
    pub fn clear(self) {
        if let Some(pen) = self.pen() {
            pen.set_fill_style_str("#fff");
            pen.fill_rect(0.0, 0.0, f64::from(SIZE.0), f64::from(SIZE.1));
        }
        self.drawn.set(false);
    }

    /// The picture, ready to send.
    pub async fn picture(self) -> Option<File> {
        let canvas = self.canvas.get_untracked()?;
        let ready = Promise::new(&mut |resolve, reject| {
            let done = Closure::once_into_js(move |blob: JsValue| {
                let _ = resolve.call1(&JsValue::NULL, &blob);
            });
            if canvas.to_blob(done.unchecked_ref()).is_err() {
                let _ = reject.call0(&JsValue::NULL);
            }
        });
        let blob: Blob = JsFuture::from(ready).await.ok()?.dyn_into().ok()?;
        let options = FilePropertyBag::new();
        options.set_type("image/png");
        File::new_with_blob_sequence_and_options(&Array::of1(&blob), "signature.png", &options).ok()
    }

    fn pen(self) -> Option<CanvasRenderingContext2d> {
        let canvas = self.canvas.get_untracked()?;
        let pen: CanvasRenderingContext2d = canvas.get_context("2d").ok().flatten()?.dyn_into().ok()?;
        pen.set_line_width(4.0);
        pen.set_line_cap("round");
        pen.set_line_join("round");
        pen.set_stroke_style_str("#111");
        Some(pen)
    }

    /// Where a pointer is in the picture.
    fn spot(self, event: &PointerEvent) -> Option<(f64, f64)> {
        let canvas = self.canvas.get_untracked()?;
        let (wide, high) = (f64::from(canvas.client_width().max(1)), f64::from(canvas.client_height().max(1)));
        Some((
            f64::from(event.offset_x()) * f64::from(SIZE.0) / wide,
            f64::from(event.offset_y()) * f64::from(SIZE.1) / high,
        ))
    }

    fn down(self, event: &PointerEvent) {
        event.prevent_default();
        if !self.drawn.get_untracked() {
            self.clear();
        }
        if let Some(canvas) = self.canvas.get_untracked() {
            let _ = canvas.set_pointer_capture(event.pointer_id());
        }
        let spot = self.spot(event);
        self.last.set_value(spot);
        if let Some(spot) = spot {
            self.stroke(spot, spot);
        }
    }

    fn moved(self, event: &PointerEvent) {
        if let (Some(from), Some(to)) = (self.last.get_value(), self.spot(event)) {
            self.stroke(from, to);
            self.last.set_value(Some(to));
        }
    }

    fn stroke(self, from: (f64, f64), to: (f64, f64)) {
        let Some(pen) = self.pen() else { return };
        pen.begin_path();
        pen.move_to(from.0, from.1);
        // A tap is a dot.
        pen.line_to(to.0 + 0.1, to.1);
        pen.stroke();
        self.drawn.set(true);
    }
}

/// The field. Paper is white in the dark theme too: the picture is kept as it looks.
#[component]
pub fn SignaturePad(
    of: Signature,
    #[prop(into)] label: Signal<String>,
    /// The word on the button that wipes it.
    #[prop(into)]
    wipe: Signal<String>,
) -> impl IntoView {
    let up = move |_: PointerEvent| of.last.set_value(None);
    view! {
        <div class="grid gap-1.5">
            <canvas
                node_ref=of.canvas
                width=SIZE.0.to_string()
                height=SIZE.1.to_string()
                role="img"
                aria-label=label
                class="w-full h-auto aspect-18/7 rounded-lg border border-line bg-white touch-none cursor-crosshair"
                on:pointerdown=move |event| of.down(&event)
                on:pointermove=move |event| of.moved(&event)
                on:pointerup=up
                on:pointercancel=up
            ></canvas>
            <Button kind=ButtonKind::Ghost class="min-h-11 justify-self-start" disabled=Signal::derive(move || of.is_empty()) on_click=move |_| of.clear()>
                <Icon name="rotate-ccw" />{move || wipe.get()}
            </Button>
        </div>
    }
}
